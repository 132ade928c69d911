"""The pages of translations: one message in one language, beside its English."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hotline.console.accounts import current_operator, needs
from hotline.console.conflict import SEEN, conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.fields import Reader
from hotline.console.looking import Looked, look, rules_of
from hotline.console.message_history import MOST_ENTRIES, Step, authors_of, text_at
from hotline.console.message_view import (
    Refusal,
    TranslationPage,
    chips_by_placeholder,
    refusal_of,
    translation_changes,
    translation_page,
)
from hotline.console.messages import Form, form_page, others_page, sentence_of, steps_of_keys
from hotline.console.naming import VOICE
from hotline.console.pages import page as drawn
from hotline.console.posting import posted_form
from hotline.releases.changes import key_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.store.operators import Role

PAGE = "console.translation"


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Translations(desk)
    path = "/messages/<id>/<language>"
    blueprint.add_url_rule(path, "translation", pages.one)
    blueprint.add_url_rule(path, "save_translation", pages.save, methods=["POST"])
    blueprint.add_url_rule(f"{path}/review", "review", needs(Role.REVIEWER)(pages.review), methods=["POST"])
    blueprint.add_url_rule(f"{path}/checks", "translation_checks", pages.check, methods=["POST"])
    blueprint.add_url_rule(f"{path}/others", "translation_others", pages.others)


class _Translations:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def one(self, id: str, language: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        page, steps = _page_of(drafted, id, language), self._steps(id, language)
        return self._page(drafted, page, steps, put_back=text_at(steps, request.args.get("put", "")))

    def save(self, id: str, language: str) -> ResponseReturnValue:
        drafted, posted = self._desk.drafted(), posted_form()
        page, reader = _page_of(drafted, id, language), Reader(posted)
        looked = self._look(drafted, page, reader.one("text"))
        if looked.is_unfit:
            reader.wrong("text", " ".join(sentence_of(remark) for remark in looked.remarks))
            return self._page(drafted, page, self._steps(id, language), Form(posted, reader.errors), looked)
        if looked.text == page.translated.text and page.made_from is None:
            flash("Nothing was changed.", "done")
            return redirect(_address(id, language), 303)
        values = translation_changes(drafted, language, id, looked.text)
        seen = {key: digest_of_value(drafted.value(key)) for key in values}
        seen[key_of("translation", language, id)] = reader.one(SEEN)
        try:
            self._desk.save_all(values, seen, by=current_operator().name)
        except ConflictError as error:
            return conflict_page(error, drafted.content.script, back=_address(id, language), text="text")
        except RefusedError as error:
            form = Form(posted, problems=error.problems)
            return self._page(drafted, page, self._steps(id, language), form, looked)
        flash("Saved in the draft. Nobody hears it before it is published.", "done")
        if looked.is_wrong:
            flash("It cannot be published as it is: see what is wrong with it below.", "warning")
        return redirect(_address(id, language), 303)

    def review(self, id: str, language: str) -> ResponseReturnValue:
        """Notes that a second person found this very text right."""
        drafted, reader = self._desk.drafted(), Reader(posted_form())
        page, by = _page_of(drafted, id, language), current_operator().name
        if self._refusal(page) in {Refusal.OWN_TEXT, Refusal.NOT_CURRENT}:
            return self._page(drafted, page, self._steps(id, language))
        if reader.one("seen_text") != page.seen:
            problem = "Somebody changed this text while you read it. Read it again, then mark it."
            form = Form({"text": [page.translated.text], SEEN: [page.seen]}, problems=(problem,))
            return self._page(drafted, page, self._steps(id, language), form)
        key, value = key_of("reviewed", language, id), {"text": page.translated.text}
        try:
            self._desk.save(key, value, seen=digest_of_value(drafted.value(key)), by=by)
        except ConflictError:
            flash("Somebody else marked it at the same time.", "done")
        except RefusedError as error:
            form = Form({"text": [page.translated.text], SEEN: [page.seen]}, problems=error.problems)
            return self._page(drafted, page, self._steps(id, language), form)
        else:
            flash("Marked as reviewed in the draft.", "done")
        return redirect(_address(id, language), 303)

    def check(self, id: str, language: str) -> ResponseReturnValue:
        """What is wrong with a text that somebody is writing, and how it would be read."""
        drafted = self._desk.drafted()
        looked = self._look(drafted, _page_of(drafted, id, language), request.form.get("text", ""))
        return drawn(self._desk, "console/message-checks.html", looked=looked)

    def others(self, id: str, language: str) -> ResponseReturnValue:
        """Who changed the translation since a page was opened; nothing where nobody did."""
        return others_page(self._desk, key_of("translation", language, id), _address(id, language))

    def _look(self, drafted: Drafted, page: TranslationPage, text: str) -> Looked:
        rules, language = rules_of(drafted), page.language.code
        return look(drafted.content, rules, language, page.message.id, text, at=self._desk.now())

    def _refusal(self, page: TranslationPage) -> Refusal | None:
        operator, key = current_operator(), key_of("translation", page.language.code, page.message.id)
        authors = authors_of(self._desk.history.of(key, MOST_ENTRIES), page.translated.text)
        if page.change:
            authors |= {page.change.by}
        is_reviewer = operator.role.includes(Role.REVIEWER)
        return refusal_of(page, is_reviewer=is_reviewer, authors=authors, name=operator.name)

    def _steps(self, id: str, language: str) -> tuple[Step, ...]:
        return steps_of_keys(self._desk, key_of("translation", language, id), key_of("reviewed", language, id))

    def _page(
        self,
        drafted: Drafted,
        page: TranslationPage,
        steps: Sequence[Step],
        form: Form | None = None,
        looked: Looked | None = None,
        *,
        put_back: str | None = None,
    ) -> ResponseReturnValue:
        reader = Reader(form.posted) if form else None
        shown = reader.one("text") if reader else put_back if put_back is not None else page.translated.text
        content, id = drafted.content, page.message.id
        texts = (page.message.text, page.made_from or "", shown, page.live, page.translated.text, page.meanwhile)
        return form_page(
            self._desk,
            "console/translation.html",
            form,
            page=page,
            english=content.script.languages[content.script.source_language],
            text=shown,
            seen=reader.one(SEEN) if reader else page.seen,
            is_put_back=put_back is not None,
            looked=looked or (self._look(drafted, page, shown) if shown else None),
            is_heard=f"{id}{VOICE}" not in content.script.messages,
            refusal=self._refusal(page),
            steps=steps,
            chips=chips_by_placeholder(content, texts),
        )


def _page_of(drafted: Drafted, id: str, language: str) -> TranslationPage:
    try:
        return translation_page(drafted, id, language)
    except KeyError:
        abort(404, "There is no such message in such a language.")


def _address(id: str, language: str) -> str:
    return url_for(PAGE, id=id, language=language)
