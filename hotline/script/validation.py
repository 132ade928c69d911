"""What must be true of a script before anybody hears it. A problem names file and node and says what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hotline.script.model import (
    EMERGENCY_MENU,
    HELP_TOPIC,
    MAIN_MENU,
    MOST_CHOICES,
    NEARBY_NODE,
    PAGE_PLACEHOLDERS,
    PERSON_TOPIC,
    PHRASE_PLACEHOLDERS,
    REFERRAL_LINE,
    SPOKEN_PHRASES,
    TOWN_NODE,
    TOWN_TOPIC,
    UNSURE_NODE,
    WHICH_TOWN_NODES,
    Message,
    Phrase,
    Provenance,
    Script,
)
from hotline.script.notice import MOST_NOTICE_CHARACTERS, NOTICE_FILE
from hotline.script.organisations import Organisation, ServedStatus, Weekly, meeting
from hotline.script.placeholders import CARD_PLACEHOLDER, ORGANISATION_KINDS, fill, placeholders_in
from hotline.script.towns import COUNTIES

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PHONE = re.compile(r"\+1[2-9]\d{9}|\d{3}", re.ASCII)
_CONTACT = re.compile(r"\d{3}\D{0,2}\d{4}|\b[2-9]11\b|\b988\b|\w\.[a-z]{2,}|@", re.ASCII)
_ZIP = re.compile(r"\d{5}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9-]+)*")


def problems_of(script: Script) -> tuple[str, ...]:
    """Everything that is wrong with a script; empty for one that can be served."""
    return tuple(
        problem
        for rule in (
            _required,
            _names,
            _choices,
            _reachable,
            _parts,
            _messages,
            _provenance,
            _organisations,
            _towns,
            _places,
            problems_of_notice,
        )
        for problem in rule(script)
    )


def _required(script: Script) -> Iterator[str]:
    for menu in (MAIN_MENU, EMERGENCY_MENU):
        if menu not in script.menus:
            yield f"menus.toml: the menu {menu!r} is missing"
    for topic in (PERSON_TOPIC, TOWN_TOPIC, HELP_TOPIC):
        if topic not in script.topics:
            yield f"topics/{topic}.toml: the file is missing"
    if PERSON_TOPIC in script.topics and not script.topics[PERSON_TOPIC].transfer:
        yield f"topics/{PERSON_TOPIC}.toml: 'transfer' is missing: the organisation that a caller is connected with"
    if REFERRAL_LINE not in script.organisations:
        yield f"organisations.toml: [{REFERRAL_LINE}] is missing"
    for phrase in Phrase:
        form, id = ("voice", f"{phrase}.voice") if phrase in SPOKEN_PHRASES else ("text", phrase)
        if id not in script.messages:
            yield f"phrases.toml: [{phrase}] with a {form!r} is missing"
    if not script.languages:
        yield "languages.toml: there is no language"


def _names(script: Script) -> Iterator[str]:
    for file, names in (
        ("menus.toml", script.menus),
        ("topics/", script.topics),
        ("towns.toml", script.towns),
        ("languages.toml", script.languages),
    ):
        for name in names:
            if not _NAME.fullmatch(name):
                yield f"{file}: {name!r} must be small letters, digits and single hyphens: it stands in addresses"
    for node in {*script.menus} & {*script.topics}:
        yield f"menus.toml [{node}]: a topic has the same name"
    for node in (*script.language_pages, TOWN_NODE, NEARBY_NODE, UNSURE_NODE, *WHICH_TOWN_NODES.values()):
        if node in script.menus or node in script.topics:
            yield f"{node}: the line uses this name itself; choose another"


def _choices(script: Script) -> Iterator[str]:
    for menu in script.menus.values():
        yield from _targets(script, f"menus.toml [{menu.slug}]: choices", menu.choices, room=MOST_CHOICES)
    for topic in script.topics.values():
        room = MOST_CHOICES - 1 if len(topic.parts) > 1 else MOST_CHOICES
        yield from _targets(script, f"{topic.file}: next", topic.next, room=room)


def _targets(script: Script, place: str, targets: tuple[str, ...], room: int) -> Iterator[str]:
    if not targets:
        yield f"{place}: nothing leads on from here; name at least one menu or topic"
    if len(targets) > room:
        yield f"{place}: {len(targets)} are too many to remember; at most {room}, so make a second menu"
    for target, times in Counter(targets).items():
        if target not in script.menus and target not in script.topics and target not in {TOWN_NODE, NEARBY_NODE}:
            yield f"{place}: {target!r} is neither a menu nor a topic"
        if times > 1:
            yield f"{place}: {target!r} stands there {times} times"


def _reachable(script: Script) -> Iterator[str]:
    seen = {MAIN_MENU, PERSON_TOPIC, EMERGENCY_MENU}
    waiting = list(seen)
    while waiting:
        for target in script.onward(waiting.pop()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    for node in (*script.menus, *script.topics):
        if node not in seen:
            file = script.menus[node].file if node in script.menus else script.topics[node].file
            yield f"{file}: no choice leads to {node!r}; name it in a menu"


def _parts(script: Script) -> Iterator[str]:
    for topic in script.topics.values():
        if not topic.parts:
            yield f"{topic.file}: the topic says nothing; add [[parts]]"
        for name, times in Counter(part.name for part in topic.parts).items():
            if not _NAME.fullmatch(name) or name == "title":
                yield f"{topic.file}: {name!r} cannot be the name of a part; use small letters and hyphens"
            if times > 1:
                yield f"{topic.file}: {times} parts are named {name!r}"
        if topic.transfer and not _may_be_dialled(script.organisations.get(topic.transfer)):
            yield f"{topic.file}: transfer: {topic.transfer!r} is no organisation whose number may be given out"


def _messages(script: Script) -> Iterator[str]:
    for message in script.messages.values():
        place = f"{message.file}: message {message.id!r}"
        try:
            names = placeholders_in(message.text)
        except ValueError as error:
            yield f"{place}: {error}"
            continue
        for name in names:
            yield from _placeholder(script, message, place, name)


def problems_of_notice(script: Script) -> Iterator[str]:
    """What is wrong with the urgent notice, if there is one."""
    for language, text in script.notice.texts.items() if script.notice else ():
        place = f"{NOTICE_FILE}: {language}"
        if language not in script.languages:
            yield f"{place}: there is no such language in languages.toml"
        if len(text) > MOST_NOTICE_CHARACTERS:
            yield f"{place}: the notice has {len(text)} characters; {MOST_NOTICE_CHARACTERS} at most"
        try:
            names = placeholders_in(text)
        except ValueError as error:
            yield f"{place}: {error}"
            continue
        for name in names:
            yield from _contact(script, place, name)


def _placeholder(script: Script, message: Message, place: str, name: str) -> Iterator[str]:
    if "." in name:
        yield from _contact(script, place, name)
    elif name == CARD_PLACEHOLDER and message.file.startswith("topics/"):
        return
    elif name not in (
        PAGE_PLACEHOLDERS if message.is_on_page else PHRASE_PLACEHOLDERS.get(message.id.removesuffix(".voice"), ())
    ):
        yield f"{place}: the line knows no {{{name}}} here"


def _contact(script: Script, place: str, name: str) -> Iterator[str]:
    kind, _, id = name.partition(".")
    organisation = script.organisations.get(id)
    if kind not in ORGANISATION_KINDS:
        yield f"{place}: {{{name}}} must begin with one of {', '.join(sorted(ORGANISATION_KINDS))}"
    elif organisation is None:
        yield f"{place}: {{{name}}}: there is no organisation {id!r} in organisations.toml"
    elif kind == "phone" and not _may_be_dialled(organisation):
        yield f"{place}: {{{name}}}: this number is not verified, so it is not given out; give {{url.{id}}} instead"
    elif kind == "text" and not organisation.may_be_texted:
        yield f"{place}: {{{name}}}: {id!r} has no 'text_line' that is verified, so it is not given out"
    elif kind == "url" and not organisation.host:
        yield f"{place}: {{{name}}}: {id!r} has no 'host' in organisations.toml"


def _provenance(script: Script) -> Iterator[str]:
    statements: Iterable[tuple[str, Provenance | None]] = (
        *((f"{message.file}: message {message.id!r}", message.provenance) for message in script.messages.values()),
        *((f"organisations.toml [{item.id}]", item.provenance) for item in script.organisations.values()),
    )
    for place, provenance in statements:
        if provenance is None:
            continue
        if not provenance.sources:
            yield f"{place}: 'sources' is empty; a statement rests on at least one"
        for source in provenance.sources:
            if source not in script.sources:
                yield f"{place}: there is no source {source!r} in sources.toml"
        if provenance.needs_lawyer_review != bool(provenance.doubt):
            yield f"{place}: 'needs_lawyer_review' and 'doubt' belong together: 'doubt' says what is to be settled"
        if provenance.review_by <= provenance.as_of:
            yield f"{place}: 'review_by' must be later than 'as_of'"


def _organisations(script: Script) -> Iterator[str]:
    for organisation in script.organisations.values():
        place = f"organisations.toml [{organisation.id}]"
        if not organisation.id.isidentifier():
            yield f"{place}: a name here takes small letters and underscores, as it stands in placeholders"
        for field, number in (("phone", organisation.phone), ("text_line", organisation.text_line)):
            if number and not _PHONE.fullmatch(number):
                yield f"{place}: {field!r} must be +1 and ten digits, or three digits"
        if organisation.host and not _HOST.fullmatch(organisation.host):
            yield f"{place}: 'host' must be an address without https://, such as ctlawhelp.org"
        for code in organisation.languages:
            if code not in script.languages:
                yield f"{place}: there is no language {code!r} in languages.toml"
        for county in organisation.counties:
            if county not in COUNTIES:
                yield f"{place}: 'counties': {county!r} must be one of {', '.join(sorted(COUNTIES))}"
        yield from _hours(place, organisation)
        yield from _help(script, place, organisation)
    for county in sorted(COUNTIES):
        if not any(one.help and one.serves_anybody_in(county) for one in script.organisations.values()):
            yield f"organisations.toml: nobody with a 'help' serves anybody in {county} County; add somebody"
    if not _may_be_dialled(script.organisations.get(REFERRAL_LINE)):
        yield f"organisations.toml [{REFERRAL_LINE}]: its number must be one that may be given out: replies lead to it"


def _hours(place: str, organisation: Organisation) -> Iterator[str]:
    if isinstance(organisation.hours, Weekly):
        if not organisation.hours.openings:
            yield f"{place}: 'hours' is empty; leave it out where the hours are not known"
        if meeting(organisation.hours.openings):
            yield f"{place}: 'hours': one opening begins before another is over, or just then; write them as one"


def _help(script: Script, place: str, organisation: Organisation) -> Iterator[str]:
    if not organisation.help:
        return
    id = organisation.id
    contacts = {
        f"phone.{id}": organisation.may_be_dialled,
        f"text.{id}": organisation.may_be_texted,
        f"url.{id}": organisation.host is not None,
    }
    text = script.messages[organisation.help].text
    try:
        named = placeholders_in(text)
    except ValueError:
        return
    if _CONTACT.search(fill(text, lambda _: " ")):
        yield f"{place}: 'help' gives numbers and addresses by placeholders alone, such as {{phone.{id}}}"
    if not any(contacts.get(name) for name in named):
        yield f"{place}: 'help' must say how to reach it: a number that may be given out, or {{url.{id}}} with a 'host'"
    if organisation.status is not ServedStatus.ANY:
        yield f"{place}: 'help' is for those that serve anybody; 'serves' must say status = \"any\""


def _towns(script: Script) -> Iterator[str]:
    owners: dict[str, str] = {}
    for town in script.towns.values():
        place = f"towns.toml [{town.slug}]"
        if town.county not in COUNTIES:
            yield f"{place}: 'county' must be one of {', '.join(sorted(COUNTIES))}"
        for code in (*town.zips, *town.shared_zips):
            if not _ZIP.fullmatch(code):
                yield f"{place}: the ZIP code {code!r} must have five digits"
        for code in town.zips:
            if owners.setdefault(code, town.slug) != town.slug:
                yield f"{place}: {code} stands in 'zips' of {owners[code]!r} too; move one to 'shared_zips'"
    for town in script.towns.values():
        for code in town.shared_zips:
            if owners.get(code, town.slug) == town.slug:
                yield f"towns.toml [{town.slug}]: {code} in 'shared_zips' must stand in 'zips' of another town"
    for state in script.outside.values():
        for code in state.zips:
            if code in owners:
                yield f"outside.toml [{state.slug}]: {code} is in Connecticut: it stands in towns.toml [{owners[code]}]"


def _places(script: Script) -> Iterator[str]:
    for place, texts in (
        *((f"towns.toml [{town.slug}]", town.names) for town in script.towns.values()),
        *((f"outside.toml [{state.slug}]", state.names) for state in script.outside.values()),
        ("places.toml", script.naming.texts),
    ):
        for text in texts:
            if not any(letter.isalnum() for letter in text):
                yield f"{place}: {text!r} has no letters"


def _may_be_dialled(organisation: Organisation | None) -> bool:
    return organisation is not None and organisation.may_be_dialled
