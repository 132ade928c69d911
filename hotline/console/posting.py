"""What a request posts, and the page that shows a form again with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from flask import Response, abort, render_template, request

from hotline.console.fields import FormError, Posted, seen_in
from hotline.store.drafts import Value

Shown = TypeVar("Shown", bound=StrEnum)

# A form that cannot be saved as it is.
REFUSED = 422


def posted_form() -> Posted:
    return request.form.to_dict(flat=False)


def seen_by_editor(posted: Posted) -> Value:
    """What the form showed when it was opened; a form that no page of ours made is answered with 400."""
    try:
        return seen_in(posted)
    except FormError:
        abort(400)


def shown_in(chosen: str, of: type[Shown]) -> Shown:
    """Which part of a list an address asks for; the first where it asks for none."""
    return next((one for one in of if one == chosen), next(iter(of)))


def form_page(
    template: str, *, errors: Mapping[str, str] | None = None, problems: Sequence[str] = (), **values: object
) -> Response:
    """A page with a form: `errors` are sentences by field, `problems` those that are of no field."""
    html = render_template(template, errors=errors or {}, problems=problems, **values)
    return Response(html, REFUSED if errors or problems else 200)
