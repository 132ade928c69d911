"""PO files on disk: read strictly, so that a damaged file is an error, never half a sentence; written in one step.

The readers of polib and Babel drop or shorten what they cannot read without saying so: the one here does not.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import polib

LARGEST = 8_000_000  # bytes; the whole script in one language takes about 200,000

# Beside the C0 and C1 controls: what some readers take for the end of a line, what shows the words after it in another
# order than they have, and what XML cannot carry.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufffe\uffff]")

_QUOTED = r'"(?P<text>(?:[^"\\]|\\[\\"ntr])*)"'
_STATEMENT = re.compile(rf"(?P<old>#~\s*)?(?:(?P<keyword>msg[\w\[\]]+)\s*)?{_QUOTED}")
_PREVIOUS = re.compile(rf"#~?\|\s*(?:(?P<keyword>msgctxt|msgid)\s*)?{_QUOTED}")
_COMMENT = re.compile(r"#(?P<kind>[.:,]|(?![~|]))\s?(?P<text>.*)")
_UTF_8 = re.compile(r"^content-type:.*charset=utf-?8\b", re.IGNORECASE | re.MULTILINE)
_COMMENTS = frozenset({"comment", "tcomment"})
_BEFORE = {"msgctxt": {""}, "msgid": {"", "msgctxt"}, "msgstr": {"msgid"}}
_UPDATE = "run: hotline catalog update"
_LINE_ERROR = 'this is neither a comment nor a keyword with a text in "quotes"; a quote in the text is \\"'
_PREVIOUS_ERROR = 'after #| stands msgctxt or msgid with its text in "quotes"; mend the line'
_NAMED = 60  # characters of what a file calls a message, as an error repeats it
_ORDER = "an entry is msgctxt, msgid and msgstr, in this order"


class PoError(Exception):
    """A PO file cannot be used. The text names the file and the line (from 1), and says what to do."""

    def __init__(self, place: Path | str, line: int | None, sentence: str) -> None:
        super().__init__(f"{place}{f', line {line}' if line else ''}: {sentence}")


def read(path: Path) -> polib.POFile:
    """All that the file holds, obsolete entries with their previous texts too. Raises PoError."""
    return read_text(path, text_at(path))


def read_text(place: Path | str, text: str) -> polib.POFile:
    """All that a file's text holds, as `read` gives it. Raises PoError, which names `place`."""
    reader = _Reader(place)
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        reader.read(number, line.strip())
    return reader.file()


def text_at(path: Path) -> str:
    """The text of a file. Raises PoError."""
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


class _Reader:
    """Collects entries line by line. polib's own parser repairs or drops what it cannot read; here it is an error."""

    def __init__(self, place: Path | str) -> None:
        self._place = place
        self._file = polib.POFile(wrapwidth=0)
        self._header: polib.POEntry | None = None
        self._entry = polib.POEntry()
        self._lines: dict[str, list[str]] = {}  # of the entry, by its fields; they are joined when all are read
        self._keyword = ""  # the latest of the entry
        self._previous: str | None = None  # the keyword that a text after #| on the line above belongs to
        self._first_lines: dict[object, int] = {}
        self._number = 0

    def read(self, number: int, line: str) -> None:
        self._number = number
        above, self._previous = self._previous, None
        if found := UNPRINTABLE.search(line):
            raise self._error(f"it holds an invisible character (U+{ord(found[0]):04X}); delete it")
        if statement := _STATEMENT.fullmatch(line):
            self._read_statement(statement["keyword"], statement["text"], obsolete=statement["old"] is not None)
        elif previous := _PREVIOUS.fullmatch(line):
            self._previous = previous["keyword"] or above
            if self._previous is None:
                raise self._error(_PREVIOUS_ERROR)
            self._open()
            self._add(f"previous_{self._previous}", previous["text"])
        elif comment := _COMMENT.fullmatch(line):
            self._open()
            self._read_comment(comment["kind"], comment["text"])
        elif line:
            raise self._error(_PREVIOUS_ERROR if line.startswith("#|") else _LINE_ERROR)

    def file(self) -> polib.POFile:
        if self._keyword not in {"", "msgstr"}:
            raise self._error("the file ends within an entry; save it again completely")
        self._join()
        header = self._header
        if header is None:
            raise PoError(self._place, None, f"it has no header; restore the file, or delete it and {_UPDATE}")
        if not _UTF_8.search(header.msgstr):
            raise PoError(self._place, None, "its header must say: Content-Type: text/plain; charset=UTF-8")
        self._file.header, self._file.metadata_is_fuzzy = header.tcomment, header.fuzzy
        name = ""
        for line in header.msgstr.splitlines():
            field, colon, value = line.partition(":")
            if colon:
                name = field
                self._file.metadata[name] = value.strip()
            elif name:
                self._file.metadata[name] += f"\n{line.strip()}"
        return self._file

    def _open(self) -> None:
        """Begins an entry, unless one is begun of which only comments have been read."""
        if self._keyword not in {"", "msgstr"}:
            raise self._error(f"the entry above is not complete; {_ORDER}")
        if self._keyword:
            self._join()
            self._entry, self._lines, self._keyword = polib.POEntry(), {}, ""

    def _read_statement(self, keyword: str | None, text: str, *, obsolete: bool) -> None:
        if keyword is not None and keyword not in _BEFORE:
            raise self._error(f"the line has no use for {keyword}; {_ORDER}")
        if keyword in {"msgctxt", "msgid"} and self._keyword == "msgstr":
            self._open()
        if keyword is not None and self._keyword not in _BEFORE[keyword]:
            raise self._error(f"{keyword} cannot stand after {self._keyword or 'nothing'}; {_ORDER}")
        if keyword is None and not self._keyword:
            raise self._error("this text belongs to no keyword; mend the line")
        if self._keyword and obsolete != self._entry.obsolete:
            raise self._error("half of this entry is marked as obsolete with #~; mark all of it, or nothing")
        self._entry.obsolete = obsolete
        self._keyword = keyword or self._keyword
        self._add(self._keyword, text)
        if keyword == "msgstr":
            self._keep()

    def _read_comment(self, kind: str, text: str) -> None:
        entry = self._entry
        match kind:
            case ",":
                entry.flags += [flag.strip() for flag in text.split(",") if flag.strip()]
            case ":":
                entry.occurrences += [(place, "") for place in text.split()]
            case ".":
                self._add_comment("comment", text)
            case _:
                self._add_comment("tcomment", text)

    def _add(self, field: str, text: str) -> None:
        self._lines.setdefault(field, []).append(polib.unescape(text))

    def _add_comment(self, field: str, text: str) -> None:
        lines = self._lines.setdefault(field, [])
        if text or lines:
            lines.append(text)

    def _join(self) -> None:
        for field, lines in self._lines.items():
            setattr(self._entry, field, ("\n" if field in _COMMENTS else "").join(lines))

    def _keep(self) -> None:
        """Neither an entry's context and text nor, unless it is obsolete, its context alone may come twice."""
        self._join()
        entry = self._entry
        if not entry.msgid and (entry.msgctxt is not None or entry.obsolete):
            raise self._error("only the header may have an empty msgid; delete this entry")
        keys: list[object] = [(entry.msgctxt, entry.msgid)]
        if entry.msgctxt and not entry.obsolete:
            keys.append(entry.msgctxt)
        for key in keys:
            first = self._first_lines.setdefault(key, self._number)
            if first != self._number:
                what = f"the message {entry.msgctxt[:_NAMED]!r}" if entry.msgctxt else "this entry"
                raise self._error(f"{what} stands on line {first} too; delete one of the two")
        if entry.msgid:
            self._file.append(entry)
        else:
            self._header = entry

    def _error(self, sentence: str) -> PoError:
        return PoError(self._place, self._number, sentence)
