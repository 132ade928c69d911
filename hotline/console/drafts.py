"""The page of the draft: what is in it, taking changes back, and publishing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.console.accounts import current_operator, needs
from hotline.console.checking import Checking
from hotline.console.desk import Desk, RefusedError
from hotline.console.drafts_view import (
    GROUPS,
    ProblemShown,
    chosen,
    digest_of_changes,
    draft_shown,
    id_of,
    problems_shown,
)
from hotline.console.fields import Reader
from hotline.console.pages import page
from hotline.console.posting import REFUSED
from hotline.console.publishing_job import PublishingJob, Task
from hotline.console.releases_pages import begun
from hotline.releases.drafting import Drafted
from hotline.releases.publishing import PublishError, Tell
from hotline.store.durability import why_not_durable
from hotline.store.operators import Role
from hotline.store.releases import Release

MOST_NOTE = 300
NO_NOTE = "Say in a few words what changes and why. Everybody reads this note with the release."


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to publish: a group, or with none all of the draft, without what was not ticked.

    `looked_at` tells the changes that were on the page that asked whether to go on; empty where it asks now.
    """

    group: str
    left_out: frozenset[str]
    note: str
    errors: dict[str, str]
    looked_at: str


def wish_of(form: MultiDict[str, str]) -> Wish:
    reader = Reader(form.to_dict(flat=False))
    group = reader.choice("group", ("", *GROUPS), "")
    note = reader.line("note", MOST_NOTE, needed=NO_NOTE) or ""
    left_out = frozenset(reader.several("shown")) - frozenset(reader.several("ticked"))
    return Wish(group, left_out, note, reader.errors, reader.one("looked_at"))


def register(blueprint: Blueprint, desk: Desk) -> None:
    checking, job = Checking(desk.publishing.redis, desk.publishing), PublishingJob.of(desk)

    def problems_of(drafted: Drafted) -> tuple[ProblemShown, ...] | None:
        """None while they are being looked for."""
        found = checking.problems(drafted)
        return None if found is None else problems_shown(drafted.content.script, found)

    def draft_page(drafted: Drafted, wish: Wish, status: int = 200) -> ResponseReturnValue:
        html = page(
            desk,
            "console/draft.html",
            draft=draft_shown(drafted, wish.group),
            wish=wish,
            problems=problems_of(drafted),
            not_durable=why_not_durable(desk.publishing.redis),
            unloadable=drafted.problems,
            publication=job.latest(),
        )
        return html, status

    @blueprint.get("/draft")
    def draft() -> ResponseReturnValue:
        group = request.args.get("group", "")
        if group not in {"", *GROUPS}:
            abort(404)
        return draft_page(desk.drafted(), Wish(group, frozenset(), "", {}, ""))

    @blueprint.get("/draft/problems")
    def draft_problems() -> ResponseReturnValue:
        return page(desk, "console/draft-problems.html", problems=problems_of(desk.drafted()))

    @blueprint.post("/draft/take-back")
    def take_back() -> ResponseReturnValue:
        key = request.form.get("key", "")
        change = desk.drafts.read().change(key)
        if change is None:
            flash("This change is not in the draft any more.", "warning")
        else:
            try:
                desk.take_back(key, by=current_operator().name)
            except RefusedError as error:
                flash(str(error), "error")
            else:
                flash("The change was taken out of the draft. Its history keeps it.", "done")
        return redirect(url_for("console.draft", group=request.form.get("group") or None), 303)

    @blueprint.post("/draft/publish")
    @needs(Role.REVIEWER)
    def publish() -> ResponseReturnValue:
        """Asks whether to go on, and goes on where the answer is of what is in the draft still."""
        wish, drafted, by = wish_of(request.form), desk.drafted(), current_operator().name
        if wish.errors:
            return draft_page(drafted, wish, REFUSED)
        out = chosen(drafted, wish.group, wish.left_out)
        if not out.keys:
            flash("Nothing is ticked, so there is nothing to publish.", "warning")
            return redirect(url_for("console.draft"), 303)
        looked_at = digest_of_changes(drafted, out.keys)
        if wish.looked_at != looked_at:
            return _ask(desk, drafted, wish, looked_at)
        work = _Publish(desk, out.keys, looked_at, by, wish.note)
        return begun(job.start(Task.PUBLISH, work, by=by, note=wish.note))


@dataclass(frozen=True, slots=True)
class _Publish:
    """Publishes what was looked at. What else was saved in the draft since then does not matter."""

    desk: Desk
    keys: frozenset[str]
    looked_at: str
    by: str
    note: str

    def __call__(self, tell: Tell) -> Release:
        """Raises PublishError."""
        drafted = self.desk.drafted()
        if digest_of_changes(drafted, self.keys) != self.looked_at:
            raise PublishError("The draft has changed since you looked at it. Look again, then publish.")
        version = drafted.draft.version
        return self.desk.publishing.publish(self.keys, version=version, by=self.by, note=self.note, tell=tell)


def _ask(desk: Desk, drafted: Drafted, wish: Wish, looked_at: str) -> ResponseReturnValue:
    out = chosen(drafted, wish.group, wish.left_out)
    going = desk.drafting.only(out.keys)
    return page(
        desk,
        "console/publish.html",
        wish=wish,
        looked_at=looked_at,
        has_changed=bool(wish.looked_at),
        number=len(out.keys),
        staying=len(drafted.draft.changes) - len(out.keys),
        added=out.added,
        refused={key: reason for key, reason in drafted.refused.items() if key in out.keys},
        shown=draft_shown(going),
        left_out=sorted(wish.left_out & {id_of(change.key) for change in drafted.draft.changes}),
    )
