from __future__ import annotations

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from hotline.web.outgoing import ANSWER_SECONDS
from hotline.web.overrides import OVERRIDES
from hotline.web.signature import is_signed

URL = "https://hotline.example.org"
FORM = MultiDict({"From": "+12035550123", "Body": "1"})


def signed(behind: str, raw_path: str) -> bool:
    """Whether the line takes what was signed with this behind its path."""
    signature = RequestValidator("token").compute_signature(f"{URL}{raw_path}{behind}", FORM)
    return is_signed(signature, public_url=URL, raw_path=raw_path, form=FORM, tokens=("token",))


def values(path: str) -> dict[str, str]:
    return dict(part.split("=") for part in OVERRIDES[path].removeprefix("#").split("&"))


def test_a_request_is_taken_whether_its_overrides_are_signed_or_not() -> None:
    for path, overrides in OVERRIDES.items():
        assert signed("", path)
        assert signed(overrides, path)


def test_nothing_else_behind_an_address_is_taken() -> None:
    assert not signed("#rc=5", "/sms")
    assert not signed(OVERRIDES["/sms"], "/voice")
    assert not signed(OVERRIDES["/sms"], "/sms/status")


def test_the_overrides_are_within_what_twilio_takes() -> None:
    for path in OVERRIDES:
        found = values(path)
        assert 100 <= int(found["ct"]) <= 10_000
        assert 100 <= int(found["rt"]) <= 15_000
        assert 0 <= int(found["rc"]) <= 5
        assert set(found["rp"].split(",")) <= {"4xx", "5xx", "ct", "rt"}


def test_a_call_may_wait_for_a_text_that_is_being_sent() -> None:
    assert int(values("/voice")["rt"]) > 1000 * (ANSWER_SECONDS + 1)
