from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.reply import Choice, Say
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


@pytest.mark.parametrize("missing", ["topic.scams.first", "menu.rights.title", "goodbye", "goodbye.voice", "updating"])
def test_what_is_missing_in_a_language_is_never_said_in_english(script: Script, tmp_path: Path, missing: str) -> None:
    write_catalog(script, tmp_path, without=missing)
    catalogs = Catalogs(script, tmp_path)
    for wording in (WrittenWording(script, catalogs), SpokenWording(script, catalogs)):
        words = wording.words(Say(missing.removesuffix(".voice")), "es")
        assert words
        assert not any("a" <= letter <= "z" for letter in words)


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
