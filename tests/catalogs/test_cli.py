from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.catalogs import cli
from hotline.catalogs.pofile import read, text_of
from hotline.script.loader import ScriptError
from hotline.script.model import Script

MakeScript = Callable[..., Script]


@pytest.fixture
def run(make_script: MakeScript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    script = make_script({"door": "Keep it closed.", "sign": "Sign nothing.", "more": "More"}, ("en", "es", "ht"))
    monkeypatch.setattr(cli, "LOCALES", tmp_path)
    monkeypatch.setattr(cli, "load_script", lambda: script)
    return lambda *arguments: CliRunner().invoke(cli.catalog, arguments)


def translate(path: Path, message: str, text: str, note: str = "") -> None:
    file = read(path)
    (entry,) = (entry for entry in file if entry.msgctxt == message)
    entry.msgstr, entry.tcomment = text, note
    path.write_text(text_of(file), encoding="utf-8")


def test_extract_writes_the_template(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("extract").output == f"{tmp_path}/hotline.pot: written\n"
    assert run("extract").output == f"{tmp_path}/hotline.pot: is up to date\n"
    assert 'msgctxt "door"' in (tmp_path / "hotline.pot").read_text()


def test_update_makes_the_file_of_each_language_that_has_none(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("update", "ht").exit_code == 0
    assert not (tmp_path / "es").exists()
    assert run("update").exit_code == 0
    assert (tmp_path / "es" / "LC_MESSAGES" / "hotline.po").exists()
    assert run("update").output.count("is up to date") == 3


def test_status_counts_what_is_translated_and_reviewed(run: Callable[..., Result], tmp_path: Path) -> None:
    run("update")
    path = tmp_path / "es" / "LC_MESSAGES" / "hotline.po"
    translate(path, "door", "No abra.", "reviewed: yes")
    translate(path, "sign", "No firme nada.", "reviewed: yes")
    path.write_text(path.read_text().replace("Sign nothing.", "Do not sign.", 1))
    assert [line.split() for line in run("status").output.splitlines()] == [
        ["language", "translated", "stale", "missing", "reviewed"],
        ["es", "1", "1", "1", "1"],
        ["ht", "0", "0", "3", "0"],
        ["of", "3", "messages"],
    ]


@pytest.mark.parametrize("code", ["en", "tlh", "../es"])
def test_update_of_no_such_catalog_names_those_there_are(run: Callable[..., Result], code: str) -> None:
    result = run("update", code)
    assert result.exit_code == 1
    assert result.output == f"Error: There is no catalog for {code!r}. Choose from: es, ht\n"


def test_a_broken_file_is_left_as_it_is_and_the_others_are_brought_up_to_date(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "es" / "LC_MESSAGES" / "hotline.po"
    path.parent.mkdir(parents=True)
    path.write_text("oops\n")
    result = run("update")
    assert result.exit_code == 1
    assert f"{path}, line 1" in result.output
    assert path.read_text() == "oops\n"
    assert (tmp_path / "ht" / "LC_MESSAGES" / "hotline.po").exists()


def test_status_without_files_says_how_to_make_them(run: Callable[..., Result]) -> None:
    result = run("status")
    assert result.exit_code == 1
    assert "make it with: hotline catalog update" in result.output


def test_a_script_that_cannot_be_served_is_to_be_mended_first(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Script:
        raise ScriptError(("menus.toml: the menu 'main' is missing",))

    monkeypatch.setattr(cli, "load_script", broken)
    for command in ("extract", "update", "status"):
        result = run(command)
        assert result.exit_code == 1
        assert "menus.toml: the menu 'main' is missing" in result.output


@pytest.fixture
def spanish(run: Callable[..., Result], tmp_path: Path) -> Path:
    """A catalog with one translation."""
    run("update")
    path = tmp_path / "es" / "LC_MESSAGES" / "hotline.po"
    translate(path, "door", "No abra.")
    return path


def test_export_prints_the_catalog_or_writes_it(run: Callable[..., Result], spanish: Path, tmp_path: Path) -> None:
    assert run("export", "es").stdout_bytes == spanish.read_bytes()
    assert run("export", "es", "-o", str(tmp_path / "out.po")).output == ""
    assert (tmp_path / "out.po").read_bytes() == spanish.read_bytes()
    table = run("export", "es", "--csv").stdout_bytes.decode("utf-8-sig")
    assert table.splitlines()[:2] == ["id,english,translation,state,note", "door,Keep it closed.,No abra.,current,"]


@pytest.mark.parametrize("name", ["back.po", "back.csv", "BACK.CSV"])
def test_import_takes_what_was_changed_and_says_so(
    run: Callable[..., Result], spanish: Path, tmp_path: Path, name: str
) -> None:
    back = tmp_path / name
    run("export", "es", "-o", str(back), *(["--csv"] if name.casefold().endswith("csv") else []))
    assert run("import", "es", str(back)).output.endswith(f"{spanish}: is as it was\n")
    back.write_text(back.read_text().replace("No abra.", "Cierre."))
    result = run("import", "es", str(back))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == "new translations: 1"
    assert result.output.endswith(f"{spanish}: written\n")
    assert 'msgid "Keep it closed."\nmsgstr "Cierre."' in spanish.read_text()


def test_import_names_what_it_leaves_out(run: Callable[..., Result], spanish: Path, tmp_path: Path) -> None:
    back = tmp_path / "back.po"
    text = spanish.read_text().replace("Keep it closed.", "Keep it shut.").replace("No abra.", "Cierre.")
    back.write_text(text + '\nmsgctxt "new"\nmsgid "New"\nmsgstr "Nuevo"\n')
    before = spanish.read_bytes()
    assert run("import", "es", str(back)).output.splitlines()[-3:] == [
        "left out, not of today's English: door",
        "left out, of no message of the script: new",
        f"{spanish}: is as it was",
    ]
    assert spanish.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("No abra.", "Llame al {phone.x}."), "Nothing is written. Mend these texts first:\ndoor: its placeholders"),
        (("No abra.", 'No "abra".'), "back.po: the file, line "),
        (("UTF-8", "KOI8-R"), "charset=UTF-8"),
    ],
)
def test_import_writes_nothing_where_one_text_cannot_be_taken(
    run: Callable[..., Result], spanish: Path, tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    before = spanish.read_bytes()
    back = tmp_path / "back.po"
    back.write_text(
        spanish.read_text().replace('msgid "More"\nmsgstr ""', 'msgid "More"\nmsgstr "Más"').replace(*change)
    )
    result = run("import", "es", str(back))
    assert result.exit_code == 1
    assert says in result.output
    assert spanish.read_bytes() == before


@pytest.mark.parametrize("command", ["export", "import"])
def test_export_and_import_want_a_language_with_a_catalog(
    run: Callable[..., Result], spanish: Path, command: str
) -> None:
    arguments = [str(spanish)] if command == "import" else []
    assert run(command, "en", *arguments).output == "Error: There is no catalog for 'en'. Choose from: es, ht\n"
    spanish.write_text("oops\n")
    result = run(command, "es", *arguments)
    assert result.exit_code == 1
    assert f"{spanish}, line 1" in result.output
