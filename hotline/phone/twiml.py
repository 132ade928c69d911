"""TwiML read strictly: what Twilio only warns of (12200) is an error here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from xml.parsers import expat

from hotline.phone.errors import TwimlError
from hotline.phone.vocabulary import Channel, refuse_url, vocabulary

# Deeper than any TwiML can usefully be; keeps hostile documents from exhausting the stack.
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: its attributes as written, and its content in order, text and elements."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    content: tuple[str | Verb, ...] = ()

    def get(self, attribute: str) -> str | None:
        """The attribute's value as written, None if it is not there."""
        return dict(self.attributes).get(attribute)

    @property
    def children(self) -> tuple[Verb, ...]:
        return tuple(part for part in self.content if isinstance(part, Verb))

    @property
    def text(self) -> str:
        """All text inside, that of nested elements included."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    @property
    def own_text(self) -> str:
        return "".join(part for part in self.content if isinstance(part, str))


def parse(xml: str, channel: Channel) -> tuple[Verb, ...]:
    """The verbs of a whole `<Response>`. Raises TwimlError."""
    root = _read(xml)
    _check_root(root, channel)
    return root.children


def _read(xml: str) -> Verb:
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(xml, True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise TwimlError(f"The answer is not well-formed XML: {error}.", 12100) from error
    except UnicodeEncodeError as error:
        raise TwimlError("The answer holds characters that XML cannot hold.", 12100) from error
    return builder.root


class _Builder:
    """Builds the tree without recursion from the parser's calls."""

    def __init__(self) -> None:
        self._open: list[tuple[str, tuple[tuple[str, str], ...], list[str | Verb]]] = []
        self.root = Verb("")

    def start(self, name: str, attributes: list[str]) -> None:
        if len(self._open) >= DEEPEST:
            raise TwimlError(f"<{name}> is nested more than {DEEPEST} elements deep.", 12100, verb=name)
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        self._open.append((name, tuple(pairs), []))

    def end(self, _name: str) -> None:
        name, attributes, content = self._open.pop()
        verb = Verb(name, attributes, tuple(content))
        if self._open:
            self._open[-1][2].append(verb)
        else:
            self.root = verb

    def characters(self, text: str) -> None:
        self._open[-1][2].append(text)


def _refuse_doctype(name: str, _system: str | None, _public: str | None, _internal: int) -> None:
    raise TwimlError(f"A document type ({name}) has no place in TwiML.", 12100)


def _check_root(root: Verb, channel: Channel) -> None:
    if root.name != "Response":
        raise TwimlError(f"The document must be a <Response>, not <{root.name}>.", 12100, verb=root.name)
    if root.attributes:
        attribute = root.attributes[0][0]
        raise TwimlError(f"<Response> has no attribute {attribute}.", verb="Response", attribute=attribute)
    _check_text(root, "none")
    for verb in root.children:
        if verb.name not in vocabulary().documents[channel]:
            raise _unknown(verb.name, f"a {channel} document", vocabulary().documents[channel])
        _check(verb)


def _check(verb: Verb) -> None:
    element = vocabulary().elements[verb.name]
    for attribute, value in verb.attributes:
        rule = element.attributes.get(attribute)
        if rule is None:
            hint = _other_case(attribute, frozenset(element.attributes))
            raise TwimlError(f"<{verb.name}> has no attribute {attribute}{hint}.", verb=verb.name, attribute=attribute)
        refusal = rule.refusal(value)
        if refusal:
            raise _wrong(verb, attribute, refusal)
    for child in verb.children:
        if child.name not in element.children:
            raise _unknown(child.name, f"<{verb.name}>", element.children)
        _check(child)
    _check_text(verb, element.text)
    _check_together(verb)


def _check_text(verb: Verb, text: Literal["required", "optional", "none"]) -> None:
    if text == "none" and verb.own_text.strip():
        raise TwimlError(f"<{verb.name}> may not hold text of its own.", verb=verb.name)
    if text == "required" and not verb.text.strip():
        raise TwimlError(f"<{verb.name}> is empty.", verb=verb.name)


def _check_together(verb: Verb) -> None:
    """The rules that look at more than one attribute or child."""
    match verb.name:
        case "Say":
            _check_voice(verb)
        case "Play":
            _check_play(verb)
        case "Gather":
            if verb.get("speechModel") and verb.get("speechTimeout") == "auto":
                raise _wrong(verb, "speechTimeout", "must be a whole number where speechModel is given")
        case "Redirect":
            refusal = refuse_url(verb.text.strip())
            if refusal:
                raise TwimlError(f"The address in <Redirect> {refusal}.", verb="Redirect")
        case "Dial":
            if bool(verb.children) == bool(verb.own_text.strip()):
                raise TwimlError("<Dial> needs either a number as its text or <Number> inside it.", verb="Dial")
        case "Message":
            if len(verb.children) > 1 or (verb.children and verb.own_text.strip()):
                raise TwimlError("<Message> holds either its text or one <Body>.", verb="Message")


def _check_voice(say: Verb) -> None:
    voice, language = say.get("voice"), say.get("language")
    words = vocabulary()
    if voice is None or language is None or voice in words.basic_voices:
        return
    if voice not in words.voices.get(language, frozenset()):
        raise _wrong(say, "voice", f"does not speak {language}")


def _check_play(play: Verb) -> None:
    url = play.text.strip()
    if not url and play.get("digits") is None:
        raise TwimlError("<Play> needs the address of a recording or the attribute digits.", verb="Play")
    refusal = refuse_url(url) if url else None
    if refusal:
        raise TwimlError(f"The address in <Play> {refusal}.", verb="Play")


def _wrong(verb: Verb, attribute: str, refusal: str) -> TwimlError:
    value = verb.get(attribute)
    return TwimlError(
        f'<{verb.name} {attribute}="{value}">: {attribute} {refusal}.', verb=verb.name, attribute=attribute
    )


def _unknown(name: str, place: str, allowed: frozenset[str]) -> TwimlError:
    if name in vocabulary().not_played:
        return TwimlError(f"Twilio knows <{name}>, but this phone cannot play it.", verb=name)
    if name in vocabulary().elements:
        return TwimlError(f"<{name}> may not stand in {place}.", verb=name)
    return TwimlError(f"Twilio knows no <{name}>{_other_case(name, allowed)}.", verb=name)


def _other_case(name: str, known: frozenset[str]) -> str:
    written = next((other for other in known if other.lower() == name.lower()), None)
    return f"; it is written {written}" if written else ""
