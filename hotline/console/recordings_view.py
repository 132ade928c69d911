"""What is to be recorded in a language, in the order in which callers hear it, and what of it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from io import BytesIO
from typing import TypeAlias

import soundfile
from rapidfuzz import fuzz, process

from hotline.catalogs.catalog import State
from hotline.channels.audio.recordings import FOLDER, digest_of
from hotline.channels.utterances import Utterance, plain
from hotline.channels.voice import offered
from hotline.channels.voices import recorded_as
from hotline.console.naming import Home, groups_of, written
from hotline.dialogue.advance import MOST_OFFERED
from hotline.dialogue.reply import Choice, Say
from hotline.dialogue.scene import scene_of
from hotline.dialogue.session import Session
from hotline.releases.changes import recording_path
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.files import LOCALES_FOLDER, Files
from hotline.script.model import (
    HELP_TOPIC,
    MAIN_MENU,
    NEARBY_NODE,
    TOWN_NODE,
    UNSURE_NODE,
    Phrase,
    Script,
)
from hotline.script.organisations import CONNECTICUT
from hotline.script.placeholders import is_argument, placeholders_in
from hotline.script.towns import COUNTIES

# Words that were changed are still like those of before; others are of something else.
LIKE = 60.0
PHRASES_FILE = "phrases.toml"
# Where conversations stand does not depend on the day; any will do.
_ANY_DAY = datetime(2026, 1, 1, tzinfo=CONNECTICUT)
_DATED = (Phrase.AS_OF, Phrase.OVERDUE)
_OF_CHOICES = frozenset({Phrase.CHOICE, Phrase.CHOICE_BRIEF})


class Part(StrEnum):
    """When in a call something is heard."""

    FIRST = "first"
    TOPICS = "topics"
    BETWEEN = "between"
    NEARBY = "nearby"
    UNSURE = "unsure"
    RARE = "rare"


class Kept(StrEnum):
    """STALE: there is a recording of what was said before these words."""

    MISSING = "missing"
    STALE = "stale"
    RECORDED = "recorded"


class Filled(StrEnum):
    """What is filled in during a call, so that no recording can say it."""

    PLACE = "place"
    TIME = "time"
    ORGANISATION = "organisation"


_FILLED = {
    "town": Filled.PLACE,
    "towns": Filled.PLACE,
    "day": Filled.TIME,
    "time": Filled.TIME,
    "closes": Filled.TIME,
    "date": Filled.TIME,
    "organisation": Filled.ORGANISATION,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one person says in one breath, as `utterances`. `digest` is that of the words, by which it is found.

    `text` are the same words as they are read aloud, with all stops. `of` is the title, in English, of the menu or
    topic where it is first heard; `message` the text that it says, None for the urgent notice; `key` that of a choice.
    """

    digest: str
    utterances: tuple[Utterance, ...]
    text: str
    part: Part
    of: str = ""
    message: str | None = None
    key: str = ""

    @property
    def words(self) -> str:
        return " ".join(one.words for one in self.utterances)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A message that is not recorded, and what is filled in in it."""

    message: str
    filled: Filled


@dataclass(frozen=True, slots=True)
class ToRecord:
    """All of one language. `waiting` are messages without a translation of today's English."""

    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...]
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A piece as the draft has it; `before` are the words of the recording that it had, where they are others now."""

    piece: Piece
    kept: Kept
    in_draft: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A recording that nothing plays any more. `words` is empty where the file does not say them."""

    digest: str
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """The recordings of one language."""

    rows: tuple[Row, ...]
    orphans: tuple[Orphan, ...]
    left_out: tuple[LeftOut, ...]
    waiting: frozenset[str]

    def count(self, kept: Kept) -> int:
        return sum(row.kept is kept for row in self.rows)

    @property
    def open(self) -> tuple[Row, ...]:
        """Those that somebody is to read."""
        return tuple(row for row in self.rows if row.kept is not Kept.RECORDED)

    def row(self, digest: str) -> Row | None:
        return next((row for row in self.rows if row.piece.digest == digest), None)

    def next_open(self, after: str = "") -> Row | None:
        """The next one to read after this one; after the last, the first."""
        digests = [row.piece.digest for row in self.rows]
        place = digests.index(after) + 1 if after in digests else 0
        return next((row for row in (*self.rows[place:], *self.rows[:place]) if row in self.open), None)

    def beside(self, digest: str) -> tuple[Row | None, Row | None]:
        """The piece before and the piece after one."""
        place = [row.piece.digest for row in self.rows].index(digest)
        before = self.rows[place - 1] if place else None
        return before, self.rows[place + 1] if place + 1 < len(self.rows) else None


def to_record(content: Content, language: str) -> ToRecord:
    """What the line looks up by its words, each once, where a caller first hears it."""
    finding = _Finding(content, language)
    # Most choices are offered in many places.
    heard_before: set[tuple[object, ...]] = set()
    for part, of, heard in _in_order(content.script, language):
        if (same := _same(heard)) not in heard_before:
            heard_before.add(same)
            finding.add(part, of, heard)
    return ToRecord(tuple(finding.pieces.values()), tuple(finding.left_out.values()), frozenset(finding.waiting))


def page(drafted: Drafted, language: str, wanted: ToRecord) -> Page:
    """The state of each of `wanted`."""
    files, live = drafted.files, drafted.base.files
    orphans = _orphans(files, language, {piece.digest for piece in wanted.pieces})
    missing = [piece for piece in wanted.pieces if recording_path(language, piece.digest) not in files]
    before = _likest(orphans, missing)
    rows = []
    for piece in wanted.pieces:
        path = recording_path(language, piece.digest)
        has = before.get(piece.digest)
        kept = Kept.RECORDED if path in files else Kept.STALE if has else Kept.MISSING
        rows.append(Row(piece, kept, files.get(path) != live.get(path), has.words if has else ""))
    placed = {orphan.digest for orphan in before.values()}
    loose = tuple(orphan for orphan in orphans if orphan.digest not in placed)
    return Page(tuple(rows), loose, wanted.left_out, wanted.waiting)


def words_of(sound: bytes) -> str:
    """The words that a recording says of itself; empty where it says none."""
    try:
        with soundfile.SoundFile(BytesIO(sound)) as opened:
            return str(opened.title)
    except soundfile.SoundFileError:
        return ""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A choice in full or briefly."""

    choice: Choice
    phrase: Phrase


class _Other(Enum):
    """What is no message: the urgent notice, and the number that is left when nothing else can be said."""

    NOTICE = "notice"
    NUMBER = "number"


_Heard: TypeAlias = Say | _Spoken | _Other


@dataclass(slots=True)
class _Finding:
    content: Content
    language: str
    pieces: dict[str, Piece] = field(default_factory=dict)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)

    def add(self, part: Part, of: str, heard: _Heard) -> None:
        messages = self._messages(heard)
        not_ready = [id for id in messages if self.content.catalogs.state(self.language, id) is not State.CURRENT]
        self.waiting.update(not_ready)
        if not_ready or (isinstance(heard, Say) and self._is_filled_in(heard)):
            return
        utterances = self._utterances(heard)
        spoken_in, words = recorded_as(utterances, self.content.script.source_language)
        digest = digest_of(words)
        # What is English in another language is recorded once, with the English.
        if spoken_in == self.language and words and digest not in self.pieces:
            key = heard.choice.key if isinstance(heard, _Spoken) else ""
            message = messages[0] if messages else None
            self.pieces[digest] = Piece(digest, utterances, self._text(heard), part, of, message, key)

    def _is_filled_in(self, say: Say) -> bool:
        id = self._id(say.message)
        names = [name for name in placeholders_in(self.content.script.messages[id].text) if is_argument(name)]
        filled = next((_FILLED[name] for name in names if name not in say.arguments), None)
        if filled:
            self.left_out[id] = LeftOut(id, filled)
        return filled is not None

    def _messages(self, heard: _Heard) -> list[str]:
        """The ids of those that are said, the first being that which it is about."""
        match heard:
            case Say():
                return [self._id(heard.message)]
            case _Spoken():
                return [self._id(heard.choice.label.message), self._id(heard.phrase)]
            case _:
                return []

    def _utterances(self, heard: _Heard) -> tuple[Utterance, ...]:
        spoken = self.content.spoken
        match heard:
            case Say():
                return spoken.utterances(heard, self.language)
            case _Spoken():
                return spoken.utterances_of_choice(heard.choice, self.language, heard.phrase)
            case _Other.NOTICE:
                return spoken.utterances_of_notice(self.language)
            case _:
                return (Utterance(self.language, spoken.referral_number),)

    def _text(self, heard: _Heard) -> str:
        spoken = self.content.spoken
        match heard:
            case Say():
                return plain(spoken.words(heard, self.language))
            case _Spoken():
                return plain(spoken.choice(heard.choice, self.language, heard.phrase))
            case _Other.NOTICE:
                return plain(spoken.notice(self.language))
            case _:
                return spoken.referral_number

    def _id(self, message: str) -> str:
        return next(id for id in self.content.spoken.variants(message) if id in self.content.script.messages)


def _same(heard: _Heard) -> tuple[object, ...]:
    """Equal for what is said alike."""
    match heard:
        case Say():
            return heard.message, *heard.arguments.items()
        case _Spoken():
            return heard.choice.key, heard.choice.label.message, heard.phrase
        case _:
            return (heard,)


def _in_order(script: Script, language: str) -> Iterator[tuple[Part, str, _Heard]]:
    """What is heard, in which part of a call, and the title of what it belongs to."""
    yield from ((Part.FIRST, "", heard) for heard in _first(script, language))
    nodes = [group for group in groups_of(script) if group.home in {Home.MENU, Home.TOPIC}]
    for group in sorted(nodes, key=lambda group: not _is_urgent(script, group.slug)):
        for node in _nodes(script, group.slug):
            yield from ((Part.TOPICS, group.title, heard) for heard in _at(script, node))
    yield from ((Part.BETWEEN, "", heard) for heard in _phrases(script))
    yield from ((Part.NEARBY, "", heard) for heard in _nearby(script))
    yield from ((Part.UNSURE, "", heard) for heard in _unsure(script))
    days = sorted({provenance.as_of for provenance in script.provenances}, reverse=True)
    yield from ((Part.RARE, "", Say(phrase, {"date": day})) for phrase in _DATED for day in days)
    yield Part.RARE, "", _Other.NUMBER


def _first(script: Script, language: str) -> Iterator[_Heard]:
    for page in script.language_pages:
        yield from (heard for heard in _choices(script, page) if heard.choice.label.language == language)
    if script.notice and language in script.notice.texts:
        yield _Other.NOTICE
    yield Say(Phrase.WELCOME)
    yield from _at(script, MAIN_MENU)


def _is_urgent(script: Script, slug: str) -> bool:
    """A topic that cannot wait, or a menu that leads to one."""
    choices = script.menus[slug].choices if slug in script.menus else (slug,)
    return any(choice in script.topics and script.topics[choice].urgent for choice in choices)


def _nodes(script: Script, slug: str) -> tuple[str, ...]:
    return (slug,) if slug in script.menus else tuple(part.node for part in script.topics[slug].parts)


def _at(script: Script, node: str) -> Iterator[_Heard]:
    """What a menu or a part of a topic says: the text, up to when it is true, and the choices."""
    text = script.menus[node].message if node in script.menus else script.parts[node][1].message
    yield Say(text)
    yield from _choices(script, node)
    provenance = script.message(text).provenance
    if provenance:
        yield Say(Phrase.AS_OF, {"date": provenance.as_of})


def _choices(script: Script, node: str, county: str | None = None) -> Iterator[_Spoken]:
    scene = scene_of(script, Session(node=node, county=county), _ANY_DAY)
    yield from (_Spoken(choice, phrase) for choice, phrase in offered(script, node, scene.choices))


def _phrases(script: Script) -> Iterator[Say]:
    """Those that are said by themselves; the others are part of choices, or of what they are filled into."""
    for message in script.messages.values():
        id = written(message.id)
        if message.file == PHRASES_FILE and not message.is_label and id not in {*_DATED, *_OF_CHOICES}:
            yield Say(id)


def _nearby(script: Script) -> Iterator[_Heard]:
    for node, county in ((TOWN_NODE, None), (NEARBY_NODE, None), (NEARBY_NODE, min(COUNTIES))):
        yield from _choices(script, node, county)
    yield from (Say(one.help) for one in script.organisations.values() if one.help)
    yield from (Say(town.rule) for town in script.towns.values() if town.rule)


def _unsure(script: Script) -> Iterator[_Spoken]:
    """Any topic may be offered at any of the first places."""
    for topic in (*script.topics, NEARBY_NODE, HELP_TOPIC):
        choices = [Choice(str(key), Say(script.title(topic))) for key in range(1, MOST_OFFERED + 1)]
        yield from (_Spoken(choice, phrase) for choice, phrase in offered(script, UNSURE_NODE, choices))


def _orphans(files: Files, language: str, wanted: Collection[str]) -> tuple[Orphan, ...]:
    folder = f"{LOCALES_FOLDER}/{language}/{FOLDER}/"
    names = {path: path.removeprefix(folder).removesuffix(".wav") for path in files if path.startswith(folder)}
    return tuple(Orphan(digest, words_of(files[path])) for path, digest in names.items() if digest not in wanted)


def _likest(orphans: Iterable[Orphan], missing: Sequence[Piece]) -> Mapping[str, Orphan]:
    """For pieces, by their digests, the recording of what was most likely said before; each recording for one."""
    found: dict[str, tuple[float, Orphan]] = {}
    for orphan in orphans:
        best = process.extractOne(
            orphan.words, [piece.words for piece in missing], scorer=fuzz.ratio, score_cutoff=LIKE
        )
        if best:
            _, score, place = best
            digest = missing[place].digest
            found[digest] = max(found.get(digest, (0.0, orphan)), (score, orphan), key=lambda one: one[0])
    return {digest: orphan for digest, (_, orphan) in found.items()}
