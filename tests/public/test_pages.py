from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hotline.app import create_app
from hotline.public.pages import ALL, STATEMENTS
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.settings import Identity
from tests.conftest import NOW, settings_for

TEMPLATES = Path("hotline/public/templates/public")
IDENTITY = Identity("+12035550100", "Example Legal Aid", "line@example.org")
LANGUAGES = tuple(load_script().languages)
PAGES = ("", "card", "flyer", "privacy", "terms")


@pytest.fixture(scope="module")
def client(redis_url: str) -> FlaskClient:
    return create_app(settings_for(redis_url, identity=IDENTITY), now=lambda: NOW).test_client()


@pytest.fixture(scope="module")
def nameless(redis_url: str) -> FlaskClient:
    """The line of settings that do not say whose it is."""
    return create_app(settings_for(redis_url), now=lambda: NOW).test_client()


def at(page: str, language: str) -> str:
    return "/" + "/".join(step for step in (page, language) if step)


def text_of(client: FlaskClient, path: str) -> str:
    """What a reader sees of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).replace("&#39;", "'").split())


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"a", "link", "script", "img"}:
            self.found.append({"tag": tag, **dict(attrs)})


def links(html: str) -> list[dict[str, str | None]]:
    parser = Links()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_every_language(client: FlaskClient, page: str, language: str, script: Script) -> None:
    answer = client.get(at(page, language))

    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{script.languages[language].direction}">' in answer.text
    alternates = {link["hreflang"]: link["href"] for link in links(answer.text) if link.get("rel") == "alternate"}
    assert set(alternates) == {*LANGUAGES, "x-default"}
    assert alternates[language] == f"https://hotline.example.org{at(page, language)}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_to_the_language_that_the_browser_asks_for(client: FlaskClient, page: str) -> None:
    answer = client.get(f"/{page}", headers={"Accept-Language": "ht-HT,fr;q=0.5"})

    assert answer.status_code == 302
    assert answer.location == at(page, "ht")
    assert answer.headers["Vary"] == "Accept-Language"


def test_the_number_can_be_called_and_texted(client: FlaskClient) -> None:
    addresses = {link.get("href") for link in links(client.get("/es").text)}

    assert {"tel:+12035550100", "sms:+12035550100"} <= addresses


@pytest.mark.parametrize("page", PAGES)
def test_nothing_comes_from_elsewhere_and_nothing_is_remembered(client: FlaskClient, page: str) -> None:
    answer = client.get(at(page, "en"))

    loaded = [
        link for link in links(answer.text) if link["tag"] != "a" and link.get("rel") not in {"alternate", "canonical"}
    ]
    assert all((link.get("href") or link.get("src") or "").startswith("/pages/") for link in loaded)
    assert "Set-Cookie" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "statement",
    [
        "Example Legal Aid runs this line, 1-203-555-0100",
        "You text or call first",
        "you agree to get its answers by text",
        "You need not agree to this to get any other service",
        "message frequency varies",
        "message and data rates may apply",
        "text STOP to 1-203-555-0100",
        "text HELP to 1-203-555-0100",
        "text START",
        "line@example.org",
        "Phone companies are not liable",
    ],
)
def test_the_terms_say_what_carriers_ask_for(client: FlaskClient, statement: str) -> None:
    assert statement in text_of(client, "/terms/en")


@pytest.mark.parametrize(
    "statement",
    [
        "No mobile information is shared with third parties or affiliates for marketing or promotion",
        "opt-in data and consent are not shared with any third party",
        "We do not sell personal information",
        "text STOP to 1-203-555-0100",
        "line@example.org",
        "Twilio, the company that carries our calls and texts",
    ],
)
def test_privacy_says_what_carriers_ask_for(client: FlaskClient, statement: str) -> None:
    assert statement in text_of(client, "/privacy/en")


def test_the_words_of_carriers_stay_as_they_are_in_every_language(client: FlaskClient) -> None:
    for language in LANGUAGES:
        terms = text_of(client, f"/terms/{language}")
        assert all(word in terms for word in ("STOP", "HELP", "START")), language


def test_that_twilio_deletes_is_said_only_where_it_is_so(redis_url: str, client: FlaskClient) -> None:
    settings = settings_for(redis_url, identity=IDENTITY, deletes_at_twilio=True)
    deleting = create_app(settings, now=lambda: NOW).test_client()

    assert "tells Twilio to delete" in text_of(deleting, "/privacy/en")
    assert "tells Twilio to delete" not in text_of(client, "/privacy/en")


def test_the_card_is_in_english_and_in_the_residents_language(client: FlaskClient) -> None:
    html = client.get("/card/ht").text

    assert '<p class="shown" lang="en" dir="ltr">I do not consent to you coming in.</p>' in html
    assert "mwen pa ba ou pèmisyon pou ou antre" in html


def test_an_english_card_says_everything_once(client: FlaskClient) -> None:
    assert client.get("/card/en").text.count("I want to talk to a lawyer.") == 1


def test_without_the_name_of_who_runs_it_only_the_card_is_shown(nameless: FlaskClient) -> None:
    assert nameless.get("/card/es").status_code == 200
    assert [nameless.get(at(page, "es")).status_code for page in ("", "flyer", "privacy", "terms")] == [404] * 4
    assert not [link for link in links(nameless.get("/card/es").text) if link.get("href") in {"/es", "/terms/es"}]


@pytest.mark.parametrize(
    "path", ["/de", "/card/xx", "/terms/EN", "/privacy/en/", "/card/../en", "/flyer/sms", "/pages/../pages.py"]
)
def test_what_is_no_page_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_twilios_addresses_stay_twilios(client: FlaskClient) -> None:
    assert client.post("/sms").status_code == 403
    assert client.get("/healthz").status_code == 200


def test_the_worker_may_keep_the_cards(client: FlaskClient) -> None:
    with client.get("/card/worker.js") as answer:
        assert answer.status_code == 200
        assert "javascript" in answer.content_type


def named_in_templates() -> Iterator[str]:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"""(?:say|plain|paragraph|heading)\(['"]([a-z.-]+)['"]""", text)


def test_the_templates_say_what_is_in_the_script_and_all_of_it(script: Script) -> None:
    ids = {id.removeprefix("page.") for id, message in script.messages.items() if message.is_on_page}
    used = {name for name in named_in_templates() if not name.endswith(".")}

    assert used | {f"link.{page}" for page in ALL} | {f"card.{name}" for name in STATEMENTS} == ids
