"""What every page about the draft, releases and the log is drawn with."""

from __future__ import annotations

from flask import render_template

from hotline.console.desk import Desk
from hotline.console.words import in_english


def page(desk: Desk, template: str, **values: object) -> str:
    """`languages` are given by their codes, and `names` what they are called in English."""
    languages = desk.live.content.script.languages
    names = {code: in_english(language) for code, language in languages.items()}
    return render_template(template, languages=languages, names=names, now=desk.now(), **values)
