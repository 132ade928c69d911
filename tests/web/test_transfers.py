"""A chain of transfers over HTTP, with a script in which several organisations may be called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import product
from typing import Protocol

import pytest

from hotline.app import create_app
from hotline.locales import LOCALES
from hotline.phone.calling import dial_outcome, press, start_call, stay_silent
from hotline.phone.forms import call_form
from hotline.phone.line import Line
from hotline.phone.twiml import Verb, parse
from hotline.releases.content import content_of
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.script.organisations import (
    CONNECTICUT,
    AlwaysOpen,
    Certainty,
    Organisation,
    ServedStatus,
    Weekly,
    openings_of,
)
from hotline.understanding.understanding import Understanding, load_understanding
from hotline.web import answering
from tests.conftest import NOW, NUMBER, line_at, served, settings_for

CALLER = "+12035550123"
SHIPPED = load_script()
ON_WEEKDAYS = Weekly(openings_of("Mon-Fri 09:00-17:00"), closed_on_holidays=False)
MONDAY_AT_TEN = datetime(2026, 11, 23, 10, tzinfo=CONNECTICUT)

# What Twilio calls the end of a transfer.
ANSWERED = ("completed", "answered")
UNANSWERED = ("busy", "no-answer", "failed", "canceled")
REFERRAL_LINE = "+18007980671"
NOBODY, OVER = "Nadie pudo contestar ahora", "¿Necesita algo más?"

pytestmark = pytest.mark.usefixtures("redis")


def organisation(id: str, phone: str, **changes: object) -> Organisation:
    usual = replace(
        SHIPPED.organisations["cls"],
        id=id,
        name=f"House {id}",
        phone=phone,
        phone_certainty=Certainty.VERIFIED,
        counties=(),
        languages=(),
        hours=AlwaysOpen(),
        status=ServedStatus.ANY,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # the tests name fields of Organisation


def script_with(*others: Organisation, **of_the_first: object) -> Script:
    first = replace(SHIPPED.organisations["referral_line"], **of_the_first)  # type: ignore[arg-type]  # as above
    others_by_id = {one.id: one for one in others}
    return replace(SHIPPED, organisations={**SHIPPED.organisations, "referral_line": first, **others_by_id})


FIVE = script_with(
    organisation("at_night", "+18605550001", hours=Weekly(openings_of("Sun 20:00-23:00"), closed_on_holidays=False)),
    organisation("in_windham", "+18605550002", counties=("Windham",)),
    organisation("in_creole", "+18605550003", languages=("ht",)),
    organisation("in_spanish", "+18605550004", languages=("es",)),
    organisation("for_all", "+18605550005"),
    organisation("for_all_as_well", "+18605550006", hours=None),
    organisation("unverified", "+18605550007", phone_certainty=Certainty.OLD),
)
CLOSED = replace(
    FIVE,
    organisations={
        **FIVE.organisations,
        "referral_line": replace(FIVE.organisations["referral_line"], hours=ON_WEEKDAYS),
    },
)


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return load_understanding(SHIPPED)


class Serve(Protocol):
    """A line that serves a script, at noon and with Redis unless told otherwise."""

    def __call__(self, script: Script, *, at: datetime = NOW, with_redis: bool = True) -> Line: ...


@pytest.fixture(scope="module")
def serve(understanding: Understanding, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Each line is made once for all tests."""
    nowhere = f"unix://{tmp_path_factory.mktemp('no-redis')}/gone.sock"
    lines: dict[tuple[int, datetime, bool], Line] = {}
    with ExitStack() as stack:

        def serving(script: Script, *, at: datetime = NOW, with_redis: bool = True) -> Line:
            key = (id(script), at, with_redis)
            if key not in lines:
                made = create_app(
                    settings_for(redis_url if with_redis else nowhere),
                    now=lambda: at,
                    packaged=partial(content_of, script, understanding, LOCALES),
                )
                lines[key] = line_at(stack.enter_context(served(made)))
            return lines[key]

        yield serving


def verbs(line: Line, path: str, call: str = "CA1", **form: str) -> tuple[Verb, ...]:
    """What a webhook answers, which is valid TwiML."""
    return parse(line.post(path, call_form(line, call, CALLER, "in-progress") | form).body, "voice")


def dialled(answer: tuple[Verb, ...]) -> Verb | None:
    return next((verb for verb in answer if verb.name == "Dial"), None)


def words_of(answer: tuple[Verb, ...]) -> str:
    return " ".join(verb.text for verb in answer)


def chain(line: Line, outcomes: tuple[str, ...], call: str, language: str = "es") -> tuple[list[str], tuple[Verb, ...]]:
    """The numbers that were called, and what is answered after these outcomes."""
    answer, numbers = verbs(line, f"/voice/{language}/main", call, Digits="0"), []
    for outcome in outcomes:
        if not (dial := dialled(answer)):
            break
        numbers.append(dial.own_text)
        assert (dial.get("callerId"), dial.get("timeout"), dial.get("record")) == (NUMBER, "25", None)
        answer = verbs(line, str(dial.get("action")), call, DialCallStatus=outcome, DialCallSid="CA9")
    return numbers, answer


def outcomes_of(several: tuple[str, ...], transfers: int) -> Iterator[tuple[str, ...]]:
    """Every way in which so many transfers can end one after the other, of which an answer is the last."""
    for ends in product(several, repeat=transfers):
        answers = [place for place, end in enumerate(ends) if end in ANSWERED]
        if not answers or set(ends[answers[0] + 1 :]) <= {several[0]}:
            yield ends[: answers[0] + 1] if answers else ends


@pytest.mark.parametrize(
    ("script", "with_redis", "several"),
    [
        (FIVE, True, (*ANSWERED, *UNANSWERED)),
        (FIVE, False, ("completed", "no-answer")),
        (CLOSED, True, ("answered", "busy")),
        (CLOSED, False, ("completed", "something new")),
    ],
)
def test_every_combination_of_outcomes_ends_in_help(
    serve: Serve, script: Script, several: tuple[str, ...], *, with_redis: bool
) -> None:
    first = [REFERRAL_LINE] if script is FIVE else []
    expected = [*first, "+18605550004", "+18605550005"]
    line = serve(script, with_redis=with_redis)
    for number, outcomes in enumerate(outcomes_of(several, len(expected))):
        called, (gather,) = chain(line, outcomes, f"CA{number}")
        assert called == expected[: len(outcomes)]
        assert gather.name == "Gather"
        said = [child.text for child in gather.children]
        if outcomes[-1] in ANSWERED:
            assert gather.get("action") == "/voice/es/main"
            assert said[0] == OVER
            continue
        assert gather.get("action") == "/voice/es/talk-to-person"
        assert said[0].startswith(NOBODY)
        assert "1, 8 0 0, 7 9 8, 0 6 7 1" in said[0]
        assert said[1] == "Para recibir esto por mensaje de texto, oprima 8."
        assert said[-1] == "Menú, asterisco."


@pytest.mark.parametrize(
    ("language", "at", "expected"),
    [
        ("es", NOW, [REFERRAL_LINE, "+18605550004", "+18605550005"]),
        ("ht", NOW, [REFERRAL_LINE, "+18605550003", "+18605550005"]),
        ("en", NOW, [REFERRAL_LINE, "+18605550005", "+18605550006"]),
        ("uk", NOW.replace(hour=21), [REFERRAL_LINE, "+18605550001", "+18605550005"]),
        ("uk", MONDAY_AT_TEN, [REFERRAL_LINE, "+18605550005", "+18605550006"]),
    ],
)
def test_who_is_open_and_speaks_the_language_is_called(
    serve: Serve, language: str, at: datetime, expected: list[str]
) -> None:
    line = serve(FIVE, at=at)
    called, (gather,) = chain(line, ("no-answer",) * 3, "CA1", language)
    assert called == expected
    assert gather.get("action") == f"/voice/{language}/talk-to-person"


def test_who_serves_the_county_that_was_named_is_called_too(serve: Serve) -> None:
    line = serve(FIVE)
    verbs(line, "/voice/en/nearby", Digits="06226")
    called, _ = chain(line, ("no-answer",) * 3, "CA1", "en")
    elsewhere, _ = chain(line, ("no-answer",) * 3, "CA2", "en")
    assert called == [REFERRAL_LINE, "+18605550002", "+18605550005"]
    assert "+18605550002" not in elsewhere


def test_where_the_first_is_closed_the_caller_hears_until_when_and_who_is_called(serve: Serve) -> None:
    line = serve(CLOSED)
    answer = verbs(line, "/voice/en/main", Digits="0")
    assert "is closed now. Opens: Monday, 9:00 AM" in words_of(answer)
    assert "Now we are calling: House for_all" in words_of(answer)
    line = serve(CLOSED, at=MONDAY_AT_TEN)
    dial = dialled(verbs(line, "/voice/en/main", Digits="0"))
    assert dial
    assert dial.own_text == REFERRAL_LINE


def test_the_phone_goes_through_the_whole_chain_and_back_to_the_menu(serve: Serve) -> None:
    line = serve(FIVE)
    call = press(line, press(line, start_call(line, CALLER), "2"), "0")
    numbers = []
    while call.waiting.kind == "dial":
        numbers.append(next(event.number for event in reversed(call.events) if event.kind == "dialled"))
        call = dial_outcome(line, call, "busy")
    assert numbers == [REFERRAL_LINE, "+18605550004", "+18605550005"]
    assert 'action="/voice/es/main"' in press(line, call, "*").document


def test_who_is_silent_when_nobody_answered_is_not_connected_again_and_hears_goodbye(serve: Serve) -> None:
    line = serve(SHIPPED)
    call = press(line, press(line, start_call(line, CALLER), "2"), "0")
    call = dial_outcome(line, call, "busy")
    silences = 0
    while call.waiting.kind != "ended":
        assert call.waiting.kind == "keys"
        call, silences = stay_silent(line, call), silences + 1
    assert silences == 3


@pytest.mark.parametrize("outcome", [*ANSWERED, *UNANSWERED])
@pytest.mark.parametrize("kept", [True, False])
def test_an_answer_that_could_not_be_fetched_calls_nobody_twice(serve: Serve, outcome: str, *, kept: bool) -> None:
    line = serve(FIVE, with_redis=kept)
    dial = dialled(verbs(line, "/voice/es/main", Digits="0"))
    for expected in ("+18605550004", "+18605550005", None):
        assert dial
        failed = f"{line.public_url}{dial.get('action')}"
        answer = verbs(line, "/voice", ErrorCode="11200", ErrorUrl=failed, DialCallStatus=outcome)
        dial = dialled(answer)
        if outcome in ANSWERED:
            assert not dial
            assert answer[0].get("action") == "/voice/es/main"
            break
        assert (dial.own_text if dial else None) == expected


def test_a_sound_that_fails_after_a_transfer_ends_no_transfer_again(serve: Serve) -> None:
    line = serve(FIVE)
    chain(line, ("completed",), "CA1", "ht")
    failed = f"{line.public_url}/audio/ht/{'0' * 32}.wav"
    answer = verbs(line, "/voice", ErrorCode="11200", ErrorUrl=failed, DialCallStatus="completed")
    assert not dialled(answer)
    assert answer[0].get("action") == "/voice/ht/main"


FORGED = (
    *("transfer", "transfer.", "transfer.x", "transfer..", "transfer.emergency", "transfer.emergency.emergency"),
    *("transfer.referral-line", "transfer.referral_line", "transfer.referral-line_2", "transfer.referral-line_9"),
    *("transfer.for-all.for-all.for-all", "transfer.for-all.for-all.for-all.for-all", "transfer.unverified"),
    *("transfer.in-windham.unverified.at-night", "transfer.referral-line.+13015550199", "transfer.%2B13015550199"),
    *("transfer.main", "transfer.talk-to-person", "TRANSFER.for-all", "transfer.for-all.", "%74ransfer.for-all"),
    *("transfer.%00", "transfer.%F0%9F%98%80", "transfer.for-all%0A", "transfer." + "for-all." * 40),
)  # fmt: skip


@pytest.mark.parametrize("path", FORGED)
def test_an_address_made_by_hand_is_answered_well_and_calls_nobody_else(serve: Serve, path: str) -> None:
    ours = {one.phone for one in FIVE.organisations.values() if one.may_be_dialled}
    forms: list[dict[str, str]] = [{"DialCallStatus": outcome} for outcome in (*ANSWERED, *UNANSWERED, "nonsense")]
    forms += [{"Digits": key} for key in "0123456789*#"] + [{"SpeechResult": "+13015550199"}, {}]
    forms += [{"DialCallStatus": "", "To": "sip:someone@example.org"}, {"Digits": "+13015550199"}]
    line = serve(FIVE)
    for number, form in enumerate(forms):
        for language in ("es", "xx"):
            answer = verbs(line, f"/voice/{language}/{path}", f"CA{number}{language}", **form)
            assert answer
            dial = dialled(answer)
            assert dial is None or dial.own_text in ours
            leads_on = {"Gather", "Redirect"} & {verb.name for verb in answer}
            assert dial or leads_on or "1, 8 0 0, 7 9 8, 0 6 7 1" in words_of(answer)


@pytest.mark.parametrize("number", ["", "sip:line@example.org", "client:line", "anonymous", "+0", "12035550100"])
@pytest.mark.parametrize("outcome", ["busy", "completed"])
def test_without_a_number_of_its_own_the_line_calls_nobody_and_gives_the_number(
    serve: Serve, number: str, outcome: str
) -> None:
    line = serve(CLOSED)
    for path, form in (
        ("main", {"Digits": "0"}),
        ("talk-to-person", {"DialCallStatus": outcome}),
        ("transfer.for-all", {"DialCallStatus": outcome}),
    ):
        answer = verbs(line, f"/voice/es/{path}", To=number, **form)
        assert not dialled(answer)
        assert "1, 8 0 0, 7 9 8, 0 6 7 1" in words_of(answer) or (outcome == "completed" and OVER in words_of(answer))
        following = str(answer[0].get("action"))
        assert not dialled(verbs(line, following, To=number))
        assert verbs(line, following, To=number, Digits="*")[0].get("action") == "/voice/es/main"


def test_a_caller_who_hung_up_meanwhile_is_not_called(serve: Serve) -> None:
    line = serve(FIVE)
    form = call_form(line, "CA1", CALLER, "completed") | {"DialCallStatus": "busy"}
    for path in ("/voice/es/talk-to-person", "/voice/es/transfer.for-all", "/voice"):
        assert parse(line.post(path, form).body, "voice") == ()


def test_a_fault_of_ours_in_a_transfer_still_calls_the_first(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    line = serve(FIVE)
    monkeypatch.setattr(answering, "advance", fail)
    dial = dialled(verbs(line, "/voice/es/transfer.for-all", DialCallStatus="busy"))
    assert dial
    assert (dial.own_text, dial.get("callerId")) == (REFERRAL_LINE, NUMBER)
