"""The page of open formats, through its forms, on a real Redis and with the real gettext tools."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hotline.releases.things import digest_of_value
from hotline.store.connection import RedisClient
from hotline.store.drafts import Value
from hotline.store.operators import Role
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import Browser, Console

MAIN, DOOR = "menu.main.text", "topic.ice-at-door.first"
PAGE, UPLOAD, SAVE = "/console/formats", "/console/formats/upload", "/console/formats/es/save"
KEY = f"translation:es:{MAIN}"
TOKEN = re.compile(r'name="change" value="([^"]*)"( checked)?')


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(newsroom: Newsroom) -> Console:
    return console_of(newsroom)


@pytest.fixture
def browser(console: Console) -> Browser:
    return console.signed_in("ana", Role.EDITOR)


def changes(newsroom: Newsroom) -> dict[str, Value]:
    return {change.key: change.value for change in newsroom.desk.drafts.read().changes}


def upload(browser: Browser, file: bytes, name: str = "es.po", language: str = "es") -> tuple[int, str]:
    """What becomes of a file, encoded here because the client would leave a temporary file open for a large one."""
    token = browser.form_token(PAGE)
    fields = {"csrf_token": token, "language": language, "file": FileStorage(io.BytesIO(file), name)}
    boundary, body = encode_multipart(fields)
    answer = browser.client.post(
        UPLOAD,
        base_url=browser.console.public_url,
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"Origin": browser.console.public_url},
    )
    return answer.status_code, answer.text


def tokens(html: str) -> list[str]:
    return [unescape(token) for token, _ in TOKEN.findall(html)]


def confirm(browser: Browser, html: str) -> tuple[int, str]:
    form = {"change": tokens(html)}
    answer = browser.post(SAVE, form, form=PAGE, content_type="multipart/form-data")
    return answer.status_code, unescape(answer.text)


def po(browser: Browser, *replacements: tuple[str, str]) -> bytes:
    text = browser.get(f"{PAGE}/es.po").text
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def test_each_language_is_offered_in_both_formats(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert page.count(".po") >= 11
    answer = browser.get(f"{PAGE}/ar.po")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hotline-ar.po"'
    assert answer.mimetype == "text/x-gettext-translation"
    assert browser.get(f"{PAGE}/ar.csv").mimetype == "text/csv"


@pytest.mark.parametrize("path", ["en.po", "xx.po", "es.xlsx", "../es.po", "es"])
def test_other_files_are_not_found(browser: Browser, path: str) -> None:
    assert browser.get(f"{PAGE}/{path}").status_code == 404


def test_a_file_that_comes_back_as_it_left_changes_nothing(newsroom: Newsroom, browser: Browser) -> None:
    for kind in ("po", "csv"):
        status, page = upload(browser, browser.get(f"{PAGE}/es.{kind}").data, f"es.{kind}")
        assert status == 200
        assert "This file changes nothing" in page
        assert "Left aside" not in page
    assert changes(newsroom) == {}


def test_a_new_translation_is_shown_first_and_saved_when_it_is_confirmed(newsroom: Newsroom, browser: Browser) -> None:
    status, page = upload(browser, po(browser, ("¿Qué necesita?", "¿Qué le pasa?")))
    assert status == 200
    assert "1 text would change" in page
    assert "<ins>" in page
    assert changes(newsroom) == {}
    assert confirm(browser, page)[0] == 303
    assert changes(newsroom) == {KEY: {"text": "¿Qué le pasa?", "of": "What do you need?"}}
    assert "1 translation is saved in the draft" in browser.get(PAGE).text


def test_a_bad_translation_is_not_ticked(browser: Browser) -> None:
    _, page = upload(browser, po(browser, ("¿Qué necesita?", "¿Qué “necesita”?")))
    assert "left double quotation mark" in page
    assert [checked for _, checked in TOKEN.findall(page)] == [""]


def test_what_others_changed_meanwhile_is_told_and_the_rest_is_saved(newsroom: Newsroom, browser: Browser) -> None:
    door = newsroom.desk.drafted().content.catalogs.text("es", DOOR)
    assert door
    file = po(
        browser, ("¿Qué necesita?", "¿Qué le pasa?"), (door.replace('"', '\\"'), door.replace('"', '\\"') + " Espere.")
    )
    _, page = upload(browser, file)
    assert len(tokens(page)) == 2
    newsroom.save(KEY, {"text": "¿Qué quiere?", "of": "What do you need?"}, by="ben")
    status, told = confirm(browser, page)
    assert status == 409
    assert "1 text is saved" in told
    assert "<b>ben</b> changed this meanwhile" in told
    assert "¿Qué le pasa?" in told
    made = changes(newsroom)
    assert made[KEY] == {"text": "¿Qué quiere?", "of": "What do you need?"}
    assert made[f"translation:es:{DOOR}"] is not None
    assert [entry.what for entry in newsroom.desk.history.of(KEY)] == ["set aside", "changed"]


def test_english_that_changed_between_looking_and_saving_leaves_its_translation_aside(
    newsroom: Newsroom, browser: Browser
) -> None:
    _, page = upload(browser, po(browser, ("¿Qué necesita?", "¿Qué le pasa?")))
    newsroom.save(f"text:{MAIN}", {"text": "What is happening?", "meaning": "changed"}, by="ben")
    status, told = confirm(browser, page)
    assert status == 409
    assert "Their English has changed meanwhile" in told
    assert "¿Qué le pasa?" in told
    assert KEY not in changes(newsroom)


def test_another_text_takes_away_the_mark_of_a_review(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(f"reviewed:es:{MAIN}", {"text": "¿Qué necesita?"}, by="eva")
    _, page = upload(browser, po(browser, ("¿Qué necesita?", "¿Qué le pasa?")))
    confirm(browser, page)
    assert [*changes(newsroom)] == [KEY]


@pytest.mark.parametrize(
    "command", [["msgcat"], ["msgcat", "--width=40"], ["msgcat", "--sort-output"], ["msgcat", "--no-wrap"]]
)
def test_a_file_that_a_translators_tool_wrote_anew_says_the_same(
    browser: Browser, tmp_path: Path, command: list[str]
) -> None:
    if not shutil.which(command[0]):
        pytest.skip("The tools of gettext are missing: apt-get install gettext")
    file = tmp_path / "es.po"
    file.write_bytes(po(browser, ("¿Qué necesita?", "¿Qué le pasa?")))
    written = subprocess.run([*command, str(file)], capture_output=True, check=True).stdout
    _, page = upload(browser, written)
    assert len(tokens(page)) == 1
    subprocess.run(["msgfmt", "-c", "-o", str(tmp_path / "es.mo"), str(file)], check=True)


@pytest.mark.parametrize(
    ("file", "name", "said"),
    [
        (b"", "es.po", "The file is empty."),
        (b"hello", "es.po", "Upload one that was downloaded here."),
        (b"PK\x03\x04" + b"\x00" * 100, "es.csv", "an archive or a spreadsheet"),
        (b"\xff\xfe" + "id".encode("utf-16-le"), "es.csv", "UTF-16"),
        ("id,english,translation\nx,é,é\n".encode("latin-1"), "es.csv", "not UTF-8"),
        (b"a;b\n1;2\n", "es.csv", "columns"),
        (b"<script>alert(1)</script>", "<script>.po", "Upload one that was downloaded here."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_plain_words(
    newsroom: Newsroom, browser: Browser, file: bytes, name: str, said: str
) -> None:
    status, page = upload(browser, file, name)
    assert status == 422
    assert said in unescape(page)
    assert changes(newsroom) == {}


def test_a_file_of_another_language_is_refused(browser: Browser) -> None:
    status, page = upload(browser, browser.get(f"{PAGE}/fr.po").data)
    assert status == 422
    assert "another language" in page


def test_a_file_that_is_too_large_is_refused_before_it_is_read(browser: Browser) -> None:
    assert upload(browser, b"x" * 8_100_000)[0] == 422
    assert upload(browser, b"x" * 9_500_000)[0] == 413


def test_a_form_without_a_file_or_a_language_is_refused(browser: Browser) -> None:
    assert browser.post(UPLOAD, {"language": "es"}, form=PAGE).status_code == 422
    assert upload(browser, b"x", "")[0] == 422
    assert browser.post(UPLOAD, {}, form=PAGE).status_code == 404
    assert upload(browser, b"x", language="en")[0] == 404
    assert browser.post(UPLOAD.replace("upload", "xx/save"), {}, form=PAGE).status_code == 404


@pytest.mark.parametrize("token", ["", "[]", "nonsense", '["no.such", "x", "y", "z"]', "[" * 50_000])
def test_what_no_page_made_is_not_saved(newsroom: Newsroom, browser: Browser, token: str) -> None:
    assert browser.post(SAVE, {"change": token}, form=PAGE).status_code in {400, 409}
    assert changes(newsroom) == {}


def test_a_made_up_text_is_held_to_what_every_text_is(newsroom: Newsroom, browser: Browser) -> None:
    seen = digest_of_value(newsroom.desk.drafted().value(KEY))
    token = f'["{MAIN}", "bad\\u0000", "What do you need?", "{seen}"]'
    assert browser.post(SAVE, {"change": token}, form=PAGE).status_code == 422
    assert changes(newsroom) == {}


def test_everything_can_be_translated_anew_in_one_file(newsroom: Newsroom, browser: Browser) -> None:
    text = browser.get(f"{PAGE}/es.po").text
    header, _, entries = text.partition("\n\n")
    entries = re.sub(r'^msgstr "', 'msgstr "Ya: ', entries, flags=re.MULTILINE)
    _, page = upload(browser, f"{header}\n\n{entries}".encode())
    assert len(tokens(page)) == len(newsroom.desk.drafted().content.script.messages)
    assert confirm(browser, page)[0] == 303
    assert len(changes(newsroom)) == len(tokens(page))
