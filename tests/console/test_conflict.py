from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Blueprint, Flask

from hotline.console.conflict import conflict_of, conflict_page
from hotline.console.desk import ConflictError
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Change, Value
from tests.console.drafting import FOUR, base

SCRIPT = base().content.script
KEY = "translation:ar:menu.main.text"
MINE: Value = {"text": "ماذا؟", "of": "What do you need?"}
THEIRS: Value = {"text": "ما هو؟", "of": "What do you need?"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def error(key: str = KEY, mine: Value = MINE, theirs: Value = THEIRS, by: str = "ben") -> ConflictError:
    return ConflictError(key, mine, theirs, Change(key, theirs, by, FOUR) if by else None)


@pytest.fixture
def app() -> Flask:
    app = Flask("console", static_folder=None)
    blueprint = Blueprint(
        "console", "hotline.console", root_path="hotline/console", template_folder="templates", static_folder="static"
    )
    app.register_blueprint(blueprint, url_prefix="/console")
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    return app


def page(app: Flask, sent: dict[str, object], conflict: ConflictError | None = None, **options: str) -> str:
    with app.test_request_context("/console/messages/menu.main.text/ar", method="POST", data=sent):
        response = conflict_page(conflict or error(), SCRIPT, back="/console/back", **options)
    assert response.status_code == 409
    return response.get_data(as_text=True)


def test_both_texts_stand_side_by_side_in_their_language(app: Flask) -> None:
    html = page(app, {"text": "ماذا؟", "seen": "old", "csrf_token": "x"}, text="text")
    assert html.count('lang="ar" dir="rtl"') >= 3
    assert html.index("ما هو؟") < html.index("ماذا؟")
    assert "<b>ben</b>" in html
    assert "Nov 23" in html


def test_mine_is_sent_again_to_the_same_page_knowing_theirs(app: Flask) -> None:
    html = page(app, {"text": "ماذا؟", "meaning": "same", "seen": "old", "csrf_token": "x"}, text="text")
    assert 'action="/console/messages/menu.main.text/ar"' in html
    fields = HIDDEN.findall(html)
    assert fields.count(("seen", digest_of_value(THEIRS))) == 2
    assert fields.count(("csrf_token", "token")) == 2
    assert ("text", "ماذا؟") in fields
    assert fields.count(("meaning", "same")) == 2
    assert ("seen", "old") not in fields


def test_a_form_with_another_way_to_know_theirs_says_which(app: Flask) -> None:
    html = page(app, {"phone": "+12035550100"}, seen='{"phone": "1"}')
    assert unescape(HIDDEN.findall(html)[1][1]) == '{"phone": "1"}'
    assert "Make one of both" not in html


def test_several_values_of_one_field_are_all_sent_again(app: Flask) -> None:
    fields = HIDDEN.findall(page(app, {"sources": ["a", "b"]}))
    assert fields.count(("sources", "a")) == fields.count(("sources", "b")) == 1


def test_what_was_published_or_taken_back_meanwhile_is_nobodys(app: Flask) -> None:
    assert "Somebody else" in page(app, {"text": "ماذا؟"}, error(by=""))


def test_two_who_wrote_the_same_have_nothing_to_decide(app: Flask) -> None:
    html = page(app, {"text": "ما هو؟"}, error(mine={"text": "ما هو؟"}))
    assert "Both of you wrote the same" in html
    assert 'href="/console/back"' in html


@pytest.mark.parametrize(
    ("key", "mine", "theirs"),
    [
        ("organisation:nhlaa", {"phone": "+12035550100"}, {"name": "NHLAA", "phone": "+12035550101"}),
        ("organisation:nhlaa", None, {"name": "NHLAA"}),
        ("town:new-haven", {"rule": "<b>"}, {"rule": "New Haven."}),
        ("notice", None, {"until": FOUR.isoformat(), "texts": {"en": "Raid.", "ar": "مداهمة"}}),
        ("provenance:menu.main.text", {"sources": ["a"], "doubt": None}, {"sources": ["b"], "doubt": "<i>"}),
        ("recording:es:0123", {"sound": "a"}, None),
        ("example:es:hola", {"text": "hola", "topic": "a"}, {"text": "hola", "topic": "b"}),
        ("text:no.such", {"text": "<script>alert(1)</script>"}, {"text": "\u202e"}),
    ],
)
def test_every_kind_of_thing_can_be_decided(app: Flask, key: str, mine: Value, theirs: Value) -> None:
    html = page(app, {"some": "field"}, error(key, mine, theirs))
    assert "<script>alert" not in html
    assert "Save mine over theirs" in html


def test_a_conflict_names_what_differs() -> None:
    found = conflict_of(error("organisation:nhlaa", {"phone": "1"}, {"name": "N", "phone": "2"}), SCRIPT)
    assert [(field.name, field.before, field.after) for field in found.fields] == [("phone", "2", "1")]
    assert (found.by, found.at) == ("ben", FOUR)
    assert not found.is_same
