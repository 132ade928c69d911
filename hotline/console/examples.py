"""The pages of examples: what people text, adding to it, and what the line understands before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.console.accounts import current_operator
from hotline.console.conflict import SEEN, conflict_page
from hotline.console.desk import ConflictError, Desk, RefusedError
from hotline.console.examples_view import (
    LONGEST,
    MOST_LINES,
    MOST_TRIED,
    Example,
    Refused,
    counts,
    example_key,
    examples_of,
    languages_changed,
    listed,
    numbers,
    removed_value,
    sort_out,
    steering_words,
    topics_of,
    tried,
    value_of,
)
from hotline.console.learning_job import LearningJob, Status
from hotline.console.posting import REFUSED
from hotline.console.words import in_english
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.learning import Learning
from hotline.releases.things import digest_of_value
from hotline.script.model import Language
from hotline.store.drafts import Value
from hotline.understanding.lessons import UnderstandingError, read_steering
from hotline.understanding.normal import plain
from hotline.understanding.understanding import Understanding, load_understanding

PAGE, ONE = "console.examples_in", "console.example"
MOST_PAGES = 1000
# A text message has no more.
MOST_CHARACTERS = 1600


def register(blueprint: Blueprint, desk: Desk) -> None:
    pages = _Examples(desk)
    in_language, one = "/examples/<language>", "/examples/<language>/<id>"
    blueprint.add_url_rule("/examples", "examples", pages.all)
    blueprint.add_url_rule("/examples/try", "try_examples", pages.try_out, methods=["GET", "POST"])
    blueprint.add_url_rule("/examples/learn", "learn_examples", pages.learn, methods=["POST"])
    blueprint.add_url_rule("/examples/learning", "learning", pages.learning)
    blueprint.add_url_rule(in_language, "examples_in", pages.in_language)
    blueprint.add_url_rule(in_language, "add_examples", pages.add, methods=["POST"])
    blueprint.add_url_rule(one, "example", pages.one)
    blueprint.add_url_rule(one, "move_example", pages.move, methods=["POST"])
    blueprint.add_url_rule(f"{one}/remove", "remove_example", pages.remove, methods=["POST"])
    blueprint.add_url_rule(f"{one}/undo", "undo_example", pages.undo, methods=["POST"])


class _Examples:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loaded: _Loaded | None = None
        self._job = LearningJob(desk.publishing.redis, Learning(desk.settings.learning), desk.now)

    def all(self) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        return render_template(
            "console/examples.html",
            script=drafted.content.script,
            numbers=numbers(drafted),
            changed=languages_changed(drafted),
            in_english=in_english,
        )

    def in_language(self, language: str) -> ResponseReturnValue:
        return self._page(language)

    def add(self, language: str) -> ResponseReturnValue:
        """Adds the lines that may be added; those that may not stay in the form."""
        drafted = self._desk.drafted()
        _language(drafted, language)
        topic, lines = request.form.get("topic", ""), request.form.get("lines", "").splitlines()
        if topic not in topics_of(drafted.content.script):
            return self._page(language, problem="Choose what these texts are about.")
        if not any(map(str.strip, lines)):
            return self._page(language, problem="Write a text first, one on each line.")
        if len(lines) > MOST_LINES:
            return self._page(language, problem=f"These are {len(lines)} lines. Add {MOST_LINES} at most at a time.")
        found = sort_out(
            lines, topic, examples_of(drafted, language), drafted.content.script, _is_steering(drafted, language)
        )
        values = {example_key(language, text): value_of(text, topic) for text in found.new}
        seen = {key: digest_of_value(drafted.value(key)) for key in values}
        try:
            if values:
                self._desk.save_all(values, seen, by=current_operator().name)
        except ConflictError as error:
            return self._conflict(error, language)
        except RefusedError as error:
            return self._page(language, problem=" ".join(error.problems))
        if found.new:
            flash(f"Added to the draft: {_texts(len(found.new))}.", "done")
        if found.known:
            flash(f"There already: {_texts(len(found.known))}.", "warning")
        if found.refused:
            return self._page(language, refused=found.refused)
        return redirect(url_for(PAGE, language=language, topic=topic), 303)

    def one(self, language: str, id: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        example = _example(drafted, language, id)
        key = example_key(language, example.text)
        return render_template(
            "console/example.html",
            language=_language(drafted, language),
            example=example,
            topics=topics_of(drafted.content.script),
            options=[*topics_of(drafted.content.script).items()],
            history=self._desk.history.of(key),
            change=drafted.draft.change(key),
            now=self._desk.now(),
            seen=digest_of_value(drafted.value(key)),
        )

    def move(self, language: str, id: str) -> ResponseReturnValue:
        """To another topic."""
        drafted = self._desk.drafted()
        example, topic = _example(drafted, language, id), request.form.get("topic", "")
        if topic not in topics_of(drafted.content.script):
            abort(400)
        return self._saved(language, example, value_of(example.text, topic), "Moved in the draft.")

    def remove(self, language: str, id: str) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        example = _example(drafted, language, id)
        value = None if example.is_new else removed_value(example)
        return self._saved(language, example, value, "Removed in the draft.")

    def undo(self, language: str, id: str) -> ResponseReturnValue:
        """Takes what the draft changes of it back."""
        drafted = self._desk.drafted()
        example = _example(drafted, language, id)
        try:
            self._desk.take_back(example_key(language, example.text), by=current_operator().name)
            flash("It is again as it is live.", "done")
        except RefusedError as error:
            flash(" ".join(error.problems), "error")
        return redirect(url_for(PAGE, language=language, topic=example.was or example.topic), 303)

    def try_out(self) -> ResponseReturnValue:
        return self._tried(_lines_tried())

    def learn(self) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        problem = ""
        if drafted.problems:
            problem = "The draft cannot be loaded, so nothing can be learned from it. Mend it first: see the draft."
        elif not self._job.start(drafted, by=current_operator().name):
            problem = "Somebody lets the line learn already. Wait until that is done, then try again."
        return self._tried(_lines_tried(), problem)

    def learning(self) -> ResponseReturnValue:
        """How far it is, as a part of a page."""
        drafted = self._desk.drafted()
        return render_template("console/learning.html", lesson=self._job.latest(), script=drafted.content.script)

    def _tried(self, lines: list[str], problem: str = "") -> ResponseReturnValue:
        drafted, lesson = self._desk.drafted(), self._job.latest()
        if len(lines) > MOST_TRIED:
            problem = f"These are {len(lines)} lines. Try {MOST_TRIED} at most at a time."
        live = drafted.base.content.understanding
        results = () if problem else tried(lines, live, self._learned(drafted))
        html = render_template(
            "console/examples-try.html",
            script=drafted.content.script,
            lines=lines,
            results=results,
            topics=topics_of(drafted.content.script),
            changed=languages_changed(drafted),
            lesson=lesson,
            running=lesson is not None and lesson.status is Status.RUNNING,
            is_of_draft=lesson is not None and lesson.is_of(drafted),
            problem=problem,
            most_tried=MOST_TRIED,
        )
        return html, REFUSED if problem else 200

    def _learned(self, drafted: Drafted) -> Understanding | None:
        """What understands as the draft would; None where that was not learned yet."""
        path = self._job.known(drafted) if languages_changed(drafted) else None
        if path is None:
            return None
        known = self._loaded
        if known is None or known.path != path or known.content is not drafted.content:
            content = drafted.content
            try:
                understanding = load_understanding(content.script, content.locales, trained=path)
            except UnderstandingError:
                return None
            known = self._loaded = _Loaded(path, content, understanding)
        return known.understanding

    def _saved(self, language: str, example: Example, value: Value, done: str) -> ResponseReturnValue:
        key, topic = example_key(language, example.text), example.topic
        try:
            self._desk.save(key, value, seen=request.form.get(SEEN, ""), by=current_operator().name)
            flash(done, "done")
        except ConflictError as error:
            return self._conflict(error, language)
        except RefusedError as error:
            flash(" ".join(error.problems), "error")
        return redirect(url_for(PAGE, language=language, topic=topic), 303)

    def _conflict(self, error: ConflictError, language: str) -> ResponseReturnValue:
        back = url_for(PAGE, language=language)
        return conflict_page(error, self._desk.drafted().content.script, back=back)

    def _page(self, language: str, *, problem: str = "", refused: tuple[Refused, ...] = ()) -> ResponseReturnValue:
        drafted = self._desk.drafted()
        spoken_in, topics = _language(drafted, language), topics_of(drafted.content.script)
        asked = request.form if request.method == "POST" else request.args
        topic = asked.get("topic", "") if asked.get("topic") in topics else ""
        search, changed = request.args.get("q", "").strip(), bool(request.args.get("changed"))
        examples = examples_of(drafted, language)
        number = min(max(1, request.args.get("page", 1, int)), MOST_PAGES)
        html = render_template(
            "console/examples-in.html",
            language=spoken_in,
            script=drafted.content.script,
            topics=topics,
            options=[*topics_of(drafted.content.script).items()],
            counts=counts(drafted.content.script, examples),
            listed=listed(examples, topic=topic, search=search, changed=changed, page=number),
            topic=topic,
            search=search,
            changed=changed,
            lines=[one.line for one in refused] or request.form.get("lines", "").splitlines(),
            problem=problem,
            refused=refused,
            most_lines=MOST_LINES,
            longest=LONGEST,
        )
        return html, REFUSED if problem or refused else 200


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: Path
    content: Content
    understanding: Understanding


def _language(drafted: Drafted, code: str) -> Language:
    return drafted.content.script.languages.get(code) or abort(404)


def _example(drafted: Drafted, language: str, id: str) -> Example:
    _language(drafted, language)
    found = (example for example in examples_of(drafted, language) if example.id == id)
    return next(found, None) or abort(404, "There is no such example any more.")


def _is_steering(drafted: Drafted, language: str) -> Callable[[str], bool]:
    """Knows commands in whatever language, and keys in this one."""
    content = drafted.content
    words = steering_words(read_steering(content.script, content.locales))
    return lambda line: plain(line) in words or content.understanding.keys(line, language) is not None


def _lines_tried() -> list[str]:
    lines = request.form.get("texts", "").splitlines()
    return [line.strip()[:MOST_CHARACTERS] for line in lines if line.strip()]


def _texts(number: int) -> str:
    return "1 text" if number == 1 else f"{number} texts"
