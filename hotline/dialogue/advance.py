"""How a conversation goes: one `heard` in, one `Turn` out. Pure: no web, no store, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from hotline.dialogue.heard import Arrival, Heard, Keys, Silence, TransferEnded, Words
from hotline.dialogue.reply import HangUp, Reply, Say, Turn
from hotline.dialogue.scene import BACK_KEY, LANGUAGE_KEY, MENU_KEY, PERSON_KEY, fitting, scene_of, targets_of
from hotline.dialogue.session import Session
from hotline.script.model import (
    EMERGENCY_MENU,
    LANGUAGE_NODE,
    MAIN_MENU,
    PERSON_TOPIC,
    TOWN_NODE,
    TOWN_TOPIC,
    UNSURE_NODE,
    ZIP_DIGITS,
    Phrase,
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
    before = fitting(script, session)
    turn = _answer(_Stage(script, replace(before, turns=before.turns + 1), heard.on), heard)
    spoken = turn.session.language if turn.session else None
    return replace(turn, learned=spoken if spoken != before.language else None)


def _answer(stage: _Stage, heard: Heard) -> Turn:
    match heard:
        case Arrival():
            return stage.go(MAIN_MENU if stage.session.language else LANGUAGE_NODE)
        case Keys(keys=keys):
            return _press(stage, keys)
        case Words(understood=understood):
            return _listen(stage, understood)
        case Silence():
            return _miss(stage)
        case TransferEnded(answered=True):
            return stage.having(stage.session.at(MAIN_MENU)).stay(instead=(Say(Phrase.TRANSFER_OVER),))
        case TransferEnded():
            return stage.go(MAIN_MENU, before=(Say(Phrase.TRANSFER_FAILED),))
        case _:
            assert_never(heard)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a conversation stands on the day on which something was heard."""

    script: Script
    session: Session
    today: date

    def having(self, session: Session) -> _Stage:
        return replace(self, session=session)

    def go(self, node: str, *, before: tuple[Say, ...] = ()) -> Turn:
        """Steps to a node and says what it says."""
        return self.having(self.session.at(node)).stay(before=before)

    def stay(
        self, *, before: tuple[Say, ...] = (), instead: tuple[Say, ...] = (), effect: HangUp | None = None
    ) -> Turn:
        """Says what the node says where the conversation stands, or something instead."""
        scene, node = scene_of(self.script, self.session), self.session.node or MAIN_MENU
        says = (*before, *(instead or scene.says))
        introduced = self.session.greeted or node == LANGUAGE_NODE
        reply = Reply(
            language=self.session.language or self.script.source_language,
            node=node,
            misses=self.session.misses,
            says=says,
            choices=scene.choices,
            introduction=None if introduced else Say(Phrase.WELCOME),
            stamp=self.stamp(says),
            effect=effect or (None if instead else scene.transfer),
            wants_town=scene.wants_town,
        )
        return Turn(replace(self.session, node=node, greeted=self.session.greeted or not introduced), reply)

    def stamp(self, says: tuple[Say, ...]) -> Say | None:
        """Up to when all that is said is known to be true; past a review date, that it may be out of date."""
        known = [p for say in says if (p := self.script.messages[say.message].provenance)]
        if not known:
            return None
        overdue = any(self.today > provenance.review_by for provenance in known)
        oldest = min(provenance.as_of for provenance in known)
        return Say(Phrase.OVERDUE if overdue else Phrase.AS_OF, {"date": oldest})


def _press(stage: _Stage, keys: str) -> Turn:
    if set(keys) == {PERSON_KEY}:
        return stage.go(PERSON_TOPIC)
    if keys == LANGUAGE_KEY:
        return stage.go(LANGUAGE_NODE)
    if keys == MENU_KEY:
        return _start_again(stage)
    if keys == BACK_KEY:
        return _go_back(stage)
    if len(keys) == ZIP_DIGITS:
        return _tell_of_town(stage, stage.script.towns_with_zip(keys))
    return _choose(stage, keys)


def _choose(stage: _Stage, key: str) -> Turn:
    """A key of those that are numbered where the conversation stands."""
    if stage.session.node == LANGUAGE_NODE:
        chosen = [code for code, language in stage.script.languages.items() if language.key == key]
        return _speak(stage, chosen[0]) if chosen else _miss(stage)
    targets = targets_of(stage.script, stage.session)
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= len(targets)):
        return _miss(stage)
    # Where nothing is known of what was offered, a choice would be a guess: it is offered again.
    return stage.go(targets[int(key) - 1] if stage.session.node else MAIN_MENU)


def _listen(stage: _Stage, understood: Understood) -> Turn:
    if understood.command:
        return _obey(stage, understood)
    if understood.language:
        stage = stage.having(replace(stage.session, language=understood.language))
    topic = understood.best.topic
    if topic == EMERGENCY:
        return stage.go(EMERGENCY_MENU)
    if _cannot_wait(stage.script, understood.best):
        return stage.go(topic)
    if _is_about_town(stage, understood):
        return _tell_of_town(stage, understood.towns)
    if _is_sure(stage.script, understood.best):
        return stage.go(topic)
    if topic == GREETING:
        return stage.go(MAIN_MENU)
    return _offer(stage, understood)


def _is_sure(script: Script, guess: Guess) -> bool:
    return guess.topic in script.topics and guess.confidence >= SURE


def _cannot_wait(script: Script, guess: Guess) -> bool:
    """Whether it is surely an urgent topic, or a person is asked for."""
    return _is_sure(script, guess) and (
        script.topics[guess.topic].urgent or script.topics[guess.topic].transfer is not None
    )


def _is_about_town(stage: _Stage, understood: Understood) -> bool:
    """Whether a town is named as the subject. What is written where a town is asked for is taken for one."""
    if stage.session.node == TOWN_NODE:
        return True
    if not understood.towns:
        return False
    nothing_else = understood.best.topic in {GREETING, TOWN_TOPIC} or not _is_likely(stage.script, understood.best)
    return nothing_else or stage.session.node == TOWN_TOPIC


def _obey(stage: _Stage, understood: Understood) -> Turn:
    if understood.asks_for_language:
        return _speak(stage, understood.asks_for_language)
    if understood.language:
        stage = stage.having(replace(stage.session, language=understood.language))
    match understood.command:
        case "back":
            return _go_back(stage)
        case "more":
            return stage.go(stage.script.following(stage.session.node or MAIN_MENU) or stage.session.node or MAIN_MENU)
        case "repeat":
            return stage.having(replace(stage.session, misses=0)).stay()
        case "forget":
            return _forget(stage)
        case "language":
            return stage.go(LANGUAGE_NODE)
        case _:
            return _start_again(stage)


def _start_again(stage: _Stage) -> Turn:
    return stage.having(replace(stage.session, node=None, back=(), offered=())).go(MAIN_MENU)


def _go_back(stage: _Stage) -> Turn:
    return stage.having(stage.session.one_step_back()).stay()


def _speak(stage: _Stage, language: str) -> Turn:
    """Goes on in a language, at the place where the conversation stood before the language was asked for."""
    session = replace(stage.session, language=language, misses=0)
    if session.node == LANGUAGE_NODE:
        session = session.one_step_back()
    return stage.having(session).stay()


def _tell_of_town(stage: _Stage, towns: tuple[str, ...]) -> Turn:
    if len(towns) > 1:
        names = tuple(stage.script.towns[slug].name for slug in towns)
        asked = Say(Phrase.SEVERAL_TOWNS, {"towns": names})
        return stage.having(stage.session.at(TOWN_NODE)).stay(instead=(asked,))
    session, message = stage.session.at(TOWN_TOPIC), str(Phrase.TOWN_UNKNOWN)
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
        return stage.stay(instead=_everywhere(stage, Phrase.GOODBYE), effect=HangUp())
    if misses == SECOND_MISS and stage.session.node != LANGUAGE_NODE:
        stage = stage.having(stage.session.at(MAIN_MENU))
    stage = stage.having(replace(stage.session, misses=misses))
    return stage.stay(before=_everywhere(stage, Phrase.TRY_AGAIN if misses < SECOND_MISS else Phrase.STILL_HERE))


def _everywhere(stage: _Stage, phrase: Phrase) -> tuple[Say, ...]:
    """A phrase in the language spoken; while that is still being asked, in every one."""
    if stage.session.node != LANGUAGE_NODE:
        return (Say(phrase),)
    return tuple(Say(phrase, language=code) for code in stage.script.languages)


def _forget(stage: _Stage) -> Turn:
    session = Session(language=stage.session.language, greeted=True)
    said = Phrase.FORGOTTEN if stage.session.kept else Phrase.NOT_FORGOTTEN
    turn = stage.having(session).stay(instead=(Say(said),))
    return Turn(None, replace(turn.reply, choices=()))
