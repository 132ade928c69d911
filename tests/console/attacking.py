"""Every way into the console, walked as somebody would who means harm: all rules of the application, and all forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hotline.app import create_app
from hotline.console.checking import Checking
from hotline.console.learning_job import LearningJob
from hotline.console.publishing_job import PublishingJob
from hotline.releases.changes import key_of
from hotline.releases.files import manifest_of, packaged_files
from hotline.store.connection import RedisClient, connect
from hotline.store.drafts import DRAFT
from hotline.store.history import LOG, Entry
from hotline.store.operators import Role
from hotline.store.releases import Release, Releases
from tests.conftest import NOW, settings_for
from tests.console.newsroom import newsroom_at
from tests.console.signing import Browser, Clock, Console, quick_passwords

PREFIX = "/console"
# An operator whom an admin can do something to.
VICTIM = "victim"
SCRIPT = "<script>alert(1)</script>"

# One that the draft adds.
EXAMPLE = "golpean la puerta muy fuerte"

# For the open parts of addresses, first those of one endpoint, then of all: something that is there, where it can be.
_OPEN: Mapping[str, str] = {
    "language": "es",
    "kind": "po",
    "name": VICTIM,
    "number": "1",
    "slug": "hamden",
    "message": "welcome",
    "digest": "0" * 32,
    "sound": "0" * 64,
    "filename": "console.css",
    "id": "menu.main.text",
}
_OF_ENDPOINT: Mapping[str, str] = {"organisation": "referral_line", "example": "0" * 16}
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_PASSING = (b"{operators}:session:", b"{operators}:attempts", b"{content}:check")
_POSTED_TYPES = frozenset({"submit", "button", "reset", "image"})


@dataclass(frozen=True, slots=True)
class Way:
    """One method of one rule, with something in the place of each part of the address that is open."""

    method: str
    path: str
    endpoint: str

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"


def ways(app: Flask, **open_parts: str) -> tuple[Way, ...]:
    """All of the console but its static files; `open_parts` stand in the addresses instead of what is there."""
    return tuple(
        Way(method, path_of(rule.rule, rule.endpoint, open_parts), rule.endpoint.removeprefix("console."))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith(f"{PREFIX}/") and not rule.endpoint.endswith("static")
    )


def path_of(rule: str, endpoint: str, open_parts: Mapping[str, str]) -> str:
    def part(found: re.Match[str]) -> str:
        name = found[1]
        own = next((there for what, there in _OF_ENDPOINT.items() if name == "id" and what in endpoint), None)
        return open_parts.get(name) or own or _OPEN[name]

    return _PART.sub(part, rule)


def send(browser: Browser, way: Way, data: object = None, **headers: str | None) -> TestResponse:
    """As the browser of somebody would, with the origin of the page unless another is given. Names of headers have
    underscores.
    """
    sent = {"Origin": browser.console.public_url, **{name.replace("_", "-"): value for name, value in headers.items()}}
    is_phone = "/try/" in way.path
    return browser.client.open(
        way.path,
        method=way.method,
        base_url=browser.console.public_url,
        data=data,
        content_type="application/json" if is_phone and not way.is_safe else None,
        headers={name: value for name, value in sent.items() if value is not None},
    )


def kept(redis: RedisClient) -> dict[bytes, object]:
    """All that is kept of content and operators; not who is signed in, who tried to be, or what was checked."""
    found: dict[bytes, object] = {}
    for key in sorted(cast("list[bytes]", redis.keys("{*}*"))):
        if not key.startswith(_PASSING):
            # Blobs are never changed once they are there.
            found[key] = True if key.startswith(b"{content}:blob:") else redis.dump(key)
    return found


def written(redis: RedisClient) -> str:
    """All that the draft holds, and that operators are told of what was done."""
    draft = cast("dict[bytes, bytes]", redis.hgetall(DRAFT))
    log = cast("list[bytes]", redis.lrange(LOG, 0, -1))
    return "\n".join(json.dumps(json.loads(text), ensure_ascii=False) for text in (*draft.values(), *log))


@dataclass
class Form:
    """A form of a page, with what it would send if nobody touched it. `texts` are the names of what one writes in."""

    action: str
    method: str
    page: str
    is_multipart: bool = False
    fields: list[tuple[str, str]] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def filled(self, text: str) -> dict[str, list[str]]:
        """With the same text wherever one can write."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(text if name in self.texts else value)
        return {**sent, **{name: [text] for name in self.texts}}


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(
                given.get("action") or self.page,
                given.get("method", "get").upper(),
                self.page,
                given.get("enctype") == "multipart/form-data",
            )
            self.found.append(self._form)
        form, name = self._form, given.get("name", "")
        if form is None or (not name and tag != "option"):
            return
        kind = given.get("type", "text")
        match tag:
            case "textarea":
                form.texts.add(name)
            case "input" if kind == "file":
                form.files.add(name)
            case "input" if kind in {"checkbox", "radio"}:
                if "checked" in given:
                    form.fields.append((name, given.get("value", "on")))
            case "input" if kind == "hidden":
                form.fields.append((name, given.get("value", "")))
            case "input" if kind not in _POSTED_TYPES:
                form.texts.add(name)
            case "select":
                self._select = name
            case "option" if self._select and "selected" in given:
                form.fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None


def forms_on(page: str, html: str) -> tuple[Form, ...]:
    parser = _Forms(page)
    parser.feed(html)
    return tuple(parser.found)


def forms(app: Flask, answers: Iterable[TestResponse]) -> tuple[Form, ...]:
    """The forms that post, of these pages: one for each place that they post to."""
    found: dict[tuple[str, str], Form] = {}
    adapter = app.url_map.bind("localhost")
    for answer in answers:
        for form in forms_on(answer.request.path, answer.text) if answer.mimetype == "text/html" else ():
            if form.method == "POST":
                endpoint = str(adapter.match(form.action.partition("?")[0], method="POST")[0])
                found.setdefault((endpoint, " ".join(sorted(form.texts))), form)
    return tuple(found.values())


@contextmanager
def attacked(redis_url: str, folder: Path) -> Iterator[Console]:
    """The whole application with a release, a draft with a few changes, and operators whom somebody may harm."""
    redis = connect(redis_url)
    redis.flushdb()
    with pytest.MonkeyPatch.context() as patched:
        quick_passwords(patched)
        # These take their time in other threads, and would change something whenever they end.
        patched.setattr(Checking, "problems", lambda *_: ())
        for job in (PublishingJob, LearningJob):
            patched.setattr(job, "start", lambda *_, **__: False)
        newsroom = newsroom_at(redis, folder / "newsroom", lambda: NOW)
        newsroom.save(key_of("example", "es", EXAMPLE), {"text": EXAMPLE, "topic": "ice-at-door"})
        _publish_the_package(newsroom.desk.releases)
        app = create_app(replace(settings_for(redis_url), data=folder / "line"), now=lambda: NOW)
        console = Console(app, redis, Clock(NOW), settings_for(None).public_url)
        console.add(VICTIM, Role.ADMIN)
        yield console
    redis.close()


def _publish_the_package(releases: Releases) -> None:
    """Without the checks of publishing, which take their time: nobody looks at what this release says."""
    files = packaged_files()
    manifest = manifest_of(files)
    contents = {manifest.digests[path]: content for path, content in files.items()}
    releases.keep(contents, manifest.digest, manifest.to_json())
    release = Release(manifest.digest, "eve", NOW, f"The first. {SCRIPT}")
    releases.publish(release, live=None, entry=Entry(NOW, "eve", "published"))
