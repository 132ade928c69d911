from __future__ import annotations

from enum import StrEnum

import pytest
from flask import Flask
from jinja2 import DictLoader
from werkzeug.exceptions import BadRequest

from hotline.console.posting import REFUSED, form_page, posted_form, seen_by_editor, shown_in


class Some(StrEnum):
    ALL = "all"
    NEW = "new"


@pytest.fixture
def app() -> Flask:
    app = Flask("posting")
    app.jinja_env.loader = DictLoader({"form.html": "{{ errors }} {{ problems }} {{ page }}"})
    return app


def test_what_was_posted_keeps_every_value_of_a_field(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"languages": ["es", "fr"], "name": "a"}):
        assert posted_form() == {"languages": ["es", "fr"], "name": ["a"]}


def test_a_form_that_no_page_made_is_answered_as_such() -> None:
    assert seen_by_editor({"seen": ['{"name": "a"}']}) == {"name": "a"}
    with pytest.raises(BadRequest):
        seen_by_editor({"seen": ["nonsense"]})


@pytest.mark.parametrize(("chosen", "shown"), [("new", Some.NEW), ("all", Some.ALL), ("", Some.ALL), ("\0", Some.ALL)])
def test_a_list_shows_the_part_that_is_asked_for_or_all(chosen: str, shown: Some) -> None:
    assert shown_in(chosen, Some) is shown


def test_a_form_that_cannot_be_saved_is_no_success(app: Flask) -> None:
    with app.test_request_context("/"):
        assert form_page("form.html", page="p").status_code == 200
        refused = form_page("form.html", errors={"name": "Write it."}, page="p")
        assert refused.status_code == REFUSED
        assert "Write it." in refused.get_data(as_text=True)
        assert form_page("form.html", problems=["It cannot be."], page="p").status_code == REFUSED
