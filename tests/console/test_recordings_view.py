"""What is to be recorded, of what is packaged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pytest
import soundfile

from hotline.channels.audio.recordings import digest_of, recording_of
from hotline.channels.utterances import Utterance
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Spoken, recorded_as
from hotline.console.recordings_view import Filled, Kept, Page, Part, Piece, ToRecord, page, to_record, words_of
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival, Keys
from hotline.dialogue.session import Session
from hotline.releases.changes import recording_path
from hotline.script.model import Phrase
from tests.console.drafting import FOUR, base, drafted


@cache
def wanted(language: str) -> ToRecord:
    return to_record(base().content, language)


def tone(words: str) -> bytes:
    file = BytesIO()
    soundfile.write(file, 0.1 * np.sin(np.arange(8000) / 3), 8000, format="WAV")
    return recording_of(file.getvalue(), words)


def with_recordings(language: str, *words: str) -> Page:
    """The page where these words are recorded, live."""
    files = {**base().files, **{recording_path(language, digest_of(said)): tone(said) for said in words}}
    live = replace(base(), files=files)
    return page(replace(drafted(), base=live, files=files), language, wanted(language))


def piece_of(language: str, message: str) -> Piece:
    return next(piece for piece in wanted(language).pieces if piece.message == message)


LANGUAGES = tuple(base().content.script.languages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_first_in_a_call_is_recorded_first(language: str) -> None:
    first = [piece for piece in wanted(language).pieces if piece.part is Part.FIRST]
    assert wanted(language).pieces[: len(first)] == tuple(first)
    messages = [piece.message for piece in first]
    assert messages[:3] == [Phrase.LANGUAGE_CHOICE, "welcome.voice", "menu.main.text"]
    later = [piece for piece in wanted(language).pieces if piece.part is Part.TOPICS]
    assert "topic.ice-at-door.first" in [piece.message for piece in later[:16]]
    urgent = [piece.of for piece in later].index("Someone was taken")
    assert urgent < [piece.of for piece in later].index("Know your rights")


class Ear:
    """Stands for the voices, and remembers which words are looked up among the recordings of a language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: list[str] = []

    def of(self, utterances: list[Utterance]) -> tuple[Spoken, ...]:
        spoken_in, words = recorded_as(utterances, "en")
        if spoken_in == self.language:
            self.words.append(words)
        return ()


def looked_up(language: str, keys: str) -> list[str]:
    """What a call looks up while these keys are pressed one after the other."""
    content, ear = base().content, Ear(language)
    renderer = CallRenderer(content.spoken, ear, "+12035550100")  # type: ignore[arg-type]  # it asks no more of Voices
    turn = advance(content.script, Session(language=language), Arrival(FOUR), by_phone=True)
    renderer.call(turn.reply)
    for key in keys:
        assert turn.session
        turn = advance(content.script, turn.session, Keys(FOUR, key), by_phone=True)
        renderer.call(turn.reply)
    return ear.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("keys", ["1111", "12", "133", "1432", "2111", "31121", "41", "5412", "9", "#*", "35", "7777"])
def test_whatever_a_call_looks_up_is_listed(language: str, keys: str) -> None:
    listed = {piece.digest for piece in wanted(language).pieces}
    unlisted = [words for words in looked_up(language, keys) if digest_of(words) not in listed]
    hours = [base().content.catalogs.text(language, phrase) or "" for phrase in (Phrase.OPEN_NOW, Phrase.OPENS)]
    starts = tuple(text.partition("{")[0] for text in hours)
    assert [words for words in unlisted if not words.startswith(starts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_records_its_own_name_in_the_list_of_languages(language: str) -> None:
    names = [piece for piece in wanted(language).pieces if piece.message == Phrase.LANGUAGE_CHOICE]
    assert len(names) == 1
    assert base().content.script.languages[language].name in names[0].text


def test_no_piece_is_listed_twice_and_each_is_found_by_its_words() -> None:
    pieces = wanted("ht").pieces
    assert len({piece.digest for piece in pieces}) == len(pieces)
    assert all(digest_of(piece.words) == piece.digest for piece in pieces)


def test_a_text_is_read_with_all_its_stops() -> None:
    """What is looked up has none around English names."""
    piece = piece_of("ht", "organisation.cls.help")
    assert "Connecticut Legal Services" in piece.text
    assert piece.text.count(".") > piece.words.count(".")
    assert {one.language for one in piece.utterances} == {"en", "ht"}


def test_what_is_filled_in_during_a_call_is_left_out_and_said_why() -> None:
    left_out = {one.message: one.filled for one in wanted("sq").left_out}
    assert left_out["opens"] is Filled.TIME
    assert left_out["town-without-rule"] is Filled.PLACE
    assert left_out["transfer-next.voice"] is Filled.ORGANISATION
    assert not left_out.keys() & {piece.message for piece in wanted("sq").pieces}


def test_the_month_of_what_is_told_is_recorded() -> None:
    months = [piece.text for piece in wanted("es").pieces if piece.message == Phrase.AS_OF]
    assert len(months) > 3
    assert any("2026" in text for text in months)


def test_what_waits_for_its_translation_is_not_recorded() -> None:
    changed = drafted({"text:menu.prepare.text": {"text": "What else do you want to do?", "meaning": "changed"}})
    found = to_record(changed.content, "sq")
    assert "menu.prepare.text" in found.waiting
    assert "menu.prepare.text" not in {piece.message for piece in found.pieces}
    assert len(found.pieces) == len(wanted("sq").pieces) - 1


def test_an_urgent_notice_comes_before_the_welcome() -> None:
    notice = {"until": "2026-12-01T12:00:00-05:00", "texts": {"ht": "Biwo a femen jodi a."}}
    pieces = to_record(drafted({"notice": notice}).content, "ht").pieces
    places = (
        [piece.text for piece in pieces].index("Biwo a femen jodi a."),
        [p.message for p in pieces].index("welcome.voice"),
    )
    assert places[0] < places[1]
    assert pieces[places[0]].message is None


def test_what_is_recorded_is_told_from_what_is_missing() -> None:
    welcome = piece_of("ht", "welcome.voice")
    shown = with_recordings("ht", welcome.words)
    row = shown.row(welcome.digest)
    assert row
    assert (row.kept, row.in_draft) == (Kept.RECORDED, False)
    assert shown.count(Kept.RECORDED) == 1
    assert shown.count(Kept.MISSING) == len(shown.rows) - 1
    assert welcome.digest not in {one.piece.digest for one in shown.open}


def test_a_recording_of_words_that_have_changed_is_stale_where_the_new_words_are() -> None:
    door = piece_of("ht", "topic.ice-at-door.first")
    before = door.words.replace("Kite pòt la fèmen.", "Pa louvri pòt la.")
    row = with_recordings("ht", before).row(door.digest)
    assert row
    assert (row.kept, row.before) == (Kept.STALE, before)


def test_a_recording_of_something_else_is_played_by_nobody() -> None:
    shown = with_recordings("ht", "Se yon lòt bagay nèt ki pa nan liy sa a ankò.")
    assert [orphan.words for orphan in shown.orphans] == ["Se yon lòt bagay nèt ki pa nan liy sa a ankò."]
    assert shown.count(Kept.STALE) == 0


def test_of_two_recordings_that_are_like_new_words_the_likest_is_the_one_before() -> None:
    door = piece_of("ht", "topic.ice-at-door.first")
    nearer, farther = f"{door.words} Wi.", f"{door.words} Wi. Wi, se sa."
    shown = with_recordings("ht", farther, nearer)
    row = shown.row(door.digest)
    assert row
    assert row.before == nearer
    assert [orphan.words for orphan in shown.orphans] == [farther]


def test_a_recording_of_the_draft_says_so() -> None:
    welcome = piece_of("ht", "welcome.voice")
    files = {**base().files, recording_path("ht", welcome.digest): tone(welcome.words)}
    row = page(replace(drafted(), files=files), "ht", wanted("ht")).row(welcome.digest)
    assert row
    assert (row.kept, row.in_draft) == (Kept.RECORDED, True)


def test_a_recording_that_the_draft_removes_is_missing() -> None:
    welcome = piece_of("ht", "welcome.voice")
    live = replace(base(), files={**base().files, recording_path("ht", welcome.digest): tone(welcome.words)})
    row = page(replace(drafted(), base=live, files=base().files), "ht", wanted("ht")).row(welcome.digest)
    assert row
    assert (row.kept, row.in_draft) == (Kept.MISSING, True)


def test_reading_goes_on_with_what_follows_and_then_from_the_start() -> None:
    pieces = wanted("ht").pieces
    shown = with_recordings("ht", pieces[1].words)
    following = shown.next_open(pieces[0].digest)
    first = shown.next_open(pieces[-1].digest)
    assert following
    assert first
    assert following.piece == pieces[2]
    assert first.piece == shown.rows[0].piece == pieces[0]
    assert shown.next_open("unknown") == shown.next_open() == shown.rows[0]


def test_when_all_is_recorded_nothing_is_left_to_read() -> None:
    shown = with_recordings("ht", *(piece.words for piece in wanted("ht").pieces))
    assert shown.next_open() is None
    assert shown.open == ()


def test_a_piece_knows_its_neighbours() -> None:
    shown = with_recordings("ht")
    digests = [row.piece.digest for row in shown.rows]
    assert shown.beside(digests[0]) == (None, shown.rows[1])
    assert shown.beside(digests[1]) == (shown.rows[0], shown.rows[2])
    assert shown.beside(digests[-1]) == (shown.rows[-2], None)


@pytest.mark.parametrize("sound", [b"", b"no sound", b"RIFF"])
def test_a_file_that_says_nothing_of_itself_has_no_words(sound: bytes) -> None:
    assert words_of(sound) == ""


def test_a_recording_says_its_words() -> None:
    assert words_of(tone("Rete kalm.")) == "Rete kalm."
