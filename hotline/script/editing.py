"""Edits of the script's files and of examples: one change to one file's text. All else in it stays, byte by byte."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeAlias

import tomlkit
from tomlkit.items import Item, Key

from hotline.script.model import Message, Provenance

FieldValue: TypeAlias = str | bool | int | date | Sequence[str] | Mapping[str, str] | None

# Many times what a text of the line may be long.
MOST_CHARACTERS = 5000
COLUMNS = 150
LIST_INDENT, EXAMPLE_INDENT = "    ", "  "

# The fields that may take several lines; all others stand on one.
_LONG = frozenset({"text", "voice", "rule", "help"})
# Where a new field goes: after those that stand before it here. Others go to the end of their table.
_ORDER = (
    *("label", "title", "url", "name", "county", "zips", "shared_zips", "villages", "spellings", "kind", "rule"),
    *("does", "help", "serves", "counties", "phone", "phone_certainty", "text_line", "text_certainty", "text_word"),
    *("host", "text", "voice", "note", "languages", "hours", "closed_on_holidays", "test_called"),
    *("sources", "as_of", "review_by", "needs_lawyer_review", "doubt"),
)
# Neither a phone nor a catalog can carry these.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING_OR_COMMENT = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|(#[^\r\n]*)""")
_END_OF_LIST = re.compile(r"^[ \t]*\][ \t]*(?:#[^\r\n]*)?(?=\r?$)", re.MULTILINE)
_EXAMPLE = re.compile(r"""^(?P<text>[ \t]*(?:"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'))(?P<comma>[ \t]*,)?""")
_BY_HAND = "mend the file by hand, and run: hotline check"


class EditError(ValueError):
    """An edit cannot be made. The text says why, and what to do."""


def with_text(content: str, message: Message, text: str) -> str:
    """`message.file` with another English of the message. Runs of blanks are one blank. Raises EditError."""
    section, field = _place(content, message)
    return _edited(content, section, {field: text})


def with_provenance(content: str, message: Message, provenance: Provenance) -> str:
    """`message.file` with what the message rests on. Raises EditError."""
    section, _ = _place(content, message)
    fields: Mapping[str, FieldValue] = {
        "sources": provenance.sources,
        "as_of": provenance.as_of,
        "review_by": provenance.review_by,
        "needs_lawyer_review": provenance.needs_lawyer_review or None,
        "doubt": provenance.doubt,
    }
    return _edited(content, section, fields)


def with_fields(content: str, table: str, fields: Mapping[str, FieldValue]) -> str:
    """A file of [tables] with other fields in one of them; None removes a field. Raises EditError."""
    section = _section(content, _Table(table))
    if section is None:
        raise EditError(f"there is no [{table}] any more; load the page again")
    return _edited(content, section, fields)


def with_table_added(content: str, table: str, fields: Mapping[str, FieldValue]) -> str:
    """A file of [tables] with one more at its end. Raises EditError."""
    if _section(content, _Table(table)) is not None:
        raise EditError(f"[{table}] is there already; choose another name")
    end = _line_end(content)
    above = _ended(content) + end if content else ""
    section = _Section(len(above), f"[{_key(table)}]{end}", "")
    return _edited(above + section.text, section, fields)


def with_source(content: str, id: str, title: str, url: str | None) -> str:
    """sources.toml with a new source, or with another title and address of one. Raises EditError."""
    fields = {"title": title, "url": url}
    if _section(content, _Table(id)) is None:
        return with_table_added(content, id, fields)
    return with_fields(content, id, fields)


def with_example(content: str, topic: str, text: str) -> str:
    """examples.toml with what somebody may text about a topic; as it is where it says so already. Raises EditError."""
    line, end = _line(text), _line_end(content)
    examples = _examples(content, topic)
    if examples is None:
        return _with_first_example(_ended(content), topic, line)
    if line in map(_plain, examples.texts):
        return content
    above = _with_last_comma(content[examples.start : examples.end])
    added = f"{above}{EXAMPLE_INDENT}{_quoted(line)},{end}"
    return _with_examples(content, examples, added, [*examples.texts, line])


def without_example(content: str, topic: str, text: str) -> str:
    """examples.toml without a text under a topic; as it is where there is none. Raises EditError."""
    line = " ".join(text.split())
    examples = _examples(content, topic)
    if examples is None or line not in map(_plain, examples.texts):
        return content
    lines = content[examples.start : examples.end].splitlines(keepends=True)
    kept = "".join(other for other in lines if _example_in(other) != line)
    return _with_examples(content, examples, kept, [other for other in examples.texts if _plain(other) != line])


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a field stands: in [name], in the [[parts]] of that name, or, without either, before all tables."""

    name: str | None = None
    part: str | None = None

    def is_in(self, section: _Section) -> bool:
        if self.part is not None:
            return section.opens == {"parts": [{}]} and section.fields.get("name") == self.part
        return section.opens == ({} if self.name is None else {self.name: {}})


@dataclass(frozen=True)
class _Section:
    """The text of one table: its header line, which is empty before the first table, and all up to the next header."""

    start: int
    header: str
    body: str

    @property
    def text(self) -> str:
        return self.header + self.body

    @cached_property
    def opens(self) -> Mapping[str, object]:
        return tomllib.loads(self.header)

    @cached_property
    def fields(self) -> Mapping[str, object]:
        return tomllib.loads(self.body)


def _place(content: str, message: Message) -> tuple[_Section, str]:
    """Where the English of a message stands, and in which field."""
    sections = tuple(_sections(content))
    for table, field in _places(message):
        for section in sections:
            if table.is_in(section) and field in section.fields:
                return section, field
    raise EditError(f"{message.file} has no text for {message.id!r} any more; load the page again")


def _places(message: Message) -> Iterator[tuple[_Table, str]]:
    """Where the English of a message may stand, the likeliest first; the message ids are the loader's."""
    match message.file:
        case "phrases.toml":
            yield _Table(message.id), "text"
        case "pages.toml":
            yield _Table(message.id.removeprefix("page.")), "text"
        case "menus.toml" | "organisations.toml" | "towns.toml":
            name, _, field = message.id.partition(".")[2].rpartition(".")
            yield _Table(name), field
        case file:
            topic = file.rpartition("/")[2].removesuffix(".toml")
            part = message.id.removeprefix(f"topic.{topic}.")
            yield (_Table(), "title") if part == "title" else (_Table(part=part), "text")
    if message.id.endswith(".voice"):
        written = replace(message, id=message.id.removesuffix(".voice"))
        yield from ((table, "voice") for table, _ in _places(written))


def _section(content: str, table: _Table) -> _Section | None:
    return next((section for section in _sections(content) if table.is_in(section)), None)


def _sections(content: str) -> Iterator[_Section]:
    """The tables of a file, in its order. A line that looks like a header may be part of a text: then it ends none."""
    start = 0
    for end in (*(found.start() for found in _HEADER.finditer(content)), len(content)):
        text = content[start:end]
        if _is_toml(text):
            has_header = text.lstrip(" \t").startswith("[")
            header = text[: text.find("\n") + 1 or len(text)] if has_header else ""
            yield _Section(start, header, text[len(header) :])
            start = end
    if start < len(content):
        raise EditError(f"the file cannot be read; {_BY_HAND}")


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _edited(content: str, section: _Section, fields: Mapping[str, FieldValue]) -> str:
    """The content with other fields in one section of it, after a check that nothing else has changed."""
    held = {name: _plain(value) for name, value in section.fields.items()}
    wanted = {name: line for name, value in fields.items() if (line := _in_line(name, value)) != held.get(name)}
    if not wanted:
        return content
    end = _line_end(content)
    header, body = _ended(section.header, end), _ended(section.body, end)
    edited = _with_fields(body, wanted, end)
    result = content[: section.start] + header + edited + content[section.start + len(section.text) :]
    expected = {name: value for name, value in {**held, **wanted}.items() if value is not None}
    if not _is_toml(edited) or _plain(tomllib.loads(edited)) != expected or not _is_toml(result):
        raise EditError(f"this cannot be changed without changing something else; {_BY_HAND}")
    return result


def _with_fields(body: str, fields: Mapping[str, object], end: str) -> str:
    """The lines of a table with other values; what is said beside and above a field stays."""
    document = tomlkit.parse(body)
    items = document.body
    for name, value in fields.items():
        at = next((at for at, (key, _) in enumerate(items) if key is not None and key.key == name), None)
        if value is None:
            if at is not None:
                items[at : at + 1] = _comments_in(items[at][1], end)
        elif at is None:
            items.insert(_position(items, name), _item(name, _literal(name, value), end))
        else:
            key, former = items[at]
            is_long = "\n" in former.as_string()
            _, item = _item(name, _literal(name, value, is_long=is_long), end)
            item.trivia.indent, item.trivia.comment_ws = former.trivia.indent, former.trivia.comment_ws
            item.trivia.comment, item.trivia.trail = former.trivia.comment, former.trivia.trail
            items[at : at + 1] = [*_comments_in(former, end), (key, item)]
    return document.as_string()


def _position(items: Sequence[tuple[Key | None, Item]], name: str) -> int:
    """Where a new field goes among the items of a table."""
    rank = _rank(name)
    earlier = [(_rank(key.key), at) for at, (key, _) in enumerate(items) if key is not None and _rank(key.key) <= rank]
    return max(earlier)[1] + 1 if earlier else 0


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _item(name: str, literal: str, end: str) -> tuple[Key | None, Item]:
    (item,) = tomlkit.parse(f"{_key(name)} = {literal}\n".replace("\n", end)).body
    return item


def _comments_in(item: Item, end: str) -> list[tuple[Key | None, Item]]:
    """What is said within a list, to stand above it: the lines of the list are written anew."""
    if not isinstance(item.unwrap(), list):
        return []
    found = [comment for comment in _STRING_OR_COMMENT.findall(item.as_string()) if comment]
    return list(tomlkit.parse("".join(comment + end for comment in found)).body)


def _literal(name: str, value: object, *, is_long: bool = False) -> str:
    """A value as TOML, written as the data are."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(name, value, is_long=is_long)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_quoted(text)}" for key, text in value.items()) + " }"
    if isinstance(value, Sequence):
        return _list(name, [_quoted(text) for text in value])
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(name: str, text: str, *, is_long: bool) -> str:
    """On one line, unless it is too long for that or has been on several."""
    quoted = _quoted(text)
    if name not in _LONG or (not is_long and len(f"{name} = {quoted}") <= COLUMNS):
        return quoted
    lines = textwrap.wrap(text, COLUMNS, break_long_words=False, break_on_hyphens=False)
    escaped = [line.replace("\\", "\\\\").replace('"""', '""\\"') for line in lines]
    return "\n".join(('"""', *escaped, '"""'))


def _list(name: str, quoted: Sequence[str]) -> str:
    on_one_line = f"[{', '.join(quoted)}]"
    if len(f"{name} = {on_one_line}") <= COLUMNS:
        return on_one_line
    lines = [LIST_INDENT]
    for item in quoted:
        if lines[-1] != LIST_INDENT and len(f"{lines[-1]} {item},") > COLUMNS:
            lines.append(LIST_INDENT)
        lines[-1] += f"{item}," if lines[-1] == LIST_INDENT else f" {item},"
    return "\n".join(("[", *lines, "]"))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(name: str) -> str:
    if _line(name) != name:
        raise EditError(f"{name!r} cannot be a name; write it without line breaks and needless blanks")
    return name if _BARE.fullmatch(name) else _quoted(name)


def _in_line(name: str, value: object) -> object:
    """A new value with each text of it on one line. Raises EditError for what no file of ours can hold."""
    if value is None or isinstance(value, int | date):
        return value
    if isinstance(value, str):
        return _line(value)
    if isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values()):
        return {key: _line(text) for key, text in value.items()}
    if isinstance(value, Sequence) and all(isinstance(text, str) for text in value):
        return [_line(text) for text in value]
    raise EditError(f"{name!r} cannot be written; give a text, a list of texts, a day, a whole number, true or false")


def _line(text: str) -> str:
    line = " ".join(text.split())
    if found := _INVISIBLE.search(line):
        raise EditError(f"the text holds an invisible character (U+{ord(found[0]):04X}); delete it")
    if not line:
        raise EditError("the text is empty; write one")
    if len(line) > MOST_CHARACTERS:
        raise EditError(f"the text has {len(line):,} characters; shorten it to {MOST_CHARACTERS:,} at most")
    return line


def _plain(value: object) -> object:
    """A value with each text of it on one line, as it is read."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def _line_end(content: str) -> str:
    return "\r\n" if "\r\n" in content else "\n"


def _ended(content: str, end: str = "") -> str:
    return content + (end or _line_end(content)) if content and not content.endswith("\n") else content


@dataclass(frozen=True, slots=True)
class _Examples:
    """The lines from `start` to `end` of a file, between the brackets of one topic, and the texts on them."""

    start: int
    end: int
    texts: Sequence[str]


def _examples(content: str, topic: str) -> _Examples | None:
    """The examples of a topic; None where there is no list of them."""
    if '"""' in content or "'''" in content:
        raise EditError(f'each example stands on a line of its own, in simple "quotes"; {_BY_HAND}')
    if not _BARE.fullmatch(topic):
        raise EditError(f"{topic!r} is no topic; choose one of the script's")
    opening = re.search(rf"^{topic}[ \t]*=[ \t]*\[[ \t]*(?:#[^\r\n]*)?\r?\n", content, re.MULTILINE)
    closing = opening and _END_OF_LIST.search(content, opening.end())
    if not opening or not closing:
        return None
    return _Examples(opening.end(), closing.start(), _texts_in(content[opening.end() : closing.start()]))


def _texts_in(lines: str) -> list[str]:
    try:
        texts = tomllib.loads(f"texts = [\n{lines}]")["texts"]
    except tomllib.TOMLDecodeError:
        texts = None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise EditError(f'each example stands on a line of its own, in simple "quotes"; {_BY_HAND}')
    return texts


def _example_in(line: str) -> object:
    """The one text of a line of examples, as it is read; None where there is none."""
    found = _EXAMPLE.match(line)
    return _plain(_texts_in(f"{found['text']}\n")[0]) if found else None


def _with_last_comma(lines: str) -> str:
    found = [*re.finditer(r"^[^\r\n]*", lines, re.MULTILINE)]
    for line in reversed(found):
        if example := _EXAMPLE.match(line[0]):
            at = line.start() + example.end()
            return lines if example["comma"] else f"{lines[:at]},{lines[at:]}"
    return lines


def _with_examples(content: str, examples: _Examples, lines: str, texts: Sequence[str]) -> str:
    if _texts_in(lines) != texts:
        raise EditError(f"each example stands on a line of its own; {_BY_HAND}")
    return content[: examples.start] + lines + content[examples.end :]


def _with_first_example(content: str, topic: str, line: str) -> str:
    end = _line_end(content)
    above = content + end if content else ""
    result = f"{above}{topic} = [{end}{EXAMPLE_INDENT}{_quoted(line)},{end}]{end}"
    if not _is_toml(result) or tomllib.loads(result) != {**tomllib.loads(content), topic: [line]}:
        raise EditError(f"a topic is written as {topic} = [, its examples and ], each on a line of its own; {_BY_HAND}")
    return result
