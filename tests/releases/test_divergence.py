from __future__ import annotations

import pytest

from hotline.releases.divergence import Divergence, agreed_after, divergence
from hotline.releases.files import Manifest

PATH = "script/a.toml"


def manifest(*contents: str | None) -> Manifest:
    """Files a.toml, b.toml and so on with these contents; None where there is none."""
    names = "abcdef"[: len(contents)]
    return Manifest({f"script/{name}.toml": text for name, text in zip(names, contents, strict=True) if text})


@pytest.mark.parametrize(
    ("live", "packaged", "agreed", "expected"),
    [
        ("1", "1", "1", Divergence()),
        ("1", "1", None, Divergence()),
        ("2", "1", "1", Divergence(live=(PATH,))),
        ("1", "2", "1", Divergence(packaged=(PATH,))),
        ("2", "3", "1", Divergence(both=(PATH,))),
        (None, "1", "1", Divergence(live=(PATH,))),
        ("1", None, "1", Divergence(packaged=(PATH,))),
        ("1", None, None, Divergence(live=(PATH,))),
        (None, "1", None, Divergence(packaged=(PATH,))),
    ],
)
def test_whoever_left_what_both_agreed_on_has_moved(
    live: str | None, packaged: str | None, agreed: str | None, expected: Divergence
) -> None:
    assert divergence(manifest(live), manifest(packaged), manifest(agreed)) == expected


def test_what_is_alike_is_agreed_on_from_then_on() -> None:
    agreed = agreed_after(manifest("1", "new", "3"), manifest("1", "new", "2"), manifest("0", "old", "2"))
    assert agreed == manifest("1", "new", "2")


def test_what_neither_has_any_more_is_forgotten() -> None:
    assert agreed_after(manifest("1"), manifest("1"), manifest("1", "gone")) == manifest("1")


def test_a_newer_package_stays_newer_after_another_release() -> None:
    """Somebody publishes from the console before the new package was taken over: it must not look as if that was."""
    first, newer = manifest("1", "1"), manifest("1", "2")
    live = manifest("changed", "1")
    agreed = agreed_after(live, newer, first)
    assert divergence(live, newer, agreed) == Divergence(live=(PATH,), packaged=("script/b.toml",))
