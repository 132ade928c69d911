from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.peers.oracle import Peers

pytest_plugins = ("tests.peers.oracle",)

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_signature_of_twilios_worked_example(peers: Peers) -> None:
    assert peers.expected_signature("12345", URL, FORM) == SIGNATURE


def test_a_genuine_request_is_accepted_and_a_changed_one_is_not(peers: Peers) -> None:
    assert peers.accepts_signature("12345", SIGNATURE, URL, FORM)
    assert not peers.accepts_signature("12345", SIGNATURE, URL, FORM | {"Digits": "1235"})


def test_values_of_a_repeated_name_are_sorted_and_each_taken_once(peers: Peers) -> None:
    repeated = peers.expected_signature("12345", URL, {"a": ["2", "1", "2"]})
    assert repeated == peers.expected_signature("12345", URL, {"a": ["1", "2"]})
    assert repeated == peers.expected_signature("12345", URL, {"a": "1a2"})


def test_an_error_of_the_peer_is_an_error_here_and_the_next_question_is_answered(peers: Peers) -> None:
    with pytest.raises(ValueError, match="Invalid URL"):
        peers.accepts_signature("12345", SIGNATURE, "no address", FORM)
    assert peers.graphemes(["ab"]) == [["a", "b"]]
