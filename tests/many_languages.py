"""A script that speaks more languages than are shipped: the first, and make-believe ones beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hotline.catalogs.catalog import Catalogs, po_path
from hotline.catalogs.extract import make_template
from hotline.catalogs.merge import update
from hotline.script.model import Script


def with_languages(script: Script, how_many: int) -> Script:
    """Languages "en", "l2", "l3" and so on, named "English", "Language 2" and so on."""
    first = script.languages[script.source_language]
    others = [replace(first, code=f"l{number}", name=f"Language {number}") for number in range(2, how_many + 1)]
    return replace(script, languages={language.code: language for language in (first, *others)})


def empty_catalogs(script: Script, locales: Path) -> Catalogs:
    """Catalogs in which nothing is translated yet."""
    template = make_template(script)
    for code, language in script.languages.items():
        if code != script.source_language:
            path = po_path(locales, code)
            path.parent.mkdir(parents=True)
            update(path, template, language)
    return Catalogs(script, locales)
