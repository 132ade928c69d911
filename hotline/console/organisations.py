"""The pages of organisations: who can help, where, when, and how certain that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.console.accounts import current_operator
from hotline.console.conflict import conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.fields import Posted, seen_of
from hotline.console.organisation_form import (
    GROUPS,
    hours_lines,
    posted_of,
    problem_of_hours,
    read_call,
    read_organisation,
)
from hotline.console.organisations_view import KIND, Show, may_be_called, page, reach, rows, steps_of
from hotline.console.posting import form_page, posted_form, seen_by_editor, shown_in
from hotline.console.saving import save_fields, seen_after
from hotline.console.sourcing import Asked, next_review, organisation_id
from hotline.console.words import hours_in_words, in_english, moment_in_words, told_of_hours
from hotline.releases.changes import key_of
from hotline.releases.drafting import Drafted
from hotline.script.model import REFERRAL_LINE
from hotline.script.organisations import Weekly, openings_of
from hotline.script.towns import COUNTIES
from hotline.store.drafts import Value

LIST, PAGE = "console.organisations", "console.organisation"


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Organisations(desk)
    blueprint.add_url_rule("/organisations", "organisations", pages.all)
    blueprint.add_url_rule("/organisations/new", "new_organisation", pages.new, methods=["GET", "POST"])
    blueprint.add_url_rule("/organisations/hours", "hours_read", pages.read_hours, methods=["POST"])
    blueprint.add_url_rule("/organisations/<id>", "organisation", pages.one)
    blueprint.add_url_rule("/organisations/<id>", "save_organisation", pages.save, methods=["POST"])
    blueprint.add_url_rule("/organisations/<id>/called", "organisation_called", pages.called, methods=["POST"])


class _Organisations:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> ResponseReturnValue:
        search = request.args.get("q", "").strip()
        show = shown_in(request.args.get("show", ""), Show)
        found = rows(self._desk.drafted(), self._desk.now().date(), search)
        return render_template(
            "console/organisations.html",
            rows=[row for row in found if row.is_shown(show)],
            counts={one: sum(row.is_shown(one) for row in found) for one in Show},
            search=search,
            show=show,
        )

    def one(self, id: str) -> ResponseReturnValue:
        return self._page(id)

    def save(self, id: str) -> ResponseReturnValue:
        posted, drafted = posted_form(), self._desk.drafted()
        seen = seen_by_editor(posted)
        if seen is None or id not in drafted.content.script.organisations:
            abort(404)
        asked = read_organisation(posted, drafted.content.script, seen, self._desk.now().date(), id)
        return self._saved(drafted, id, seen, asked, posted)

    def called(self, id: str) -> ResponseReturnValue:
        """Somebody called the number today, and it worked."""
        posted, drafted = posted_form(), self._desk.drafted()
        seen, present = seen_by_editor(posted), drafted.value(key_of(KIND, id))
        if seen is None or present is None or id not in drafted.content.script.organisations:
            abort(404)
        if not may_be_called(drafted.content.script.organisations[id]):
            abort(400, "There is no number that may be called to test it.")
        asked = read_call(posted, present, self._desk.now().date())
        return self._saved(drafted, id, seen, asked, None)

    def new(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self._empty_form({})
        posted, drafted = posted_form(), self._desk.drafted()
        asked = read_organisation(posted, drafted.content.script, None, self._desk.now().date())
        if asked.errors:
            return self._empty_form(posted, asked.errors)
        id = organisation_id(str(asked.fields["name"]), drafted.content.script.organisations)
        try:
            self._store(id, None, asked)
        except ConflictError as error:
            return conflict_page(error, drafted.content.script, back=url_for(LIST), seen=seen_of(None))
        except RefusedError as error:
            return self._empty_form(posted, {}, error.problems)
        flash(f"{asked.fields['name']} is in the draft.", "done")
        return redirect(url_for(PAGE, id=id), 303)

    def read_hours(self) -> ResponseReturnValue:
        """What hours that somebody is writing mean, and what residents would be told of them."""
        lines, content = hours_lines(request.form.get("text", "")), self._desk.drafted().content
        problem = problem_of_hours(lines)
        if problem:
            return render_template("console/organisation-hours.html", problem=problem if lines else "")
        hours = Weekly(tuple(opening for line in lines for opening in openings_of(line)))
        any_one = content.script.organisations[REFERRAL_LINE]
        told = told_of_hours(any_one, hours, content.written, self._desk.now())
        return render_template(
            "console/organisation-hours.html", hours=hours_in_words(hours), told=told, moment_in_words=moment_in_words
        )

    def _saved(
        self, drafted: Drafted, id: str, seen: Value, asked: Asked, posted: Posted | None
    ) -> ResponseReturnValue:
        if asked.errors:
            return self._page(id, posted, asked.errors) if posted else self._page(id, problems=[*asked.errors.values()])
        try:
            after = self._store(id, seen, asked)
        except ConflictError as error:
            known = seen_after(error, seen, asked.fields, GROUPS)
            return conflict_page(error, drafted.content.script, back=url_for(PAGE, id=id), seen=known)
        except RefusedError as error:
            return self._page(id, posted, {}, error.problems)
        self._tell(drafted, after, id)
        return redirect(url_for(PAGE, id=id), 303)

    def _store(self, id: str, seen: Value, asked: Asked) -> Drafted:
        key, message, by = key_of(KIND, id), f"{KIND}.{id}.help", current_operator().name
        return save_fields(self._desk, key, seen, asked.fields, GROUPS, message=message, by=by, source=asked.new_source)

    def _tell(self, before: Drafted, after: Drafted, id: str) -> None:
        """Says what was saved, and how far a changed number reaches."""
        key = key_of(KIND, id)
        was, is_now = before.content.script.organisations[id], after.content.script.organisations[id]
        if before.value(key) == after.value(key):
            flash("Nothing was changed.", "done")
        elif was.phone != is_now.phone and is_now.phone:
            found = reach(after.content, id)
            number = after.content.written.phone(is_now.phone)
            where = f"Changed once, changed in {found.count_in_words}." if found.texts else "No text names it."
            flash(f"{number} is in the draft. {where}", "done")
        else:
            flash("Saved in the draft.", "done")

    def _page(
        self,
        id: str,
        posted: Posted | None = None,
        errors: Mapping[str, str] | None = None,
        problems: Sequence[str] = (),
    ) -> ResponseReturnValue:
        drafted, key = self._desk.drafted(), key_of(KIND, id)
        if id not in drafted.content.script.organisations:
            abort(404)
        value = drafted.value(key)
        shown = page(drafted, id, self._desk.now())
        return form_page(
            "console/organisation.html",
            page=shown,
            form=posted or posted_of(value),
            seen=next(iter((posted or {}).get("seen", ())), seen_of(value)),
            errors=errors,
            problems=problems,
            steps=steps_of(self._desk.history, key),
            now=self._desk.now(),
            next_review=next_review(self._desk.now().date(), shown.organisation.provenance.review_by),
            is_new=False,
            is_offered=shown.organisation.help is not None,
            own_id=id,
            hours=shown.hours,
            told=shown.told_of_hours,
            **_choices(drafted),
        )

    def _empty_form(
        self, posted: Posted, errors: Mapping[str, str] | None = None, problems: Sequence[str] = ()
    ) -> ResponseReturnValue:
        today = self._desk.now().date()
        usual = {"as_of": (today.isoformat(),), "review_by": (next_review(today).isoformat(),)}
        form = posted or {**posted_of(None), **usual}
        return form_page(
            "console/new-organisation.html",
            form=form,
            errors=errors,
            problems=problems,
            is_new=True,
            is_offered=False,
            own_id=organisation_id(str(next(iter(form.get("name", ())), "")), ()),
            **_choices(self._desk.drafted()),
        )


def _choices(drafted: Drafted) -> Mapping[str, object]:
    script = drafted.content.script
    return {
        "known_sources": script.sources,
        "spoken": script.languages,
        "counties": sorted(COUNTIES),
        "in_english": in_english,
        "moment_in_words": moment_in_words,
    }
