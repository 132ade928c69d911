"""PO files on disk: read strictly, so that a damaged file is an error, never half a sentence; written in one step."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polib
from babel.messages.pofile import PoFileError, read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

LARGEST = 8_000_000  # bytes; the whole script in one language takes about 200,000

# Beside the C0 and C1 controls: what some readers take for the end of a line, and what XML cannot carry.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")

_QUOTED = r'"(?P<text>(?:[^"\\]|\\[\\"ntr])*)"'
_STATEMENT = re.compile(rf"(?P<old>#~\s*)?(?:(?P<keyword>msg[\w\[\]]+)\s*)?{_QUOTED}")
_PREVIOUS = re.compile(rf"#~?\|\s*(?:(?P<keyword>msgctxt|msgid)\s*)?{_QUOTED}")
_COMMENT = re.compile(r"#(?P<kind>[.:,]?)\s?(?P<text>.*)")
_UTF_8 = re.compile(r"content-type:.*charset=utf-?8\b", re.IGNORECASE)
_BEFORE = {"msgctxt": {"", "msgstr"}, "msgid": {"", "msgstr", "msgctxt"}, "msgstr": {"msgid"}}
_ORDER = "an entry is msgctxt, msgid and msgstr, in this order"
_OBSOLETE = "obsolete-entry"


class PoError(Exception):
    """A PO file cannot be used. The text names the file and the line (from 1), and says what to do."""

    def __init__(self, path: Path, line: int | None, sentence: str) -> None:
        super().__init__(f"{path}{f', line {line}' if line else ''}: {sentence}")


def read_catalog(path: Path) -> Catalog:
    """The file's entries, without the obsolete ones and without what the header says. Raises PoError."""
    try:
        return read_po(tuple(_served(_checked_lines(path))), abort_invalid=True)
    except PoFileError as error:
        raise PoError(path, error.lineno + 1, f"{error}; mend the line") from error
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise PoError(path, None, f"cannot be read ({error}); restore the file") from error


def read_for_editing(path: Path) -> polib.POFile:
    """All that the file holds, obsolete entries with their previous texts too. Raises PoError."""
    try:
        file = polib.pofile("\n".join(_plain(_checked_lines(path))) + "\n", wrapwidth=0, encoding="utf-8")
    except OSError as error:
        raise PoError(path, None, "its lines with #| are not in order; mend or delete them") from error
    for entry in file:
        entry.obsolete = _OBSOLETE in entry.flags
        entry.flags = [flag for flag in entry.flags if flag != _OBSOLETE]
    return file


def text_of(file: polib.POFile) -> str:
    """The file as it stands on disk. Each text is one line: a search finds it, and a change of it is one line too."""
    file.wrapwidth = 0
    return "".join(f"{line.rstrip()}\n" for line in str(file).rstrip("\n").split("\n"))


def write(path: Path, text: str) -> bool:
    """Replaces the file in one step: a reader sees the old text or the new. False where it holds `text` already."""
    path = path.resolve()
    content = text.encode()
    mode = 0o644
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
        mode = stat.S_IMODE(path.stat().st_mode)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


class _Entry(NamedTuple):
    """What has been read of the entry at hand; `last` is its last keyword, empty before the first."""

    last: str = ""
    context: str | None = None
    source: str = ""
    obsolete: bool = False

    @property
    def complete(self) -> bool:
        return self.last in {"", "msgstr"}


def _checked_lines(path: Path) -> tuple[str, ...]:
    """The file's lines, stripped. The libraries repair or drop what they cannot read; here it is an error."""
    lines = tuple(line.strip() for line in re.split(r"\r\n|\r|\n", _text(path)))
    first_line: dict[object, int] = {}
    entry = _Entry()
    for number, line in enumerate(lines, 1):
        if found := UNPRINTABLE.search(line):
            raise PoError(path, number, f"it holds an invisible character (U+{ord(found[0]):04X}); delete it")
        if statement := _STATEMENT.fullmatch(line):
            entry = _after(path, number, entry, statement)
            if statement["keyword"] == "msgstr":
                _keep_first(path, number, entry, first_line)
        elif line:
            _check_comment(path, number, line, lines[number - 2] if number > 1 else "")
            if not entry.complete:
                raise PoError(path, number, f"the entry above is not complete; {_ORDER}")
            entry = _Entry()
    if not entry.complete:
        raise PoError(path, len(lines), "the file ends within an entry; save it again completely")
    if (None, "") not in first_line:
        raise PoError(path, None, "it has no header; restore the file, or delete it and run: hotline catalog update")
    if not any(_UTF_8.search(line) for line in lines):
        raise PoError(path, None, "its header must say: Content-Type: text/plain; charset=UTF-8")
    return lines


def _check_comment(path: Path, number: int, line: str, above: str) -> None:
    previous = _PREVIOUS.fullmatch(line)
    if not line.startswith("#") or (line.startswith("#~") and not previous):
        raise PoError(
            path, number, 'this is neither a comment nor a keyword with a text in "quotes"; a quote in the text is \\"'
        )
    # polib would add a text without a keyword to whatever stands above, such as another entry's translation.
    orphan = previous is not None and previous["keyword"] is None and not _PREVIOUS.fullmatch(above)
    if orphan or (line.startswith("#|") and not previous):
        raise PoError(path, number, 'after #| stands msgctxt or msgid with its text in "quotes"; mend the line')


def _after(path: Path, number: int, entry: _Entry, statement: re.Match[str]) -> _Entry:
    """The entry with one more line read."""
    keyword, text, obsolete = statement["keyword"], statement["text"], statement["old"] is not None
    if keyword is not None and keyword not in _BEFORE:
        raise PoError(path, number, f"the line has no use for {keyword}; {_ORDER}")
    if keyword is not None and entry.last not in _BEFORE[keyword]:
        raise PoError(path, number, f"{keyword} cannot stand after {entry.last or 'nothing'}; {_ORDER}")
    if keyword is None and not entry.last:
        raise PoError(path, number, "this text belongs to no keyword; mend the line")
    if obsolete != entry.obsolete and (keyword is None or not entry.complete):
        raise PoError(path, number, "half of this entry is marked as obsolete with #~; mark all of it, or nothing")
    match keyword, entry.last:
        case ("msgctxt", _):
            return _Entry("msgctxt", text, "", obsolete)
        case ("msgid", "msgctxt"):
            return entry._replace(last="msgid", source=text)
        case ("msgid", _):
            return _Entry("msgid", None, text, obsolete)
        case (None, "msgctxt"):
            return entry._replace(context=f"{entry.context}{text}")
        case (None, "msgid"):
            return entry._replace(source=entry.source + text)
        case _:
            return entry._replace(last="msgstr")


def _keep_first(path: Path, number: int, entry: _Entry, first_line: dict[object, int]) -> None:
    """Remembers where an entry stands. Neither its key nor, unless it is obsolete, its context may come twice."""
    if not entry.source and (entry.context is not None or entry.obsolete):
        raise PoError(path, number, "only the header may have an empty msgid; delete this entry")
    keys: list[object] = [(entry.context, entry.source)]
    if entry.context is not None and not entry.obsolete:
        keys.append(entry.context)
    for key in keys:
        first = first_line.setdefault(key, number)
        if first != number:
            what = f"the message {entry.context!r}" if entry.context else "this entry"
            raise PoError(path, number, f"{what} stands on line {first} too; delete one of the two")


def _served(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines that texts are said from, in their places. A slip in the header's dates must not cost the texts."""
    in_header = False
    for line, following in zip(lines, (*lines[1:], ""), strict=True):
        if line.startswith("msgid"):
            in_header = line == 'msgid ""' and following.startswith("msgstr")
        elif line.startswith(("#", "msgctxt")):
            in_header = False
        if line.startswith(("#~", "#|", "#:")):
            yield ""
        elif in_header and not line.startswith("msgid"):
            yield 'msgstr ""' if line.startswith("msgstr") else ""
        else:
            statement = _STATEMENT.fullmatch(line)
            yield _canonical(statement) if statement else line


def _plain(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines as polib takes them. It drops the previous text of obsolete entries; these pass as others, marked."""
    for line in lines:
        if statement := _STATEMENT.fullmatch(line):
            if statement["old"] and statement["keyword"] == "msgid":
                yield f"#, {_OBSOLETE}"
            yield _canonical(statement)
        elif previous := _PREVIOUS.fullmatch(line):
            yield f"#| {_canonical(previous)}"
        elif comment := _COMMENT.fullmatch(line):
            yield f"#{comment['kind']} {comment['text']}"


def _canonical(statement: re.Match[str]) -> str:
    keyword = f"{statement['keyword']} " if statement["keyword"] else ""
    return f'{keyword}"{statement["text"]}"'


def _text(path: Path) -> str:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise PoError(path, None, "this is not a file; put the catalog there: hotline catalog update")
        if found.st_size > LARGEST:
            raise PoError(path, None, f"it has more than {LARGEST:,} bytes, too many for a catalog; restore the file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise PoError(path, None, "the file is missing; make it with: hotline catalog update") from None
    except OSError as error:
        raise PoError(path, None, f"cannot be read ({error.strerror}); mend its permissions") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PoError(path, line, "this is not UTF-8; save the file with the encoding UTF-8") from error
