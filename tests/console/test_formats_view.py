from __future__ import annotations

import csv
import io
import json
from functools import cache
from time import monotonic

import pytest

from hotline.catalogs.checks import Standards
from hotline.catalogs.exchange import ExchangeError
from hotline.console.formats_view import (
    LONGEST_UNKNOWN,
    MOST_UNKNOWN,
    Chosen,
    Uploaded,
    catalog_of,
    download_of,
    kind_of_file,
    progress_of,
    refuse_another_language,
    uploaded,
    wanted_of,
)
from hotline.console.looking import rules_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Value
from tests.console.drafting import base, drafted

MAIN, DOOR = "menu.main.text", "topic.ice-at-door.first"
CONTENT = base().content
ENGLISH, SPANISH = CONTENT.script.messages[MAIN].text, str(CONTENT.catalogs.text("es", MAIN))
CHANGED: dict[str, Value] = {f"text:{MAIN}": {"text": "What is happening?", "meaning": "changed"}}


@cache
def unchanged() -> Drafted:
    return drafted()


@cache
def standards() -> Standards:
    return rules_of(unchanged())


def po(old: str = "", new: str = "") -> bytes:
    text = download_of(unchanged(), "es", "po").decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def read(file: bytes, kind: str = "po", one: Drafted | None = None) -> Uploaded:
    return uploaded(one or unchanged(), standards(), "es", file, kind)


def test_a_file_that_comes_back_as_it_left_changes_nothing() -> None:
    for kind in ("po", "csv"):
        found = read(download_of(unchanged(), "es", kind), kind)
        assert (found.offered, found.outdated, found.unknown, found.problems) == ((), (), (), ())


def test_the_draft_is_downloaded_with_its_english() -> None:
    changed = drafted(CHANGED)
    assert 'msgid "What is happening?"' in download_of(changed, "es", "po").decode()
    rows = {
        row["id"]: row for row in csv.DictReader(io.StringIO(download_of(changed, "es", "csv").decode("utf-8-sig")))
    }
    assert (rows[MAIN]["english"], rows[MAIN]["state"]) == ("What is happening?", "stale")


def test_another_text_is_offered_beside_the_one_that_there_is() -> None:
    (offered,) = read(po(SPANISH, "¿Qué pasa?")).offered
    assert (offered.name.id, offered.english, offered.before, offered.text) == (MAIN, ENGLISH, SPANISH, "¿Qué pasa?")
    assert offered.remarks == ()
    assert not offered.is_same_text
    assert ("inserted", "pasa") in offered.words
    assert Chosen.from_token(offered.token) == Chosen(MAIN, "¿Qué pasa?", ENGLISH, digest_of_value({"text": SPANISH}))


def test_what_is_wrong_with_an_offered_text_is_said() -> None:
    (offered,) = read(po(SPANISH, "¿Qué pasa? 3")).offered
    assert offered.is_wrong
    assert "3 is too many" in offered.remarks[0].what


def test_a_translation_of_other_english_is_left_aside() -> None:
    found = read(po(SPANISH, "¿Qué pasa?"), one=drafted(CHANGED))
    assert found.offered == ()
    assert [name.id for name in found.outdated] == [MAIN]


def test_what_is_no_message_is_left_aside() -> None:
    entry = b'\nmsgctxt "no.such"\nmsgid "Nothing."\nmsgstr "Nada."\n'
    found = read(po() + entry)
    assert (found.unknown, found.unknowns) == (("no.such",), 1)


def test_a_few_of_what_is_no_message_are_named_as_they_are() -> None:
    rows = "".join(f"\u202e{number}{'x' * LONGEST_UNKNOWN},y,z\n" for number in range(300))
    found = read(f"id,english,translation\n{rows}".encode(), "csv")
    assert (len(found.unknown), found.unknowns) == (MOST_UNKNOWN, 300)
    assert found.unknown[0] == f"[U+202E]0{'x' * (LONGEST_UNKNOWN - 2)}…"


@pytest.mark.parametrize("name", ["hotline-fr.csv", "hotline-fr (1).csv", "HOTLINE-FR.CSV", "hotline-fr.po"])
def test_a_file_of_another_language_says_so_in_its_name(name: str) -> None:
    languages = CONTENT.script.languages
    refuse_another_language(name, "fr", languages)
    with pytest.raises(ExchangeError, match="another language"):
        refuse_another_language(name, "es", languages)


@pytest.mark.parametrize("name", ["hotline-xx.csv", "hotline-frog.csv", "fr.csv", "hotline-", "", "my-hotline-fr.csv"])
def test_a_name_that_says_nothing_of_the_language_is_no_matter(name: str) -> None:
    refuse_another_language(name, "es", CONTENT.script.languages)


def test_reviews_and_notes_in_a_file_are_told_but_not_taken() -> None:
    text = po().decode()
    marked = text.replace(f'msgctxt "{MAIN}"', f'# reviewed: yes\n# As one says it.\nmsgctxt "{MAIN}"', 1)
    # A comment of translators stands above all others of its entry.
    head, _, tail = marked.partition(f'# reviewed: yes\n# As one says it.\nmsgctxt "{MAIN}"')
    start = head.rindex("\n\n") + 2
    file = f'{head[:start]}# reviewed: yes\n# As one says it.\n{head[start:]}msgctxt "{MAIN}"{tail}'
    found = read(file.encode())
    assert found.offered == ()
    assert [name.id for name in found.reviewed] == [name.id for name in found.noted] == [MAIN]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (b"", "po"),
        (b"PK\x03\x04zip", "po"),
        (b"hello", "po"),
        (b"a,b\n1,2\n", "csv"),
        (b"\x00" * 100, "csv"),
        (b"\xff\xfe", "csv"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(file: bytes, kind: str) -> None:
    with pytest.raises(ExchangeError):
        read(file, kind)


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("es.po", b"", "po"),
        ("ES.PO", b"", "po"),
        ("es.csv", b"", "csv"),
        ("es", b'msgid ""', "po"),
        ("es.txt", b"id,", "csv"),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_name_or_how_it_begins(name: str, start: bytes, kind: str) -> None:
    assert kind_of_file(name, start) == kind


def test_what_was_chosen_becomes_changes_with_what_was_seen() -> None:
    chosen = Chosen(MAIN, "¿Qué pasa?", ENGLISH, "seen")
    outdated = Chosen(DOOR, "x", "Another English.", "seen")
    wanted = wanted_of(unchanged(), "es", [chosen, outdated])
    assert wanted.values == {f"translation:es:{MAIN}": {"text": "¿Qué pasa?", "of": ENGLISH}}
    assert wanted.seen == {f"translation:es:{MAIN}": "seen"}
    assert wanted.outdated == [outdated]


@pytest.mark.parametrize("token", ["", "[]", "{}", '["a"]', "[1, 2, 3, 4]", '["a", "b", "c", null]', "[" * 100_000])
def test_what_no_page_made_is_nothing_chosen(token: str) -> None:
    assert Chosen.from_token(token) is None
    assert Chosen.from_token(json.dumps(["a", "b", "c", "d"])) == Chosen("a", "b", "c", "d")


def test_progress_counts_the_messages_of_each_language() -> None:
    by_code = {one.language.code: one for one in progress_of(drafted(CHANGED))}
    messages = len(CONTENT.script.messages)
    assert (by_code["es"].current, by_code["es"].stale, by_code["es"].missing) == (messages - 1, 1, 0)
    assert "en" not in by_code


@pytest.mark.timed
def test_a_file_in_which_everything_is_new_is_looked_at_in_seconds() -> None:
    text = catalog_of(unchanged(), "es").replace('msgstr "', 'msgstr "Ahora: ')
    header, _, entries = text.partition("\n\n")
    began = monotonic()
    found = read(f"{header.replace('Ahora: ', '')}\n\n{entries}".encode())
    assert len(found.offered) == len(CONTENT.script.messages)
    assert monotonic() - began < 5
