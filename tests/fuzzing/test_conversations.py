"""Whole conversations of people who do anything at all, several at once, while the clock jumps and Redis forgets."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from itertools import count

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hotline.app import create_app
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.organisations import CONNECTICUT
from hotline.store.codec import MOST_BYTES, decode, encode
from hotline.store.connection import connect
from hotline.understanding.lessons import read_examples
from hotline.web import answering
from tests.conftest import settings_for
from tests.fuzzing.signed import Answer, Fields, Twilio, call_fields, escaped, text_fields
from tests.fuzzing.sizes import Progress, at_its_own_pace, tries

SCRIPT = load_script()
NODES = (*SCRIPT.parts, *SCRIPT.menus, *SCRIPT.language_pages, "town", "nearby", "language", "unsure")
NUMBERS = (
    *(f"+1203555010{digit}" for digit in range(8)),
    *("whatsapp:+12035550101", "whatsapp:+50934567890", "+5215512345678", "22395", "+19005550100", "anonymous"),
    *("", "+", "sip:a@example.org", "client:x", "messenger:1", "+1203555010" + "0" * 40, "\x00", "مجهول"),
)
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


class Town(RuleBasedStateMachine):
    """A few numbers from which anything may come."""

    redis_url = ""
    progress = Progress("conversations")

    def __init__(self) -> None:
        super().__init__()
        self.progress.tick()
        self.now = datetime(2026, 11, 23, 16, tzinfo=CONNECTICUT)
        self.callers: dict[str, str] = {}
        self.places: dict[str, tuple[str, ...]] = {}
        self.latest: tuple[str, Fields, Answer] | None = None
        self.redis = connect(self.redis_url)
        self.redis.flushdb()
        self.twilio = Twilio(create_app(settings_for(self.redis_url), now=lambda: self.now), SCRIPT)

    def teardown(self) -> None:
        self.redis.close()

    @rule(number=st.sampled_from(NUMBERS), body=bodies())
    def text(self, number: str, body: str) -> None:
        fields = text_fields(number, f"SM{next(SIDS):032x}", body)
        answer = self._post("/sms", fields)
        note(repr(answer.texts))
        if answer.texts:
            self.twilio.check_text(answer)

    @rule(number=st.sampled_from(NUMBERS), status=st.sampled_from(("ringing", "in-progress", "", "completed", "?")))
    def call(self, number: str, status: str) -> None:
        sid = f"CA{next(SIDS):032x}"
        self._voice(number, sid, "/voice", ("CallStatus", status))

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
        self._voice(number, sid, "/voice", ("ErrorCode", code), ("ErrorUrl", f"https://hotline.example.org{url}"))

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

    @rule(fields=st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=30)), max_size=12))
    def send_any_fields(self, fields: list[tuple[str, str]]) -> None:
        """Some are missing, some come twice."""
        for path in ("/sms", "/voice", "/sms/status", "/voice/status"):
            answer = self.twilio.post(path, fields)
            assert answer.status in {200, 204}, answer
        self.latest = None

    @rule(moment=st.sampled_from(MOMENTS))
    def jump(self, moment: str) -> None:
        self.now = datetime.fromisoformat(moment).replace(tzinfo=CONNECTICUT)
        self.latest = None

    @rule(seconds=st.integers(-100_000, 100_000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.latest = None

    @rule()
    def forget(self) -> None:
        """Redis loses everything."""
        self.redis.flushdb()
        self.latest = None

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

    def _go_on(self, data: st.DataObject, *more: tuple[str, str]) -> None:
        number, sid = self._somebody(data)
        places = self.places.get(sid) or ("/voice/en/main",)
        self._voice(number, sid, data.draw(st.sampled_from(places)), *more)

    def _voice(self, number: str, sid: str, path: str, *more: tuple[str, str]) -> None:
        answer = self._post(path, call_fields(number, sid, *more))
        note(answer.body)
        if any(name == "CallStatus" and status == "completed" for name, status in more):
            return
        self.twilio.check_call(answer)
        self.callers[sid] = number
        self.places[sid] = tuple(place for place in answer.places if place.startswith("/voice"))

    def _post(self, path: str, fields: Fields) -> Answer:
        answer = self.twilio.post(path, fields)
        assert answer.status == 200, answer
        self.latest = (path, fields, answer)
        return answer


@pytest.mark.slow
@at_its_own_pace
def test_whatever_people_do_every_answer_is_good_and_leads_on(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "LONGEST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(Town, "redis_url", redis_url)
    run_state_machine_as_test(Town, settings=tries(30, 4000))
