"""How a conversation goes: one `heard` in, one `Turn` out. Pure: no web, no store, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from hotline.dialogue.heard import Arrival, Heard, Keys, Silence, TransferEnded, Words
from hotline.dialogue.reply import HangUp, Reply, Say, Transfer, Turn
from hotline.dialogue.scene import BACK_KEY, LANGUAGE_KEY, MENU_KEY, PERSON_KEY, node_of, scene_of, targets_of
from hotline.dialogue.session import Session
from hotline.script.model import (
    EMERGENCY_MENU,
    LANGUAGE_NODE,
    MAIN_MENU,
    PERSON_TOPIC,
    PLACE_NODE,
    PLACE_TOPIC,
    UNSURE_NODE,
    Script,
)
from hotline.understanding.understood import EMERGENCY, GREETING, NONE, Guess, Understood

# From SURE on a topic is answered at once; from LIKELY on it is offered among others; below, it is not understood.
SURE = 0.55
LIKELY = 0.12
MOST_OFFERED = 3

SECOND_MISS = 2
LAST_MISS = 3


def advance(script: Script, session: Session, heard: Heard) -> Turn:
    """The next turn of a conversation. Any input at any node gives a reply with a way on."""
    stage = _Stage(script, replace(session, turns=session.turns + 1), heard.on)
    match heard:
        case Arrival():
            return stage.go(MAIN_MENU if session.language else LANGUAGE_NODE)
        case Keys(keys=keys):
            return _press(stage, keys)
        case Words(understood=understood):
            return _listen(stage, understood)
        case Silence():
            return _miss(stage)
        case TransferEnded(answered=answered):
            return stage.go(MAIN_MENU, before=(Say("transfer-over" if answered else "transfer-failed"),))
        case _:
            assert_never(heard)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a conversation stands on the day on which something was heard."""

    script: Script
    session: Session
    today: date

    @property
    def node(self) -> str:
        return node_of(self.script, self.session)

    def having(self, session: Session) -> _Stage:
        return replace(self, session=session)

    def go(self, node: str, *, before: tuple[Say, ...] = ()) -> Turn:
        """Steps to a node and says what it says."""
        return self.having(self.session.at(node)).stay(before=before)

    def stay(
        self,
        *,
        before: tuple[Say, ...] = (),
        instead: tuple[Say, ...] = (),
        effect: Transfer | HangUp | None = None,
    ) -> Turn:
        """Says what the node says where the conversation stands, or something instead."""
        scene = scene_of(self.script, self.session)
        says = (*before, *(instead or scene.says))
        introduced = self.session.greeted or self.node == LANGUAGE_NODE
        reply = Reply(
            language=self.session.language or self.script.source_language,
            node=self.node,
            misses=self.session.misses,
            says=says,
            choices=scene.choices,
            introduction=None if introduced else Say("welcome"),
            stamp=self.stamp(says),
            effect=effect or (None if instead else scene.transfer),
            wants_place=scene.wants_place,
        )
        return Turn(replace(self.session, node=self.node, greeted=self.session.greeted or not introduced), reply)

    def stamp(self, says: tuple[Say, ...]) -> Say | None:
        """Up to when all that is said is known to be true; past a review date, that it may be out of date."""
        known = [p for say in says if (p := self.script.messages[say.message].provenance)]
        if not known:
            return None
        overdue = any(self.today > provenance.review_by for provenance in known)
        return Say("overdue" if overdue else "as-of", {"date": min(provenance.as_of for provenance in known)})


def _press(stage: _Stage, keys: str) -> Turn:
    if stage.node == PLACE_NODE and len(keys) > 1:
        return _tell_of_place(stage, tuple(slug for slug, town in stage.script.towns.items() if keys in town.zips))
    always = {PERSON_KEY: PERSON_TOPIC, LANGUAGE_KEY: LANGUAGE_NODE, MENU_KEY: MAIN_MENU}
    if keys in always:
        return stage.go(always[keys])
    if keys == BACK_KEY:
        return _go_back(stage)
    if stage.node == LANGUAGE_NODE:
        chosen = [code for code, language in stage.script.languages.items() if language.key == keys]
        return _speak(stage, chosen[0]) if chosen else _miss(stage)
    targets = targets_of(stage.script, stage.session)
    if keys.isascii() and keys.isdigit() and 1 <= int(keys) <= len(targets):
        return stage.go(targets[int(keys) - 1])
    return _miss(stage)


def _listen(stage: _Stage, understood: Understood) -> Turn:
    if understood.command:
        return _obey(stage, understood)
    if understood.language:
        stage = stage.having(replace(stage.session, language=understood.language))
    topic = understood.best.topic
    if topic == EMERGENCY:
        return stage.go(EMERGENCY_MENU)
    if understood.towns and (topic in {NONE, GREETING, PLACE_TOPIC} or stage.node in {PLACE_NODE, PLACE_TOPIC}):
        return _tell_of_place(stage, understood.towns)
    if topic == GREETING:
        return stage.go(MAIN_MENU)
    if topic in stage.script.topics and understood.best.confidence >= SURE:
        return stage.go(topic)
    if stage.node == PLACE_NODE:
        return _tell_of_place(stage, ())
    return _offer(stage, understood)


def _obey(stage: _Stage, understood: Understood) -> Turn:
    if understood.asks_for_language:
        return _speak(stage, understood.asks_for_language)
    if understood.language:
        stage = stage.having(replace(stage.session, language=understood.language))
    match understood.command:
        case "back":
            return _go_back(stage)
        case "more":
            return stage.go(stage.script.following(stage.node) or stage.node)
        case "repeat":
            return stage.stay()
        case "forget":
            return _forget(stage)
        case "language":
            return stage.go(LANGUAGE_NODE)
        case _:
            return stage.go(MAIN_MENU)


def _go_back(stage: _Stage) -> Turn:
    return stage.having(stage.session.one_step_back()).stay()


def _speak(stage: _Stage, language: str) -> Turn:
    """Goes on in a language, at the place where the conversation stood before the language was asked for."""
    session = replace(stage.session, language=language, misses=0)
    if session.node == LANGUAGE_NODE:
        session = session.one_step_back()
    return stage.having(session).stay()


def _tell_of_place(stage: _Stage, towns: tuple[str, ...]) -> Turn:
    if len(towns) > 1:
        names = tuple(stage.script.towns[slug].name for slug in towns)
        return stage.having(stage.session.at(PLACE_NODE)).stay(instead=(Say("several-towns", {"towns": names}),))
    session, message = stage.session.at(PLACE_TOPIC), "town-unknown"
    if towns:
        town = stage.script.towns[towns[0]]
        session, message = replace(session, county=town.county), town.rule or message
    return stage.having(session).stay(instead=(Say(message),))


def _offer(stage: _Stage, understood: Understood) -> Turn:
    """Offers what was perhaps meant; where nothing is likely, it was not understood."""
    likely = [guess for guess in (understood.best, *understood.alternatives) if _is_likely(stage.script, guess)]
    if understood.best.topic == NONE or not likely:
        return _miss(stage)
    offered = tuple(dict.fromkeys(guess.topic for guess in likely))[:MOST_OFFERED]
    return stage.having(replace(stage.session.at(UNSURE_NODE), offered=offered)).stay()


def _is_likely(script: Script, guess: Guess) -> bool:
    return guess.topic in script.topics and guess.confidence >= LIKELY


def _miss(stage: _Stage) -> Turn:
    """Nothing came, or nothing that leads on: the choices again, then the menu and the number, then the end."""
    misses = stage.session.misses + 1
    if misses >= LAST_MISS:
        stage = stage.having(replace(stage.session, misses=0))
        return stage.stay(instead=_everywhere(stage, "goodbye"), effect=HangUp())
    if misses == SECOND_MISS and stage.node != LANGUAGE_NODE:
        stage = stage.having(stage.session.at(MAIN_MENU))
    stage = stage.having(replace(stage.session, misses=misses))
    return stage.stay(before=_everywhere(stage, "try-again" if misses < SECOND_MISS else "still-here"))


def _everywhere(stage: _Stage, message: str) -> tuple[Say, ...]:
    """A message in the language spoken; while that is still being asked, in every one."""
    if stage.node != LANGUAGE_NODE:
        return (Say(message),)
    return tuple(Say(message, language=code) for code in stage.script.languages)


def _forget(stage: _Stage) -> Turn:
    turn = stage.having(Session(language=stage.session.language, greeted=True)).stay(instead=(Say("forgotten"),))
    return Turn(None, replace(turn.reply, choices=()))
