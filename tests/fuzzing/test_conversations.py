"""Whole conversations of people who do anything at all, several at once, while the clock jumps and Redis forgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hotline.app import create_app
from hotline.dialogue.heard import TextOutcome
from hotline.dialogue.scene import TEXT_KEY
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import MAIN_MENU
from hotline.script.organisations import CONNECTICUT
from hotline.store.codec import MOST_BYTES, decode, encode
from hotline.store.connection import RedisClient
from hotline.store.keys import Keys
from hotline.understanding.lessons import read_examples
from hotline.web import answering
from hotline.web.answering import Tools
from hotline.web.outgoing import Outgoing
from hotline.web.requests import texter_of
from tests.conftest import NOW, settings_for
from tests.fuzzing.signed import Answer, Fields, Twilio, call_fields, escaped, text_fields
from tests.fuzzing.sizes import Progress, at_its_own_pace, tries

SCRIPT = load_script()
NODES = (*SCRIPT.parts, *SCRIPT.menus, *SCRIPT.language_pages, "town", "nearby", "language", "unsure")
NUMBERS = (
    *(f"+1203555010{digit}" for digit in range(8)),
    *("whatsapp:+12035550101", "whatsapp:+50934567890", "+5215512345678", "22395", "+19005550100", "anonymous"),
    *(
        "",
        "+",
        "+12035550١٢٣",
        "sip:a@example.org",
        "client:x",
        "messenger:1",
        "+1203555010" + "0" * 40,
        "\x00",
        "مجهول",
    ),
)
# Those who are answered, whatever they write; numbers of most other kinds cost too much.
RESIDENTS = NUMBERS[:9]
OVER = ("completed", "busy", "failed", "no-answer", "canceled")
# Beside the others in the main menu, key 1.
URGENT = SCRIPT.menus[MAIN_MENU].choices[0]
SIDS = count()
FIELDS = (
    *("From", "To", "Body", "MessageSid", "CallSid", "CallStatus", "Digits", "SpeechResult", "DialCallStatus"),
    *("ErrorCode", "ErrorUrl", "OptOutType", "MessageStatus", "NumMedia", "MediaUrl0", "x" * 50, "", "\x00"),
)
MOMENTS = (
    *("2026-11-01T01:30", "2027-03-14T02:30", "2028-02-29T23:59", "2026-12-31T23:59", "2027-01-01T00:00"),
    *("2026-11-23T16:00", "2099-12-31T12:00", "1999-01-01T00:00", "2026-07-04T08:00"),
)


@cache
def sentences() -> tuple[str, ...]:
    return tuple(example.text for example in read_examples(SCRIPT, LOCALES))


def bodies() -> st.SearchStrategy[str]:
    words = st.sampled_from(
        ("menu", "MENU", "language", "0", "#", "*", "stop", "STOP", "help", "911", "forget", "olvidar", "more", "06511")
    )
    said = st.deferred(lambda: st.sampled_from(sentences()))
    return st.one_of(
        st.text(alphabet="0123456789*# ", max_size=6),
        words,
        said,
        st.builds(lambda one, other: f"{one} {other}", said, st.text(max_size=20)),
        st.text(max_size=200),
        st.text(alphabet=st.characters(categories=("Cc", "Cf", "Mn", "Zs", "So", "Cn")), max_size=60),
        st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=5), st.integers(1, 3000)),
    )


def blanks() -> st.SearchStrategy[str]:
    return st.text(alphabet=" \n\t", max_size=3)


def digits() -> st.SearchStrategy[str]:
    return st.one_of(st.text(alphabet="0123456789*#", min_size=1, max_size=6), st.text(max_size=30))


def places() -> st.SearchStrategy[str]:
    language = st.one_of(st.sampled_from(tuple(SCRIPT.languages)), st.text(min_size=1, max_size=8))
    node = st.one_of(
        st.sampled_from(NODES),
        st.builds(lambda node, end: f"{node}_{end}", st.sampled_from(NODES), st.text(max_size=4)),
        st.builds(lambda node: f"texted.{node}", st.sampled_from(NODES)),
        st.text(min_size=1, max_size=40),
    )
    return st.builds(lambda one, other: f"/voice/{escaped(one)}/{escaped(other)}", language, node)


@dataclass
class Clock:
    """What time it is for the line."""

    now: datetime = NOW


class Town(RuleBasedStateMachine):
    """A few numbers from which anything may come."""

    twilio: ClassVar[Twilio]
    redis: ClassVar[RedisClient]
    clock: ClassVar[Clock]
    progress = Progress("conversations")
    faults: ClassVar[list[Exception]] = []
    sent: ClassVar[list[tuple[str, str, tuple[str, ...]]]] = []

    def __init__(self) -> None:
        super().__init__()
        self.progress.tick()
        self.clock.now = NOW
        self.callers: dict[str, str] = {}
        self.places: dict[str, tuple[str, ...]] = {}
        self.latest: tuple[str, Fields, Answer] | None = None
        self.past: list[tuple[str, Fields]] = []
        self.redis.flushdb()

    def teardown(self) -> None:
        self.faults.clear()
        self.sent.clear()

    @rule(number=st.sampled_from(NUMBERS), body=bodies())
    def text(self, number: str, body: str) -> None:
        fields = text_fields(number, f"SM{next(SIDS):032x}", body)
        answer = self._post("/sms", fields)
        note(repr(answer.texts))
        if " ".join(body.split()).casefold() in SCRIPT.carrier_words:
            assert not answer.texts
        elif number in RESIDENTS or answer.texts:
            self.twilio.check_text(answer)

    @rule(number=st.sampled_from(NUMBERS), word=st.sampled_from(sorted(SCRIPT.carrier_words)), blank=blanks())
    def write_to_the_carrier(self, number: str, word: str, blank: str) -> None:
        self.text(number, f"{blank}{word.upper()}{blank}")

    @rule(number=st.sampled_from(RESIDENTS))
    def ask_for_a_person(self, number: str) -> None:
        answer = self._post("/sms", text_fields(number, f"SM{next(SIDS):032x}", "0"))
        assert answer.tells_a_number, answer.texts

    @rule(number=st.sampled_from(RESIDENTS), question=bodies())
    def need_urgent_help(self, number: str, question: str) -> None:
        """Two texts away from wherever they stand; so is somebody who calls and chose a language."""
        self.text(number, question)
        self.text(number, "menu")
        answer = self._post("/sms", text_fields(number, f"SM{next(SIDS):032x}", "1"))
        assert self._node_of_texter(number) == URGENT, answer.texts

    @rule(number=st.sampled_from(NUMBERS), page=st.sampled_from(tuple(SCRIPT.language_pages)), data=st.data())
    def call_for_urgent_help(self, number: str, page: str, data: st.DataObject) -> None:
        sid, codes = f"CA{next(SIDS):032x}", SCRIPT.language_pages[page]
        key = data.draw(st.integers(1, len(codes)))
        language = codes[key - 1]
        self._voice(number, sid, f"/voice/{SCRIPT.source_language}/{page}", ("Digits", str(key)))
        assert f"/voice/{language}/{MAIN_MENU}" in self.places[sid]
        self._voice(number, sid, f"/voice/{language}/{MAIN_MENU}", ("Digits", "1"))
        assert f"/voice/{language}/{URGENT}" in self.places[sid]

    @rule(number=st.sampled_from(NUMBERS), status=st.sampled_from(("ringing", "in-progress", "", "?", *OVER)))
    def call(self, number: str, status: str) -> None:
        self._voice(number, f"CA{next(SIDS):032x}", "/voice", status=status)

    @rule(data=st.data())
    def ask_for_a_text(self, data: st.DataObject) -> None:
        self._go_on(data, ("Digits", TEXT_KEY))

    @rule(data=st.data())
    def ask_for_a_person_by_phone(self, data: st.DataObject) -> None:
        answer = self._go_on(data, ("Digits", "0"))
        # There Twilio tells what became of a text; no key is waited for.
        assert answer.tells_a_number or "/texted." in self.past[-1][0], answer.body

    @rule(data=st.data(), keys=digits())
    def press(self, data: st.DataObject, keys: str) -> None:
        self._go_on(data, ("Digits", keys))

    @rule(data=st.data(), words=bodies())
    def speak(self, data: st.DataObject, words: str) -> None:
        self._go_on(data, ("SpeechResult", words), ("Confidence", "0.5"))

    @rule(data=st.data())
    def stay_silent(self, data: st.DataObject) -> None:
        self._go_on(data)

    @rule(data=st.data(), outcome=st.sampled_from(("completed", "busy", "no-answer", "failed", "canceled", "?")))
    def end_a_transfer(self, data: st.DataObject, outcome: str) -> None:
        self._go_on(data, ("DialCallStatus", outcome), ("DialCallSid", "CA" + "0" * 32))

    @rule(data=st.data(), code=st.text(max_size=6), url=st.one_of(places(), st.text(max_size=60)))
    def fall_back(self, data: st.DataObject, code: str, url: str) -> None:
        number, sid = self._somebody(data)
        path = data.draw(st.sampled_from(("/voice", *self.places.get(sid, ()))))
        self._voice(number, sid, path, ("ErrorCode", code), ("ErrorUrl", f"https://hotline.example.org{url}"))

    @rule(number=st.sampled_from(NUMBERS), place=places(), keys=digits())
    def come_from_nowhere(self, number: str, place: str, keys: str) -> None:
        self._voice(number, f"CA{next(SIDS):032x}", place, ("Digits", keys))

    @rule()
    def repeat(self) -> None:
        """Twilio asks once more, and gets the same."""
        if self.latest:
            path, fields, answer = self.latest
            again = self.twilio.post(path, fields)
            assert (again.status, again.body) == (answer.status, answer.body)

    @rule(data=st.data())
    def repeat_an_older_one(self, data: st.DataObject) -> None:
        """Webhooks may overtake each other."""
        if not self.past:
            return
        path, fields = data.draw(st.sampled_from(self.past))
        answer = self._post(path, fields)
        if answer.texts:
            self.twilio.check_text(answer)
        elif path != "/sms" and dict(fields)["CallStatus"] not in OVER:
            self.twilio.check_call(answer)

    @rule(fields=st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=30)), max_size=12))
    def send_any_fields(self, fields: list[tuple[str, str]]) -> None:
        """Some are missing, some come twice."""
        for path in ("/sms", "/voice", "/sms/status", "/voice/status"):
            answer = self.twilio.post(path, fields)
            assert answer.status in {200, 204}, answer
        self.latest = None

    @rule(moment=st.sampled_from(MOMENTS))
    def jump(self, moment: str) -> None:
        self.clock.now = datetime.fromisoformat(moment).replace(tzinfo=CONNECTICUT)
        self.latest = None

    @rule(seconds=st.integers(-100_000, 100_000))
    def wait(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)
        self.latest = None

    @rule()
    def forget(self) -> None:
        """Redis loses everything."""
        self.redis.flushdb()
        self.latest = None

    @invariant()
    def nothing_failed_within(self) -> None:
        """Not even where residents got the menu all the same."""
        assert not self.faults

    @invariant()
    def records_are_small_and_can_be_read(self) -> None:
        for key in self.redis.scan_iter("session:*"):
            record = self.redis.get(key)
            assert isinstance(record, bytes)
            assert len(record) <= MOST_BYTES
            assert encode(decode(record)) == record

    def _somebody(self, data: st.DataObject) -> tuple[str, str]:
        """The number and the SID of a call that goes on, or of a new one."""
        if not self.places:
            return NUMBERS[0], f"CA{next(SIDS):032x}"
        sid = data.draw(st.sampled_from(sorted(self.places)))
        return self.callers[sid], sid

    def _go_on(self, data: st.DataObject, *more: tuple[str, str]) -> Answer:
        number, sid = self._somebody(data)
        places = self.places.get(sid) or ("/voice/en/main",)
        return self._voice(number, sid, data.draw(st.sampled_from(places)), *more)

    def _voice(self, number: str, sid: str, path: str, *more: tuple[str, str], status: str = "in-progress") -> Answer:
        answer = self._post(path, call_fields(number, sid, *more, status=status))
        note(answer.body)
        if status in OVER:
            assert not answer.verbs
            return answer
        self.twilio.check_call(answer)
        self.callers[sid] = number
        self.places[sid] = tuple(place for place in answer.places if place.startswith("/voice"))
        return answer

    def _post(self, path: str, fields: Fields) -> Answer:
        answer = self.twilio.post(path, fields)
        assert answer.status == 200, answer
        self.latest = (path, fields, answer)
        self.past.append((path, fields))
        for sender, to, texts in self.sent:
            assert (sender, to) == (dict(fields)["To"], dict(fields)["From"])
            self.twilio.check_written(texts)
        self.sent.clear()
        return answer

    def _node_of_texter(self, number: str) -> str | None:
        keys = Keys.of(texter_of({"From": number}), settings_for(None).secret_key)
        record = self.redis.get(keys.session)
        return decode(record).node if isinstance(record, bytes) else None


def _send(_: Outgoing, sender: str, to: str, texts: Sequence[str], then: Callable[[TextOutcome], None]) -> None:
    Town.sent.append((sender, to, tuple(texts)))
    then(TextOutcome.SENT)


@pytest.mark.slow
@at_its_own_pace
def test_whatever_people_do_every_answer_is_good_and_leads_on(
    redis_url: str, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    app = create_app(settings_for(redis_url), now=lambda: clock.now)
    monkeypatch.setattr(answering, "LONGEST_WAIT_SECONDS", 0.0)
    for name, value in (("twilio", Twilio(app, SCRIPT)), ("redis", redis), ("clock", clock)):
        monkeypatch.setattr(Town, name, value, raising=False)
    monkeypatch.setattr(Tools, "note", lambda _, error: Town.faults.append(error))
    # In the background it would come now earlier, now later.
    monkeypatch.setattr(Outgoing, "send", _send)
    run_state_machine_as_test(Town, settings=tries(15, 4000))
