"""How a conversation goes: one `heard` in, one `Turn` out. Pure: no web, no store, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from hotline.dialogue.heard import (
    Arrival,
    Heard,
    Keys,
    Silence,
    TextAsked,
    TextEnded,
    TextOutcome,
    TransferEnded,
    Unheard,
    Words,
)
from hotline.dialogue.reply import Argument, HangUp, Outcome, Reply, Say, SendText, Transfer, Turn
from hotline.dialogue.scene import (
    BACK_KEY,
    LANGUAGE_KEY,
    MENU_KEY,
    PERSON_KEY,
    TEXT_KEY,
    fitting,
    scene_of,
    scene_of_which_town,
    targets_of,
)
from hotline.dialogue.session import Session
from hotline.dialogue.transferring import Transferring, closed_until
from hotline.dialogue.which_town import WhichTown
from hotline.script.model import (
    EMERGENCY_MENU,
    HELP_TOPIC,
    LANGUAGE_NODE,
    MAIN_MENU,
    NEARBY_NODE,
    PERSON_TOPIC,
    TOWN_NODE,
    TOWN_TOPIC,
    UNSURE_NODE,
    ZIP_DIGITS,
    Phrase,
    Script,
)
from hotline.script.organisations import Weekday
from hotline.understanding.understood import EMERGENCY, GREETING, NONE, Guess, Understood

# From SURE on a topic is answered at once; from LIKELY on it is offered among others; below, it is not understood.
# From SURELY_NONE on a text is nothing for this line.
SURE = 0.65
LIKELY = 0.08
SURELY_NONE = 0.5
MOST_OFFERED = 3

SECOND_MISS = 2
LAST_MISS = 3

MOST_TEXTS = 3
_WHAT_BECAME = {
    TextOutcome.SENT: Phrase.TEXT_SENT,
    TextOutcome.STOPPED: Phrase.TEXT_STOPPED,
    TextOutcome.CANNOT_ARRIVE: Phrase.TEXT_CANNOT_ARRIVE,
    TextOutcome.FAILED: Phrase.TEXT_FAILED,
}


def advance(script: Script, session: Session, heard: Heard, *, by_phone: bool = False) -> Turn:
    """The next turn of a conversation. Any input at any node gives a reply with a way on."""
    which, transferring = WhichTown.of(script, session.node), Transferring.of(script, session.node)
    stands_at = which.asked_at if which else PERSON_TOPIC if transferring else session.node
    before = fitting(script, session if stands_at == session.node else replace(session, node=stands_at))
    # More misses than there can be were written into the address by hand.
    after = replace(before, turns=before.turns + 1, misses=min(before.misses, LAST_MISS - 1))
    turn = _answer(_Stage(script, after, heard.at, which, transferring, by_phone=by_phone), heard)
    spoken = turn.session.language if turn.session else None
    return Turn(
        turn.session,
        turn.reply,
        learned=spoken if spoken != before.language else None,
        outcome=_outcome(turn.reply, before.misses) if isinstance(heard, Words) else None,
    )


def begin_texting(script: Script, call: Session, at: datetime) -> Turn:
    """A text conversation that stands where a call stands, and what it says there first."""
    session = Session(turns=1, language=call.language, node=call.node, county=call.county)
    return _Stage(script, fitting(script, session), at).stay()


def _outcome(reply: Reply, misses_before: int) -> Outcome:
    if reply.node == UNSURE_NODE:
        return Outcome.OFFERED
    is_miss = reply.misses > misses_before or isinstance(reply.effect, HangUp)
    return Outcome.MISSED if is_miss else Outcome.UNDERSTOOD


def _answer(stage: _Stage, heard: Heard) -> Turn:
    match heard:
        case Unheard() if stage.session.node and (stage.language_is_known or stage.is_asked_for_language):
            return stage.stay()
        case Arrival() | Unheard():
            return stage.go(MAIN_MENU if stage.session.language else LANGUAGE_NODE)
        case Keys(keys=keys):
            return _press(stage, keys)
        case Words(understood=understood):
            return _listen(stage, understood)
        case Silence():
            return _wait(stage)
        case TextAsked(can_arrive=can_arrive):
            return _text(stage, can_arrive=can_arrive)
        case TextEnded(outcome=outcome):
            return stage.having(replace(stage.session, misses=0)).stay(instead=(Say(_WHAT_BECAME[outcome]),))
        case TransferEnded(answered=answered):
            return _after_transfer(stage, answered=answered)
        case _:
            assert_never(heard)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a conversation stands when something was heard.

    `which` where it is asked which town, `transferring` where a caller was being connected.
    """

    script: Script
    session: Session
    at: datetime
    which: WhichTown | None = None
    transferring: Transferring | None = None
    by_phone: bool = False

    @property
    def language(self) -> str:
        return self.session.language or self.script.source_language

    @property
    def language_is_known(self) -> bool:
        return self.session.language is not None

    @property
    def is_asked_for_language(self) -> bool:
        """Whether the conversation stands at a page of the languages."""
        return self.session.node in self.script.language_pages

    @property
    def has_notice(self) -> bool:
        """Whether there is an urgent notice in the language spoken. In danger to life nothing comes before 911."""
        notice = self.script.notice
        is_in_danger = self.session.node == EMERGENCY_MENU
        return not is_in_danger and notice is not None and notice.is_said(self.language, self.at)

    @property
    def calls_a_person(self) -> bool:
        """Whether what is said where the conversation stands ends in a transfer."""
        return self.by_phone and self.session.node == PERSON_TOPIC

    def having(self, session: Session) -> _Stage:
        return replace(self, session=session, which=self.which if session.node == self.session.node else None)

    def asking(self, which: WhichTown) -> Turn:
        return replace(self, session=self.session.at(which.asked_at), which=which).stay()

    def go(self, node: str, *, before: tuple[Say, ...] = ()) -> Turn:
        """Steps to a node and says what it says."""
        there = self.session.at(node)
        return _Stage(self.script, there, self.at, None, self.transferring, by_phone=self.by_phone).stay(before=before)

    def stay(
        self,
        *,
        before: tuple[Say, ...] = (),
        instead: tuple[Say, ...] = (),
        effect: Transfer | SendText | HangUp | None = None,
        slowly: bool = False,
    ) -> Turn:
        """Says what the node says where the conversation stands, or something instead."""
        which, node = self.which, self.session.node or MAIN_MENU
        if self.calls_a_person and not instead and (opens := closed_until(self.script, self.at)):
            return _tell_closed(self, opens)
        scene = scene_of_which_town(self.script, which) if which else scene_of(self.script, self.session, self.at)
        says = (*before, *(instead or scene.says))
        introduced = self.session.greeted or node in self.script.language_pages
        reply = Reply(
            language=self.language,
            node=which.node if which else node,
            misses=self.session.misses,
            says=says,
            choices=scene.choices,
            notice=not introduced and self.has_notice,
            introduction=None if introduced else Say(Phrase.WELCOME),
            stamp=self.stamp(says),
            effect=effect or (None if instead else scene.transfer),
            wants_town=scene.wants_town,
            slowly=slowly,
            leads_on_by_itself=node in list(self.script.language_pages)[:-1],
        )
        session, greeted = self.session, self.session.greeted or not introduced
        is_so_already = (session.node, session.greeted) == (node, greeted)
        return Turn(session if is_so_already else replace(session, node=node, greeted=greeted), reply)

    def stamp(self, says: tuple[Say, ...]) -> Say | None:
        """Up to when all that is said is known to be true; past a review date, that it may be out of date."""
        known = [p for say in says for p in (self.script.message(say.message).provenance, say.rests_on) if p]
        if not known:
            return None
        overdue = any(self.at.date() > provenance.review_by for provenance in known)
        oldest = min(provenance.as_of for provenance in known)
        return Say(Phrase.OVERDUE if overdue else Phrase.AS_OF, {"date": oldest})


def _press(stage: _Stage, keys: str) -> Turn:
    if set(keys) == {PERSON_KEY}:
        return stage.go(PERSON_TOPIC)
    if keys == LANGUAGE_KEY:
        return _offer_languages(stage)
    if keys == MENU_KEY:
        return _start_again(stage)
    if keys == BACK_KEY:
        return _go_back(stage)
    if len(keys) == ZIP_DIGITS:
        asked_at = NEARBY_NODE if _is_about_help(stage) else TOWN_NODE
        towns = stage.script.towns_with_zip(keys)
        return _tell_of_place(stage, asked_at, towns, outside=stage.script.is_outside(keys))
    return _choose(stage, keys)


def _choose(stage: _Stage, key: str) -> Turn:
    """A key of those that are numbered where the conversation stands."""
    page = stage.session.node or MAIN_MENU
    languages = stage.script.languages_by_key(page) if stage.by_phone else stage.script.language_pages.get(page)
    targets = languages or (stage.which.slugs if stage.which else targets_of(stage.script, stage.session))
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= len(targets)):
        return _miss(stage)
    target = targets[int(key) - 1]
    if languages:
        return _speak(stage, target)
    if stage.which:
        return _tell_of_place(stage, stage.which.asked_at, (target,), outside=False)
    if target == stage.session.node == NEARBY_NODE:
        stage = stage.having(replace(stage.session, county=None))
    # Where nothing is known of what was offered, a choice would be a guess: it is offered again.
    return stage.go(target if stage.session.node else MAIN_MENU)


def _listen(stage: _Stage, understood: Understood) -> Turn:
    if understood.command:
        return _obey(stage, understood)
    if understood.language:
        stage = stage.having(replace(stage.session, language=understood.language))
    stage, topic = _remembering_county(stage, understood.towns), understood.best.topic
    if topic == EMERGENCY:
        return stage.go(EMERGENCY_MENU)
    if _cannot_wait(stage.script, understood.best):
        return stage.go(topic)
    if asked_at := _place_is_subject(stage, understood):
        return _tell_of_place(stage, asked_at, understood.towns, outside=understood.outside)
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


def _place_is_subject(stage: _Stage, understood: Understood) -> str | None:
    """The node that asks for the place that a text is about, TOWN_NODE or NEARBY_NODE; None where it is not about one.

    What is first written where a place is asked for is taken for one.
    """
    node, topic = stage.session.node, understood.best.topic
    if not (understood.towns or understood.outside):
        return node if _asks_for_place(stage) and not stage.session.misses else None
    is_likely = _is_likely(stage.script, understood.best)
    if topic == HELP_TOPIC and is_likely:
        return NEARBY_NODE
    if topic in {GREETING, TOWN_TOPIC} or not is_likely or node in {TOWN_NODE, TOWN_TOPIC, NEARBY_NODE}:
        return NEARBY_NODE if _is_about_help(stage) else TOWN_NODE
    return None


def _asks_for_place(stage: _Stage) -> bool:
    waits_for_help = stage.session.node == NEARBY_NODE and stage.session.county is None
    return stage.which is None and (waits_for_help or stage.session.node == TOWN_NODE)


def _is_about_help(stage: _Stage) -> bool:
    """Whether a place that is named where the conversation stands is one to find help near."""
    topic, _ = stage.script.parts.get(stage.session.node or MAIN_MENU, (None, None))
    return stage.session.node == NEARBY_NODE or (topic is not None and topic.slug == HELP_TOPIC)


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
            return _offer_languages(stage)
        case "card" if stage.script.card_node:
            return stage.go(stage.script.card_node)
        case _:
            return _start_again(stage)


def _start_again(stage: _Stage) -> Turn:
    return stage.having(replace(stage.session, node=None, back=(), offered=())).go(MAIN_MENU)


def _go_back(stage: _Stage) -> Turn:
    return stage.having(stage.session.one_step_back()).stay()


def _offer_languages(stage: _Stage) -> Turn:
    """The languages; where they are offered already, the next page of them, and the first after the last."""
    pages = list(stage.script.language_pages)
    if stage.session.node not in pages[:-1]:
        return stage.having(_before_languages(stage)).go(LANGUAGE_NODE)
    return stage.go(pages[pages.index(stage.session.node) + 1])


def _before_languages(stage: _Stage) -> Session:
    """The session where the conversation stood before a language was asked for."""
    session = stage.session
    while session.node in stage.script.language_pages:
        session = session.one_step_back()
    return session


def _speak(stage: _Stage, language: str) -> Turn:
    """Goes on in a language, at the place where the conversation stood before the language was asked for."""
    speaking = stage.having(replace(_before_languages(stage), language=language, misses=0))
    turn = speaking.stay()
    if language != stage.session.language:
        # Whoever was greeted in another language has not understood the notice, if there was one.
        turn = replace(turn, reply=replace(turn.reply, notice=speaking.has_notice))
    if not stage.by_phone:
        return turn
    # Who has just chosen needs not hear where to choose.
    others = tuple(choice for choice in turn.reply.choices if choice.key != LANGUAGE_KEY)
    return replace(turn, reply=replace(turn.reply, choices=others))


def _tell_of_place(stage: _Stage, asked_at: str, towns: tuple[str, ...], *, outside: bool) -> Turn:
    """The help near a place or its rule, as `asked_at` tells; where it may be one of several, which one it is."""
    stage = _remembering_county(stage, towns)
    is_for_help = asked_at == NEARBY_NODE
    if is_for_help and _county_of(stage.script, towns):
        names = tuple(stage.script.towns[slug].name for slug in towns[:MOST_OFFERED])
        return stage.go(NEARBY_NODE, before=(Say(Phrase.PLACE_HEARD, {"town": names}),) if stage.by_phone else ())
    if len(towns) > 1:
        return stage.asking(WhichTown.among(asked_at, towns))
    if not towns:
        return _ask_again(stage, asked_at, outside=outside)
    said = _rule_of(stage.script, towns[0])
    return stage.having(stage.session.at(HELP_TOPIC if is_for_help else TOWN_TOPIC)).stay(instead=(said,))


def _ask_again(stage: _Stage, asked_at: str, *, outside: bool) -> Turn:
    """For a place that is elsewhere or not known. The latter once only, so that nobody is held there."""
    if not outside and stage.session.node == asked_at and stage.session.misses:
        return _miss(stage)
    county = None if asked_at == NEARBY_NODE else stage.session.county
    asking = replace(stage.session.at(asked_at), county=county, misses=0 if outside else 1)
    return stage.having(asking).stay(instead=(Say(Phrase.NOT_IN_CONNECTICUT if outside else Phrase.TOWN_UNKNOWN),))


def _rule_of(script: Script, slug: str) -> Say:
    town = script.towns[slug]
    return Say(town.rule) if town.rule else Say(Phrase.TOWN_WITHOUT_RULE, {"town": (town.name,)})


def _remembering_county(stage: _Stage, towns: tuple[str, ...]) -> _Stage:
    county = _county_of(stage.script, towns)
    return stage.having(replace(stage.session, county=county)) if county else stage


def _county_of(script: Script, towns: tuple[str, ...]) -> str | None:
    """The county of one town, or of several that lie in the same."""
    counties = {script.towns[slug].county for slug in towns}
    return counties.pop() if len(counties) == 1 else None


def _offer(stage: _Stage, understood: Understood) -> Turn:
    """Offers what was perhaps meant; where nothing is likely, it was not understood."""
    likely = [guess for guess in (understood.best, *understood.alternatives) if _is_likely(stage.script, guess)]
    is_none = understood.best.topic == NONE and understood.best.confidence >= SURELY_NONE
    if is_none or not likely:
        return _miss(stage)
    offered = tuple(dict.fromkeys(guess.topic for guess in likely))[:MOST_OFFERED]
    return stage.having(replace(stage.session.at(UNSURE_NODE), offered=offered)).stay()


def _is_likely(script: Script, guess: Guess) -> bool:
    return guess.topic in script.topics and guess.confidence >= LIKELY


def _wait(stage: _Stage) -> Turn:
    """Nothing came. Among the languages that means: none of these; elsewhere it is said once more, slowly."""
    pages = list(stage.script.language_pages)
    if stage.by_phone and stage.session.node in pages[:-1]:
        following = pages[pages.index(stage.session.node) + 1]
        return stage.having(replace(stage.session, node=following)).stay(slowly=stage.session.misses == 1)
    return _miss(stage, slowly=True)


def _text(stage: _Stage, *, can_arrive: bool) -> Turn:
    """Sends what is said here as a text, where that can be done."""
    session = stage.session
    offered = {choice.key for choice in scene_of(stage.script, session, stage.at).choices}
    if stage.which or TEXT_KEY not in offered or session.node in stage.script.language_pages:
        return _press(stage, TEXT_KEY)
    stage = stage.having(replace(session, misses=0))
    if not can_arrive:
        return stage.stay(instead=(Say(Phrase.TEXT_HIDDEN),))
    if not session.kept:
        return stage.stay(instead=(Say(Phrase.TEXT_FAILED),))
    if session.texts >= MOST_TEXTS:
        return stage.stay(instead=(Say(Phrase.TEXT_LIMIT),))
    sending = stage.having(replace(stage.session, texts=session.texts + 1))
    return sending.stay(instead=(Say(Phrase.TEXTING),), effect=SendText())


def _after_transfer(stage: _Stage, *, answered: bool) -> Turn:
    if answered:
        return stage.having(stage.session.at(MAIN_MENU)).stay(instead=(Say(Phrase.TRANSFER_OVER),))
    tried = stage.transferring or Transferring.first(stage.script)
    return _call_next(stage, tried, otherwise=(Say(Phrase.TRANSFER_FAILED),))


def _tell_closed(stage: _Stage, opens: datetime) -> Turn:
    """Nobody is there whom the line connects with: when they are, and who else can be called now."""
    closed = _closed(stage.script, opens)
    return _call_next(stage, Transferring.first(stage.script), before=(closed,), otherwise=(closed,))


def _closed(script: Script, opens: datetime) -> Say:
    arguments: Mapping[str, Argument] = {"day": Weekday(opens.weekday()), "time": opens.time()}
    first = script.organisations[Transferring.first(script).tried[0]]
    return Say(Phrase.TRANSFER_CLOSED, arguments, rests_on=first.provenance)


def _call_next(stage: _Stage, tried: Transferring, *, otherwise: tuple[Say, ...], before: tuple[Say, ...] = ()) -> Turn:
    """Connects with the next who can help now; where nobody is left, says so."""
    stage = stage.having(stage.session.at(PERSON_TOPIC))
    organisation = tried.next(stage.script, stage.session, stage.at)
    if organisation is None:
        return _tell_of_nobody(stage, otherwise)
    found = stage.script.organisations[organisation]
    calling = Say(Phrase.TRANSFER_NEXT, {"organisation": (found.name,)}, rests_on=found.provenance)
    turn = stage.stay(instead=(*before, calling), effect=Transfer(organisation))
    return replace(turn, reply=replace(turn.reply, node=tried.having_tried(organisation).node))


def _tell_of_nobody(stage: _Stage, says: tuple[Say, ...], *, slowly: bool = False) -> Turn:
    """Says that nobody can be reached, and offers the number as a text first."""
    turn = stage.stay(instead=says, slowly=slowly)
    choices = sorted(turn.reply.choices, key=lambda choice: choice.key != TEXT_KEY)
    return replace(turn, reply=replace(turn.reply, choices=tuple(choices)))


def _miss(stage: _Stage, *, slowly: bool = False) -> Turn:
    """Nothing came, or nothing that leads on: the choices again, then the menu and the number, then the end."""
    misses = stage.session.misses + 1
    if misses >= LAST_MISS:
        stage = stage.having(replace(stage.session, misses=0))
        return stage.stay(instead=_everywhere(stage, Phrase.GOODBYE), effect=HangUp())
    asked = stage.session.node in stage.script.language_pages
    if misses == SECOND_MISS:
        stage = stage.having(_before_languages(stage).at(LANGUAGE_NODE if asked else MAIN_MENU))
    elif asked and stage.by_phone:
        # The pages came one after the other, and so they come once more.
        stage = stage.having(replace(stage.session, node=LANGUAGE_NODE))
    stage = stage.having(replace(stage.session, misses=misses))
    if misses == SECOND_MISS:
        return stage.stay(before=_everywhere(stage, Phrase.STILL_HERE))
    # Silence needs no other words than those of before; in an unknown language, the languages speak for themselves.
    before = () if (slowly and stage.by_phone) or _is_unknown(stage) else (Say(Phrase.TRY_AGAIN),)
    if stage.calls_a_person:
        # Nobody was reached, and nobody is called once more without being asked for.
        opens = closed_until(stage.script, stage.at)
        nobody = _closed(stage.script, opens) if opens else Say(Phrase.TRANSFER_FAILED)
        return _tell_of_nobody(stage, (*before, nobody), slowly=slowly)
    return stage.stay(before=before, slowly=slowly)


def _everywhere(stage: _Stage, phrase: Phrase) -> tuple[Say, ...]:
    """A phrase in the language spoken; while that is still being asked, in every one."""
    if not _is_unknown(stage):
        return (Say(phrase),)
    return tuple(Say(phrase, language=code) for code in stage.script.languages)


def _is_unknown(stage: _Stage) -> bool:
    """Whether the language is being asked for the first time."""
    return not stage.language_is_known and stage.is_asked_for_language


def _forget(stage: _Stage) -> Turn:
    session = Session(language=stage.session.language, greeted=True)
    said = Phrase.FORGOTTEN if stage.session.kept else Phrase.NOT_FORGOTTEN
    turn = stage.having(session).stay(instead=(Say(said),))
    return Turn(None, replace(turn.reply, choices=()))
