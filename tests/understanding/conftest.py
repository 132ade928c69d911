"""A script of a few lines, so that these tests hold whatever the line says, and the examples that really serve."""

from __future__ import annotations

import pytest
from babel import Locale

from hotline.script.loader import load_script
from hotline.script.model import Language, Script, Topic
from hotline.script.towns import Town
from hotline.understanding.understanding import Understanding, load_understanding

_URGENT = ("ice-at-door", "ice-street", "ice-work", "ice-court", "detained")
_OTHERS = (
    *("trust-act", "warrants", "my-town", "data-privacy", "schools", "health-care"),
    *("legal-help", "status-options", "youth-families", "family-plan", "scams", "report", "talk-to-person"),
)
_TOWNS = {
    "hamden": ("Hamden", ("06514", "06517")),
    "new-haven": ("New Haven", ("06511",)),
    "west-hartford": ("West Hartford", ("06107",)),
    "hartford": ("Hartford", ("06103",)),
}


@pytest.fixture(scope="session")
def script() -> Script:
    return make_script()


@pytest.fixture(scope="session")
def understanding(script: Script) -> Understanding:
    return load_understanding(script)


def make_script() -> Script:
    return Script(
        topics={slug: _topic(slug, urgent=slug in _URGENT) for slug in (*_URGENT, *_OTHERS)},
        menus={},
        organisations={},
        towns={
            slug: Town(slug=slug, name=name, county="Hartford", zips=zips, rule=None)
            for slug, (name, zips) in _TOWNS.items()
        },
        languages={code: _language(code) for code in ("en", "es")},
        sources={},
        messages={},
        carrier_words=frozenset({"stop", "start", "help", "info", "end", "quit", "cancel", "yes", "opt-out"}),
        hidden_callers=frozenset(),
    )


def _topic(slug: str, *, urgent: bool) -> Topic:
    return Topic(slug=slug, title="", urgent=urgent, parts=(), next=(), transfer=None, file=f"topics/{slug}.toml")


def _language(code: str) -> Language:
    return Language(code, code, "ltr", Locale(code), None, None, None, code, 175)


@pytest.fixture(scope="session")
def shipped() -> Understanding:
    """Of the script that is shipped, with its organisations."""
    return load_understanding(load_script())
