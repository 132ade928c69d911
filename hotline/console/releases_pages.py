"""Releases: what is being published, what was, and bringing one back."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.console.accounts import current_operator, needs
from hotline.console.desk import Desk
from hotline.console.drafts_view import problems_shown
from hotline.console.fields import Reader
from hotline.console.pages import page
from hotline.console.posting import REFUSED
from hotline.console.publishing_job import PublishingJob, Task
from hotline.console.releases_view import published_in
from hotline.store.operators import Role
from hotline.store.releases import PACKAGED, Release

ON_A_PAGE = 25
MOST_CHANGES = 150
MOST_UNDONE = 20
MOST_NOTE = 300
NO_NOTE = "Say in a few words why. Everybody reads this note with the release."


def note_of(form: MultiDict[str, str]) -> tuple[str, str]:
    """The note that somebody wrote, and what is wrong with it."""
    reader = Reader(form.to_dict(flat=False))
    note = reader.line("note", MOST_NOTE, needed=NO_NOTE) or ""
    return note, reader.errors.get("note", "")


def begun(is_begun: bool) -> ResponseReturnValue:  # noqa: FBT001 - it is all that there is to say
    """To the page that shows how far it is."""
    if not is_begun:
        flash("Somebody is publishing at this moment. Wait until that is done, then try again.", "warning")
    return redirect(url_for("console.publishing"), 303)


def register(blueprint: Blueprint, desk: Desk) -> None:
    job = PublishingJob.of(desk)

    def found(number: int) -> Release:
        is_there = 0 < number <= desk.releases.count()
        return (desk.releases.release(number) if is_there else None) or abort(404, f"There is no release {number}.")

    def publishing_page(template: str) -> ResponseReturnValue:
        latest = job.latest()
        problems = problems_shown(desk.live.content.script, latest.problems if latest else ())
        return page(desk, template, publication=latest, problems=problems)

    @blueprint.get("/publishing")
    def publishing() -> ResponseReturnValue:
        return publishing_page("console/publishing.html")

    @blueprint.get("/publishing/progress")
    def publishing_progress() -> ResponseReturnValue:
        return publishing_page("console/publishing-progress.html")

    @blueprint.get("/releases")
    def releases() -> ResponseReturnValue:
        before = request.args.get("before", type=int)
        if before is not None and not 0 < before <= desk.releases.count():
            abort(404)
        shown = desk.releases.latest(ON_A_PAGE, before)
        return page(desk, "console/releases.html", releases=shown, before=before, pointer=desk.releases.live())

    @blueprint.get("/releases/<int:number>")
    def release(number: int) -> ResponseReturnValue:
        one, script = found(number), desk.live.content.script
        return page(
            desk,
            "console/release.html",
            release=one,
            changes=published_in(script, one, MOST_CHANGES),
            pointer=desk.releases.live(),
            restored=desk.releases.release(one.restores) if one.restores else None,
        )

    @blueprint.route("/releases/<int:number>/restore", methods=["GET", "POST"])
    @needs(Role.REVIEWER)
    def restore(number: int) -> ResponseReturnValue:
        """Asks for a note and whether to go on; then goes on."""
        one, note, error = (found(number) if number != PACKAGED else None), "", ""
        if request.method == "POST":
            note, error = note_of(request.form)
            if not error:
                by = current_operator().name
                work = partial(desk.publishing.restore, number, by=by, note=note)
                return begun(job.start(Task.RESTORE, lambda tell: work(tell=tell), by=by, note=note))
        after = desk.releases.count() - number
        html = page(
            desk,
            "console/restore.html",
            number=number,
            release=one,
            undone=desk.releases.latest(min(after, MOST_UNDONE)),
            more=max(after - MOST_UNDONE, 0),
            note=note,
            error=error,
        )
        return html, REFUSED if error else 200

    @blueprint.route("/put-back", methods=["GET", "POST"])
    @needs(Role.REVIEWER)
    def put_back() -> ResponseReturnValue:
        """Where Redis has lost the releases: publishes once more what this worker still speaks from."""
        note, error, pointer = "", "", desk.live.speaking.pointer
        is_lost = pointer is not None and desk.releases.live() is None
        if is_lost and request.method == "POST":
            note, error = note_of(request.form)
            if not error:
                by = current_operator().name
                work = partial(desk.publishing.put_back, by=by, note=note)
                return begun(job.start(Task.PUT_BACK, lambda tell: work(tell=tell), by=by, note=note))
        html = page(desk, "console/put-back.html", pointer=pointer, is_lost=is_lost, note=note, error=error)
        return html, REFUSED if error else 200
