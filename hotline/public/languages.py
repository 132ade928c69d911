"""In which language a page is shown to somebody who did not say."""

from __future__ import annotations

from collections.abc import Collection

from werkzeug.datastructures import LanguageAccept


def wanted_of(accepted: LanguageAccept, languages: Collection[str], otherwise: str) -> str:
    """The language that a browser asks for most of those that there are; any dialect of one stands for it.

    "zh-Hant-TW" is served with "zh", and "nb" with the one named otherwise.
    """
    for wanted in accepted.values():
        code = wanted.replace("_", "-").partition("-")[0].casefold()
        if code in languages:
            return code
    return otherwise
