"""The pages of towns: which has a rule of its own, what it says, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.console.accounts import current_operator
from hotline.console.conflict import conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.fields import Fields, Posted, seen_of
from hotline.console.organisations_view import differences, steps_of
from hotline.console.posting import form_page, posted_form, seen_by_editor, shown_in
from hotline.console.saving import save_fields, seen_after
from hotline.console.sourcing import NewSource, next_review
from hotline.console.town_form import GROUPS, WITHOUT_RULE, posted_of, read_rule
from hotline.console.towns_view import KIND, Show, page, rows, rule_of, told_without_rule
from hotline.releases.changes import key_of
from hotline.releases.drafting import Drafted
from hotline.script.towns import COUNTIES, RuleKind
from hotline.store.drafts import Value

PAGE = "console.town"


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Towns(desk)
    blueprint.add_url_rule("/towns", "towns", pages.all)
    blueprint.add_url_rule("/towns/<slug>", "town", pages.one)
    blueprint.add_url_rule("/towns/<slug>", "save_town", pages.save, methods=["POST"])
    blueprint.add_url_rule("/towns/<slug>/without-rule", "without_rule", pages.confirm)
    blueprint.add_url_rule("/towns/<slug>/without-rule", "remove_rule", pages.remove, methods=["POST"])


class _Towns:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> ResponseReturnValue:
        search, county = request.args.get("q", "").strip(), request.args.get("county", "")
        show = shown_in(request.args.get("show", ""), Show)
        found = rows(self._desk.drafted(), self._desk.now().date(), search, county)
        return render_template(
            "console/towns.html",
            rows=[row for row in found if row.is_shown(show)],
            counts={one: sum(row.is_shown(one) for row in found) for one in Show},
            search=search,
            county=county,
            counties=sorted(COUNTIES),
            show=show,
        )

    def one(self, slug: str) -> ResponseReturnValue:
        return self._page(slug)

    def save(self, slug: str) -> ResponseReturnValue:
        posted, drafted = posted_form(), self._drafted_with(slug)
        seen = seen_by_editor(posted)
        asked = read_rule(posted, drafted.content.script, seen, self._desk.now().date())
        if asked.errors:
            return self._page(slug, posted, asked.errors)
        return self._saved(slug, seen, posted, asked.fields, asked.new_source)

    def confirm(self, slug: str) -> ResponseReturnValue:
        """What happens where a rule is removed."""
        drafted = self._drafted_with(slug)
        shown = page(drafted, slug, self._desk.now().date())
        if not shown.town.rule:
            abort(404)
        return render_template(
            "console/town-without-rule.html",
            page=shown,
            told_without=told_without_rule(drafted, shown.town),
            seen=seen_of(drafted.value(key_of(KIND, slug))),
        )

    def remove(self, slug: str) -> ResponseReturnValue:
        posted, _ = posted_form(), self._drafted_with(slug)
        return self._saved(slug, seen_by_editor(posted), posted, WITHOUT_RULE, None)

    def _saved(
        self, slug: str, seen: Value, posted: Posted, fields: Fields, new_source: NewSource | None
    ) -> ResponseReturnValue:
        by, key = current_operator().name, key_of(KIND, slug)
        before = self._desk.drafted()
        try:
            after = save_fields(self._desk, key, seen, fields, GROUPS, message=rule_of(slug), by=by, source=new_source)
        except ConflictError as error:
            known = seen_after(error, seen, fields, GROUPS)
            return conflict_page(error, before.content.script, back=url_for(PAGE, slug=slug), seen=known)
        except RefusedError as error:
            return self._page(slug, posted, {}, error.problems)
        flash("Nothing was changed." if after.value(key) == before.value(key) else "Saved in the draft.", "done")
        return redirect(url_for(PAGE, slug=slug), 303)

    def _drafted_with(self, slug: str) -> Drafted:
        drafted = self._desk.drafted()
        if slug not in drafted.content.script.towns:
            abort(404)
        return drafted

    def _page(
        self,
        slug: str,
        posted: Posted | None = None,
        errors: Mapping[str, str] | None = None,
        problems: Sequence[str] = (),
    ) -> ResponseReturnValue:
        drafted, key, today = self._drafted_with(slug), key_of(KIND, slug), self._desk.now().date()
        value = drafted.value(key)
        shown = page(drafted, slug, today)
        usual = {"as_of": (today.isoformat(),), "review_by": (next_review(today).isoformat(),)}
        return form_page(
            "console/town.html",
            page=shown,
            form=posted or {**({} if shown.town.rule else usual), **posted_of(value)},
            seen=next(iter((posted or {}).get("seen", ())), seen_of(value)),
            errors=errors,
            problems=problems,
            differences=differences(drafted, key),
            steps=steps_of(self._desk.history, key),
            now=self._desk.now(),
            kinds_of_rules=tuple(RuleKind),
            known_sources=drafted.content.script.sources,
        )
