"""The form of a town's rule: its fields as they are posted, checked, and as the data have them."""

from __future__ import annotations

from datetime import date

from hotline.console.fields import Posted, Reader
from hotline.console.sourcing import PROVENANCE, Asked, read_sourcing
from hotline.script.model import Script
from hotline.script.towns import RuleKind
from hotline.store.drafts import Value

# Six texts in GSM-7 are more than anybody reads; the checks say how long it may be in each language.
MOST_RULE = 900
RULE_FIELDS = ("rule", "kind", *PROVENANCE)
GROUPS = (frozenset(RULE_FIELDS),)
WITHOUT_RULE: dict[str, object] = dict.fromkeys(RULE_FIELDS)


def posted_of(value: Value) -> dict[str, tuple[str, ...]]:
    """The fields of a town's rule as its form would post them."""
    fields = value or {}
    sources = fields.get("sources")
    return {
        **{
            name: (str(fields[name]),)
            for name in ("rule", "kind", "as_of", "review_by", "doubt")
            if fields.get(name) is not None
        },
        "sources": tuple(map(str, sources)) if isinstance(sources, list) else (),
    }


def read_rule(posted: Posted, script: Script, seen: Value, today: date) -> Asked:
    """What a form asks a town's rule to be; `seen` is what it showed.

    The text of a rule that a town has already is a message: it is changed where messages are.
    """
    reader, before = Reader(posted), seen or {}
    sourced = read_sourcing(reader, script.sources, before, today)
    held = before.get("rule")
    rule = held if held else reader.line("rule", MOST_RULE, needed="Write what the town's rule says.")
    if not reader.one("kind"):
        reader.wrong("kind", "Say what kind of rule it is.")
    kind = reader.choice("kind", tuple(RuleKind), RuleKind.STATEMENT)
    return Asked({"rule": rule, "kind": kind, **sourced.fields}, sourced.new, reader.errors)
