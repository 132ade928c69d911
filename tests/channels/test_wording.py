from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import get_day_names

from hotline.catalogs.catalog import Catalogs
from hotline.channels.direction import END, LEFT_TO_RIGHT
from hotline.channels.segments import count_segments
from hotline.channels.utterances import plain
from hotline.channels.wording import EXAMPLE_SITE, SpokenWording, WrittenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.reply import Argument, Choice, Say
from hotline.dialogue.scene import scene_of
from hotline.dialogue.session import Session
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.script.organisations import Weekday
from tests.channels.conftest import in_other_letters, write_catalog
from tests.conftest import NOW
from tests.many_languages import empty_catalogs

# Something in Latin letters for every placeholder.
VALUES: defaultdict[str, tuple[str, ...]] = defaultdict(lambda: ("New Haven",))


def test_a_number_is_written_in_groups_and_spoken_digit_by_digit(
    written: WrittenWording, spoken: SpokenWording
) -> None:
    assert written.phone("+18007980671") == "1-800-798-0671"
    assert spoken.phone("+18007980671") == "1, 8 0 0, 7 9 8, 0 6 7 1. 1, 8 0 0, 7 9 8, 0 6 7 1"
    assert (written.phone("911"), spoken.phone("911")) == ("911", "9 1 1")


def test_an_address_is_written_as_it_is_and_spoken_in_the_language(
    written: WrittenWording, spoken: SpokenWording
) -> None:
    assert written.web("ctlegal.org/help", "en") == "ctlegal.org/help"
    assert spoken.web("cca-ct.org/help", "en") == "c c a hyphen c t dot o r g slash h e l p"
    assert " dot " not in spoken.web("ctlegal.org", "es")


def test_keys_have_names_by_phone(written: WrittenWording, spoken: SpokenWording) -> None:
    assert (written.key("*", "en"), spoken.key("*", "en"), spoken.key("#", "en")) == ("*", "star", "pound")
    assert spoken.key("3", "es") == "3"


def test_a_choice_names_the_key_as_the_channel_does(written: WrittenWording, spoken: SpokenWording) -> None:
    choice = Choice("1", Say("more"))
    assert written.choice(choice, "en") == "1 More"
    assert spoken.choice(choice, "en") == "More, press 1."


def test_a_month_is_written_as_the_language_writes_it(written: WrittenWording, spoken: SpokenWording) -> None:
    say = Say("as-of", {"date": date(2026, 11, 22)})
    assert "Nov 2026" in written.words(say, "en")
    assert "November 2026" in spoken.words(say, "en")
    assert "noviembre" in spoken.words(say, "es")


def test_names_are_listed_as_the_language_lists_them(written: WrittenWording) -> None:
    say = Say("several-towns", {"towns": ("Hamden", "New Haven")})
    assert "Hamden or New Haven" in written.words(say, "en")
    assert "Hamden o New Haven" in written.words(say, "es")


def test_a_message_may_be_said_in_a_language_of_its_own(written: WrittenWording) -> None:
    assert written.words(Say("more", language="es"), "en") == in_other_letters("More")


def of_each_kind() -> list[str]:
    """Every phrase, and of the other files one message each: their messages are said in the same ways."""
    messages = load_script().messages.values()
    first_of_file = {message.file: message.id for message in reversed(tuple(messages))}
    return sorted({*first_of_file.values(), *(message.id for message in messages if message.file == "phrases.toml")})


@pytest.mark.parametrize("id", of_each_kind())
@pytest.mark.parametrize("lack", ["missing", "stale"])
def test_what_is_not_ready_in_a_language_is_never_said_in_english(
    script: Script, tmp_path: Path, id: str, lack: str
) -> None:
    """The message itself and everything that it stands in: every scene of the script."""
    write_catalog(script, tmp_path, without=id if lack == "missing" else "")
    message = replace(script.messages[id], text=f"{script.messages[id].text} New.")
    newer = script if lack == "missing" else replace(script, messages={**script.messages, id: message})
    catalogs = Catalogs(newer, tmp_path)
    names = {word.lower() for one in script.organisations.values() for word in words_of(f"{one.name} {one.host}")}
    names |= {word for name in get_day_names("wide", locale="es").values() for word in words_of(name)} | {"a", "p", "m"}
    names |= {word.lower() for word in words_of(f"{EXAMPLE_SITE}/card/es")}
    for wording in (WrittenWording(newer, catalogs), SpokenWording(newer, catalogs)):
        for node in script.nodes - {"language"}:
            scene = scene_of(newer, Session(language="es", node=node, offered=("scams",)), NOW)
            said = [wording.words(say, "es") for say in scene.says]
            said += [wording.choice(choice, "es") for choice in scene.choices]
            for words in said:
                assert words.strip()
                # Addresses are spelt.
                assert not {word.lower() for word in words_of(plain(words)) if len(word) > 1} - names, words


def words_of(text: str) -> list[str]:
    """The words in Latin letters."""
    return re.findall(r"[A-Za-z]+", text)


def test_a_standing_text_whose_english_changed_is_better_than_a_number_alone(script: Script, tmp_path: Path) -> None:
    write_catalog(script, tmp_path, without="topic.scams.first")
    updating = replace(script.messages["updating"], text="Soon. {phone.referral_line}. MENU.")
    newer = replace(script, messages={**script.messages, "updating": updating})
    words = WrittenWording(newer, Catalogs(newer, tmp_path)).words(Say("topic.scams.first"), "es")
    assert words == in_other_letters(script.messages["updating"].text).replace(
        "{phone.referral_line}", "1-800-798-0671"
    )


def test_what_changed_in_english_is_replaced_by_a_standing_text_with_the_number(
    script: Script, catalogs: Catalogs, written: WrittenWording
) -> None:
    changed = replace(script.messages["topic.scams.first"], text="The law is another one now.")
    newer = replace(script, messages={**script.messages, changed.id: changed})
    path = catalogs.path("es")
    words = WrittenWording(newer, Catalogs(newer, path.parents[2])).words(Say(changed.id), "es")
    assert words == written.words(Say("updating"), "es")
    assert "1-800-798-0671" in words


def test_what_is_being_updated_is_as_of_no_day(script: Script, tmp_path: Path) -> None:
    door = "topic.ice-at-door.first"
    write_catalog(script, tmp_path, without=door)
    wording = WrittenWording(script, Catalogs(script, tmp_path))
    reply = advance(script, Session(language="es", node="here-now", greeted=True), Keys(NOW, "1")).reply
    assert [say.message for say in reply.says] == [door]
    assert reply.stamp
    assert wording.stamp(reply) is None
    assert wording.stamp(replace(reply, language="en")) == reply.stamp


def test_the_card_is_at_the_lines_own_address_in_the_language_spoken(
    written: WrittenWording, spoken: SpokenWording
) -> None:
    ours = replace(written, site="https://line.example.net")
    assert ours.words(Say("topic.ice-at-door.card"), "es").endswith("https://line.example.net/card/es")
    assert ours.words(Say("topic.ice-at-door.card"), "en").endswith("https://line.example.net/card/en")
    assert "card/es" not in spoken.words(Say("topic.ice-at-door.card"), "es")


def test_every_message_can_be_said_on_both_channels_in_every_language(
    script: Script, written: WrittenWording, spoken: SpokenWording
) -> None:
    values: dict[str, Argument] = {
        "date": date(2026, 11, 22),
        "day": Weekday.MON,
        "time": time(9),
        "closes": time(17, 30),
        "town": ("Hamden",),
        "towns": ("Hamden",),
        "language": ("English",),
        "organisation": ("CT Safe Connect",),
        "number": ("1-203-555-0100",),
        "contact": ("line@example.org",),
    }
    for id, message in script.messages.items():
        if id.removesuffix(".voice") in {"choice", "choice-brief"}:
            continue
        for wording in (written, spoken):
            for language in script.languages:
                words = wording.words(Say(id, values), language)
                assert "{" not in words
                assert words.strip() == words
        assert message.text


def test_numbers_and_addresses_keep_their_order_in_an_arabic_text_and_are_never_marked_in_speech(
    arabic: tuple[WrittenWording, SpokenWording],
) -> None:
    written, spoken = arabic
    assert written.words(Say("person"), "ar").endswith(f": {LEFT_TO_RIGHT}1-800-798-0671{END}")
    assert LEFT_TO_RIGHT not in written.words(Say("person"), "en")
    assert spoken.words(Say("goodbye"), "ar").count("1, 8 0 0, 7 9 8, 0 6 7 1") == 2
    for message, found in written.script.messages.items():
        if found.is_on_page:
            continue
        if ".voice" not in message and message != "choice":
            words = written.words(Say(message, VALUES), "ar")
            assert not re.search("[A-Za-z]|[0-9]-[0-9]", re.sub(f"{LEFT_TO_RIGHT}[^{END}]*{END}", "", words)), words
        assert not {LEFT_TO_RIGHT, END} & set(spoken.words(Say(message, VALUES), "ar"))


def test_names_in_an_arabic_list_each_keep_their_order(arabic: tuple[WrittenWording, SpokenWording]) -> None:
    words = arabic[0].words(Say("several-towns", {"towns": ("New Haven", "Hamden")}), "ar")
    assert f"{LEFT_TO_RIGHT}New Haven{END} أو {LEFT_TO_RIGHT}Hamden{END}" in words


def test_a_key_stands_bare_before_an_arabic_choice(arabic: tuple[WrittenWording, SpokenWording]) -> None:
    """It is a number or a sign, and shows where it should without marks, which cost a place of a text each."""
    line = arabic[0].choice(Choice("0", Say("person")), "ar")
    assert line.startswith("0 ")
    assert line.count(LEFT_TO_RIGHT) == line.count(END) == 1


@pytest.mark.parametrize("code", load_script().languages)
def test_a_number_is_spoken_alike_in_every_language(code: str, tmp_path: Path) -> None:
    shipped = load_script()
    languages = {one: shipped.languages[one] for one in dict.fromkeys((shipped.source_language, code))}
    only = replace(shipped, languages=languages)
    spoken = SpokenWording(only, empty_catalogs(only, tmp_path))
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in spoken.words(Say("no-transfer"), code)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("As of {date}.", "As of авг. 2026 г."),
        ("As of {date}...", "As of авг. 2026 г...."),
        ("{date} now", "авг. 2026 г. now"),
    ],
)
def test_a_date_that_ends_with_a_stop_brings_no_second_one(
    script: Script, tmp_path: Path, text: str, said: str
) -> None:
    russian = replace(script.languages["en"], code="ru", locale=Locale.parse("ru_RU"))
    message = replace(script.messages["as-of"], text=text)
    newer = replace(script, languages={"ru": russian}, messages={**script.messages, "as-of": message})
    wording = WrittenWording(newer, Catalogs(newer, tmp_path))
    assert wording.words(Say("as-of", {"date": date(2026, 8, 3)}), "ru") == said


@pytest.mark.parametrize(
    ("say", "english", "spanish"),
    [
        (Say("open-now", {"closes": time(12)}), "12:00 PM", "12:00 p.m"),
        (Say("open-now", {"closes": time(0)}), "12:00 AM", "12:00 a.m"),
        (Say("opens", {"day": Weekday.MON, "time": time(9)}), "Monday, 9:00 AM", "lunes, 9:00 a.m"),
        (Say("opens", {"day": Weekday.SAT, "time": time(13, 30)}), "Saturday, 1:30 PM", "sábado, 1:30 p.m"),
        (Say("town-without-rule", {"town": ("Lyme",)}), "Lyme", "Lyme"),
        (Say("town-choice", {"town": ("Lyme",)}), "Lyme", "Lyme"),
    ],
)
def test_times_days_and_towns_are_named_as_the_language_names_them(
    written: WrittenWording, spoken: SpokenWording, say: Say, english: str, spanish: str
) -> None:
    for wording in (written, spoken):
        assert english in wording.words(say, "en")
        assert spanish in wording.words(say, "es")


def test_no_blank_in_a_time_or_a_date_makes_a_text_dearer(written: WrittenWording) -> None:
    for say in (
        Say("open-now", {"closes": time(17)}),
        Say("opens", {"day": Weekday.FRI, "time": time(9)}),
        Say("as-of", {"date": date(2026, 11, 22)}),
    ):
        assert count_segments(written.words(say, "en")).encoding == "GSM-7"
        assert not re.search("[\u00a0\u2009\u202f]", written.words(say, "es"))


def test_the_number_for_texts_is_given_as_a_number(script: Script, tmp_path: Path) -> None:
    message = replace(script.messages["holiday"], text="Text APPLY to {text.sls}.")
    messages = {**script.messages, "holiday": message}
    newer = replace(script, languages={"en": script.languages["en"]}, messages=messages)
    catalogs = Catalogs(newer, tmp_path)
    assert WrittenWording(newer, catalogs).words(Say("holiday"), "en") == "Text APPLY to 1-860-300-3845."
    assert SpokenWording(newer, catalogs).words(Say("holiday"), "en") == (
        "Text APPLY to 1, 8 6 0, 3 0 0, 3 8 4 5. 1, 8 6 0, 3 0 0, 3 8 4 5."
    )
