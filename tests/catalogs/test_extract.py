from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest

from hotline.catalogs.extract import comments_of, extract, make_template
from hotline.catalogs.merge import write_template
from hotline.script.loader import ScriptError, load_script
from hotline.script.model import Message, Provenance, Script

MakeScript = Callable[..., Script]


MAPPING = """
[[tool.babel.mappings]]
method = "hotline_script"
pattern = "hotline/script/data/**.toml"
"""


def extracted(path: Path) -> dict[str, tuple[str, list[str]]]:
    with path.open("rb") as file:
        return {key: (text, notes) for _, _, (key, text), notes in extract(file, (), (), {})}


def test_a_file_gives_its_own_messages_in_their_order(data: Path) -> None:
    assert [(key, text) for key, (text, _) in extracted(data / "menus.toml").items()] == [
        ("menu.main.title", "Main menu"),
        ("menu.main.text", "What do you need?"),
        ("menu.emergency.title", "Danger"),
        ("menu.emergency.text", "What do you need?"),
    ]


def test_a_text_of_several_lines_is_folded(data: Path) -> None:
    text, _ = extracted(data / "topics" / "my-town.toml")["topic.my-town.first"]
    assert text == 'Call {phone.referral_line} about my-town, 50% of it "free".'


def test_every_message_comes_from_exactly_one_file(data: Path) -> None:
    found = [key for path in sorted(data.rglob("*.toml")) for key in extracted(path)]
    assert sorted(found) == sorted(load_script(data).messages)


def test_a_translator_is_told_the_note_the_room_the_placeholders_and_the_sources(data: Path) -> None:
    _, notes = extracted(data / "topics" / "my-town.toml")["topic.my-town.first"]
    assert notes == [
        "Part 1 of its topic",
        "Room: 5 SMS segments: 765 characters in GSM-7, 335 in UCS-2",
        "{phone.referral_line}: the phone number of Legal Hotline",
        "Source: Public Act 25-29",
        "As of 2026-11-22, to be reviewed by 2027-02-01",
    ]


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (1, "Room: 1 SMS segment: 160 characters in GSM-7, 70 in UCS-2"),
        (None, "Room: it is only spoken"),
    ],
)
def test_the_room_of_labels_and_spoken_texts(make_script: MakeScript, room: int | None, told: str) -> None:
    assert comments_of(make_script({}), Message("a", "More", "A note", "phrases.toml", room))[1] == told


def test_a_statement_that_no_lawyer_has_read_says_so(make_script: MakeScript) -> None:
    provenance = Provenance(("law",), date(2026, 1, 1), date(2027, 1, 1), needs_lawyer_review=True)
    message = Message("a", "More", "A note", "phrases.toml", 1, provenance)
    assert comments_of(make_script({}), message)[-1] == "A lawyer has yet to review this text"


def test_a_script_that_cannot_be_served_is_not_extracted(data: Path) -> None:
    (data / "sources.toml").write_text("", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"sources\.toml"):
        extracted(data / "menus.toml")


def test_the_template_has_each_message_under_its_context(make_script: MakeScript) -> None:
    script = make_script({"a": "Same words", "b": "Same words", "c": "Say {date}, 50% of it"})
    found = {message.context: message for message in make_template(script) if message.id}
    assert {context: message.id for context, message in found.items()} == {
        key: message.text for key, message in script.messages.items()
    }
    assert found["c"].flags == {"python-brace-format"}


def test_an_unchanged_script_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.pot", tmp_path / "second.pot"
    assert write_template(first, make_template(load_script(data)))
    assert not write_template(first, make_template(load_script(data)))
    assert write_template(second, make_template(load_script(data)))
    assert first.read_bytes() == second.read_bytes()
    assert str(datetime.now(UTC).year) not in first.read_text().partition("msgctxt")[0]


def test_pybabel_extracts_the_same_messages(data: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(MAPPING, encoding="utf-8")
    command = [
        sys.executable,
        "-P",
        "-m",
        "babel.messages.frontend",
        "extract",
        "-F",
        "pyproject.toml",
        "-o",
        "out.pot",
        ".",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    write_template(tmp_path / "own.pot", make_template(load_script(data)))

    def content(path: Path) -> dict[str, tuple[str, list[str], list[str]]]:
        """Without the breaks that Babel makes in long comments."""
        return {
            entry.msgctxt: (entry.msgid, [file for file, _ in entry.occurrences], entry.comment.split())
            for entry in polib.pofile(str(path))
        }

    assert content(tmp_path / "out.pot") == content(tmp_path / "own.pot")
