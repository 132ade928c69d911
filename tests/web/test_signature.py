from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hotline.web.signature import is_signed

if TYPE_CHECKING:
    from tests.peers.oracle import Peers

pytest_plugins = ("tests.peers.oracle",)

TOKEN = "12345"
ORIGIN = "https://mycompany.com"
PATH = "/myapp.php?foo=1&bar=2"
FORM = MultiDict(
    {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
)
# The worked example of Twilio's documentation ("Webhooks security").
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def signed(
    signature: str = SIGNATURE,
    *,
    public_url: str = ORIGIN,
    raw_path: str = PATH,
    form: MultiDict[str, str] = FORM,
    tokens: tuple[str, ...] = (TOKEN,),
) -> bool:
    return is_signed(signature, public_url=public_url, raw_path=raw_path, form=form, tokens=tokens)


def test_the_documented_example_is_genuine() -> None:
    assert signed()


@pytest.mark.parametrize(
    "signature", ["", "x", SIGNATURE[:-1], SIGNATURE.lower(), SIGNATURE + "=", "ñ" * 28, "\udcff", "\0"]
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    assert not signed(signature)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "https://mycompany.org"},
        {"public_url": "http://mycompany.com"},
        {"raw_path": "/myapp.php?foo=1&bar=3"},
        {"raw_path": "/myapp.php"},
        {"form": MultiDict([*FORM.items(), ("Extra", "")])},
        {"form": MultiDict(FORM | {"Digits": "1235"})},
        {"form": MultiDict([(name, value) for name, value in FORM.items() if name != "To"])},
        {"form": MultiDict()},
        {"tokens": ("54321",)},
        {"tokens": ()},
    ],
    ids=str,
)
def test_whatever_was_changed_on_the_way_is_refused(changes: Mapping[str, Any]) -> None:
    assert not signed(**changes)


@pytest.mark.parametrize("tokens", [("old", TOKEN), (TOKEN, "new")])
def test_while_a_token_is_rotated_both_serve(tokens: tuple[str, ...]) -> None:
    assert signed(tokens=tokens)


@pytest.mark.parametrize("public_url", [ORIGIN, f"{ORIGIN}:443"])
@pytest.mark.parametrize("signed_url", [f"{ORIGIN}/sms", f"{ORIGIN}:443/sms"])
def test_the_address_may_be_signed_with_or_without_its_port(peers: Peers, public_url: str, signed_url: str) -> None:
    signature = peers.expected_signature(TOKEN, signed_url, {"Body": "hola"})
    assert signed(signature, public_url=public_url, raw_path="/sms", form=MultiDict({"Body": "hola"}))


@pytest.mark.parametrize(
    "raw_path",
    [
        "/sms?q=%C3%B1",
        "/sms?q=a%3Ab%2Fc",
        "/sms?q=%7E",
        "/sms?q=~",
        "/sms?",
        "/sms?a=b?c",
        "/voice/es/main",
        "/%2e/x?+",
        "//sms",
    ],
)
def test_escapes_count_as_they_came(peers: Peers, raw_path: str) -> None:
    signature = peers.expected_signature(TOKEN, ORIGIN + raw_path, {"Body": "1"})
    assert signed(signature, raw_path=raw_path, form=MultiDict({"Body": "1"}))


def test_a_name_that_stands_twice_is_signed_as_twilio_signs_it(peers: Peers) -> None:
    signature = peers.expected_signature(TOKEN, ORIGIN + "/sms", {"MediaUrl": ["b", "a", "b"]})
    form = MultiDict([("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b")])
    assert signed(signature, raw_path="/sms", form=form)


def test_forms_of_every_kind_agree_with_twilios_own_library(peers: Peers) -> None:
    # Beyond U+D7FF JavaScript and Python sort names in another order; Twilio's names are ASCII.
    names = st.text(st.characters(exclude_characters="\0", max_codepoint=0xD7FF), min_size=1, max_size=12)
    values = st.text(st.characters(codec="utf-8"), max_size=40)

    @given(st.dictionaries(names, values, max_size=6))
    def agrees(form: dict[str, str]) -> None:
        signature = peers.expected_signature(TOKEN, ORIGIN + "/sms", form)
        assert signed(signature, raw_path="/sms", form=MultiDict(form))

    agrees()
