from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest
from twilio.request_validator import RequestValidator

from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.recording import Recording
from tests.phone.peer import PUBLIC_URL, Answer, Peer, Seen
from tests.phone.wav import wav


def error_of(act: Callable[[], object]) -> PhoneError:
    with pytest.raises(PhoneError) as caught:
        act()
    return caught.value


def test_the_signature_of_twilios_documentation() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert RequestValidator("12345").compute_signature(url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_line_sends_the_signature_of_twilios_documentation(peer: Peer) -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    line = Line(peer.address, "https://mycompany.com", "12345", "AC0", "+18005551212")
    assert error_of(lambda: line.post("/myapp.php?foo=1&bar=2", form)).code == 11200
    assert peer.seen[0].headers["x-twilio-signature"] == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_post_is_signed_over_the_public_url_and_every_field(peer: Peer) -> None:
    peer.twiml("/sms", "")
    answer = peer.line().post("/sms", {"Body": "¿qué? + & =\n", "FromCity": "", "To": "+12035550100"})
    assert answer.url == f"{PUBLIC_URL}/sms"
    assert answer.body.endswith("<Response></Response>")
    assert peer.seen[0].form == {"Body": "¿qué? + & =\n", "FromCity": "", "To": "+12035550100"}


@pytest.mark.parametrize("path", ["/a?q=%C3%B1&b=a%3Ab", "/a?q=ñ x", "/a?q=%7E~", "/a?x"])
def test_escapes_in_a_query_are_signed_as_they_are_sent(peer: Peer, path: str) -> None:
    peer.twiml("/a", "")
    if " " in path:
        assert "blanks" in error_of(lambda: peer.line().post(path, {})).sentence
    else:
        peer.line().post(path, {"x": "y"})
        peer.line().fetch("GET", path, {"Body": "ñ é"})


def test_the_public_url_is_signed_as_it_is_written(peer: Peer) -> None:
    line = Line(peer.address + "/", "https://User:pw@Hotline.Example:8443/", "t", "AC0", "+12035550100")
    assert error_of(lambda: line.post("https://hotline.example:8443/sms", {"a": "b"})).code == 11200
    expected = RequestValidator("t").compute_signature("https://Hotline.Example:8443/sms", {"a": "b"})
    assert peer.seen[0].headers["x-twilio-signature"] == expected


def test_a_get_has_its_form_in_the_query_and_the_document_keeps_its_own_address(peer: Peer) -> None:
    peer.twiml("/a", "")
    answer = peer.line().fetch("GET", "/a?b=1", {"Digits": "2#"})
    assert peer.seen[0].target == "/a?b=1&Digits=2%23"
    assert answer.url == f"{PUBLIC_URL}/a?b=1"


def test_requests_look_like_twilios(peer: Peer) -> None:
    peer.twiml("/sms", "")
    peer.line().post("/sms", {})
    peer.line().post("/sms", {})
    first, second = (seen.headers for seen in peer.seen)
    assert first["user-agent"] == "TwilioProxy/1.1"
    assert first["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    tokens = {headers["i-twilio-idempotency-token"] for headers in (first, second)}
    assert {len(token) for token in tokens} == {36}
    assert len(tokens) == 2


def test_an_absolute_link_to_the_public_url_reaches_the_address(peer: Peer) -> None:
    peer.twiml("/sms", "")
    peer.line().post(f"{PUBLIC_URL}/sms#rc=2", {"a": "b"})
    assert peer.seen[0].target == "/sms"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=404), 11200),
        (Answer(status=403), 11200),
        (Answer(status=500), 11200),
        (Answer(status=302), 11200),
        (Answer(content_type=None), 12300),
        (Answer(content_type="text/html; charset=utf-8"), 12300),
        (Answer(content_type="text/plain"), 12300),
        (Answer(content_type="audio/mpeg"), 12300),
        (Answer(b' <?xml version="1.0"?><Response/>'), 12100),
        (Answer(b'\n<?xml version="1.0"?><Response/>'), 12100),
        (Answer('\ufeff<?xml version="1.0"?><Response/>'.encode()), 12100),
        (Answer(b"<Response>\xff</Response>"), 12100),
        (Answer(b"<Response/>", "text/xml; charset=klingon"), 12100),
        (Answer(b"<Response/>", "text/xml; charset=undefined"), 12100),
        (Answer(b"<Response/>", "text/xml; charset=base64"), 12100),
        (Answer(b"<Response>" + b" " * 65536 + b"</Response>"), 11750),
        (Answer(status=307, location="http://[::1"), 11200),
        (Answer(status=307, location="ftp://hotline.example/"), 11200),
        (Answer(status=307, location="\x85"), 11200),
    ],
)
def test_an_answer_that_twilio_refuses(peer: Peer, answer: Answer, code: int) -> None:
    peer.routes["/sms"] = answer
    error = error_of(lambda: peer.line().post("/sms", {}))
    assert error.code == code
    assert error.sentence.endswith(".")


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "Text/XML;charset=ISO-8859-1"])
def test_xml_is_taken_under_either_name_and_in_its_charset(peer: Peer, content_type: str) -> None:
    encoding = "iso-8859-1" if "ISO" in content_type else "utf-8"
    peer.routes["/sms"] = Answer("<Response>é</Response>".encode(encoding), content_type)
    assert "é" in peer.line().post("/sms", {}).body


def test_exactly_64_kilobytes_are_taken(peer: Peer) -> None:
    peer.routes["/sms"] = Answer(b"<Response>" + b" " * (65536 - 21) + b"</Response>")
    assert len(peer.line().post("/sms", {}).body) == 65536


def redirects(count: int) -> Callable[[Seen], Answer]:
    def answer(seen: Seen) -> Answer:
        number = int(seen.target.partition("=")[2] or 0)
        return Answer() if number == count else Answer(status=307, location=f"/hop?n={number + 1}")

    return answer


def test_ten_redirects_are_followed_with_the_form(peer: Peer) -> None:
    peer.routes["/hop"] = redirects(10)
    assert peer.line().post("/hop", {"a": "b"}).url == f"{PUBLIC_URL}/hop?n=10"
    assert peer.seen[-1].form == {"a": "b"}


def test_the_eleventh_redirect_is_an_error(peer: Peer) -> None:
    peer.routes["/hop"] = redirects(11)
    assert error_of(lambda: peer.line().post("/hop", {})).code == 11215


def test_a_302_turns_a_post_into_a_get(peer: Peer) -> None:
    peer.routes["/a"] = Answer(status=302, location="b")
    peer.twiml("/b", "")
    peer.line().post("/a", {"x": "y"})
    assert (peer.seen[1].method, peer.seen[1].target) == ("GET", "/b")


def test_nobody_listening_is_said_plainly() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        line = Line(address, PUBLIC_URL, "t", "AC0", "+12035550100")
        error = error_of(lambda: line.post("/sms", {}))
    assert error.code == 11205
    assert address in error.sentence


def test_an_answer_that_does_not_come_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.phone.line.ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = Line(f"http://127.0.0.1:{silent.getsockname()[1]}", PUBLIC_URL, "t", "AC0", "+12035550100")
        assert error_of(lambda: line.post("/sms", {})).code == 11205


@pytest.mark.parametrize(
    "garbage", [b"not http at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", b""]
)
def test_an_answer_that_is_not_http_is_an_error(garbage: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = Line(f"http://127.0.0.1:{server.getsockname()[1]}", PUBLIC_URL, "t", "AC0", "+12035550100")

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(garbage)

        thread = threading.Thread(target=serve)
        thread.start()
        error = error_of(lambda: line.post("/sms", {}))
        thread.join()
    assert error.code in {11200, 11205}


def test_characters_that_cannot_be_sent_are_no_twilio_error(peer: Peer) -> None:
    assert error_of(lambda: peer.line().post("/sms", {"Body": "\ud800"})).code is None


def test_a_status_callback_may_be_answered_with_nothing(peer: Peer) -> None:
    peer.routes["/voice/status"] = Answer(b"", None, 204)
    peer.line().notify("/voice/status", {"CallStatus": "completed"})
    peer.twiml("/voice/status", "")
    peer.line().notify("/voice/status", {"CallStatus": "completed"})
    assert peer.forms("/voice/status") == [{"CallStatus": "completed"}] * 2


@pytest.mark.parametrize(("answer", "code"), [(Answer(b"thanks", "text/plain"), 12300), (Answer(status=500), 11200)])
def test_a_status_callback_may_not_be_answered_with_anything_else(peer: Peer, answer: Answer, code: int) -> None:
    peer.routes["/voice/status"] = answer
    assert error_of(lambda: peer.line().notify("/voice/status", {})).code == code


def test_a_recording_is_fetched_without_a_signature(peer: Peer) -> None:
    file = wav("Peze 1.", seconds=0.25)
    peer.routes["/audio/ht/a.wav"] = Answer(file, "audio/wav")
    assert peer.line().listen(f"{PUBLIC_URL}/audio/ht/a.wav") == Recording(0.25, "Peze 1.", file)
    assert peer.seen[0].method == "GET"
    assert "x-twilio-signature" not in peer.seen[0].headers


@pytest.mark.parametrize(("data", "kind"), [(b"ID3", "audio/mpeg"), (b"RIFF", "audio/wav"), (b"x", "audio/x-wav")])
def test_a_recording_that_tells_nothing_is_played_all_the_same(peer: Peer, data: bytes, kind: str) -> None:
    peer.routes["/audio/a"] = Answer(data, kind)
    assert peer.line().listen("/audio/a") == Recording(0.0, None, data)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"OggS", "audio/ogg"), 12300),
        (Answer(b"RIFF", None), 12300),
        (Answer(b"<html>", "text/html"), 12300),
        (Answer(b"", "audio/wav"), 11200),
        (Answer(b"gone", "audio/wav", 404), 11200),
    ],
)
def test_a_recording_that_twilio_cannot_play(peer: Peer, answer: Answer, code: int) -> None:
    peer.routes["/audio/a"] = answer
    assert error_of(lambda: peer.line().listen("/audio/a")).code == code
