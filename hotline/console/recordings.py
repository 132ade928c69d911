"""The pages of recordings: what is missing, reading through it in one sitting, and listening."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.channels.audio.espeak import EspeakError
from hotline.channels.audio.recordings import LONGEST_SECONDS, MOST_BYTES, recording_of
from hotline.channels.audio.sound import SoundError
from hotline.console.accounts import current_operator, takes_up_to
from hotline.console.conflict import SEEN
from hotline.console.describing import name_of_message
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.listening import can_speak, played, spoken
from hotline.console.posting import REFUSED
from hotline.console.recordings_view import Kept, Page, Part, Row, ToRecord, page, to_record
from hotline.console.word_diff import word_diff
from hotline.console.words import in_english
from hotline.releases.changes import key_of, recording_path
from hotline.releases.drafting import Drafted
from hotline.releases.files import Files
from hotline.releases.things import digest_of_value
from hotline.script.model import Language, Script
from hotline.store.releases import LostReleaseError

KIND = "recording"
LIST, ONE, NEXT = "console.recordings_in", "console.recording", "console.next_recording"
# Of a form: the file, the digest of what was uploaded before, and where to go afterwards.
FILE, UPLOADED, THEN = "sound", "uploaded", "then"
GO_ON = "next"
# Beside the file a form has little.
MOST_MEGABYTES = MOST_BYTES / 2**20 + 1
CONFLICT = 409


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Recordings(desk)
    in_language, one = "/recordings/<language>", "/recordings/<language>/<digest>"
    blueprint.add_url_rule("/recordings", "recordings", pages.all)
    blueprint.add_url_rule(in_language, "recordings_in", pages.in_language)
    blueprint.add_url_rule(f"{in_language}/next", "next_recording", pages.next)
    blueprint.add_url_rule(one, "recording", pages.one)
    blueprint.add_url_rule(one, "save_recording", pages.save, methods=["POST"])
    blueprint.add_url_rule(f"{one}/remove", "remove_recording", pages.remove, methods=["POST"])
    blueprint.add_url_rule(f"{one}.wav", "recording_sound", pages.sound)
    blueprint.add_url_rule(f"{one}/espeak.wav", "recording_espeak", pages.espeak)
    blueprint.add_url_rule("/recordings/sounds/<sound>.wav", "uploaded_sound", pages.uploaded)


class _Recordings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wanted: dict[str, tuple[tuple[bytes, ...], ToRecord]] = {}

    def all(self) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        # Those that no voice of Twilio's speaks first: recordings help most there.
        languages = sorted(drafted.content.script.languages.values(), key=lambda one: one.twilio is not None)
        begun = [one.code for one in languages if _has_recordings(drafted.files, one.code)]
        pages = {code: self._page(drafted, code) for code in begun}
        return render_template("console/recordings.html", languages=languages, pages=pages, in_english=in_english)

    def in_language(self, language: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        spoken_in = _language(drafted, language)
        shown = self._page(drafted, language)
        show = Kept(chosen) if (chosen := request.args.get("show", "")) in set(Kept) else None
        rows = [row for row in shown.rows if show is None or row.kept is show]
        keys = {row.piece.digest: key_of(KIND, language, row.piece.digest) for row in rows}
        history = self._desk.history.latest([keys[row.piece.digest] for row in rows if row.kept is Kept.RECORDED])
        return render_template(
            "console/recordings-in.html",
            language=spoken_in,
            page=shown,
            parts={part: [row for row in rows if row.piece.part is part] for part in Part},
            latest={digest: history.get(key) for digest, key in keys.items()},
            show=show,
            shows=tuple(Kept),
            now=self._desk.now(),
            seen={
                orphan.digest: digest_of_value(drafted.value(key_of(KIND, language, orphan.digest)))
                for orphan in shown.orphans
            },
            names={one.message: _name(drafted.content.script, one.message) for one in shown.left_out},
        )

    def next(self, language: str) -> ResponseReturnValue:
        """The next one that somebody is to read."""
        drafted = self._desk.drafted()
        _language(drafted, language)
        return self._go_on(self._page(drafted, language), language, request.args.get("after", ""))

    def one(self, language: str, digest: str) -> ResponseReturnValue:
        return self._form(language, digest)

    @takes_up_to(MOST_MEGABYTES)
    def save(self, language: str, digest: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        row = self._row(drafted, language, digest)
        try:
            sound = self._uploaded_again() or recording_of(_file(), row.piece.words)
        except SoundError as error:
            return self._form(language, digest, str(error))
        key, by = key_of(KIND, language, digest), current_operator().name
        blob = self._desk.drafting.blob(sound)
        try:
            after = self._desk.save(key, {"sound": blob}, seen=request.form.get(SEEN, ""), by=by)
        except ConflictError as error:
            return self._conflict(drafted, language, row, blob, error)
        except RefusedError as error:
            return self._form(language, digest, " ".join(error.problems))
        shown = self._page(after, language)
        flash(f"Kept in the draft. {shown.count(Kept.RECORDED)} of {len(shown.rows)} are recorded.", "done")
        if request.form.get(THEN) == GO_ON:
            return self._go_on(shown, language, digest)
        return redirect(url_for(ONE, language=language, digest=digest), 303)

    def remove(self, language: str, digest: str) -> ResponseReturnValue:
        """Also one that nothing plays any more."""
        drafted = self._desk.drafted()
        _language(drafted, language)
        key = key_of(KIND, language, digest)
        if recording_path(language, digest) not in drafted.files:
            flash("This recording was removed already.", "warning")
            return redirect(url_for(LIST, language=language), 303)
        try:
            self._desk.save(key, None, seen=request.form.get(SEEN, ""), by=current_operator().name)
            flash("Removed in the draft. Callers hear it until you publish.", "done")
        except ConflictError:
            flash("Somebody else recorded this anew meanwhile, so nothing was removed. Listen to it first.", "warning")
        except RefusedError as error:
            flash(" ".join(error.problems), "error")
        return redirect(url_for(LIST, language=language), 303)

    def sound(self, language: str, digest: str) -> ResponseReturnValue:
        """As a caller hears it."""
        drafted = self._desk.drafted()
        _language(drafted, language)
        return played(drafted.files.get(recording_path(language, digest)) or abort(404))

    def espeak(self, language: str, digest: str) -> ResponseReturnValue:
        """What a caller hears as long as nobody has recorded it, where no voice of Twilio's speaks the language."""
        drafted = self._desk.drafted()
        row = self._row(drafted, language, digest)
        try:
            return played(spoken(drafted.content.script, row.piece.utterances))
        except EspeakError as error:
            abort(503, str(error))

    def uploaded(self, sound: str) -> ResponseReturnValue:
        return played(self._kept(sound) or abort(404))

    def _form(self, language: str, digest: str, problem: str = "") -> ResponseReturnValue:
        drafted = self._desk.drafted()
        row, shown = self._row(drafted, language, digest), self._page(drafted, language)
        before, after = shown.beside(digest)
        key = key_of(KIND, language, digest)
        html = render_template(
            "console/recording.html",
            language=drafted.content.script.languages[language],
            row=row,
            page=shown,
            number=shown.rows.index(row) + 1,
            now=self._desk.now(),
            before=before,
            after=after,
            next_open=shown.next_open(digest),
            history=self._desk.history.of(key),
            seen=digest_of_value(drafted.value(key)),
            changed=word_diff(row.before, row.piece.words),
            problem=problem,
            can_speak=can_speak(),
            most_seconds=LONGEST_SECONDS,
            most_megabytes=MOST_BYTES // 2**20,
        )
        return html, REFUSED if problem else 200

    def _conflict(
        self, drafted: Drafted, language: str, row: Row, blob: str, error: ConflictError
    ) -> ResponseReturnValue:
        theirs = error.theirs["sound"] if error.theirs else None
        html = render_template(
            "console/recording-conflict.html",
            language=drafted.content.script.languages[language],
            row=row,
            mine=blob,
            theirs=theirs,
            change=error.change,
            now=self._desk.now(),
            seen=digest_of_value(error.theirs),
        )
        return html, CONFLICT

    def _go_on(self, shown: Page, language: str, after: str) -> ResponseReturnValue:
        following = shown.next_open(after)
        if following:
            return redirect(url_for(ONE, language=language, digest=following.piece.digest), 303)
        flash("Everything is recorded in this language.", "done")
        return redirect(url_for(LIST, language=language), 303)

    def _row(self, drafted: Drafted, language: str, digest: str) -> Row:
        _language(drafted, language)
        return self._page(drafted, language).row(digest) or abort(404, "The line does not say this any more.")

    def _page(self, drafted: Drafted, language: str) -> Page:
        return page(drafted, language, self._to_record(drafted, language))

    def _to_record(self, drafted: Drafted, language: str) -> ToRecord:
        """Found anew where the script or the language's texts are others than the last time."""
        said = tuple(content for path, content in drafted.files.items() if _is_said(path, language))
        known = self._wanted.get(language)
        if known is None or known[0] != said:
            known = self._wanted[language] = (said, to_record(drafted.content, language))
        return known[1]

    def _uploaded_again(self) -> bytes | None:
        """What was uploaded before somebody else's recording was seen."""
        return self._kept(request.form.get(UPLOADED, ""))

    def _kept(self, blob: str) -> bytes | None:
        try:
            content = self._desk.releases.blob(blob)
        except LostReleaseError:
            return None
        return content if content.startswith(b"RIFF") else None


def _file() -> bytes:
    """What is uploaded. Raises SoundError where there is nothing."""
    file = request.files.get(FILE)
    content = file.read() if file else b""
    if not content:
        raise SoundError("There is no recording yet. Record one, or choose a file.")
    return content


def _language(drafted: Drafted, code: str) -> Language:
    return drafted.content.script.languages.get(code) or abort(404)


def _name(script: Script, message: str) -> str:
    """A message in the words of its data."""
    of, part = name_of_message(script, message)
    return f"{of}: {part}" if of else part


def _has_recordings(files: Files, language: str) -> bool:
    folder = recording_path(language, "").removesuffix(".wav")
    return any(path.startswith(folder) for path in files)


def _is_said(path: str, language: str) -> bool:
    return path.startswith("script/") or path == f"locales/{language}/LC_MESSAGES/hotline.po"
