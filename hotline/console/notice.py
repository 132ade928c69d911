"""The page of the urgent notice: what is said before every first reply, in which languages, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.channels.audio.espeak import EspeakError
from hotline.console.accounts import current_operator
from hotline.console.conflict import conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.fields import Posted, seen_of
from hotline.console.listening import can_speak, played, spoken
from hotline.console.notice_view import (
    KEY,
    looked_at,
    merged_notice,
    notice_page,
    posted_of,
    read_notice,
    seen_over_notice,
)
from hotline.console.organisations_view import steps_of
from hotline.console.posting import form_page, posted_form, seen_by_editor
from hotline.console.words import in_english, moment_in_full
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Value

PAGE = "console.notice"


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Notice(desk)
    blueprint.add_url_rule("/notice", "notice", pages.show)
    blueprint.add_url_rule("/notice", "save_notice", pages.save, methods=["POST"])
    blueprint.add_url_rule("/notice/end", "end_notice", pages.end, methods=["POST"])
    blueprint.add_url_rule("/notice/<language>.wav", "listen_to_notice", pages.listen)
    blueprint.add_url_rule("/notice/looked-at/<language>", "notice_looked_at", pages.look, methods=["POST"])


class _Notice:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self) -> ResponseReturnValue:
        return self._page()

    def save(self) -> ResponseReturnValue:
        posted, drafted = posted_form(), self._desk.drafted()
        seen, present = seen_by_editor(posted), drafted.value(KEY)
        asked = read_notice(posted, drafted.content, self._desk.now())
        if asked.errors:
            return self._page(posted, asked.errors)
        merged = merged_notice(seen, asked.value, present)
        said = "Saved in the draft. Residents have the notice once it is published."
        try:
            self._store(merged.value, seen if merged.is_clashing else present, said)
        except ConflictError as error:
            known = seen_of(seen_over_notice(seen, asked.value, error.theirs))
            return conflict_page(error, drafted.content.script, back=url_for(PAGE), seen=known)
        except RefusedError as error:
            return self._page(posted, {}, error.problems)
        return redirect(url_for(PAGE), 303)

    def end(self) -> ResponseReturnValue:
        """Takes the notice out of the draft."""
        drafted = self._desk.drafted()
        live = drafted.base.content.script.notice
        ends = "Publish the draft, and the notice ends at once." if live else "The draft has no notice any more."
        try:
            self._store(None, seen_by_editor(posted_form()), ends)
        except ConflictError as error:
            return conflict_page(error, drafted.content.script, back=url_for(PAGE), seen=seen_of(error.theirs))
        except RefusedError as error:
            return self._page(None, {}, error.problems)
        return redirect(url_for(PAGE), 303)

    def look(self, language: str) -> ResponseReturnValue:
        """What a text that somebody is writing becomes."""
        content = self._desk.drafted().content
        if language not in content.script.languages:
            abort(404)
        looked = looked_at(content, language, request.form.get("text", ""), self._desk.now())
        return render_template("console/notice-looked-at.html", looked=looked)

    def listen(self, language: str) -> ResponseReturnValue:
        """What a caller hears of the notice as the draft has it."""
        content = self._desk.drafted().content
        notice = content.script.notice
        if notice is None or language not in notice.texts:
            abort(404)
        try:
            return played(spoken(content.script, content.spoken.utterances_of_notice(language)))
        except EspeakError as error:
            abort(503, str(error))

    def _store(self, value: Value, seen: Value, said: str) -> None:
        self._desk.save(KEY, value, seen=digest_of_value(seen), by=current_operator().name)
        flash(said, "done")

    def _page(
        self, posted: Posted | None = None, errors: Mapping[str, str] | None = None, problems: Sequence[str] = ()
    ) -> ResponseReturnValue:
        drafted, now = self._desk.drafted(), self._desk.now()
        value = drafted.value(KEY)
        form = posted or posted_of(value, now)
        return form_page(
            "console/notice.html",
            page=notice_page(drafted, form, now),
            form=form,
            seen=next(iter((posted or {}).get("seen", ())), seen_of(value)),
            errors=errors,
            problems=problems,
            steps=steps_of(self._desk.history, KEY),
            now=self._desk.now(),
            in_full=moment_in_full,
            in_english=in_english,
            spoken=drafted.content.script.languages,
            can_speak=can_speak(),
        )
