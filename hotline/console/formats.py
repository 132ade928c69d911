"""The page of open formats: catalogs as PO and CSV, for translators who work elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hotline.catalogs.exchange import ExchangeError
from hotline.catalogs.pofile import LARGEST
from hotline.console.accounts import current_operator, takes_up_to
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.formats_view import (
    KINDS,
    Chosen,
    Wanted,
    download_of,
    kind_of_file,
    progress_of,
    refuse_another_language,
    uploaded,
    wanted_of,
)
from hotline.console.looking import rules_of
from hotline.console.message_view import chips_by_placeholder
from hotline.console.messages import Form, form_page
from hotline.console.naming import groups_of
from hotline.console.pages import page as drawn
from hotline.releases.changes import kind_of, parts_of
from hotline.releases.drafting import Drafted

PAGE = "console.formats"
# What is confirmed is the texts alone; a file has their English and what tools note beside them.
FILE_MEGABYTES, TEXTS_MEGABYTES = 8.5, 2
_TYPES = {"po": "text/x-gettext-translation; charset=utf-8", "csv": "text/csv; charset=utf-8"}
_BEGINNING = 100_000


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Formats(desk)
    blueprint.add_url_rule("/formats", "formats", pages.show)
    blueprint.add_url_rule("/formats/<language>.<kind>", "download", pages.download)

    @blueprint.post("/formats/upload")
    @takes_up_to(FILE_MEGABYTES)
    def upload() -> ResponseReturnValue:
        return pages.upload()

    @blueprint.post("/formats/<language>/save")
    @takes_up_to(TEXTS_MEGABYTES)
    def save_uploaded(language: str) -> ResponseReturnValue:
        return pages.save(language)


class _Formats:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self) -> ResponseReturnValue:
        return self._page(self._desk.drafted())

    def download(self, language: str, kind: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        if language not in drafted.content.catalogs.languages or kind not in KINDS:
            abort(404)
        response = Response(download_of(drafted, language, kind), content_type=_TYPES[kind])
        response.headers["Content-Disposition"] = f'attachment; filename="hotline-{language}.{kind}"'
        return response

    def upload(self) -> ResponseReturnValue:
        """Shows what a file would change; it is read and forgotten."""
        language, file = request.form.get("language", ""), request.files.get("file")
        content = b""
        if file:
            with file.stream as stream:
                content = stream.read()
        drafted = self._drafted(language)
        if not file or not file.filename:
            return self._page(drafted, language, "Choose a file first.")
        try:
            refuse_another_language(file.filename, language, drafted.content.script.languages)
            kind = kind_of_file(file.filename, content[:_BEGINNING])
            found = uploaded(drafted, rules_of(drafted), language, content, kind)
        except ExchangeError as error:
            return self._page(drafted, language, _sentence(str(error)))
        texts = [text for one in found.offered for text in (one.english, one.before, one.text)]
        chips = chips_by_placeholder(drafted.content, texts)
        return drawn(self._desk, "console/formats-upload.html", found=found, chips=chips)

    def save(self, language: str) -> ResponseReturnValue:
        drafted = self._drafted(language)
        chosen = [one for token in request.form.getlist("change") if (one := Chosen.from_token(token))]
        if not chosen:
            abort(400)
        try:
            wanted = wanted_of(drafted, language, chosen)
            conflicts = self._save(wanted)
        except ExchangeError as error:
            return self._page(drafted, language, _sentence(str(error)))
        except RefusedError as error:
            return self._page(drafted, language, *error.problems)
        failed = {error.key for error in conflicts}
        saved = sum(kind_of(key) == "translation" and key not in failed for key in wanted.values)
        if conflicts or wanted.outdated:
            return self._told(drafted, language, saved, conflicts, wanted.outdated)
        texts = "1 translation is" if saved == 1 else f"{saved} translations are"
        flash(f"{texts} saved in the draft. Nobody hears them before they are published.", "done")
        return redirect(url_for(PAGE), 303)

    def _save(self, wanted: Wanted) -> list[ConflictError]:
        """Saves all that nobody else changed meanwhile; what was, and by whom. Raises RefusedError."""
        values, conflicts = dict(wanted.values), list[ConflictError]()
        while values:
            try:
                self._desk.save_all(values, wanted.seen, by=current_operator().name)
            except ConflictError as error:
                conflicts.append(error)
                del values[error.key]
            else:
                break
        return conflicts

    def _told(
        self,
        drafted: Drafted,
        language: str,
        saved: int,
        conflicts: Sequence[ConflictError],
        outdated: Sequence[Chosen],
    ) -> ResponseReturnValue:
        """What of a file could not be saved, so that nothing is lost."""
        names = {name.id: name for group in groups_of(drafted.content.script) for name in group.names}
        page = drawn(
            self._desk,
            "console/formats-saved.html",
            language=drafted.content.script.languages[language],
            saved=saved,
            conflicts=[(names[parts_of(error.key)[1]], error) for error in conflicts],
            outdated=[(names[one.id], one.text) for one in outdated if one.id in names],
        )
        return Response(page, 409)

    def _drafted(self, language: str) -> Drafted:
        drafted = self._desk.drafted()
        if language not in drafted.content.catalogs.languages:
            abort(404)
        return drafted

    def _page(self, drafted: Drafted, language: str = "", *problems: str) -> ResponseReturnValue:
        return form_page(
            self._desk,
            "console/formats.html",
            Form({}, problems=problems),
            to_do=progress_of(drafted),
            chosen=language,
            megabytes=LARGEST // 1_000_000,
        )


def _sentence(words: str) -> str:
    """What is wrong and what to do, as two sentences."""
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in words.split("; ") if part)
