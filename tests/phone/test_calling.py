from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.phone.call import Call, Event
from hotline.phone.calling import dial_outcome, hang_up, press, speak, start_call, stay_silent
from hotline.phone.errors import PhoneError
from hotline.phone.mailbox import HttpInbox, Inbox, Mailbox, TextMessage
from tests.phone.peer import CALLER, NUMBER, PUBLIC_URL, Answer, Peer, Seen, running_peer
from tests.phone.wav import wav


def kinds(call: Call) -> list[str]:
    return [event.kind for event in call.events]


def texts(call: Call) -> list[str | None]:
    return [event.text for event in call.events if event.kind == "said"]


def ending(call: Call) -> str | None:
    assert call.waiting.kind == "ended"
    assert call.events[-1].kind == "ended"
    return call.events[-1].reason


# the first request


def test_a_call_begins_with_the_form_that_twilio_sends(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather><Say>Press 1.</Say></Gather>")
    call = start_call(peer.line(), CALLER)
    assert peer.seen[0].form == {
        "CallSid": call.call_sid,
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "CallStatus": "ringing",
        "From": CALLER,
        "Caller": CALLER,
        "To": NUMBER,
        "Called": NUMBER,
        **{f"{who}{place}": "" for who in ("From", "Caller", "To", "Called") for place in ("City", "State", "Zip")},
        **{f"{who}Country": "US" for who in ("From", "Caller", "To", "Called")},
    }
    assert call.call_sid.startswith("CA")
    assert len(call.call_sid) == 34


def test_later_requests_are_in_progress(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather numDigits='1' action='/next'/>")
    peer.twiml("/next", "<Hangup/>")
    call = press(peer.line(), start_call(peer.line(), CALLER), "1")
    assert [seen.form["CallStatus"] for seen in peer.seen] == ["ringing", "in-progress", "completed"]
    assert {seen.form["CallSid"] for seen in peer.seen} == {call.call_sid}


def test_a_redirect_leaves_the_phone_ringing(peer: Peer) -> None:
    peer.twiml("/voice", "<Redirect>/next</Redirect>")
    peer.twiml("/next", "<Gather/>")
    start_call(peer.line(), CALLER)
    assert [seen.form["CallStatus"] for seen in peer.seen] == ["ringing", "ringing"]


def test_a_hidden_number_calls_as_anonymous(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather/>")
    start_call(peer.line(), "anonymous")
    assert (peer.seen[0].form["From"], peer.seen[0].form["FromCountry"]) == ("anonymous", "")


@pytest.mark.parametrize("caller", ["", "2035550123", "+0", "+1 203 555 0123", "a b", "+1\n"])
def test_a_caller_that_cannot_be(peer: Peer, caller: str) -> None:
    with pytest.raises(PhoneError) as caught:
        start_call(peer.line(), caller)
    assert caught.value.code is None
    assert not peer.seen


# what is heard


def test_everything_is_heard_in_order(peer: Peer) -> None:
    peer.routes["/audio/a.wav"] = Answer(b"RIFF", "audio/wav")
    peer.twiml(
        "/voice",
        "<Say language='es-US' voice='Polly.Lupe-Neural' loop='2'> Hola,\n señora </Say><Pause length='3'/>"
        "<Play>/audio/a.wav</Play><Play digits='1w2'/><Say>Bye</Say><Hangup/><Say>never</Say>",
    )
    call = start_call(peer.line(), CALLER)
    assert call.events == (
        Event("said", text="Hola, señora", language="es-US", voice="Polly.Lupe-Neural", times=2),
        Event("paused", seconds=3),
        Event("played", url=f"{PUBLIC_URL}/audio/a.wav"),
        Event("played", text="1w2"),
        Event("said", text="Bye", language="en-US"),
        Event("ended", reason="hang-up"),
    )


def test_the_end_of_the_document_is_the_end_of_the_call(peer: Peer) -> None:
    peer.twiml("/voice", "<Say>Bye</Say>")
    assert ending(start_call(peer.line(), CALLER)) == "end of document"


@pytest.mark.parametrize(
    ("say", "verb"),
    [
        ("<Say>{}</Say>", "a" * 4097),
        ("<Say voice='Polly.Lupe'>{}</Say>", "a" * 3001),
        ("<Say voice='Google.es-US-Neural2-A'>{}</Say>", "<p></p>" * 715),
        ("<Say>{}</Say>", "д" * 751),
        ("<Say voice='Google.cmn-CN-Standard-A'>{}</Say>", "门" * 501),
    ],
)
def test_too_much_to_say_ends_the_call(peer: Peer, say: str, verb: str) -> None:
    peer.twiml("/voice", f"<Gather>{say.format(verb + '!')}</Gather>")
    assert ending(start_call(peer.line(), CALLER)) == "application error 13521"


@pytest.mark.parametrize(
    ("recording", "code"),
    [(Answer(b"x", "audio/ogg"), 12300), (Answer(b"", "audio/wav", 404), 11200), (Answer(b"", "audio/wav"), 11200)],
)
def test_a_recording_that_cannot_be_played_ends_the_call(peer: Peer, recording: Answer, code: int) -> None:
    peer.routes["/audio/a.wav"] = recording
    peer.twiml("/voice", "<Gather><Say>One</Say><Play>/audio/a.wav</Play></Gather>")
    call = start_call(peer.line(), CALLER)
    assert texts(call)[0] == "One"
    assert ending(call) == f"application error {code}"


def test_a_recording_brings_its_words_and_the_language_of_its_folder(peer: Peer) -> None:
    peer.routes["/audio/ht/a.wav"] = peer.routes["/phone/ht/a.wav"] = Answer(wav("Peze 1."), "audio/wav")
    peer.routes["/audio/zh/b.mp3"] = Answer(b"ID3", "audio/mpeg")
    peer.twiml(
        "/voice",
        "<Gather><Play loop='2'>/audio/ht/a.wav?v=1</Play><Play>/audio/zh/b.mp3</Play>"
        "<Play>/phone/ht/a.wav</Play></Gather>",
    )
    assert start_call(peer.line(), CALLER).events == (
        Event("played", text="Peze 1.", language="ht", url=f"{PUBLIC_URL}/audio/ht/a.wav?v=1", times=2),
        Event("played", language="zh", url=f"{PUBLIC_URL}/audio/zh/b.mp3"),
        Event("played", text="Peze 1.", url=f"{PUBLIC_URL}/phone/ht/a.wav"),
    )


# keys


def gathering(peer: Peer, attributes: str, after: str = "<Say>fell through</Say>") -> Call:
    peer.twiml("/voice", f"<Gather action='/menu' {attributes}><Say>Press.</Say></Gather>{after}")
    peer.twiml("/menu", "<Say>menu</Say><Hangup/>")
    return start_call(peer.line(), CALLER)


def test_the_call_says_what_its_gather_accepts(peer: Peer) -> None:
    waiting = gathering(peer, "numDigits='2' finishOnKey='' input='dtmf speech' language='es-US' timeout='7'").waiting
    assert waiting.kind == "keys"
    assert (waiting.accepts_keys, waiting.accepts_speech) == (True, True)
    assert (waiting.num_digits, waiting.finish_on_key, waiting.language, waiting.timeout) == (2, "", "es-US", 7)


def test_a_bare_gather_has_twilios_defaults(peer: Peer) -> None:
    waiting = gathering(peer, "").waiting
    assert (waiting.accepts_keys, waiting.accepts_speech) == (True, False)
    assert (waiting.num_digits, waiting.finish_on_key, waiting.language, waiting.timeout) == (None, "#", "en-US", 5)


def test_the_keys_are_sent_when_they_are_complete(peer: Peer) -> None:
    call = press(peer.line(), gathering(peer, "numDigits='1'"), "2")
    form = peer.forms("/menu")[0]
    assert (form["Digits"], form["FinishedOnKey"], form["msg"]) == ("2", "", "Gather End")
    assert texts(call) == ["menu"]


def test_keys_pressed_one_by_one_wait_for_the_last(peer: Peer) -> None:
    call = gathering(peer, "numDigits='3'")
    for pressed in ("0", "06"):
        call = press(peer.line(), call, pressed[-1])
        assert call.waiting.pressed == pressed
        assert call.events == ()
        assert not peer.forms("/menu")
    assert texts(press(peer.line(), call, "5")) == ["menu"]
    assert peer.forms("/menu")[0]["Digits"] == "065"


def test_the_finish_key_sends_what_came_before_it_and_is_not_a_digit(peer: Peer) -> None:
    press(peer.line(), gathering(peer, ""), "06511#")
    assert peer.forms("/menu")[0]["Digits"] == "06511"
    assert peer.forms("/menu")[0]["FinishedOnKey"] == "#"


def test_the_finish_key_alone_is_no_input(peer: Peer) -> None:
    call = press(peer.line(), gathering(peer, "numDigits='1'"), "#")
    assert not peer.forms("/menu")
    assert texts(call) == ["fell through"]


@pytest.mark.parametrize("key", ["#", "*", "0"])
def test_without_a_finish_key_every_key_is_a_digit(peer: Peer, key: str) -> None:
    press(peer.line(), gathering(peer, "numDigits='1' finishOnKey=''"), key)
    assert peer.forms("/menu")[0]["Digits"] == key


def test_another_finish_key_frees_the_hash(peer: Peer) -> None:
    press(peer.line(), gathering(peer, "finishOnKey='*'"), "1#2*")
    assert peer.forms("/menu")[0]["Digits"] == "1#2"


def test_silence_after_some_keys_sends_them(peer: Peer) -> None:
    call = press(peer.line(), gathering(peer, ""), "12")
    assert call.waiting.pressed == "12"
    stay_silent(peer.line(), call)
    assert peer.forms("/menu")[0]["Digits"] == "12"


def test_silence_falls_through(peer: Peer) -> None:
    call = stay_silent(peer.line(), gathering(peer, "numDigits='1'"))
    assert not peer.forms("/menu")
    assert texts(call) == ["fell through"]
    assert ending(call) == "end of document"


def test_silence_reaches_the_action_where_that_is_asked_for(peer: Peer) -> None:
    stay_silent(peer.line(), gathering(peer, "actionOnEmptyResult='true'"))
    assert peer.forms("/menu")[0]["Digits"] == ""


def test_silence_at_a_gather_for_speech_alone_sends_an_empty_result(peer: Peer) -> None:
    stay_silent(peer.line(), gathering(peer, "actionOnEmptyResult='true' input='speech'"))
    assert peer.forms("/menu")[0]["SpeechResult"] == ""
    assert "Digits" not in peer.forms("/menu")[0]


def test_without_an_action_the_document_itself_is_asked_again(peer: Peer) -> None:
    peer.twiml("/voice", "<Redirect>/deep/menu</Redirect>")
    peer.twiml("/deep/menu", "<Gather numDigits='1'/>")
    press(peer.line(), start_call(peer.line(), CALLER), "4")
    assert [form.get("Digits") for form in peer.forms("/deep/menu")] == [None, "4"]


def test_relative_addresses_belong_to_the_document_that_was_reached(peer: Peer) -> None:
    peer.routes["/voice"] = Answer(status=307, location="/voice/es/")
    peer.twiml("/voice/es/", "<Gather numDigits='1' action='door' method='GET'/>")
    peer.twiml("/voice/es/door", "<Hangup/>")
    press(peer.line(), start_call(peer.line(), CALLER), "1")
    assert [seen.method for seen in peer.seen[2:3]] == ["GET"]
    assert "Digits=1" in peer.seen[2].target


def test_more_keys_than_one_gather_takes_go_to_the_next_ones(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather numDigits='1' action='/a'/>")
    peer.twiml("/a", "<Gather numDigits='2' action='/b'/>")
    peer.twiml("/b", "<Gather numDigits='9'/>")
    call = press(peer.line(), start_call(peer.line(), CALLER), "12345")
    assert [peer.forms(path)[0]["Digits"] for path in ("/a", "/b")] == ["1", "23"]
    assert call.waiting.pressed == "45"


def test_a_caller_who_knows_the_way_goes_as_deep_as_it_leads(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather numDigits='1'/>")
    press(peer.line(), start_call(peer.line(), CALLER), "1" * 20)
    assert len(peer.forms("/voice")) == 21


def test_keys_ahead_are_lost_where_nobody_may_interrupt(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather numDigits='1' action='/a'/>")
    peer.twiml("/a", "<Gather numDigits='1' bargeIn='false' action='/b'><Say>Listen first.</Say></Gather>")
    call = press(peer.line(), start_call(peer.line(), CALLER), "12")
    assert texts(call) == ["Listen first."]
    assert not peer.forms("/b")


def test_a_gather_for_speech_alone_hears_no_keys(peer: Peer) -> None:
    call = gathering(peer, "input='speech'")
    assert press(peer.line(), call, "1") == replace(call, events=())


@pytest.mark.parametrize("keys", ["", "A", "1 2", "١", "1\n", "1" * 51])
def test_keys_that_a_phone_does_not_have(peer: Peer, keys: str) -> None:
    with pytest.raises(PhoneError, match="keys"):
        press(peer.line(), gathering(peer, ""), keys)


# speech


def test_speech_is_sent_with_its_confidence(peer: Peer) -> None:
    speak(peer.line(), gathering(peer, "input='dtmf speech'"), " la  migra ")
    form = peer.forms("/menu")[0]
    assert (form["SpeechResult"], form["Confidence"]) == ("la migra", "0.9")
    assert "Digits" not in form


def test_speech_is_not_heard_by_a_gather_for_keys(peer: Peer) -> None:
    call = gathering(peer, "")
    assert speak(peer.line(), call, "la migra") == replace(call, events=())
    assert not peer.forms("/menu")


def test_the_first_input_wins(peer: Peer) -> None:
    call = press(peer.line(), gathering(peer, "input='dtmf speech'"), "1")
    assert speak(peer.line(), call, "la migra").waiting.pressed == "1"
    assert not peer.forms("/menu")


def test_words_without_any_word_are_silence(peer: Peer) -> None:
    assert texts(speak(peer.line(), gathering(peer, "input='speech'"), " \n")) == ["fell through"]


# transfers


def transferring(peer: Peer, attributes: str = "", caller: str = CALLER) -> Call:
    peer.twiml("/voice", f"<Say>One moment.</Say><Dial {attributes}>1-800-798-0671</Dial><Say>Nobody answered.</Say>")
    peer.twiml("/after", "<Say>after</Say>")
    return start_call(peer.line(), caller)


def test_a_transfer_is_announced_with_number_and_caller_id(peer: Peer) -> None:
    call = transferring(peer, f"timeout='20' callerId='{NUMBER}'")
    assert call.events[-1] == Event("dialled", number="1-800-798-0671", caller_id=NUMBER, seconds=20)
    assert (call.waiting.kind, call.waiting.timeout) == ("dial", 20)


def test_a_transfer_rings_half_a_minute_and_shows_the_caller(peer: Peer) -> None:
    assert transferring(peer).events[-1] == Event("dialled", number="1-800-798-0671", caller_id=CALLER, seconds=30)


@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_without_an_action_every_outcome_goes_on_below(peer: Peer, outcome: str) -> None:
    assert texts(dial_outcome(peer.line(), transferring(peer), outcome)) == ["Nobody answered."]


@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_the_action_hears_the_outcome(peer: Peer, outcome: str) -> None:
    call = dial_outcome(peer.line(), transferring(peer, "action='/after'"), outcome)
    form = peer.forms("/after")[0]
    assert texts(call) == ["after"]
    assert form["DialCallStatus"] == outcome
    assert form["DialCallSid"] != form["CallSid"]
    assert ("DialCallDuration" in form) == (outcome == "completed")


def test_several_numbers_ring_together(peer: Peer) -> None:
    peer.twiml("/voice", "<Dial><Number>+18007980671</Number><Number>+12035550199</Number></Dial>")
    call = start_call(peer.line(), CALLER)
    assert [event.number for event in call.events] == ["+18007980671", "+12035550199"]


def test_nothing_follows_a_transfer_that_the_caller_leaves(peer: Peer) -> None:
    call = hang_up(peer.line(), transferring(peer, "action='/after'"))
    assert kinds(call) == ["ended"]
    assert not peer.forms("/after")


@pytest.mark.parametrize("number", ["911", "988", "abc", "+", "123456789012345678", "0203555012", "+1800CALLNOW"])
def test_a_number_that_cannot_be_called(peer: Peer, number: str) -> None:
    peer.twiml("/voice", f"<Dial>{number}</Dial>")
    assert ending(start_call(peer.line(), CALLER)) == "application error 13224"


def test_a_hidden_caller_needs_a_caller_id(peer: Peer) -> None:
    assert ending(transferring(peer, caller="anonymous")) == "application error 13214"
    assert transferring(peer, f"callerId='{NUMBER}'", "anonymous").waiting.kind == "dial"


def test_a_foreign_caller_id_is_refused(peer: Peer) -> None:
    assert ending(transferring(peer, "callerId='+12025550000'")) == "application error 13214"


def test_an_outcome_that_is_none(peer: Peer) -> None:
    with pytest.raises(PhoneError, match="no-answer"):
        dial_outcome(peer.line(), transferring(peer), "answered")


# other verbs


def test_a_text_is_sent_during_the_call(peer: Peer) -> None:
    peer.twiml("/voice", "<Sms>Call 1-800</Sms><Sms to='+12035550199' action='/after'>Hi</Sms><Say>never</Say>")
    peer.twiml("/after", "<Hangup/>")
    call = start_call(peer.line(), CALLER)
    assert call.events[:2] == (
        Event("sent", number=CALLER, caller_id=NUMBER, text="Call 1-800"),
        Event("sent", number="+12035550199", caller_id=NUMBER, text="Hi"),
    )
    assert peer.forms("/after")[0]["SmsStatus"] == "sent"
    assert "said" not in kinds(call)


def delivered(mailbox: Mailbox, *bodies: str, to: str = CALLER) -> None:
    for body in bodies:
        mailbox.deliver(TextMessage(NUMBER, to, body))


def sent(*bodies: str) -> list[Event]:
    return [Event("sent", number=CALLER, caller_id=NUMBER, text=body) for body in bodies]


def test_texts_that_wait_for_the_caller_arrive_at_the_end_of_a_step(peer: Peer, mailbox: Mailbox) -> None:
    line = replace(peer.line(), inbox=mailbox)
    peer.twiml("/voice", "<Gather numDigits='1' action='/menu'><Say>Press.</Say></Gather>")

    def menu(_: Seen) -> Answer:
        delivered(mailbox, "one", "two")
        return Answer(b"<Response><Gather><Say>Sent.</Say></Gather></Response>")

    peer.routes["/menu"] = menu
    delivered(mailbox, "for somebody else", to="+12035550124")
    ringing = start_call(line, CALLER)
    assert kinds(ringing) == ["said"]
    texted = press(line, ringing, "1")
    assert kinds(texted) == ["said", "sent", "sent"]
    assert list(texted.events[1:]) == sent("one", "two")
    assert stay_silent(line, texted).events[0].kind == "ended"


@pytest.mark.parametrize(
    "inside", ["<Say>Bye.</Say>", "<Say>Bye.</Say><Hangup/>", "<Say>Bye.</Say><Play>/audio/no</Play>"]
)
def test_texts_arrive_before_the_call_ends(peer: Peer, mailbox: Mailbox, inside: str) -> None:
    delivered(mailbox, "one", "two")
    peer.twiml("/voice", inside)
    call = start_call(replace(peer.line(), inbox=mailbox), CALLER)
    assert kinds(call) == ["said", "sent", "sent", "ended"]


def test_a_text_arrives_when_the_caller_hangs_up_or_a_transfer_rings(peer: Peer, mailbox: Mailbox) -> None:
    line = replace(peer.line(), inbox=mailbox)
    peer.twiml("/voice", f"<Dial callerId='{NUMBER}'>{CALLER}</Dial>")
    delivered(mailbox, "one")
    call = start_call(line, CALLER)
    assert kinds(call) == ["dialled", "sent"]
    delivered(mailbox, "two")
    assert kinds(hang_up(line, call)) == ["sent", "ended"]


def test_a_step_that_makes_no_sense_leaves_the_texts_where_they_are(peer: Peer, mailbox: Mailbox) -> None:
    line = replace(peer.line(), inbox=mailbox)
    call = gathering(peer, "")
    delivered(mailbox, "one")
    with pytest.raises(PhoneError):
        dial_outcome(line, call, "busy")
    assert len(mailbox.collect(CALLER)) == 1


def test_nothing_arrives_for_a_hidden_number(peer: Peer, mailbox: Mailbox) -> None:
    delivered(mailbox, "one", to="anonymous")
    peer.twiml("/voice", "<Gather/>")
    assert start_call(replace(peer.line(), inbox=mailbox), "anonymous").events == ()


class Broken:
    def collect(self, number: str) -> tuple[TextMessage, ...]:
        raise PermissionError(number)


@pytest.mark.parametrize("inbox", [Broken(), HttpInbox("http://127.0.0.1:9")])
def test_a_call_goes_on_where_the_inbox_fails(peer: Peer, inbox: Inbox) -> None:
    peer.twiml("/voice", "<Gather><Say>Press.</Say></Gather>")
    line = replace(peer.line(), inbox=inbox)
    call = start_call(line, CALLER)
    assert kinds(call) == ["said"]
    assert ending(hang_up(line, call)) == "the caller hung up"


def test_a_text_to_nobody_or_too_long_is_an_error(peer: Peer) -> None:
    peer.twiml("/voice", "<Sms>Hi</Sms>")
    assert ending(start_call(peer.line(), "anonymous")) == "application error 14101"
    peer.twiml("/voice", f"<Sms>{'x' * 1601}</Sms>")
    assert ending(start_call(peer.line(), CALLER)) == "application error 14103"


@pytest.mark.parametrize(
    ("reason", "ended", "status"), [("rejected", "rejected", "no-answer"), ("busy", "busy", "busy")]
)
def test_a_call_is_rejected_before_it_is_answered(peer: Peer, reason: str, ended: str, status: str) -> None:
    peer.twiml("/voice", f"<Reject reason='{reason}'/>")
    assert ending(start_call(peer.line(), CALLER)) == ended
    assert peer.forms("/voice/status")[0]["CallStatus"] == status


def test_a_call_that_was_answered_can_only_be_hung_up(peer: Peer) -> None:
    peer.twiml("/voice", "<Say>Hello</Say><Reject/>")
    assert ending(start_call(peer.line(), CALLER)) == "hang-up"


# redirects and errors


def test_a_redirect_uses_its_method_and_leaves_the_rest(peer: Peer) -> None:
    peer.twiml("/voice", "<Redirect method='GET'>next?a=1</Redirect><Say>never</Say>")
    peer.twiml("/next", "<Gather/>")
    call = start_call(peer.line(), CALLER)
    assert call.events == (Event("redirected", url=f"{PUBLIC_URL}/next?a=1"),)
    assert peer.seen[1].method == "GET"
    assert peer.seen[1].target.startswith("/next?a=1&CallSid=")


def test_redirects_in_a_circle_are_an_error(peer: Peer) -> None:
    peer.twiml("/voice", "<Redirect>/voice</Redirect>")
    assert ending(start_call(peer.line(), CALLER)) == "application error 11215"
    assert len(peer.forms("/voice")) == 11


def test_an_input_starts_the_count_anew(peer: Peer) -> None:
    hops = count()

    def chain(_: object) -> Answer:
        hop = next(hops)
        inside = "<Gather numDigits='1'/>" if hop % 9 == 8 else "<Redirect>/voice</Redirect>"
        return Answer(f"<Response>{inside}</Response>".encode())

    peer.routes["/voice"] = chain
    call = start_call(peer.line(), CALLER)
    for _ in range(3):
        call = press(peer.line(), call, "1")
        assert call.waiting.kind == "keys"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"oops", "text/html", 500), 11200),
        (Answer(b"oops", "text/html"), 12300),
        (Answer(b""), 12100),
        (Answer(b"<Response><Say lang='x'>x</Say></Response>"), 12200),
        (Answer(b"<Response><Message>x</Message></Response>"), 12200),
        (Answer(b"<Response>" + b" " * 70000), 11750),
        (Answer(status=307, location="/voice"), 11215),
    ],
)
def test_an_error_ends_the_call_and_says_why(peer: Peer, answer: Answer, code: int) -> None:
    peer.routes["/voice"] = answer
    call = start_call(peer.line(), CALLER)
    assert ending(call) == f"application error {code}"
    assert call.events[-1].text
    assert peer.forms("/voice/status")[0]["CallStatus"] == "completed"


def test_an_error_in_the_middle_of_a_call_ends_it(peer: Peer) -> None:
    call = gathering(peer, "numDigits='1'")
    peer.routes["/menu"] = Answer(status=503)
    assert ending(press(peer.line(), call, "1")) == "application error 11200"


def test_the_fallback_hears_of_the_error_with_the_same_fields(peer: Peer) -> None:
    peer.twiml("/voice", "<Gather numDigits='1' action='/menu'/>")
    peer.twiml("/fallback", "<Gather><Say>We are still here.</Say></Gather>")
    line = peer.line(fallback_url=f"{PUBLIC_URL}/fallback")
    call = press(line, start_call(line, CALLER), "1")
    form = peer.forms("/fallback")[0]
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{PUBLIC_URL}/menu")
    assert form["CallSid"] == call.call_sid
    assert kinds(call) == ["redirected", "said"]
    assert call.events[0].reason == "error 11200"


def test_the_fallback_hears_of_a_document_that_cannot_be_played(peer: Peer) -> None:
    peer.twiml("/voice", "<Say>Hello</Say><Play>/audio/none.wav</Play>")
    peer.twiml("/fallback", "<Hangup/>")
    start_call(peer.line(fallback_url="/fallback"), CALLER)
    assert peer.forms("/fallback")[0]["ErrorUrl"] == f"{PUBLIC_URL}/audio/none.wav"


def test_a_fallback_may_be_asked_with_get(peer: Peer) -> None:
    peer.twiml("/fallback", "<Hangup/>")
    start_call(replace(peer.line(fallback_url="/fallback"), fallback_method="GET"), CALLER)
    (asked,) = (seen for seen in peer.seen if seen.target.startswith("/fallback"))
    assert (asked.method, asked.form) == ("GET", {})
    assert "ErrorCode=11200" in asked.target


def test_a_fallback_that_fails_too_ends_the_call(peer: Peer) -> None:
    peer.twiml("/fallback", "<Redirect>/voice</Redirect>")
    assert ending(start_call(peer.line(fallback_url="/fallback"), CALLER)) == "application error 11200"
    assert len(peer.forms("/fallback")) == 1


# the end


def test_the_end_of_the_call_is_reported(peer: Peer) -> None:
    call = hang_up(peer.line(), gathering(peer, ""))
    assert ending(call) == "the caller hung up"
    (form,) = peer.forms("/voice/status")
    assert (form["CallStatus"], form["CallSid"]) == ("completed", call.call_sid)
    assert int(form["CallDuration"]) >= 1


def test_a_status_callback_that_fails_is_visible(peer: Peer) -> None:
    peer.twiml("/voice", "<Hangup/>")
    del peer.routes["/voice/status"]
    call = start_call(peer.line(), CALLER)
    assert ending(call) == "status callback error 11200"


def test_an_error_of_the_call_is_told_before_one_of_the_status_callback(peer: Peer) -> None:
    peer.routes["/voice"] = Answer(content_type="text/plain")
    del peer.routes["/voice/status"]
    assert ending(start_call(peer.line(), CALLER)) == "application error 12300"


def test_nothing_can_be_done_after_the_end(peer: Peer) -> None:
    peer.twiml("/voice", "<Hangup/>")
    line, call = peer.line(), start_call(peer.line(), CALLER)
    with pytest.raises(PhoneError, match="has ended"):
        press(line, call, "1")
    with pytest.raises(PhoneError, match="has ended"):
        speak(line, call, "hello")
    with pytest.raises(PhoneError, match="has ended"):
        stay_silent(line, call)
    with pytest.raises(PhoneError, match="has ended"):
        dial_outcome(line, call, "busy")
    with pytest.raises(PhoneError, match="has ended"):
        hang_up(line, call)


def test_a_transfer_and_a_gather_are_not_mixed_up(peer: Peer) -> None:
    with pytest.raises(PhoneError, match="outcome of a transfer"):
        press(peer.line(), transferring(peer), "1")
    with pytest.raises(PhoneError, match="not for a transfer"):
        dial_outcome(peer.line(), gathering(peer, ""), "busy")


# any input at any document

GATHER_ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "numDigits": st.sampled_from(["1", "2", "0"]),
        "finishOnKey": st.sampled_from(["", "#", "*", "1", "##"]),
        "input": st.sampled_from(["dtmf", "speech", "dtmf speech", "voice"]),
        "actionOnEmptyResult": st.sampled_from(["true", "false"]),
        "bargeIn": st.sampled_from(["true", "false"]),
        "action": st.sampled_from(["/0", "/1", "/2", "/missing", "http://["]),
        "method": st.sampled_from(["GET", "POST"]),
        "timeout": st.sampled_from(["1", "auto", "x"]),
    },
)
VERBS = st.one_of(
    st.builds(
        lambda attributes, inside: (
            f"<Gather {' '.join(f'{k}=' + repr(v) for k, v in attributes.items())}>{inside}</Gather>"
        ),
        GATHER_ATTRIBUTES,
        st.sampled_from(["", "<Say>x</Say>", "<Pause/>", "<Dial>1</Dial>"]),
    ),
    st.sampled_from(
        [
            "<Say>Hello</Say>",
            "<Redirect>/1</Redirect>",
            "<Redirect>/missing</Redirect>",
            "<Dial>18007980671</Dial>",
            "<Dial action='/2'>18007980671</Dial>",
            "<Hangup/>",
            "<Reject/>",
            "<Sms>x</Sms>",
            "<Play>/audio/none</Play>",
            "&",
        ]
    ),
)
INPUTS: Any = st.one_of(
    st.builds(lambda keys: lambda line, call: press(line, call, keys), st.text("019*#A", max_size=4)),
    st.builds(lambda words: lambda line, call: speak(line, call, words), st.text(max_size=5)),
    st.just(stay_silent),
    st.builds(
        lambda outcome: lambda line, call: dial_outcome(line, call, outcome),
        st.sampled_from(["busy", "completed", "answered"]),
    ),
    st.just(hang_up),
)


@settings(max_examples=60, deadline=None)
@given(
    documents=st.lists(st.lists(VERBS, max_size=4).map("".join), min_size=3, max_size=3),
    inputs=st.lists(INPUTS, max_size=6),
    falls_back=st.booleans(),
)
def test_any_input_at_any_document_leads_on_or_is_a_phone_error(
    documents: list[str], inputs: list[Any], *, falls_back: bool
) -> None:
    with running_peer() as peer:
        peer.twiml("/voice", documents[0])
        for number, document in enumerate(documents):
            peer.twiml(f"/{number}", document)
        line = peer.line(fallback_url="/2" if falls_back else None)
        call = start_call(line, CALLER)
        refused = []
        for act in inputs:
            try:
                call = act(line, Call.from_json(call.to_json()))
            except PhoneError as error:
                refused.append(error)
            assert call.waiting.kind != "ended" or call.events[-1].kind == "ended"
        assert all(error.code is None for error in refused)
