from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.locales import LOCALES
from hotline.script.editing import (
    COLUMNS,
    MOST_CHARACTERS,
    EditError,
    FieldValue,
    with_example,
    with_fields,
    with_provenance,
    with_source,
    with_table_added,
    with_text,
    without_example,
)
from hotline.script.loader import DATA, load_script, script_of
from hotline.script.model import Message, Provenance
from hotline.script.tables import Table

SCRIPT = load_script()
FILES = {path.relative_to(DATA).as_posix(): path.read_text(encoding="utf-8") for path in DATA.rglob("*.toml")}
MESSAGES = tuple(SCRIPT.messages.values())
RESTING = tuple(message for message in MESSAGES if message.provenance)
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
AWKWARD = 'Say "I\'m \\n here" """" now\\ \t\n# not a comment\n[avon]\nrule = "x" ' + "and more of it, " * 20 + '\\"'

PEOPLE = """\
# Who can help.

[ann]  # the first
name = "Ann"
does = \"\"\"
A text with
[bob]
# in it.
\"\"\"
phone = "+1"   # called in May
languages = [
  "en",  # her own
  'es',
]
sources = ["law"]
as_of = 2026-01-01

# In danger

[bob]
name = "Bob"
languages = []
"""

LESSONS = """\
# What people write.

door = [
  "open [the] door",
  "they say \\"open\\"",  # heard often
  # at night
  "who is it"
]

none = [
]
"""


def values(document: object, path: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], object]]:
    """Every value of a document, by its path; texts on one line, as they are read."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from values(value, (*path, name))
    elif isinstance(document, list) and any(isinstance(item, dict) for item in document):
        for position, item in enumerate(document):
            yield from values(item, (*path, position))
    else:
        yield path, " ".join(document.split()) if isinstance(document, str) else document


def changed(before: str, after: str) -> dict[object, object]:
    """The values that are others, by the last names of their paths; None for those that are gone."""
    held, holds = dict(values(tomllib.loads(before))), dict(values(tomllib.loads(after)))
    return {path[-1]: holds.get(path) for path in {**held, **holds} if held.get(path) != holds.get(path)}


def lines_lost(before: str, after: str) -> list[str]:
    """The lines of one file, from the first that is not in the other to the last."""
    old, new = before.split("\n"), after.split("\n")
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    last = next((at for at in range(shorter - first) if old[-1 - at] != new[-1 - at]), shorter - first)
    return old[first : len(old) - last]


def message_of(file: str, id: str) -> Message:
    return Message(id, "text", "note", file, 5)


def field_of(message: Message) -> str:
    if message.id.endswith(".voice"):
        return "voice"
    last = message.id.rpartition(".")[2]
    return last if last in {"title", "help", "rule"} and message.file not in {"phrases.toml", "pages.toml"} else "text"


def assert_only_this_text_changed(message: Message, text: str) -> None:
    before, line = FILES[message.file], " ".join(text.split())
    after = with_text(before, message, text)
    assert changed(before, after) == ({} if line == message.text else {field_of(message): line})
    lost = lines_lost(before, after)
    assert not any(line.startswith("#") for line in lost)
    assert len(lost) <= 1 or "".join(lost).count("=") <= 1


@pytest.mark.parametrize("file", sorted({message.file for message in MESSAGES}))
def test_each_text_of_the_script_can_be_changed_alone(file: str) -> None:
    for message in MESSAGES:
        if message.file == file:
            assert_only_this_text_changed(message, AWKWARD)
            assert with_text(FILES[file], message, message.text) == FILES[file]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MESSAGES), st.text() | st.text("\"\\\n #[]='", min_size=1))
def test_any_text_is_written_rightly_or_refused(message: Message, text: str) -> None:
    line = " ".join(text.split())
    if not line or INVISIBLE.search(line):
        with pytest.raises(EditError):
            with_text(FILES[message.file], message, text)
    else:
        assert_only_this_text_changed(message, text)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(RESTING),
    st.builds(
        Provenance,
        sources=st.lists(st.sampled_from(sorted(SCRIPT.sources)), min_size=1, max_size=12).map(tuple),
        as_of=st.dates(),
        review_by=st.dates(),
        needs_lawyer_review=st.booleans(),
        doubt=st.none() | st.text("ab \\\"'#\n", min_size=1).filter(str.strip),
    ),
)
def test_any_provenance_is_written_and_nothing_else_changes(message: Message, provenance: Provenance) -> None:
    before = FILES[message.file]
    after = with_provenance(before, message, provenance)
    assert set(changed(before, after)) <= {"sources", "as_of", "review_by", "needs_lawyer_review", "doubt"}
    assert not changed(before, with_provenance(after, message, cast("Provenance", message.provenance)))
    written = with_provenance(after, message, provenance)
    assert written == after
    comments = [line for line in before.split("\n") if line.startswith("#")]
    assert [line for line in after.split("\n") if line.startswith("#")] == comments


def test_the_loader_reads_what_was_written_and_all_else_as_before() -> None:
    edits = {
        "menu.main.title": "Choices",
        "menu.here-now.text.voice": "Stay calm.",
        "topic.ice-at-door.title": "At the door",
        "topic.ice-at-door.forced": "If they come in, stay silent. " * 20,
        "organisation.ghla.help": "Legal aid. See {url.ghla}.",
        "town.bloomfield.rule": "Bloomfield has a rule.",
        "language.title": "Languages",
        "welcome.voice": "Welcome.",
    }
    files = dict(FILES)
    for id, text in edits.items():
        message = SCRIPT.messages[id]
        files[message.file] = with_text(files[message.file], message, text)
    provenance = Provenance(
        ("ctlawhelp",), date(2026, 11, 23), date(2027, 5, 1), needs_lawyer_review=True, doubt="Is it?"
    )
    resting = SCRIPT.messages["topic.ice-at-door.first"]
    files[resting.file] = with_provenance(files[resting.file], resting, provenance)
    script = script_of({name: content.encode() for name, content in files.items()})
    assert {id: message.text for id, message in script.messages.items()} == {
        id: " ".join(edits.get(id, message.text).split()) for id, message in SCRIPT.messages.items()
    }
    assert {id: message.provenance for id, message in script.messages.items()} == {
        id: provenance if id == resting.id else message.provenance for id, message in SCRIPT.messages.items()
    }
    assert (script.organisations, script.towns, script.sources) == (SCRIPT.organisations, SCRIPT.towns, SCRIPT.sources)


def test_long_texts_are_wrapped_and_short_ones_and_labels_stand_on_one_line() -> None:
    file = "topics/ice-at-door.toml"
    long = with_text(FILES[file], SCRIPT.messages["topic.ice-at-door.first"], "Stay calm and silent. " * 30)
    added = [line for line in long.split("\n") if line.startswith(("Stay", "calm", "silent", "and"))]
    assert len(added) == 5
    assert all(COLUMNS - 10 < len(line) <= COLUMNS for line in added[:-1])
    title = with_text(FILES[file], SCRIPT.messages["topic.ice-at-door.title"], "word " * 60)
    assert f'title = "{("word " * 60).strip()}"\n' in title
    menus = FILES["menus.toml"]
    assert 'text = "Which?"\n' in with_text(menus, SCRIPT.messages["menu.main.text"], "Which?")
    assert 'text = """\nWhich?\n"""\n' in with_text(menus, SCRIPT.messages["menu.here-now.text"], " Which?\n")
    assert 'text = """\nWhich which' in with_text(menus, SCRIPT.messages["menu.main.text"], "Which which " * 20)


def test_a_number_that_changes_leaves_the_comments_beside_it_and_a_text_like_a_header() -> None:
    edited = with_fields(PEOPLE, "ann", {"phone": "+2", "does": "Helps."})
    assert 'phone = "+2"   # called in May\n' in edited
    assert 'does = """\nA' not in edited
    assert 'does = "Helps."\nphone' in edited
    assert changed(PEOPLE, with_fields(PEOPLE, "bob", {"name": "Rob"})) == {"name": "Rob"}


def test_new_fields_stand_where_the_data_have_them_and_before_the_next_heading() -> None:
    edited = with_fields(
        PEOPLE,
        "ann",
        {
            "doubt": "Is it so?",
            "needs_lawyer_review": True,
            "serves": {"status": "any", "ages": "all"},
            "hours": ["Mon-Fri 09:00-12:00"],
            "closed_on_holidays": False,
            "odd": 3,
            "test_called": date(2026, 11, 23),
        },
    )
    assert 'serves = { status = "any", ages = "all" }\nphone' in edited
    assert 'hours = ["Mon-Fri 09:00-12:00"]\nclosed_on_holidays = false\ntest_called = 2026-11-23\nsources' in edited
    assert (
        'as_of = 2026-01-01\nneeds_lawyer_review = true\ndoubt = "Is it so?"\nodd = 3\n\n# In danger\n\n[bob]' in edited
    )


def test_a_field_is_removed_with_what_is_said_beside_it_and_nothing_else() -> None:
    edited = with_fields(PEOPLE, "ann", {"phone": None, "host": None})
    assert edited == PEOPLE.replace('phone = "+1"   # called in May\n', "")


def test_what_is_said_within_a_list_is_kept_above_it() -> None:
    edited = with_fields(PEOPLE, "ann", {"languages": ["en", "es", "pt"]})
    assert '# her own\nlanguages = ["en", "es", "pt"]\nsources' in edited
    assert "# her own\nsources" in with_fields(PEOPLE, "ann", {"languages": None})
    assert with_fields(PEOPLE, "ann", {"languages": ["en", "es"]}) == PEOPLE


def test_a_long_list_takes_several_lines() -> None:
    names = [f"Old name of the town, number {number}" for number in range(9)]
    edited = with_fields(FILES["towns.toml"], "avon", {"spellings": names})
    assert changed(FILES["towns.toml"], edited) == {"spellings": names}
    added = edited[edited.index("spellings = [\n", edited.index("[avon]")) :].partition("\n]\n")[0].split("\n")[1:]
    assert all(line.startswith('    "') and len(line) <= COLUMNS and line.endswith(",") for line in added)
    assert len(added) == 3


def test_a_table_is_added_at_the_end_and_its_name_quoted_where_it_must_be() -> None:
    content = with_table_added(PEOPLE, "cy", {"name": "Cy", "languages": ["en"], "phone": None})
    assert content == f'{PEOPLE}\n[cy]\nname = "Cy"\nlanguages = ["en"]\n'
    assert with_table_added("", "a.b", {"text": "x"}) == '["a.b"]\ntext = "x"\n'
    assert with_table_added("[a]", "b", {"text": "x"}) == '[a]\n\n[b]\ntext = "x"\n'
    with pytest.raises(EditError, match="there already"):
        with_table_added(PEOPLE, "bob", {"name": "Bob"})


def test_a_source_is_changed_or_added() -> None:
    sources = FILES["sources.toml"]
    added = with_source(sources, "new-law", 'An "Act"', "example.org/act")
    assert added == f'{sources}\n[new-law]\ntitle = "An \\"Act\\""\nurl = "example.org/act"\n'
    assert with_source(added, "new-law", 'An "Act"', None) == added.replace('url = "example.org/act"\n', "")
    assert with_source(sources, "line-privacy", "Rules", "a.org") != sources


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_stay_what_they_are(end: str) -> None:
    content = PEOPLE.replace("\n", end).removesuffix(end)
    fields: Mapping[str, FieldValue] = {"name": "Rob", "help": "Help " * 60, "sources": ["a source of law"] * 20}
    edited = with_fields(content, "bob", fields)
    assert edited.startswith(content.partition('name = "Bob"')[0])
    assert edited.count("\n") == edited.count(end)
    assert Table("", tomllib.loads(edited)["bob"]).text("help") == ("Help " * 60).strip()
    assert with_fields(content, "ann", {"phone": "+2"}) == content.replace("+1", "+2")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\u3000", "empty"),
        ("a\x00b", r"U\+0000"),
        ("a\x1bb", r"U\+001B"),
        ("a\x7f", r"U\+007F"),
        ("\ud800", r"U\+D800"),
        ("x" * (MOST_CHARACTERS + 1), "5,001 characters"),
        ("x " * 50_000, "99,999 characters"),
    ],
)
def test_what_no_phone_can_carry_is_refused(text: str, says: str) -> None:
    edits: tuple[Callable[[], str], ...] = (
        lambda: with_text(FILES["menus.toml"], SCRIPT.messages["menu.main.text"], text),
        lambda: with_fields(PEOPLE, "ann", {"name": text}),
        lambda: with_fields(PEOPLE, "ann", {"languages": ["en", text]}),
        lambda: with_fields(PEOPLE, "ann", {"serves": {"status": text}}),
        lambda: with_source(FILES["sources.toml"], "new", text, None),
        lambda: with_example(LESSONS, "door", text),
    )
    for edit in edits:
        with pytest.raises(EditError, match=says):
            edit()


@pytest.mark.parametrize("value", [1.5, [1], [None], {"a": 1}, {"a": None}, object()])
def test_what_no_file_holds_is_refused(value: object) -> None:
    with pytest.raises(EditError, match="'name' cannot be written"):
        with_fields(PEOPLE, "ann", {"name": cast("FieldValue", value)})


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(EditError):
        with_table_added(PEOPLE, name, {"a": "b"})
    with pytest.raises(EditError):
        with_fields(PEOPLE, name, {"a": "b"})


@pytest.mark.parametrize("name", ["a]", 'a"]', "a.b", "ä", "a'b", "a\\", "a # b"])
def test_a_name_that_would_end_a_header_is_quoted(name: str) -> None:
    added = with_table_added(PEOPLE, name, {name: "x"})
    assert tomllib.loads(added) == {**tomllib.loads(PEOPLE), name: {name: "x"}}
    assert changed(added, with_fields(added, name, {name: "y", "name": "z"})) == {name: "y", "name": "z"}


@pytest.mark.parametrize(
    ("file", "id"),
    [
        ("menus.toml", "menu.nowhere.text"),
        ("menus.toml", "menu.main.voice"),
        ("menus.toml", "menu.main.text.voice"),
        ("phrases.toml", "nothing"),
        ("phrases.toml", "language.voice"),
        ("organisations.toml", "organisation.emergency.help"),
        ("towns.toml", "town.avon.rule"),
        ("topics/ice-at-door.toml", "topic.ice-at-door.none"),
        ("topics/ice-at-door.toml", "topic.ice-at-door.first.voice"),
        ("topics/ice-at-door.toml", "topic.other.title"),
    ],
)
def test_a_message_that_the_file_does_not_hold_is_named(file: str, id: str) -> None:
    with pytest.raises(EditError, match=re.escape(repr(id))):
        with_text(FILES[file], message_of(file, id), "A text")


@pytest.mark.parametrize("content", ['[a]\nname = "', "[a]\n[a]\n", "name = \n[a]\n", "[a\n", "\ufeff[a]\n"])
def test_a_file_that_is_broken_is_not_edited(content: str) -> None:
    with pytest.raises(EditError):
        with_fields(content, "a", {"name": "x"})


@pytest.mark.parametrize(
    "content", ['[a]\nserves.status = "any"\n', '[a]\nname = "x"\n\n[a.serves]\nstatus = "any"\n', "[[a]]\n", "[a.b]\n"]
)
def test_a_table_that_is_written_otherwise_is_left_to_be_edited_by_hand(content: str) -> None:
    with pytest.raises(EditError, match=r"by hand|no \[a\] any more"):
        with_fields(content, "a", {"serves": {"status": "none"}})


def test_an_example_is_added_below_the_others() -> None:
    edited = with_example(LESSONS, "door", ' they are\n"here" \\ now ')
    assert edited == LESSONS.replace('  "who is it"\n', '  "who is it",\n  "they are \\"here\\" \\\\ now",\n')
    assert with_example(edited, "door", "who is it") == edited
    assert with_example(LESSONS, "none", "x") == LESSONS.replace("none = [\n", 'none = [\n  "x",\n')
    assert with_example(LESSONS, "new-topic", "x") == f'{LESSONS}\nnew-topic = [\n  "x",\n]\n'


def test_an_example_is_removed_with_its_line() -> None:
    assert without_example(LESSONS, "door", 'they say "open"') == LESSONS.replace(
        '  "they say \\"open\\"",  # heard often\n', ""
    )
    assert without_example(LESSONS, "door", "who is  it") == LESSONS.replace('  "who is it"\n', "")
    for topic, text in (("door", "something else"), ("none", "who is it"), ("nowhere", "x")):
        assert without_example(LESSONS, topic, text) == LESSONS


@pytest.mark.parametrize(
    ("content", "topic"),
    [
        ('door = ["a", "b"]\n', "door"),
        ('"door" = [\n  "a",\n]\n', "door"),
        ('text = """\ndoor = [\n"""\n', "door"),
        ("door = [\n  1,\n]\n", "door"),
        ('door = [\n  "a"\n  "b"\n]\n', "door"),
        ("[door]\n", "door"),
        ("[x]\n", "door"),
        (LESSONS, "two words"),
        (LESSONS, "door = []\nx"),
        (LESSONS, ""),
    ],
)
def test_examples_that_are_written_otherwise_are_left_to_be_edited_by_hand(content: str, topic: str) -> None:
    with pytest.raises(EditError):
        with_example(content, topic, "new")


def test_two_examples_on_a_line_are_not_removed_together() -> None:
    with pytest.raises(EditError):
        without_example('door = [\n  "a", "b",\n]\n', "door", "a")


def test_examples_keep_windows_line_ends() -> None:
    content = LESSONS.replace("\n", "\r\n")
    edited = with_example(content, "door", "x")
    assert edited == with_example(LESSONS, "door", "x").replace("\n", "\r\n")
    assert without_example(edited, "door", "x").replace('it",', 'it"') == content


@settings(deadline=None)
@given(st.lists(st.text(min_size=1).filter(lambda text: text.strip() and not INVISIBLE.search(" ".join(text.split())))))
def test_any_examples_come_and_go(texts: list[str]) -> None:
    content = LESSONS
    for text in texts:
        content = with_example(content, "door", text)
    expected = [*tomllib.loads(LESSONS)["door"], *(" ".join(text.split()) for text in texts)]
    assert tomllib.loads(content)["door"] == list(dict.fromkeys(expected))
    assert "# at night" in content
    for text in texts:
        content = without_example(content, "door", text)
    left = [text for text in tomllib.loads(LESSONS)["door"] if text not in {" ".join(text.split()) for text in texts}]
    assert tomllib.loads(content)["door"] == left


@pytest.mark.timed
@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/examples.toml")), ids=lambda path: path.parent.name)
def test_the_examples_of_each_language_are_edited_in_no_time(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    began = perf_counter()
    for topic, texts in tomllib.loads(content).items():
        edited = with_example(content, topic, "a text that nobody has written yet")
        assert len(edited) > len(content)
        assert without_example(edited, topic, "a text that nobody has written yet") == content
        assert with_example(content, topic, texts[0]) == content
    assert (perf_counter() - began) / len(tomllib.loads(content)) < 0.3
