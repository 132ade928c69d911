"""Reads the script's data files into the model, and says file by file what is wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from babel import Locale, UnknownLocaleError

from hotline.script.model import (
    Language,
    Menu,
    Message,
    Part,
    Provenance,
    Script,
    Source,
    Topic,
    TwilioVoice,
)
from hotline.script.notice import NOTICE_FILE, Notice
from hotline.script.organisations import (
    ALWAYS,
    AlwaysOpen,
    Certainty,
    Hours,
    Organisation,
    ServedAges,
    ServedStatus,
    Weekly,
    openings_of,
)
from hotline.script.own_words import LocaleWithOwnWords
from hotline.script.placeholders import placeholders_in
from hotline.script.tables import Table, TableError, toml_of
from hotline.script.towns import Naming, RuleKind, State, Town
from hotline.script.validation import problems_of

Value = TypeVar("Value")
Kind = TypeVar("Kind", bound=StrEnum)

DATA = Path(__file__).parent / "data"
TOPICS = "topics"
# Without it the line has no web pages.
PAGES_FILE = "pages.toml"

USUAL_WORDS_A_MINUTE = 175
MONTHS = 12
DAYS = 7

# In SMS segments. A text that costs more is read by fewer, and paid for by the organisation.
TEXT_ROOM = 5
HELP_ROOM = 3
LABEL_ROOM = 1


class ScriptError(Exception):
    """The script cannot be served. `problems` has a line for each thing that is wrong, with its file and node."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_script(directory: Path = DATA) -> Script:
    """The script whose files stand in `directory`. Raises ScriptError with everything that is wrong in them."""
    paths = sorted((*directory.glob("*.toml"), *directory.glob(f"{TOPICS}/*.toml")))
    try:
        documents = {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise ScriptError((f"{error.filename}: cannot be read: {error.strerror}; mend its permissions",)) from error
    return script_of(documents)


def script_of(documents: Mapping[str, bytes]) -> Script:
    """The script whose files have these contents, by their paths. Raises as `load_script`."""
    reader = _Reader(documents)
    script = reader.script()
    problems = (*reader.problems, *problems_of(script))
    if problems:
        raise ScriptError(problems)
    return script


@dataclass(frozen=True, slots=True)
class _Reader:
    """Collects the messages and the mistakes of all files, so that one run names every mistake."""

    documents: Mapping[str, bytes]
    messages: dict[str, Message] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def script(self) -> Script:
        self.each("phrases.toml", self.phrase)
        if PAGES_FILE in self.documents:
            self.each(PAGES_FILE, self.text_of_page)
        return Script(
            topics=self.topics(),
            menus=self.each("menus.toml", self.menu),
            organisations=self.each("organisations.toml", self.organisation),
            towns=self.each("towns.toml", self.town),
            outside=self.each("outside.toml", self.state),
            naming=self.naming(),
            languages=self.each("languages.toml", self.language),
            sources=self.each("sources.toml", self.source),
            carrier_words=self.of_the_carriers("words"),
            hidden_callers=self.of_the_carriers("hidden_callers"),
            notice=self.notice() if NOTICE_FILE in self.documents else None,
            messages=self.messages,
        )

    def each(self, file: str, read: Callable[[str, Table], Value]) -> dict[str, Value]:
        """What `read` makes of each table of a file, by the table's name."""
        found: dict[str, Value] = {}
        for name, fields in self.document(file).items():
            if not isinstance(fields, dict):
                self.problems.append(f"{file}: {name!r} stands outside of a [table]")
                continue
            table = Table(f"{file} [{name}]", fields)
            try:
                found[name] = read(name, table)
                table.end()
            except TableError as error:
                self.problems.append(str(error))
        return found

    def document(self, file: str) -> Mapping[str, object]:
        if file not in self.documents:
            self.problems.append(f"{file}: the file is missing")
            return {}
        try:
            return toml_of(self.documents[file], file)
        except TableError as error:
            self.problems.append(str(error))
            return {}

    def message(
        self,
        id: str,
        text: str,
        note: str,
        file: str,
        *,
        room: int | None = TEXT_ROOM,
        provenance: Provenance | None = None,
        is_label: bool = False,
    ) -> str:
        """Keeps a message and gives its id back."""
        if id in self.messages:
            self.problems.append(f"{file}: the message {id!r} stands in {self.messages[id].file} too")
        self.messages[id] = Message(id, text, note, file, room, provenance, is_label)
        return id

    def label(self, id: str, text: str, file: str, note: str = "A choice") -> str:
        return self.message(id, text, note, file, room=LABEL_ROOM, is_label=True)

    def phrase(self, id: str, table: Table) -> None:
        provenance = _provenance(table) if table.has("sources") else None
        if table.has("text") or not table.has("voice"):
            text, note = table.text("text"), _note(table, "A phrase")
            if table.flag("label"):
                self.label(id, text, "phrases.toml", note)
            else:
                self.message(id, text, note, "phrases.toml", provenance=provenance)
        self.spoken(id, table, "phrases.toml", provenance)

    def spoken(self, id: str, table: Table, file: str, provenance: Provenance | None) -> None:
        """Keeps what a caller hears instead of a text, where there is such a thing."""
        if table.has("voice"):
            note = _note(table, "Only spoken")
            self.message(
                f"{id}.voice",
                table.text("voice"),
                note,
                file,
                room=None,
                provenance=provenance,
                is_label=table.flag("label"),
            )

    def text_of_page(self, name: str, table: Table) -> None:
        id, provenance = f"page.{name}", _provenance(table) if table.has("sources") else None
        self.messages[id] = Message(
            id,
            table.text("text"),
            "Stands on a web page",
            PAGES_FILE,
            room=None,
            provenance=provenance,
            is_label=table.flag("label"),
            is_on_page=True,
        )

    def menu(self, slug: str, table: Table) -> Menu:
        file = "menus.toml"
        provenance = _provenance(table) if table.has("sources") else None
        menu = Menu(
            slug=slug,
            title=self.label(f"menu.{slug}.title", table.text("title"), file),
            message=self.message(
                f"menu.{slug}.text",
                table.text("text"),
                "Stands before the choices",
                file,
                provenance=provenance,
            ),
            choices=table.texts("choices"),
            file=file,
        )
        self.spoken(menu.message, table, file, provenance)
        return menu

    def topics(self) -> dict[str, Topic]:
        found = {}
        for file in sorted(self.documents):
            if not file.startswith(f"{TOPICS}/"):
                continue
            slug, table = PurePosixPath(file).stem, Table(file, self.document(file))
            try:
                if table.fields:
                    found[slug] = self.topic(slug, file, table)
                    table.end()
            except TableError as error:
                self.problems.append(str(error))
        return found

    def topic(self, slug: str, file: str, table: Table) -> Topic:
        return Topic(
            slug=slug,
            title=self.label(f"topic.{slug}.title", table.text("title"), file),
            urgent=table.flag("urgent"),
            parts=tuple(
                self.part(slug, file, position, fields) for position, fields in enumerate(table.tables("parts"), 1)
            ),
            next=table.texts("next"),
            transfer=table.text("transfer") if table.has("transfer") else None,
            file=file,
        )

    def part(self, slug: str, file: str, position: int, fields: Mapping[str, object]) -> Part:
        table = Table(f"{file}, part {position}", fields)
        name, provenance = table.text("name"), _provenance(table)
        part = Part(
            name=name,
            node=slug if position == 1 else f"{slug}.{name}",
            message=self.message(
                f"topic.{slug}.{name}",
                table.text("text"),
                f"Part {position} of its topic",
                file,
                provenance=provenance,
            ),
        )
        self.spoken(part.message, table, file, provenance)
        table.end()
        return part

    def organisation(self, id: str, table: Table) -> Organisation:
        provenance = _provenance(table)
        phone, text_line, offered = table.has("phone"), table.has("text_line"), table.has("help")
        # Whom it serves and where may be left open only for one that is not offered as help near a resident.
        serves = table.table("serves") if offered or table.has("serves") else None
        organisation = Organisation(
            id=id,
            name=table.text("name"),
            does=table.text("does"),
            provenance=provenance,
            help=self.help(id, table, provenance) if offered else None,
            phone=table.text("phone") if phone else None,
            phone_certainty=_one_of(table, "phone_certainty", Certainty) if phone else Certainty.UNVERIFIED,
            text_line=table.text("text_line") if text_line else None,
            text_certainty=_one_of(table, "text_certainty", Certainty) if text_line else Certainty.UNVERIFIED,
            text_word=table.text("text_word") if text_line and table.has("text_word") else None,
            host=table.text("host") if table.has("host") else None,
            status=_one_of(serves, "status", ServedStatus) if serves else ServedStatus.UNKNOWN,
            ages=_one_of(serves, "ages", ServedAges) if serves else ServedAges.ALL,
            counties=table.texts("counties") if offered or table.has("counties") else (),
            languages=table.texts("languages"),
            hours=_hours(table) if table.has("hours") else None,
            test_called=table.day("test_called") if table.has("test_called") else None,
        )
        if serves:
            serves.end()
        return organisation

    def help(self, id: str, table: Table, provenance: Provenance) -> str:
        return self.message(
            f"organisation.{id}.help",
            table.text("help"),
            "Help near a resident: what it does and how to reach it",
            "organisations.toml",
            room=HELP_ROOM,
            provenance=provenance,
        )

    def town(self, slug: str, table: Table) -> Town:
        provenance = _provenance(table) if table.has("rule") else None
        return Town(
            slug=slug,
            name=table.text("name"),
            county=table.text("county"),
            zips=table.texts("zips"),
            rule=self.message(
                f"town.{slug}.rule",
                table.text("rule"),
                "A town's own rule",
                "towns.toml",
                provenance=provenance,
            )
            if provenance
            else None,
            kind=_one_of(table, "kind", RuleKind) if provenance else None,
            shared_zips=_any_texts(table, "shared_zips"),
            villages=_any_texts(table, "villages"),
            spellings=_any_texts(table, "spellings"),
        )

    def state(self, slug: str, table: Table) -> State:
        return State(
            slug=slug,
            name=table.text("name"),
            codes=_any_texts(table, "codes"),
            codes_at_the_end=_any_texts(table, "codes_at_the_end"),
            places=_any_texts(table, "places"),
            spellings=_any_texts(table, "spellings"),
            zips=_any_texts(table, "zips"),
        )

    def naming(self) -> Naming:
        table = Table("places.toml", self.document("places.toml"))
        try:
            naming = Naming(
                only_in_context=table.texts("only_in_context"),
                none=table.texts("none"),
                countries=table.texts("countries"),
                connecticut=table.texts("connecticut"),
                following=table.texts("following"),
                streets_before=table.texts("streets_before"),
                streets_after=table.texts("streets_after"),
                before=_by_name(table.table("before")),
                after=_by_name(table.table("after")),
                short=_by_name(table.table("short")),
                heard=_by_name(table.table("heard")),
                announcing=_by_name(table.table("announcing")),
                beside=_by_name(table.table("beside")),
            )
            table.end()
        except TableError as error:
            self.problems.append(str(error))
            return Naming()
        return naming

    def language(self, code: str, table: Table) -> Language:
        locale = _locale(table)
        return Language(
            code=code,
            name=_own_name(locale),
            direction=_direction(table),
            locale=locale,
            twilio=_voice(table, "twilio"),
            stand_in=_voice(table, "stand_in"),
            hear=table.text("hear") if table.has("hear") else None,
            espeak=table.text("espeak"),
            words_a_minute=table.number("words_a_minute", USUAL_WORDS_A_MINUTE),
        )

    def source(self, id: str, table: Table) -> Source:
        return Source(id=id, title=table.text("title"), url=table.text("url") if table.has("url") else None)

    def notice(self) -> Notice | None:
        table = Table(NOTICE_FILE, self.document(NOTICE_FILE))
        try:
            texts = table.table("texts")
            notice = Notice(table.time("until"), {language: texts.text(language) for language in texts.fields})
            table.end()
        except TableError as error:
            self.problems.append(str(error))
            return None
        return notice

    def of_the_carriers(self, name: str) -> frozenset[str]:
        table = Table("carriers.toml", self.document("carriers.toml"))
        try:
            return frozenset(table.texts(name))
        except TableError as error:
            self.problems.append(str(error))
            return frozenset()


def _voice(table: Table, name: str) -> TwilioVoice | None:
    if not table.has(name):
        return None
    fields = table.table(name)
    voice = TwilioVoice(name=fields.text("voice"), language=fields.text("language"))
    fields.end()
    return voice


def _note(table: Table, otherwise: str) -> str:
    """What a translator is told about a phrase."""
    return table.text("note") if table.has("note") else otherwise


def _any_texts(table: Table, name: str) -> tuple[str, ...]:
    """A list of texts that may be left out."""
    return table.texts(name) if table.has(name) else ()


def _by_name(table: Table) -> dict[str, tuple[str, ...]]:
    """A table that holds nothing but lists of texts."""
    return {name: table.texts(name) for name in table.fields}


def _provenance(table: Table) -> Provenance:
    return Provenance(
        sources=table.texts("sources"),
        as_of=table.day("as_of"),
        review_by=table.day("review_by"),
        needs_lawyer_review=table.flag("needs_lawyer_review"),
        doubt=table.text("doubt") if table.has("doubt") else None,
    )


def _locale(table: Table) -> Locale:
    """Babel's locale, with the language's own names of months and days where Babel has those of another language."""
    try:
        locale = Locale.parse(table.text("locale"))
    except (ValueError, UnknownLocaleError):
        raise TableError(f"{table.place}: 'locale' must be one that Babel knows, such as es_US") from None
    if not table.has("months"):
        return locale
    months, days = table.texts("months"), table.texts("days")
    if len(months) != MONTHS or len(days) != DAYS:
        raise TableError(f"{table.place}: 'months' has {MONTHS} names, and 'days' {DAYS} from Monday on")
    return LocaleWithOwnWords(locale, months, days, {"or": _joining(table, "or"), "standard": _joining(table, "and")})


def _joining(table: Table, name: str) -> str:
    """How the last two of a list are joined, as Babel's patterns say it."""
    pattern = table.text(name)
    with suppress(ValueError):
        if sorted(placeholders_in(pattern)) == ["0", "1"]:
            return pattern
    raise TableError(f"{table.place}: {name!r} joins two things, such as '{{0}} {name} {{1}}'")


def _own_name(locale: Locale) -> str:
    """What a language calls itself, from Babel's locale data, such as "Español"."""
    name = str(locale.languages[locale.language])
    return name[0].upper() + name[1:]


def _direction(table: Table) -> Literal["ltr", "rtl"]:
    match table.text("direction"):
        case "ltr":
            return "ltr"
        case "rtl":
            return "rtl"
        case _:
            raise TableError(f"{table.place}: 'direction' must be ltr or rtl")


def _one_of(table: Table, name: str, kind: type[Kind]) -> Kind:
    try:
        return kind(table.text(name))
    except ValueError:
        raise TableError(f"{table.place}: {name!r} must be one of {', '.join(kind)}") from None


def _hours(table: Table) -> Hours:
    if table.fields["hours"] == ALWAYS:
        return AlwaysOpen()
    try:
        openings = tuple(opening for line in table.texts("hours") for opening in openings_of(line))
    except ValueError as error:
        raise TableError(f"{table.place}: 'hours': {error}") from None
    holidays = table.flag("closed_on_holidays") if table.has("closed_on_holidays") else None
    return Weekly(openings, holidays)
