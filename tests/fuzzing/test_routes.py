"""Every route, with anything in addresses, headers and forms: as a stranger, and as an operator who may do all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from hotline.store.operators import Role
from tests.console.attacking import VICTIM, attacked, forms, ways
from tests.console.signing import COOKIE, Browser, Console
from tests.fuzzing.routes import description
from tests.fuzzing.sizes import Progress, at_its_own_pace, tries

AnyCase: TypeAlias = "Case[Any]"

# What strangers may see.
OPEN_TO_ALL = ("/healthz", "/readyz", "/audio/", "/console/static/", "/console/sign-in")
PUBLIC_PAGE = re.compile(r"/((card|flyer|privacy|terms)/)?[a-z]{2,3}|/card/worker\.js|/pages/.*")
WEBHOOK = re.compile(r"/(sms|voice)(/.*)?")
# Not signed; or what leads to no place at all, such as a node with a slash in it.
REFUSED = {403, 404, 405}
TRACES = re.compile(r"Traceback|File \"|hotline/\w+\.py|werkzeug|redis\.exceptions", re.ASCII)


@pytest.fixture(scope="module")
def console(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with attacked(redis_url, tmp_path_factory.mktemp("fuzzing")) as console:
        # A fault is to be seen here, not to be answered.
        console.app.config["PROPAGATE_EXCEPTIONS"] = True
        yield console


@pytest.fixture(scope="module")
def admin(console: Console) -> Browser:
    return console.signed_in("ana", Role.ADMIN)


@pytest.fixture(scope="module")
def routes(console: Console, admin: Browser) -> BaseSchema:
    pages = [admin.get(way.path) for way in ways(console.app) if way.is_safe]
    fields = {name for form in forms(console.app, pages) for name in (*form.texts, *dict(form.fields), *form.files)}
    known = {
        "language": ("en", "es", "ht", "ar"),
        "code": ("en", "ar", "xx"),
        "node": ("main", "town", "ice-at-door", "language"),
        "kind": ("po", "csv"),
        "number": ("1", "0", "999999999999"),
        "id": ("menu.main.text", "welcome", "referral_line"),
        "slug": ("hamden",),
        "name": (VICTIM,),
        "filename": ("console.css", "../../../pyproject.toml"),
    }
    return description(console.app, fields - {"csrf_token"}, known)


@pytest.mark.slow
@at_its_own_pace
def test_a_stranger_gets_nothing_whatever_is_asked(console: Console, routes: BaseSchema) -> None:
    progress = Progress("a stranger's requests")

    @tries(200, 100_000)
    @given(case=_cases(routes))
    def ask(case: AnyCase) -> None:
        progress.tick()
        response = case.call(base_url=console.public_url)
        assert response.status_code < 500
        assert not TRACES.search(response.text)
        if response.status_code == 200:
            path = case.formatted_path
            assert path.startswith(OPEN_TO_ALL) or PUBLIC_PAGE.fullmatch(path)
        if case.method == "POST" and WEBHOOK.fullmatch(case.path):
            assert response.status_code in REFUSED

    ask()


@pytest.mark.slow
@at_its_own_pace
def test_nothing_that_an_operator_sends_is_a_fault(console: Console, admin: Browser, routes: BaseSchema) -> None:
    token = admin.form_token("/console/account")
    cookies = {COOKIE[console.public_url]: admin.token or ""}
    session = admin.client.get_cookie("session", domain=admin.host, path="/")

    progress = Progress("an operator's requests")

    @tries(200, 100_000)
    @given(case=_cases(routes))
    def ask(case: AnyCase) -> None:
        progress.tick()
        if case.formatted_path.startswith("/console/sign-out"):
            return
        case.cookies = {**cookies, **({"session": session.value} if session else {})}
        headers = {"Origin": console.public_url, "X-CSRFToken": token}
        response = case.call(base_url=console.public_url, headers=headers)
        assert response.status_code < 500
        assert not TRACES.search(response.text)

    ask()


def _cases(routes: BaseSchema) -> st.SearchStrategy[AnyCase]:
    operations = [found.ok() for found in routes.get_all_operations() if isinstance(found, Ok)]
    assert operations
    return st.one_of(*(operation.as_strategy() for operation in operations))
