"""The page for when two people changed the same thing at once: both versions, and a way on that loses neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request

from hotline.console.describing import FieldChange, Thing, fields_changed, thing_of
from hotline.console.desk import ConflictError
from hotline.console.guard import FORM_FIELD
from hotline.console.naming import Name, name_in
from hotline.console.words import in_english
from hotline.releases.things import digest_of_value
from hotline.script.model import Script

SEEN = "seen"
_OF_MESSAGES = frozenset({"text", "provenance", "translation"})
_NOT_SENT_AGAIN = frozenset({FORM_FIELD, SEEN})


@dataclass(frozen=True, slots=True)
class Conflict:
    """What two people made of one thing: in `fields`, `before` is theirs and `after` mine.

    `name` is that of a message. `by` and `at` are empty where their change is not in the draft: it was published, or
    taken back. `is_same` where both mean the same after all.
    """

    thing: Thing
    name: Name | None
    fields: tuple[FieldChange, ...]
    by: str
    at: datetime | None

    @property
    def is_same(self) -> bool:
        return not self.fields


def conflict_of(error: ConflictError, script: Script) -> Conflict:
    """What there is to decide. A field that only one of them has is empty in the other."""
    change, thing = error.change, thing_of(script, error.key)
    is_message = thing.kind in _OF_MESSAGES and thing.id in script.messages
    return Conflict(
        thing=thing,
        name=name_in(script, thing.id) if is_message else None,
        fields=fields_changed(error.key, error.theirs, error.mine),
        by=change.by if change else "",
        at=change.at if change else None,
    )


def conflict_page(
    error: ConflictError, script: Script, *, back: str, seen: str = "", text: str = "", sent: Sequence[str] = ()
) -> Response:
    """Asks what becomes of both versions. What was posted can be posted again to the same path, knowing theirs.

    `back` is the address of the thing as it is now, `seen` the form's field that knows theirs: by default the digest of
    it. `text` names the field of the form in which a text can be merged. Of the form all fields are sent again, or
    those in `sent`.
    """
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _NOT_SENT_AGAIN and (not sent or name in sent)
    ]
    page = render_template(
        "console/conflict.html",
        conflict=conflict_of(error, script),
        languages=script.languages,
        names={code: in_english(language) for code, language in script.languages.items()},
        fields=fields,
        merging=next((value for name, value in fields if name == text), None),
        text=text,
        action=request.path,
        seen=seen or digest_of_value(error.theirs),
        back=back,
    )
    return Response(page, 409)
