from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from hotline.phone.errors import TwimlError
from hotline.phone.twiml import Verb, parse
from hotline.phone.vocabulary import Channel


def error_of(inside: str, channel: Channel = "voice") -> TwimlError:
    with pytest.raises(TwimlError) as caught:
        parse(f"<Response>{inside}</Response>", channel)
    return caught.value


def test_what_the_twilio_library_writes_can_be_read() -> None:
    gather = Gather(
        input="dtmf speech",
        action="/voice/es/menu",
        method="POST",
        timeout=5,
        speech_timeout="auto",
        num_digits=1,
        finish_on_key="",
        language="es-US",
        hints="uno, dos",
        barge_in=True,
        action_on_empty_result=True,
        profanity_filter=False,
    )
    gather.say("Hola", voice="Polly.Lupe-Neural", language="es-US", loop=2)
    gather.pause(length=2)
    gather.play("/audio/es/a.wav")
    dial = Dial(action="/voice/es/after", timeout=20, caller_id="+12035550100", time_limit=3600, answer_on_bridge=True)
    dial.number("+18007980671", status_callback="/x", status_callback_event="initiated answered")
    response = VoiceResponse()
    for verb in (gather, dial):
        response.append(verb)
    response.sms("Hi", to="+12035550123")
    response.redirect("/voice", method="GET")
    response.reject(reason="busy")
    response.hangup()
    names = [verb.name for verb in parse(str(response), "voice")]
    assert names == ["Gather", "Dial", "Sms", "Redirect", "Reject", "Hangup"]


def test_what_the_twilio_library_writes_for_texts_can_be_read() -> None:
    response = MessagingResponse()
    response.message("Uno & dos", status_callback="/sms/status")
    response.message().body("Tres")
    response.redirect("/sms")
    assert [verb.text for verb in parse(str(response), "messaging")] == ["Uno & dos", "Tres", "/sms"]


def test_speech_markup_keeps_its_order() -> None:
    (say,) = parse(
        "<Response><Say>One<break time='1s'/> <emphasis level='strong'>two</emphasis></Say></Response>", "voice"
    )
    assert say.content == (
        "One",
        Verb("break", (("time", "1s"),)),
        " ",
        Verb("emphasis", (("level", "strong"),), ("two",)),
    )


@pytest.mark.parametrize(
    ("inside", "verb", "attribute"),
    [
        ("<Speak>x</Speak>", "Speak", None),
        ("<say>x</say>", "say", None),
        ("<Record/>", "Record", None),
        ("<Body>x</Body>", "Body", None),
        ("<Say lang='en-US'>x</Say>", "Say", "lang"),
        ("<Say Language='en-US'>x</Say>", "Say", "Language"),
        ("<Say language='en-us'>x</Say>", "Say", "language"),
        ("<Say language='ht-HT'>x</Say>", "Say", "language"),
        ("<Say voice='Polly.Nobody'>x</Say>", "Say", "voice"),
        ("<Say voice='Polly.Lupe' language='en-US'>x</Say>", "Say", "voice"),
        ("<Say voice='Google.es-US-Neural2-A' language='es-MX'>x</Say>", "Say", "voice"),
        ("<Say loop='-1'>x</Say>", "Say", "loop"),
        ("<Say loop='many'>x</Say>", "Say", "loop"),
        ("<Say loop='٣'>x</Say>", "Say", "loop"),
        ("<Say/>", "Say", None),
        ("<Say> </Say>", "Say", None),
        ("<Say><Pause/></Say>", "Pause", None),
        ("<Say><b>x</b></Say>", "b", None),
        ("<Play/>", "Play", None),
        ("<Play>a b.wav</Play>", "Play", None),
        ("<Play>file:///etc/passwd</Play>", "Play", None),
        ("<Play digits='12x'/>", "Play", "digits"),
        ("<Pause length='0'/>", "Pause", "length"),
        ("<Pause length='1.5'/>", "Pause", "length"),
        ("<Pause>1</Pause>", "Pause", None),
        ("<Gather numDigits='0'/>", "Gather", "numDigits"),
        ("<Gather numdigits='1'/>", "Gather", "numdigits"),
        ("<Gather finishOnKey='##'/>", "Gather", "finishOnKey"),
        ("<Gather input='voice'/>", "Gather", "input"),
        ("<Gather input='dtmf,speech'/>", "Gather", "input"),
        ("<Gather language='ht-HT'/>", "Gather", "language"),
        ("<Gather language='cmn-CN'/>", "Gather", "language"),
        ("<Gather timeout='soon'/>", "Gather", "timeout"),
        ("<Gather method='post'/>", "Gather", "method"),
        ("<Gather method='PUT'/>", "Gather", "method"),
        ("<Gather action=''/>", "Gather", "action"),
        ("<Gather action='javascript:x'/>", "Gather", "action"),
        ("<Gather bargeIn='True'/>", "Gather", "bargeIn"),
        ("<Gather actionOnEmptyResult='yes'/>", "Gather", "actionOnEmptyResult"),
        ("<Gather speechModel='phone_call' speechTimeout='auto'/>", "Gather", "speechTimeout"),
        (f"<Gather hints='{'x' * 101}'/>", "Gather", "hints"),
        (f"<Gather hints='{','.join('x' * 501)}'/>", "Gather", "hints"),
        ("<Gather><Dial>+18007980671</Dial></Gather>", "Dial", None),
        ("<Gather><Gather/></Gather>", "Gather", None),
        ("<Gather><Redirect>/voice</Redirect></Gather>", "Redirect", None),
        ("<Gather>Press 1</Gather>", "Gather", None),
        ("<Dial/>", "Dial", None),
        ("<Dial>1<Number>2</Number></Dial>", "Dial", None),
        ("<Dial timeout='4'>+18007980671</Dial>", "Dial", "timeout"),
        ("<Dial timeout='601'>+18007980671</Dial>", "Dial", "timeout"),
        ("<Dial callerId='anonymous'>+18007980671</Dial>", "Dial", "callerId"),
        ("<Dial><Client>x</Client></Dial>", "Client", None),
        ("<Dial><Number/></Dial>", "Number", None),
        ("<Number>1</Number>", "Number", None),
        ("<Redirect/>", "Redirect", None),
        ("<Redirect>mailto:x</Redirect>", "Redirect", None),
        ("<Redirect>http://</Redirect>", "Redirect", None),
        ("<Redirect>http://a:b/</Redirect>", "Redirect", None),
        ("<Hangup reason='x'/>", "Hangup", "reason"),
        ("<Reject reason='tired'/>", "Reject", "reason"),
        ("Hello", "Response", None),
        ("<Message><Body>a</Body>b</Message>", "Message", None),
        ("<Message><Body>a</Body><Body>b</Body></Message>", "Message", None),
        ("<Message><Media>/a.png</Media></Message>", "Media", None),
        ("<Message>a</Message><Say>b</Say>", "Say", None),
    ],
)
def test_what_twilio_would_warn_of_names_verb_and_attribute(inside: str, verb: str, attribute: str | None) -> None:
    error = error_of(inside, "messaging" if inside.startswith("<Message>") else "voice")
    assert (error.code, error.verb, error.attribute) == (12200, verb, attribute)
    assert f"<{verb}" in error.sentence
    assert attribute is None or attribute in error.sentence


def test_a_voice_verb_has_no_place_in_a_reply_to_a_text() -> None:
    assert error_of("<Say>x</Say>", "messaging").verb == "Say"


def test_a_message_has_no_place_in_a_call() -> None:
    assert error_of("<Message>x</Message>", "voice").verb == "Message"


def test_the_right_case_is_offered() -> None:
    assert "it is written numDigits" in error_of("<Gather NumDigits='1'/>").sentence
    assert "it is written Say" in error_of("<SAY>x</SAY>").sentence


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "Hello",
        "<Response>",
        "<Response/><Response/>",
        "<response/>",
        "<html><body>502</body></html>",
        ' <?xml version="1.0"?><Response/>',
        "<Response><Say>a & b</Say></Response>",
        "<Response><Say>&nbsp;</Say></Response>",
        "<Response><Say loop='1' loop='2'>x</Say></Response>",
        "<Response><Say>\x08</Say></Response>",
        "<Response><Say>\x00</Say></Response>",
        "<Response><Say>&#0;</Say></Response>",
        "<Response><Say>\ud800</Say></Response>",
        "<!DOCTYPE Response><Response/>",
        '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><Response/>',
        '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><Response><Say>&f;</Say></Response>',
        "<Response>" + "<Say>" * 10000 + "</Say>" * 10000 + "</Response>",
        "<Response><Say>" + "<emphasis>" * 3000 + "x" + "</emphasis>" * 3000 + "</Say></Response>",
    ],
)
def test_what_is_no_twiml_document(xml: str) -> None:
    with pytest.raises(TwimlError) as caught:
        parse(xml, "voice")
    assert caught.value.code == 12100


@pytest.mark.timed
def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    began = time.perf_counter()
    with pytest.raises(TwimlError, match="document type"):
        parse(f"<!DOCTYPE r [{entities}]><Response><Say>&l11;</Say></Response>", "voice")
    assert time.perf_counter() - began < 0.5


def test_namespaces_have_no_place_in_twiml() -> None:
    with pytest.raises(TwimlError, match="xmlns"):
        parse('<Response xmlns="urn:x"/>', "voice")


def test_comments_and_cdata_are_fine() -> None:
    (say,) = parse("<Response><!-- a --><Say><![CDATA[a < b]]></Say></Response>", "voice")
    assert say.text == "a < b"


@given(st.text(max_size=60), st.sampled_from(["{}", "<Response>{}</Response>", "<Response><Say>{}</Say></Response>"]))
def test_any_text_at_all_is_read_or_refused(text: str, around: str) -> None:
    with suppress(TwimlError):
        parse(around.replace("{}", text), "voice")
