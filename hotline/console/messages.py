"""The pages of messages: all of them, and the English of one with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hotline.catalogs.findings import Remark
from hotline.console.accounts import current_operator
from hotline.console.conflict import SEEN, conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.fields import Posted, Reader
from hotline.console.looking import Looked, look, rules_of
from hotline.console.message_history import MOST_ENTRIES, MOST_RELEASES, Step, steps_of, text_at
from hotline.console.message_view import (
    MessagePage,
    chips_by_placeholder,
    english_value,
    may_be_kept,
    message_page,
)
from hotline.console.messages_view import Asked, Show, listed
from hotline.console.pages import page as drawn
from hotline.console.posting import REFUSED, posted_form
from hotline.console.sourcing import dated, read_sourcing
from hotline.console.town_form import posted_of
from hotline.releases.changes import MEANING_CHANGED, MEANING_SAME, key_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Value
from hotline.store.releases import Release

PAGE = "console.message"
RELEASES_AT_ONCE = 20
# As many characters as somebody can want to find.
LONGEST_SOUGHT = 200
MEANINGS = (MEANING_CHANGED, MEANING_SAME)


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = Messages(desk)
    blueprint.add_url_rule("/messages", "messages", pages.all)
    blueprint.add_url_rule("/messages/<id>", "message", pages.one)
    blueprint.add_url_rule("/messages/<id>", "save_message", pages.save, methods=["POST"])
    blueprint.add_url_rule("/messages/<id>/provenance", "save_provenance", pages.save_provenance, methods=["POST"])
    blueprint.add_url_rule("/messages/<id>/checks", "message_checks", pages.check, methods=["POST"])
    blueprint.add_url_rule("/messages/<id>/others", "message_others", pages.others)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form shows that could not be saved: as it was sent, and what is wrong with it."""

    posted: Posted
    errors: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()


class Messages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        asked = _asked(drafted)
        return drawn(
            self._desk,
            "console/messages.html",
            asked=asked,
            listed=listed(drafted, asked, self._desk.now().date()),
            shows=tuple(Show),
            translated_into=drafted.content.catalogs.languages,
            chips=chips_by_placeholder(drafted.content, [one.text for one in drafted.content.script.messages.values()]),
        )

    def one(self, id: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        page, steps = _page_of(drafted, id, self._desk), self._steps(id)
        put = text_at(steps, request.args.get("put", ""))
        return self._page(drafted, page, steps, put_back=put)

    def save(self, id: str) -> ResponseReturnValue:
        drafted, posted = self._desk.drafted(), posted_form()
        page = _page_of(drafted, id, self._desk)
        reader = Reader(posted)
        looked = self._look(drafted, id, reader.one("text"))
        # What was never live has no translation that could be held back.
        meaning = reader.one("meaning") if page.live is not None else MEANING_CHANGED
        _check_english(reader, drafted, page, looked, meaning)
        if reader.errors:
            return self._page(drafted, page, self._steps(id), text=Form(posted, reader.errors), looked=looked)
        value = english_value(drafted, id, looked.text, meaning)
        if looked.text == page.message.text and value == (page.change.value if page.change else {"text": page.live}):
            flash("Nothing was changed.", "done")
            return redirect(url_for(PAGE, id=id), 303)
        key, sourced = key_of("text", id), key_of("provenance", id)
        values, seen = {key: value}, {key: reader.one(SEEN)}
        if page.may_be_dated and meaning == MEANING_CHANGED and reader.one("as_of_today"):
            before = drafted.value(sourced)
            values |= {sourced: dated(before, self._desk.now().date())}
            seen |= {sourced: digest_of_value(before)}
        try:
            self._desk.save_all(values, seen, by=current_operator().name)
        except ConflictError as error:
            return conflict_page(error, drafted.content.script, back=url_for(PAGE, id=id), text="text")
        except RefusedError as error:
            form = Form(posted, problems=error.problems)
            return self._page(drafted, page, self._steps(id), text=form, looked=looked)
        flash("Saved in the draft. Nobody hears it before it is published.", "done")
        if looked.is_wrong:
            flash("It cannot be published as it is: see what is wrong with it below.", "warning")
        return redirect(url_for(PAGE, id=id), 303)

    def save_provenance(self, id: str) -> ResponseReturnValue:
        drafted, posted = self._desk.drafted(), posted_form()
        page = _page_of(drafted, id, self._desk)
        if page.provenance is None or page.facts:
            abort(404)
        key, reader = key_of("provenance", id), Reader(posted)
        before = drafted.value(key) or {}
        found = read_sourcing(reader, drafted.content.script.sources, before, self._desk.now().date())
        if reader.errors:
            return self._page(drafted, page, self._steps(id), provenance=Form(posted, reader.errors))
        value: Value = {**found.fields, "needs_lawyer_review": bool(found.fields["needs_lawyer_review"])}
        if value == before:
            flash("Nothing was changed.", "done")
            return redirect(url_for(PAGE, id=id), 303)
        values, seen = {key: value}, {key: reader.one(SEEN)}
        if found.new:
            source = key_of("source", found.new.id)
            values, seen = {source: found.new.value, **values}, {source: digest_of_value(None), **seen}
        try:
            self._desk.save_all(values, seen, by=current_operator().name)
        except ConflictError as error:
            return conflict_page(error, drafted.content.script, back=url_for(PAGE, id=id))
        except RefusedError as error:
            form = Form(posted, problems=error.problems)
            return self._page(drafted, page, self._steps(id), provenance=form)
        flash("Saved in the draft: what this message rests on.", "done")
        return redirect(url_for(PAGE, id=id), 303)

    def check(self, id: str) -> ResponseReturnValue:
        """What is wrong with a text that somebody is writing, and how it would be read."""
        drafted = self._desk.drafted()
        if id not in drafted.content.script.messages:
            abort(404)
        looked = self._look(drafted, id, request.form.get("text", ""))
        return drawn(self._desk, "console/message-checks.html", looked=looked)

    def others(self, id: str) -> ResponseReturnValue:
        """Who changed the English since a page was opened; nothing where nobody did."""
        return others_page(self._desk, key_of("text", id), url_for(PAGE, id=id))

    def _look(self, drafted: Drafted, id: str, text: str) -> Looked:
        content = drafted.content
        source = content.script.source_language
        return look(content, rules_of(drafted), source, id, text, at=self._desk.now())

    def _steps(self, id: str) -> tuple[Step, ...]:
        return steps_of_keys(self._desk, key_of("text", id), key_of("provenance", id))

    def _page(
        self,
        drafted: Drafted,
        page: MessagePage,
        steps: Sequence[Step],
        *,
        text: Form | None = None,
        provenance: Form | None = None,
        looked: Looked | None = None,
        put_back: str | None = None,
    ) -> ResponseReturnValue:
        content, id = drafted.content, page.message.id
        reader = Reader(text.posted) if text else None
        shown = reader.one("text") if reader else put_back if put_back is not None else page.message.text
        texts = [page.message.text, page.live or "", shown, *(side.said for side in page.sides)]
        return form_page(
            self._desk,
            "console/message.html",
            text or provenance,
            page=page,
            source=content.script.languages[content.script.source_language],
            text=shown,
            meaning=reader.one("meaning") if reader else page.meaning,
            seen=reader.one(SEEN) if reader else page.seen,
            as_of_today=reader is None or bool(reader.one("as_of_today")),
            is_put_back=put_back is not None,
            looked=looked or self._look(drafted, id, shown),
            provenance_form=provenance.posted if provenance else posted_of(drafted.value(key_of("provenance", id))),
            provenance_seen=Reader(provenance.posted).one(SEEN) if provenance else page.provenance_seen,
            is_sourcing=provenance is not None,
            sources=content.script.sources,
            steps=steps,
            chips=chips_by_placeholder(content, texts),
        )


def form_page(desk: Desk, template: str, form: Form | None, **values: object) -> Response:
    """A page with a form, which could not be saved where it is given."""
    errors, problems = (form.errors, form.problems) if form else ({}, ())
    page = drawn(desk, template, errors=errors, problems=problems, **values)
    return Response(page, REFUSED if errors or problems else 200)


def steps_of_keys(desk: Desk, *keys: str) -> tuple[Step, ...]:
    """What became of several things, the latest first. Raises RedisError."""
    entries = [entry for key in keys for entry in desk.history.of(key, MOST_ENTRIES)]
    return steps_of(entries, _releases_since(desk, min(entry.at for entry in entries)) if entries else ())


def _releases_since(desk: Desk, at: datetime) -> list[Release]:
    """Those that can hold what was changed since then, as far back as anybody looks."""
    found: list[Release] = []
    while len(found) < MOST_RELEASES:
        earlier = desk.releases.latest(RELEASES_AT_ONCE, before=found[-1].number if found else None)
        found += earlier
        if not earlier or earlier[-1].at < at or earlier[-1].number == 1:
            break
    return found


def others_page(desk: Desk, key: str, address: str) -> ResponseReturnValue:
    """Says who changed a thing since it was `seen`, as the request says, and where that is to be read."""
    drafted = desk.drafted()
    if digest_of_value(drafted.value(key)) == request.args.get("seen", ""):
        return ""
    change = drafted.draft.change(key)
    return drawn(desk, "console/message-others.html", change=change, address=address)


def _page_of(drafted: Drafted, id: str, desk: Desk) -> MessagePage:
    try:
        return message_page(drafted, id, desk.now().date())
    except KeyError:
        abort(404, "There is no such message.")


def _check_english(reader: Reader, drafted: Drafted, page: MessagePage, looked: Looked, meaning: str) -> None:
    """Keeps in the reader what is wrong with a form."""
    if looked.preview is None:
        reader.wrong("text", " ".join(sentence_of(remark) for remark in looked.remarks))
    elif looked.text == page.live:
        return
    elif meaning not in MEANINGS:
        reader.wrong("meaning", "Say whether the meaning changed: the translations depend on it.")
    elif meaning == MEANING_SAME and not may_be_kept(drafted, page.message.id, looked.text):
        reader.wrong("meaning", "A placeholder was added or removed, so no translation can stay. Choose the other.")


def sentence_of(remark: Remark) -> str:
    """Such as "The text is empty. Write one."."""
    return " ".join(f"{words[0].upper()}{words[1:]}." for words in (remark.what, remark.remedy) if words)


def _asked(drafted: Drafted) -> Asked:
    """What the address asks for; what it cannot mean is left out."""
    arguments, content = request.args, drafted.content
    language, show = arguments.get("language", ""), arguments.get("state", "")
    return Asked(
        text=arguments.get("q", "").strip()[:LONGEST_SOUGHT],
        group=arguments.get("topic", ""),
        language=language if language in content.catalogs.languages else "",
        show=Show(show) if show in set(Show) else Show.ALL,
    )
