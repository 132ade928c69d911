from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import DictLoader

from hotline.console.pages import page
from hotline.store.connection import RedisClient
from tests.console.newsroom import newsroom_at


def test_a_page_knows_the_languages_by_their_english_names_and_the_time(redis: RedisClient, tmp_path: Path) -> None:
    app, desk = Flask("pages"), newsroom_at(redis, tmp_path).desk
    app.jinja_loader = DictLoader(
        {"x.html": "{{ names.ht }}, {{ languages.ar.direction }}, {{ now.tzinfo }}, {{ more }}"}
    )
    with app.test_request_context():
        assert page(desk, "x.html", more="<b>") == "Haitian Creole, rtl, America/New_York, &lt;b&gt;"
