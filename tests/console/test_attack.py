"""What strangers, editors, forged forms and hostile texts can do to the whole console: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from werkzeug.test import TestResponse

from hotline.store.operators import Role
from tests.console.attacking import EXAMPLE, SCRIPT, VICTIM, Form, Way, attacked, forms, kept, send, ways, written
from tests.console.signing import Browser, Console

OVERRIDE = "\u202e"
ELSEWHERE = "https://evil.example"
# What takes a role above that of an editor, by endpoint; every other form is an editor's own.
RESERVED = {
    "publish": Role.REVIEWER,
    "restore": Role.REVIEWER,
    "put_back": Role.REVIEWER,
    "review": Role.REVIEWER,
    "operators": Role.ADMIN,
    "add_operator": Role.ADMIN,
    "change_role": Role.ADMIN,
    "reset_password": Role.ADMIN,
    "remove_code": Role.ADMIN,
    "remove_operator": Role.ADMIN,
}
EDITORS = frozenset(
    {
        *("sign_in", "sign_out", "sign_out_everywhere", "change_password", "new_password"),
        *("set_up_code", "switch_code_off", "take_back", "save_message", "save_provenance", "message_checks"),
        *("save_translation", "translation_checks", "save_notice", "end_notice", "notice_looked_at"),
        *("new_organisation", "save_organisation", "organisation_called", "hours_read", "save_town", "remove_rule"),
        *("save_recording", "remove_recording", "add_examples", "move_example", "remove_example", "undo_example"),
        *("try_examples", "learn_examples", "upload", "save_uploaded"),
        *("trial.texts", "trial.calls", "trial.step"),
    }
)
# By headers, with the right token: where a form of the console never comes from.
FROM_ELSEWHERE: Mapping[str, Mapping[str, str | None]] = {
    "another site": {"Origin": ELSEWHERE},
    "no site": {"Origin": "null"},
    "not said": {"Origin": None},
    "another site's page": {"Origin": None, "Referer": f"{ELSEWHERE}/console/"},
    "a longer name": {"Origin": "https://hotline.example.org.evil.example"},
    "a name before": {"Origin": "https://hotline.example.org@evil.example"},
    "without encryption": {"Origin": "http://hotline.example.org"},
    "another port": {"Origin": "https://hotline.example.org:8443"},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TEXTS = {
    "markup": f"{SCRIPT}\"'><img src=x onerror=alert(1)>",
    "an override": f"abc{OVERRIDE}gnp.exe",
    "null": "a\0b",
    "attributes": "{x.__class__} {phone.referral_line.__class__} {0.__init__.__globals__} %(x)s ${x} {{7*7}}",
}
MORE_TEXTS = {
    "long": "x" * 100_000,
    "a brace": "{",
    "lines": "a\r\nSet-Cookie: x=1\r\n" * 2000,
    "accents": f"a{chr(0x301) * 3000}",
    "nothing to see": "\ufeff\u200b\u2028\u2066",
}
# What a form says that it showed when it was opened.
SEEN = {
    "lists of lists": '{"sources": [[]], "languages": [{}], "counties": [[]], "texts": [1], "hours": 3}',
    "tables for texts": '{"rule": {"a": "b"}, "name": {}, "help": {"a": "b"}, "texts": {"en": ["x"]}, "until": 5}',
    "halves of characters": '{"name": "\\ud800", "does": "\\ud800", "rule": "\\ud800", "texts": {"en": "\\ud800"}}',
    "texts": '{"sources": "x", "texts": "x", "until": "x", "review_by": "x", "serves": "x", "hours": "x"}',
}
QUESTIONS = (
    *("q", "topic", "put", "show", "by", "skip", "before", "page", "next", "group", "county", "after", "number"),
    *("seen", "state", "language", "changed"),
)
PARTS = {
    "markup": SCRIPT,
    "upwards": "..",
    "null": "%00",
    "no text": "%ff%fe",
    "half a character": "%ed%a0%80",
    "an override": "%E2%80%AE",
    "attributes": "{x.__class__}",
    "long": "a" * 3000,
    "digits": "9" * 5000,
    "line": "a%0d%0aSet-Cookie:%20x=1",
}


@pytest.fixture(scope="module")
def console(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with attacked(redis_url, tmp_path_factory.mktemp("attacked")) as console:
        yield console


@pytest.fixture(scope="module")
def admin(console: Console) -> Browser:
    return console.signed_in("root", Role.ADMIN)


@pytest.fixture(scope="module")
def all_forms(console: Console, admin: Browser, looked: tuple[TestResponse, ...]) -> tuple[Form, ...]:
    """Those of all pages, and of some that are seen only where there is something to do."""
    example = admin.get("/console/examples/es?changed=1").text.split('href="/console/examples/es/')[1].split('"')[0]
    recording = admin.get("/console/recordings/es/next").location
    more = ("/console/messages/topic.ice-at-door.first", f"/console/examples/es/{example}", recording)
    return forms(console.app, [*looked, *map(admin.get, more)])


@pytest.fixture(scope="module")
def looked(console: Console, admin: Browser) -> tuple[TestResponse, ...]:
    """All that an admin can look at."""
    return tuple(send(admin, way) for way in ways(console.app) if way.is_safe)


def posts(console: Console) -> list[Way]:
    return [way for way in ways(console.app) if not way.is_safe]


def fill_in(admin: Browser, form: Form, fields: Mapping[str, list[str]]) -> tuple[int, str]:
    """What becomes of a form of an admin with these fields, and the right token."""
    token = {"csrf_token": admin.form_token("/console/account")}
    answer = admin.client.post(
        form.action,
        base_url=admin.console.public_url,
        data={**fields, **token},
        content_type="multipart/form-data" if form.is_multipart else None,
        headers={"Origin": admin.console.public_url},
    )
    return answer.status_code, answer.text


def test_every_form_is_known_to_be_an_editors_or_to_be_reserved(console: Console) -> None:
    assert {way.endpoint for way in posts(console)} == (RESERVED.keys() | EDITORS) - {"operators"}


def test_a_stranger_is_asked_to_sign_in_and_changes_nothing(console: Console) -> None:
    before = kept(console.redis)
    for way in ways(console.app):
        answer = send(console.browser(), way)
        if way.endpoint == "sign_in":
            assert answer.status_code in {200, 400}
        elif way.is_safe:
            assert answer.status_code == 303, way
            assert answer.location.startswith("/console/sign-in?next=/console/"), way
        else:
            assert answer.status_code == 401, way
        assert VICTIM not in answer.text.replace(way.path, ""), way
        assert EXAMPLE not in answer.text, way
    assert kept(console.redis) == before


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_what_is_reserved_is_refused_to_everybody_below(console: Console, role: Role) -> None:
    browser = console.signed_in(f"ben-{role}", role)
    token, before = browser.form_token("/console/account"), kept(console.redis)
    for way in ways(console.app):
        needed = RESERVED.get(way.endpoint)
        if needed is None or role.includes(needed):
            continue
        answer = send(browser, way, {"csrf_token": token, "role": Role.ADMIN, "name": "mallory", "note": "x"})
        assert answer.status_code == 403, way
        assert f"This needs the role of {needed}; yours is {role}." in answer.text
    assert kept(console.redis) == before


def test_who_has_a_made_password_changes_it_before_anything_else(console: Console) -> None:
    console.add("newcomer", Role.ADMIN, must_change=True)
    browser = console.browser()
    browser.sign_in("newcomer")
    token, before = browser.form_token("/console/account/new-password"), kept(console.redis)
    for way in ways(console.app):
        if way.endpoint in {"new_password", "sign_in", "sign_out"}:
            continue
        answer = send(browser, way, {"csrf_token": token}, X_CSRFToken=token)
        assert answer.location == "/console/account/new-password", way
    assert kept(console.redis) == before


def test_a_form_without_a_token_of_this_session_is_refused(console: Console, admin: Browser) -> None:
    theirs = console.signed_in("eve").form_token("/console/account")
    strangers = console.browser().form_token("/console/sign-in")
    before = kept(console.redis)
    for way in posts(console):
        for token in (None, "", "forged", theirs, strangers, admin.token):
            answer = send(admin, way, {"csrf_token": token or ""}, X_CSRFToken=token)
            assert answer.status_code == 400, (way, token)
            assert "earlier sign-in" in answer.text, way
    assert kept(console.redis) == before


@pytest.mark.parametrize("headers", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_a_form_from_elsewhere_is_refused_even_with_its_token(
    console: Console, admin: Browser, headers: Mapping[str, str | None]
) -> None:
    token, before = admin.form_token("/console/account"), kept(console.redis)
    for way in posts(console):
        answer = send(admin, way, {"csrf_token": token}, X_CSRFToken=token, **headers)
        assert answer.status_code == 403, way
    assert kept(console.redis) == before


def test_a_forged_host_leads_nowhere(console: Console, admin: Browser) -> None:
    for way in ways(console.app):
        for browser in (admin, console.browser()):
            if way.is_safe:
                answer = browser.client.get(way.path, base_url=console.public_url, headers={"Host": "evil.example"})
                assert "evil.example" not in f"{answer.headers}", way
                assert b"evil.example" not in answer.data, way


def test_every_answer_is_told_how_the_browser_treats_it(console: Console, looked: tuple[TestResponse, ...]) -> None:
    stranger = console.browser()
    others = [send(stranger, way) for way in ways(console.app)]
    others += [stranger.get("/console/nowhere"), stranger.post("/console/help"), stranger.post("/console/messages/x")]
    for answer in (*looked, *others):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, answer.request.path
        assert "frame-ancestors 'none'" in policy, answer.request.path
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, answer.request.path
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert cookie.startswith("__Host-"), answer.request.path
            assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; ")), cookie


def test_no_page_holds_what_its_policy_would_not_run(looked: tuple[TestResponse, ...]) -> None:
    for answer in looked:
        if answer.mimetype == "text/html":
            for one in (" onclick=", " onload=", "javascript:", "<style", " style="):
                assert one not in answer.text, (answer.request.path, one)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_in_any_form_is_only_a_text(
    console: Console, admin: Browser, all_forms: tuple[Form, ...], text: str
) -> None:
    _write_everywhere(console, admin, all_forms, text)


@pytest.mark.slow
@pytest.mark.parametrize("text", MORE_TEXTS.values(), ids=MORE_TEXTS)
def test_more_hostile_texts_in_any_form_are_only_texts(
    console: Console, admin: Browser, all_forms: tuple[Form, ...], text: str
) -> None:
    _write_everywhere(console, admin, all_forms, text)


def test_what_was_written_is_shown_as_it_is(console: Console, admin: Browser) -> None:
    """A text that holds markup may be kept, and is then shown; one that is not what it looks like is not kept."""
    page = "/console/messages/menu.main.text/fr"
    form = next(form for form in forms(console.app, [admin.get(page)]) if form.action == page)
    assert fill_in(admin, form, form.filled(SCRIPT))[0] == 303
    assert fill_in(admin, form, form.filled(f"{OVERRIDE}x"))[0] == 422
    assert fill_in(admin, form, {**form.filled(f"{OVERRIDE}x"), "seen": ["another"]})[0] == 422
    shown = 0
    for way in ways(console.app, language="fr"):
        answer = send(admin, way) if way.is_safe else None
        if answer and answer.mimetype == "text/html":
            assert SCRIPT not in answer.text, way
            assert OVERRIDE not in answer.text, way
            shown += "&lt;script&gt;alert(1)" in answer.text
    assert shown
    assert OVERRIDE not in written(console.redis)


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
def test_what_a_form_says_that_it_showed_may_be_anything(
    admin: Browser, all_forms: tuple[Form, ...], seen: str
) -> None:
    for form in all_forms:
        if "seen" in dict(form.fields):
            status, page = fill_in(admin, form, {**form.filled("x"), "seen": [seen]})
            assert status < 500, form.action
            assert SCRIPT not in page


def test_hostile_questions_are_only_questions_and_change_nothing(console: Console, admin: Browser) -> None:
    """A page of another site can make a browser look, with everything in the address that it likes."""
    asked = dict.fromkeys(QUESTIONS, f"{SCRIPT}\"'>\0{OVERRIDE}{{x.__class__}}")
    before = kept(console.redis)
    for way in ways(console.app):
        if way.is_safe:
            answer = admin.get(way.path, query_string=asked)
            assert answer.status_code < 500, way
            assert answer.mimetype != "text/html" or SCRIPT not in answer.text, way
    assert kept(console.redis) == before


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_hostile_addresses_lead_nowhere(console: Console, admin: Browser, part: str) -> None:
    names = {name for rule in console.app.url_map.iter_rules() for name in rule.arguments}
    before = kept(console.redis)
    token = admin.form_token("/console/account")
    for browser in (admin, console.browser()):
        for way in ways(console.app, **dict.fromkeys(names, part)):
            if part in way.path:
                answer = send(browser, way, {"csrf_token": token, "role": Role.EDITOR})
                assert answer.status_code < 500, way
                assert b"<script>alert" not in answer.data, way
                assert "Set-Cookie: x" not in f"{answer.headers}", way
    assert kept(console.redis) == before


def test_a_form_that_breaks_off_saves_nothing(console: Console, admin: Browser) -> None:
    """Of a text that did not arrive as a whole, the beginning looks like one."""
    token, before = admin.form_token("/console/account"), kept(console.redis)
    body = f"csrf_token={token}&topic=ice-at-door&lines=tocan+la+puerta+de+mi+ca".encode()
    broken = {"CONTENT_LENGTH": f"{len(body) + 40}", "wsgi.input_terminated": True}
    in_pieces = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    for environ, status in ((broken, 400), (in_pieces, 411)):
        answer = admin.client.post(
            "/console/examples/es",
            base_url=console.public_url,
            data=body,
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": console.public_url},
            environ_overrides=environ,
        )
        assert answer.status_code == status
        assert "could not be read" in answer.text
    assert kept(console.redis) == before


def test_files_are_taken_at_two_places_alone(console: Console, all_forms: tuple[Form, ...]) -> None:
    """What is done with them is tested in test_attack_files.py."""
    views = console.app.view_functions
    larger = {endpoint for endpoint, view in views.items() if hasattr(view, "most_bytes")}
    assert larger == {"console.upload", "console.save_uploaded", "console.save_recording"}
    assert sum(bool(form.files) for form in all_forms) == 2


def test_an_operator_who_is_removed_is_out_at_once(console: Console, admin: Browser) -> None:
    gone = console.signed_in("gone")
    assert gone.is_signed_in()
    assert admin.post("/console/operators/gone/remove", form="/console/operators").status_code == 303
    assert not gone.is_signed_in()


def _write_everywhere(console: Console, admin: Browser, all_forms: tuple[Form, ...], text: str) -> None:
    for form in all_forms:
        if form.texts:
            status, page = fill_in(admin, form, form.filled(text))
            assert status < 500, form.action
            assert SCRIPT not in page, form.action
            assert "<img src=x" not in page, form.action
            # In the field it stands as it was written, beside a sentence that names it.
            assert OVERRIDE not in re.sub(r"<textarea.*?</textarea>|<[^>]*>", "", page, flags=re.DOTALL), form.action
    assert OVERRIDE not in written(console.redis)
