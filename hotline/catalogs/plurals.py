"""Whether a catalog's header gives the plural forms of its language.

No text of the line has plural forms (a catalog with some is refused), but translators' tools go by the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import c2py

from babel import Locale
from babel.messages.catalog import Catalog

from hotline.catalogs.findings import Remark
from hotline.catalogs.merge import merge
from hotline.script.model import Language

_HEADER = re.compile(r"nplurals\s*=\s*(?P<count>\d{1,2})\s*;\s*plural\s*=\s*(?P<rule>[^;]+);?\s*")
# The rules of whole numbers go by hundreds; what some languages do from a million on is left to them.
_NUMBERS = range(1000)


def wrong_plurals(header: str, language: Language) -> Iterator[Remark]:
    """What is wrong with the field Plural-Forms, by the rule of CLDR or the one that a new catalog is given.

    Both serve: where CLDR has no rule for a language, its data have the one of another.
    """
    new = merge(None, Catalog(), language).metadata["Plural-Forms"]
    forms = _forms(header)
    if forms is None:
        yield Remark("the header's Plural-Forms cannot be read", f"write: {new}")
    elif not any(_part_alike(forms, right) for right in (_by_cldr(language.locale), _forms(new))):
        yield Remark("the header's Plural-Forms are not those of the language", f"write: {new}")


def _forms(header: str) -> list[int] | None:
    """The index of the form of each number; None where the header gives none, or another count of them."""
    found = _HEADER.fullmatch(header)
    if found is None:
        return None
    try:
        rule = c2py(found["rule"])
        forms = [rule(number) for number in _NUMBERS]
    except (ValueError, ZeroDivisionError):
        return None
    return forms if set(forms) == set(range(int(found["count"]))) else None


def _by_cldr(locale: Locale) -> list[str]:
    return [locale.plural_form(number) for number in _NUMBERS]


def _part_alike(forms: list[int], right: list[int] | list[str] | None) -> bool:
    """Whether both part the numbers in the same way, whatever the parts are called."""
    return right is not None and len(set(zip(forms, right, strict=True))) == len(set(forms)) == len(set(right))
