from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from hotline.catalogs.extract import comments_of, extract, make_template
from hotline.catalogs.merge import write_template
from hotline.script.loader import ScriptError, load_script
from hotline.script.model import Message, Provenance, Script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from babel.messages.catalog import Catalog

    MakeScript = Callable[..., Script]

MAPPING = """
[[tool.babel.mappings]]
method = "hotline_script"
pattern = "hotline/script/data/**.toml"
"""


def extracted(path: Path) -> dict[str, tuple[int, str, list[str]]]:
    with path.open("rb") as file:
        return {key: (line, text, notes) for line, _, (key, text), notes in extract(file, (), (), {})}


def test_a_file_gives_its_own_messages_with_their_lines(data: Path) -> None:
    found = extracted(data / "menus.toml")
    assert [(key, line, text) for key, (line, text, _) in found.items()] == [
        ("menu.main.title", 4, "Main menu"),
        ("menu.main.text", 5, "What do you need?"),
        ("menu.emergency.title", 12, "Danger"),
        ("menu.emergency.text", 13, "What do you need?"),
    ]


def test_a_text_of_several_lines_is_folded_and_found_where_it_begins(data: Path) -> None:
    line, text, _ = extracted(data / "topics" / "my-town.toml")["topic.my-town.first"]
    assert (line, text) == (6, 'Call {phone.referral_line} about my-town, 50% of it "free".')


def test_every_message_comes_from_exactly_one_file(data: Path) -> None:
    found = [key for path in sorted(data.rglob("*.toml")) for key in extracted(path)]
    assert sorted(found) == sorted(load_script(data).messages)


def test_lines_hold_after_comments_and_texts_that_look_like_assignments(data: Path) -> None:
    path = data / "phrases.toml"
    before = '# a = "b"\n[trap]\nvoice = """\ntitle = "Danger"\nmore = \'Danger\'\n"""\n'
    path.write_text(before + path.read_text(), encoding="utf-8")
    found = extracted(path)
    assert found["trap.voice"][:2] == (3, "title = \"Danger\" more = 'Danger'")
    lines = path.read_text().splitlines()
    assert all(lines[line - 1].startswith(("text =", "voice =")) for line, _, _ in found.values())


def test_a_translator_is_told_the_note_the_room_the_placeholders_and_the_sources(data: Path) -> None:
    _, _, notes = extracted(data / "topics" / "my-town.toml")["topic.my-town.first"]
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
    by_babel = read_po(BytesIO((tmp_path / "out.pot").read_bytes()))
    own = make_template(load_script(data))

    def content(catalog: Catalog) -> dict[str | None, tuple[object, set[str], str]]:
        """Without the breaks that Babel makes in long comments."""
        return {
            message.context: (message.id, {file for file, _ in message.locations}, " ".join(message.auto_comments))
            for message in catalog
            if message.id
        }

    assert content(by_babel) == content(own)
