from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from hotline.phone.errors import PhoneError, TwimlError
from hotline.phone.line import Method
from hotline.phone.mailbox import TextMessage
from hotline.phone.texting import OptOuts, send_text
from tests.phone.peer import CALLER, NUMBER, PUBLIC_URL, Answer, Peer, Seen


def bodies(messages: tuple[TextMessage, ...]) -> list[str]:
    return [message.body for message in messages]


def test_a_text_arrives_with_the_form_that_twilio_sends(peer: Peer) -> None:
    peer.twiml("/sms", "")
    send_text(peer.line(), CALLER, "la migra está aquí")
    form = peer.seen[0].form
    assert re.fullmatch("SM[0-9a-f]{32}", form["MessageSid"])
    assert form == {
        "MessageSid": form["MessageSid"],
        "SmsSid": form["MessageSid"],
        "SmsMessageSid": form["MessageSid"],
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": CALLER,
        "To": NUMBER,
        "Body": "la migra está aquí",
        "NumMedia": "0",
        "NumSegments": "1",
        **{f"{who}{place}": "" for who in ("From", "To") for place in ("City", "State", "Zip")},
        "FromCountry": "US",
        "ToCountry": "US",
    }


@pytest.mark.parametrize(("body", "segments"), [("a" * 160, "1"), ("a" * 161, "2"), ("á" * 71, "2"), ("", "1")])
def test_the_segments_of_a_text_are_counted(peer: Peer, body: str, segments: str) -> None:
    peer.twiml("/sms", "")
    send_text(peer.line(), CALLER, body)
    assert peer.seen[0].form["NumSegments"] == segments


def test_every_text_has_a_sid_of_its_own(peer: Peer) -> None:
    peer.twiml("/sms", "")
    for _ in range(2):
        send_text(peer.line(), CALLER, "hi")
    first, second = (form["MessageSid"] for form in peer.forms("/sms"))
    assert first != second
    assert first.startswith("SM")
    assert len(first) == 34


def test_whatsapp_has_a_profile_and_no_segments_or_places(peer: Peer) -> None:
    peer.twiml("/sms", "<Message>Hi</Message>")
    (reply,) = send_text(peer.line(), f"whatsapp:{CALLER}", "á" * 200)
    form = peer.seen[0].form
    assert (form["From"], form["To"], form["WaId"]) == (f"whatsapp:{CALLER}", f"whatsapp:{NUMBER}", CALLER[1:])
    assert form["NumSegments"] == "1"
    assert form["ProfileName"]
    assert "FromCountry" not in form
    assert reply == TextMessage(f"whatsapp:{NUMBER}", f"whatsapp:{CALLER}", "Hi")


def test_the_replies_come_in_order(peer: Peer) -> None:
    peer.twiml("/sms", "<Message>One &amp; a\nhalf</Message><Message><Body>Two</Body></Message>")
    replies = send_text(peer.line(), CALLER, "hi")
    assert replies == (TextMessage(NUMBER, CALLER, "One & a\nhalf"), TextMessage(NUMBER, CALLER, "Two"))


def test_no_message_is_no_reply(peer: Peer) -> None:
    peer.twiml("/sms", "")
    assert send_text(peer.line(), CALLER, "hi") == ()


def test_a_redirect_is_followed_and_what_stands_below_it_is_not(peer: Peer) -> None:
    peer.twiml("/sms", "<Message>One</Message><Redirect method='GET'>more</Redirect><Message>never</Message>")
    peer.twiml("/more", "<Message>Two</Message>")
    assert bodies(send_text(peer.line(), CALLER, "hi")) == ["One", "Two"]
    assert peer.seen[1].method == "GET"
    assert "Body=hi" in peer.seen[1].target


def test_redirects_in_a_circle_are_an_error(peer: Peer) -> None:
    peer.twiml("/sms", "<Redirect>/sms</Redirect>")
    with pytest.raises(PhoneError) as caught:
        send_text(peer.line(), CALLER, "hi")
    assert caught.value.code == 14106


@pytest.mark.parametrize("body", ["<Message/>", "<Message> </Message>", f"<Message>{'x' * 1601}</Message>"])
def test_an_empty_or_too_long_message_is_an_error(peer: Peer, body: str) -> None:
    peer.twiml("/sms", body)
    with pytest.raises(PhoneError) as caught:
        send_text(peer.line(), CALLER, "hi")
    assert caught.value.code == 14103


def test_1600_characters_and_ten_replies_are_taken(peer: Peer) -> None:
    peer.twiml("/sms", f"<Message>{'x' * 1600}</Message>" * 10)
    assert len(send_text(peer.line(), CALLER, "hi")) == 10


def test_eleven_replies_are_an_error(peer: Peer) -> None:
    peer.twiml("/sms", "<Message>x</Message>" * 11)
    with pytest.raises(PhoneError) as caught:
        send_text(peer.line(), CALLER, "hi")
    assert caught.value.code == 14109


def test_a_reply_from_somebody_elses_number_is_an_error(peer: Peer) -> None:
    peer.twiml("/sms", "<Message from='+12025550000'>x</Message>")
    with pytest.raises(PhoneError) as caught:
        send_text(peer.line(), CALLER, "hi")
    assert caught.value.code == 14102


def test_a_reply_to_somebody_else_says_so(peer: Peer) -> None:
    peer.twiml("/sms", "<Message to='+12025550000'>x</Message>")
    assert send_text(peer.line(), CALLER, "hi")[0].to == "+12025550000"


def test_a_voice_verb_is_refused(peer: Peer) -> None:
    peer.twiml("/sms", "<Say>x</Say>")
    with pytest.raises(TwimlError, match="<Say>"):
        send_text(peer.line(), CALLER, "hi")


@pytest.mark.parametrize(
    "sender", ["", "anonymous", "2035550123", "sms:+12035550123", "+1203555 0123", "+12035550123\n"]
)
def test_a_sender_that_cannot_be(peer: Peer, sender: str) -> None:
    with pytest.raises(PhoneError, match="sender"):
        send_text(peer.line(), sender, "hi")
    assert not peer.seen


def test_a_text_has_a_longest_length(peer: Peer) -> None:
    with pytest.raises(PhoneError, match="1600"):
        send_text(peer.line(), CALLER, "x" * 1601)


# STOP, START, HELP


def polite(seen: Seen) -> Answer:
    return Answer(f"<Response><Message>You wrote {seen.form['Body'].strip()}</Message></Response>".encode())


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Unsubscribe\n", "END", "quit", "StopAll", "REVOKE", "OPTOUT", "cancel"]
)
def test_twilio_answers_a_stop_word_and_the_hotlines_reply_is_kept_back(peer: Peer, word: str) -> None:
    peer.routes["/sms"] = polite
    opt_outs = OptOuts()
    replies = send_text(peer.line(), CALLER, word, opt_outs=opt_outs)
    assert [reply.by_twilio for reply in replies] == [True]
    assert "unsubscribed" in replies[0].body
    assert peer.forms("/sms")[0]["Body"] == word
    assert "OptOutType" not in peer.forms("/sms")[0]
    assert bodies(tuple(opt_outs.refused)) == [f"You wrote {word.strip()}"]


@pytest.mark.parametrize("word", ["STOP PLEASE", "STOP.", "para", "S T O P", "nonstop", ""])
def test_other_words_stop_nothing(peer: Peer, word: str) -> None:
    peer.routes["/sms"] = polite
    opt_outs = OptOuts()
    assert not send_text(peer.line(), CALLER, word, opt_outs=opt_outs)[0].by_twilio
    assert not opt_outs.numbers


def test_whoever_stopped_hears_nothing_until_start(peer: Peer) -> None:
    peer.routes["/sms"] = polite
    opt_outs = OptOuts()
    send_text(peer.line(), CALLER, "STOP", opt_outs=opt_outs)
    assert send_text(peer.line(), CALLER, "STOP", opt_outs=opt_outs) == ()
    assert send_text(peer.line(), CALLER, "help", opt_outs=opt_outs) == ()
    assert send_text(peer.line(), CALLER, "la migra", opt_outs=opt_outs) == ()
    assert bodies(send_text(peer.line(), "+12035550199", "hi", opt_outs=opt_outs)) == ["You wrote hi"]
    back = send_text(peer.line(), CALLER, "start", opt_outs=opt_outs)
    assert [reply.by_twilio for reply in back] == [True, False]
    assert bodies(send_text(peer.line(), CALLER, "la migra", opt_outs=opt_outs)) == ["You wrote la migra"]
    assert len(opt_outs.refused) == 4


def test_yes_means_nothing_to_twilio_from_somebody_who_never_stopped(peer: Peer) -> None:
    peer.twiml("/sms", "")
    assert send_text(peer.line(), CALLER, "YES") == ()


def test_twilio_answers_help_and_the_hotline_hears_it(peer: Peer) -> None:
    peer.twiml("/sms", "")
    (reply,) = send_text(peer.line(), CALLER, "Info")
    assert reply.by_twilio
    assert peer.forms("/sms")[0]["Body"] == "Info"


def test_whatsapp_knows_no_stop_words(peer: Peer) -> None:
    peer.routes["/sms"] = polite
    opt_outs = OptOuts()
    (reply,) = send_text(peer.line(), f"whatsapp:{CALLER}", "STOP", opt_outs=opt_outs)
    assert not reply.by_twilio
    assert not opt_outs.numbers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_text_that_the_line_cannot_answer_goes_to_the_fallback(peer: Peer, method: Method) -> None:
    peer.twiml("/fallback", "<Message>Call this number.</Message>")
    line = replace(peer.line(), text_fallback_url="/fallback", fallback_method=method)
    assert bodies(send_text(line, CALLER, "hi")) == ["Call this number."]
    asked = peer.seen[-1]
    form = asked.form or dict(parse_qsl(urlsplit(asked.target).query))
    assert asked.method == method
    assert (form["ErrorCode"], form["ErrorUrl"], form["Body"]) == ("11200", f"{PUBLIC_URL}/sms", "hi")


def test_a_fallback_for_texts_that_fails_too_is_an_error(peer: Peer) -> None:
    peer.twiml("/fallback", "<Redirect>/sms</Redirect>")
    with pytest.raises(PhoneError) as caught:
        send_text(replace(peer.line(), text_fallback_url="/fallback"), CALLER, "hi")
    assert caught.value.code == 11200
    assert len(peer.forms("/fallback")) == 1
