from __future__ import annotations

import pytest

from hotline.catalogs.catalog import State
from hotline.console.message_view import (
    Refusal,
    chips_by_placeholder,
    english_value,
    may_be_kept,
    message_page,
    refusal_of,
    said_in,
    translation_changes,
    translation_page,
    translation_value,
)
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Value
from tests.console.drafting import FOUR, base, drafted

TODAY = FOUR.date()
MAIN, DOOR = "menu.main.text", "topic.ice-at-door.first"
CONTENT = base().content
ENGLISH, SPANISH = CONTENT.script.messages[MAIN].text, CONTENT.catalogs.text("es", MAIN)
CHANGED: dict[str, Value] = {f"text:{MAIN}": {"text": "What is happening?", "meaning": "changed"}}
REWORDED: dict[str, Value] = {f"text:{MAIN}": {"text": "What do you need now?", "meaning": "same"}}


def test_a_page_shows_the_draft_and_what_is_live() -> None:
    one = drafted(CHANGED)
    page = message_page(one, MAIN, TODAY)
    assert page.message.text == "What is happening?"
    assert page.live == ENGLISH
    assert page.meaning == "changed"
    assert page.change
    assert page.change.by == "ana"
    assert page.seen == digest_of_value({"text": "What is happening?"})
    assert [side.translated.state for side in page.sides] == [State.STALE] * 11
    assert ("inserted", "is happening") in page.words


def test_the_text_that_is_heard_and_the_one_that_is_read_lead_to_each_other() -> None:
    read, heard = (
        message_page(drafted(), id, TODAY).other for id in ("menu.here-now.text.voice", "menu.here-now.text")
    )
    assert read
    assert heard
    assert (read.id, heard.id) == ("menu.here-now.text", "menu.here-now.text.voice")
    assert message_page(drafted(), MAIN, TODAY).other is None


def test_only_numbers_that_may_be_given_out_are_offered() -> None:
    chips = message_page(drafted(), MAIN, TODAY).chips
    offered = {chip.placeholder for chip in chips}
    organisations = CONTENT.script.organisations.values()
    assert {f"{{phone.{one.id}}}" for one in organisations if one.may_be_dialled} <= offered
    assert not {f"{{phone.{one.id}}}" for one in organisations if not one.may_be_dialled} & offered
    line = next(chip for chip in chips if chip.placeholder == "{phone.referral_line}")
    assert (line.kind, line.value) == ("phone", "1-800-798-0671")


def test_a_phrase_offers_what_the_line_fills_in() -> None:
    assert message_page(drafted(), "as-of", TODAY).chips[0].placeholder == "{date}"


def test_what_towns_and_organisations_rest_on_is_changed_on_their_own_pages() -> None:
    assert message_page(drafted(), "town.new-haven.rule", TODAY).facts == ("town", "new-haven")
    assert message_page(drafted(), "organisation.nhlaa.help", TODAY).facts == ("organisation", "nhlaa")
    assert message_page(drafted(), DOOR, TODAY).facts is None


def test_english_as_it_is_live_has_no_meaning_of_its_own() -> None:
    assert english_value(drafted(CHANGED), MAIN, ENGLISH, "changed") == {"text": ENGLISH}
    assert english_value(drafted(), MAIN, "What now?", "same") == {"text": "What now?", "meaning": "same"}


def test_translations_can_stay_only_with_the_same_placeholders() -> None:
    assert may_be_kept(drafted(), MAIN, "What now?")
    assert not may_be_kept(drafted(), MAIN, "Call {phone.referral_line}.")
    assert not may_be_kept(drafted(), "no.such", "What now?")


@pytest.mark.parametrize("id", ["", "menu.main", "no.such", "<b>", "x" * 10_000])
def test_there_is_no_page_of_what_is_no_message(id: str) -> None:
    with pytest.raises(KeyError):
        message_page(drafted(), id, TODAY)
    with pytest.raises(KeyError):
        translation_page(drafted(), id, "es")


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_there_is_no_translation_into_english_or_what_is_no_language(language: str) -> None:
    with pytest.raises(KeyError):
        translation_page(drafted(), MAIN, language)


def test_a_current_translation_shows_no_change_of_the_english() -> None:
    page = translation_page(drafted(), MAIN, "es")
    assert page.translated.state is State.CURRENT
    assert page.made_from is None
    assert page.english_words is None
    assert page.meanwhile == ""
    assert (page.before, page.after) == ("menu.main.title", "menu.here-now.title")


def test_a_stale_translation_shows_what_changed_and_what_residents_get_meanwhile() -> None:
    page = translation_page(drafted(CHANGED), MAIN, "es")
    assert page.translated.state is State.STALE
    assert page.made_from == ENGLISH
    assert page.english_words
    assert ("deleted", "do you need") in page.english_words
    standing = CONTENT.catalogs.text("es", "updating")
    assert standing
    assert page.meanwhile
    assert page.meanwhile.startswith(standing.split("{")[0])
    assert SPANISH
    assert SPANISH not in page.meanwhile


@pytest.mark.parametrize("id", ["language-choice", "town-choice", "choice", "as-of", "updating", "updating.voice"])
def test_every_kind_of_message_has_something_that_is_said_meanwhile(id: str) -> None:
    text = CONTENT.script.messages[id].text
    changed = drafted({f"text:{id}": {"text": f"Now: {text}", "meaning": "changed"}})
    assert changed.refused == {}
    assert all(said_in(changed.content, code, id) for code in CONTENT.catalogs.languages)


def test_a_translation_of_todays_english_names_it_unless_it_is_live_as_it_is() -> None:
    assert translation_value(drafted(), "es", MAIN, "¿Qué pasa?") == {"text": "¿Qué pasa?", "of": ENGLISH}
    assert translation_value(drafted(), "es", MAIN, str(SPANISH)) == {"text": SPANISH}
    stale = {"text": SPANISH, "of": "What is happening?"}
    assert translation_value(drafted(CHANGED), "es", MAIN, str(SPANISH)) == stale
    assert translation_value(drafted(REWORDED), "es", MAIN, str(SPANISH)) == {"text": SPANISH}


def test_a_stale_translation_that_is_still_right_becomes_current() -> None:
    value = translation_value(drafted(CHANGED), "es", MAIN, str(SPANISH))
    both = drafted({**CHANGED, f"translation:es:{MAIN}": value})
    assert both.content.catalogs.text("es", MAIN) == SPANISH


def test_a_translation_made_of_the_english_before_does_not_pass_for_one_of_todays() -> None:
    value = translation_value(drafted(), "es", MAIN, "¿Qué le hace falta?")
    changed = drafted({f"translation:es:{MAIN}": value, **CHANGED})
    assert changed.content.catalogs.state("es", MAIN) is State.STALE
    page = translation_page(changed, MAIN, "es")
    assert (page.translated.text, page.made_from) == ("¿Qué le hace falta?", ENGLISH)


def test_a_translation_made_of_the_english_before_stays_where_that_was_only_reworded() -> None:
    value = translation_value(drafted(), "es", MAIN, "¿Qué le hace falta?")
    reworded = drafted({f"translation:es:{MAIN}": value, **REWORDED})
    assert reworded.content.catalogs.text("es", MAIN) == "¿Qué le hace falta?"
    assert translation_page(reworded, MAIN, "es").translated.reworded == TODAY


def test_another_text_takes_away_the_mark_that_the_one_before_was_reviewed() -> None:
    one = drafted({f"reviewed:es:{MAIN}": {"text": SPANISH}})
    assert translation_changes(one, "es", MAIN, "¿Qué pasa?") == {
        f"translation:es:{MAIN}": {"text": "¿Qué pasa?", "of": ENGLISH},
        f"reviewed:es:{MAIN}": None,
    }
    assert [*translation_changes(one, "es", MAIN, str(SPANISH))] == [f"translation:es:{MAIN}"]


@pytest.mark.parametrize(
    ("changes", "is_reviewer", "authors", "refusal"),
    [
        ({}, True, set(), None),
        ({}, True, {"ben"}, None),
        ({}, True, {"ana"}, Refusal.OWN_TEXT),
        ({}, False, set(), Refusal.NO_REVIEWER),
        (CHANGED, True, set(), Refusal.NOT_CURRENT),
        ({f"reviewed:es:{MAIN}": {"text": SPANISH}}, True, set(), Refusal.DONE),
    ],
)
def test_a_second_person_marks_what_is_current(
    changes: dict[str, Value],
    is_reviewer: bool,  # noqa: FBT001 - a case
    authors: set[str],
    refusal: Refusal | None,
) -> None:
    page = translation_page(drafted(changes), MAIN, "es")
    assert refusal_of(page, is_reviewer=is_reviewer, authors=authors, name="ana") is refusal


def test_placeholders_are_named_by_what_they_stand_for() -> None:
    chips = chips_by_placeholder(CONTENT, ["Call {phone.referral_line}, {key}.", "broken {", "{text.nobody}"])
    assert chips["phone.referral_line"].value == "1-800-798-0671"
    assert (chips["key"].kind, chips["key"].name) == ("", "key")
    assert chips["text.nobody"].name == "text.nobody"
