from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from hotline.catalogs.editing import translation_of
from hotline.releases.changes import (
    KINDS,
    applied,
    brought_up_to_date,
    catalog_path,
    examples_path,
    key_of,
    kind_of,
    parts_of,
    script_in,
)
from hotline.releases.files import Files
from hotline.store.drafts import Change, Value

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
DOOR = "topic.ice-at-door.first"
RULE = "Keep the door closed. Stay silent."
BLOBS = {"b1": b"RIFF", "b2": b'[x]\ntitle = "y"\n'}


def made(files: Files, *changes: tuple[str, Value]) -> dict[str, bytes]:
    result = applied(files, [Change(key, value, "ana", NOW) for key, value in changes], BLOBS.__getitem__)
    assert result.refused == {}
    return dict(result.files)


def refused(files: Files, key: str, value: Value) -> str:
    result = applied(files, [Change(key, value, "ana", NOW)], BLOBS.__getitem__)
    assert result.files == files
    return result.refused[key]


def changed(before: Files, after: Files) -> set[str]:
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


@pytest.mark.parametrize(
    ("key", "kind", "parts"),
    [
        ("text:menu.main.text", "text", ("menu.main.text",)),
        ("translation:es:menu.main.text", "translation", ("es", "menu.main.text")),
        ("example:es:a las 10:30", "example", ("es", "a las 10:30")),
        ("notice", "notice", ("",)),
    ],
)
def test_a_key_names_its_thing(key: str, kind: str, parts: tuple[str, ...]) -> None:
    assert (kind_of(key), parts_of(key)) == (kind, parts)


def test_english_is_changed_in_its_file_alone(packaged: Files) -> None:
    files = made(packaged, (key_of("text", DOOR), {"text": RULE, "meaning": "changed"}))
    assert script_in(files).messages[DOOR].text == RULE
    assert changed(packaged, files) == {"script/topics/ice-at-door.toml"}


def test_where_the_meaning_is_the_same_translations_stay(packaged: Files) -> None:
    files = made(packaged, (key_of("text", DOOR), {"text": f"Please: {RULE}", "meaning": "same"}))
    assert changed(packaged, files) >= {"script/topics/ice-at-door.toml", catalog_path("es"), catalog_path("zh")}
    assert b"reworded: 2026-11-23" in files[catalog_path("es")]
    after = brought_up_to_date(files)
    es = after[catalog_path("es")].decode()
    assert translation_of(es, DOOR) == translation_of(packaged[catalog_path("es")].decode(), DOOR)
    assert "fuzzy" not in es


def test_where_the_meaning_has_changed_catalogs_are_marked_when_they_are_brought_up_to_date(packaged: Files) -> None:
    files = brought_up_to_date(made(packaged, (key_of("text", DOOR), {"text": RULE, "meaning": "changed"})))
    for language in ("es", "ar", "ht"):
        assert (
            files[catalog_path(language)].count(b"#, fuzzy") == packaged[catalog_path(language)].count(b"#, fuzzy") + 1
        )


def test_a_translation_of_english_that_changes_too_is_current(packaged: Files) -> None:
    files = brought_up_to_date(
        made(
            packaged,
            (key_of("translation", "es", DOOR), {"text": "No abra. No hable."}),
            (key_of("text", DOOR), {"text": RULE, "meaning": "changed"}),
            (key_of("reviewed", "es", DOOR), {"text": "No abra. No hable."}),
        )
    )
    es = files[catalog_path("es")].decode()
    assert translation_of(es, DOOR) == "No abra. No hable."
    assert "#, fuzzy" not in es
    assert es.count("# reviewed: yes") == packaged[catalog_path("es")].decode().count("# reviewed: yes") + 1


@pytest.mark.parametrize(("meaning", "is_stale"), [("changed", True), ("same", False)])
def test_a_translation_of_the_english_before_is_current_only_where_that_means_the_same(
    packaged: Files,
    meaning: str,
    is_stale: bool,  # noqa: FBT001 - a case
) -> None:
    english = script_in(packaged).messages[DOOR].text
    translation = (key_of("translation", "es", DOOR), {"text": "No abra. No hable.", "of": english})
    text = (key_of("text", DOOR), {"text": f"Please: {english}", "meaning": meaning})
    es = brought_up_to_date(made(packaged, translation, text))[catalog_path("es")].decode()
    assert translation_of(es, DOOR) == "No abra. No hable."
    assert ("#, fuzzy" in es) is is_stale
    assert ("reworded: " in es) is not is_stale


def test_a_review_of_another_text_is_refused(packaged: Files) -> None:
    assert "review it again" in refused(packaged, key_of("reviewed", "es", DOOR), {"text": "Otra cosa."})


def test_a_number_is_changed_once_for_all(packaged: Files) -> None:
    files = made(packaged, (key_of("organisation", "referral_line"), {"phone": "+18005550100"}))
    assert script_in(files).organisations["referral_line"].phone == "+18005550100"
    assert changed(packaged, files) == {"script/organisations.toml"}


def test_a_day_is_written_as_a_day(packaged: Files) -> None:
    files = made(packaged, (key_of("organisation", "referral_line"), {"test_called": "2026-11-23"}))
    organisation = script_in(files).organisations["referral_line"]
    assert organisation.test_called
    assert organisation.test_called.isoformat() == "2026-11-23"


def test_what_a_statement_rests_on_is_changed(packaged: Files) -> None:
    value = {"sources": ["ctlawhelp"], "as_of": "2026-11-20", "review_by": "2027-05-01", "needs_lawyer_review": False}
    files = made(packaged, (key_of("provenance", DOOR), value))
    provenance = script_in(files).messages[DOOR].provenance
    assert provenance
    assert (provenance.sources, provenance.as_of.isoformat(), provenance.doubt) == (("ctlawhelp",), "2026-11-20", None)


def test_a_source_is_added_before_it_is_rested_on(packaged: Files) -> None:
    value = {"sources": ["ruling"], "as_of": "2026-11-20", "review_by": "2027-05-01"}
    files = made(
        packaged,
        (key_of("provenance", DOOR), value),
        (key_of("source", "ruling"), {"title": "Ruling of 23 November 2026", "url": None}),
    )
    assert script_in(files).sources["ruling"].title == "Ruling of 23 November 2026"


def test_an_example_comes_and_goes(packaged: Files) -> None:
    key = key_of("example", "es", "la migra anda por aqui hoy")
    value = {"text": "la migra anda por aqui hoy", "topic": "report"}
    files = made(packaged, (key, value))
    assert value["text"] in tomllib.loads(files[examples_path("es")].decode())["report"]
    assert made(files, (key, {**value, "removed": True})) == packaged


def test_a_notice_comes_and_goes(packaged: Files) -> None:
    files = made(packaged, ("notice", {"until": "2026-11-24T00:00:00-05:00", "texts": {"es": 'Un "aviso".'}}))
    notice = script_in(files).notice
    assert notice
    assert notice.texts == {"es": 'Un "aviso".'}
    assert made(files, ("notice", None)) == packaged


def test_a_recording_comes_and_goes(packaged: Files) -> None:
    files = made(packaged, (key_of("recording", "ht", "0" * 32), {"sound": "b1"}))
    assert files["locales/ht/recordings/" + "0" * 32 + ".wav"] == b"RIFF"
    assert made(files, (key_of("recording", "ht", "0" * 32), None)) == packaged


def test_a_whole_file_is_replaced(packaged: Files) -> None:
    assert made(packaged, ("file:script/extra.toml", {"blob": "b2"}))["script/extra.toml"] == BLOBS["b2"]
    assert "script/menus.toml" not in made(packaged, ("file:script/menus.toml", None))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text:nothing", {"text": "x", "meaning": "changed"}),
        ("text:menu.main.text", None),
        ("text:menu.main.text", {"meaning": "changed"}),
        ("text:menu.main.text", {"text": "a\0b", "meaning": "changed"}),
        ("translation:xx:menu.main.text", {"text": "x"}),
        ("translation:es:nothing", {"text": "x"}),
        ("provenance:menu.main.text", {"sources": [], "as_of": "yesterday", "review_by": "2027-01-01"}),
        ("organisation:referral_line", {"test_called": "today"}),
        ("notice", {"until": "soon", "texts": {}}),
        ("recording:ht:../../x", {"sound": "b1"}),
        ("recording:ht:x", {"sound": "lost"}),
        ("file:../x", {"blob": "b1"}),
        ("file:/etc/passwd", {"blob": "b1"}),
        ("example:es:x", {"text": "x", "topic": "a]b"}),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason_and_changes_nothing(
    packaged: Files, key: str, value: Value
) -> None:
    assert refused(packaged, key, value)


def test_every_kind_can_be_made(packaged: Files) -> None:
    for kind in KINDS:
        result = applied(packaged, [Change(f"{kind}:x:y", {}, "ana", NOW)], BLOBS.__getitem__)
        assert set(result.refused) | changed(packaged, result.files), kind
