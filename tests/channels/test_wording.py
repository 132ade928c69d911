from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.reply import Choice, Say
from hotline.dialogue.scene import scene_of
from hotline.dialogue.session import Session
from hotline.script.loader import load_script
from hotline.script.model import Script
from tests.channels.conftest import in_other_letters, write_catalog


def test_a_number_is_written_in_groups_and_spoken_digit_by_digit(
    written: WrittenWording, spoken: SpokenWording
) -> None:
    assert written.phone("+18007980671") == "1-800-798-0671"
    assert spoken.phone("+18007980671") == "1, 8 0 0, 7 9 8, 0 6 7 1"
    assert (written.phone("911"), spoken.phone("911")) == ("911", "9 1 1")


def test_an_address_is_written_as_it_is_and_spoken_in_the_language(
    written: WrittenWording, spoken: SpokenWording
) -> None:
    assert written.web("ctlegal.org/help", "en") == "ctlegal.org/help"
    assert spoken.web("ctlegal.org/help", "en") == "ctlegal dot org slash help"
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


@pytest.mark.parametrize("id", sorted(load_script().messages))
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
    for wording in (WrittenWording(newer, catalogs), SpokenWording(newer, catalogs)):
        for node in script.nodes - {"language"}:
            scene = scene_of(newer, Session(language="es", node=node, offered=("scams",)))
            said = [wording.words(say, "es") for say in scene.says]
            said += [wording.choice(choice, "es") for choice in scene.choices]
            for words in said:
                assert words.strip()
                assert not {word.lower() for word in words_of(words)} - names, words


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


def test_every_message_can_be_said_on_both_channels_in_every_language(
    script: Script, written: WrittenWording, spoken: SpokenWording
) -> None:
    values: dict[str, date | tuple[str, ...]] = {
        "date": date(2026, 11, 22),
        "towns": ("Hamden",),
        "language": ("English",),
    }
    for id, message in script.messages.items():
        if id.removesuffix(".voice") in {"choice"}:
            continue
        for wording in (written, spoken):
            for language in script.languages:
                words = wording.words(Say(id, values), language)
                assert "{" not in words
                assert words.strip() == words
        assert message.text
