"""The `hotline catalog` commands."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click
from babel.messages.catalog import Catalog

from hotline.catalogs.catalog import CatalogError, Catalogs, State, po_path
from hotline.catalogs.exchange import (
    ExchangeError,
    Imported,
    export_csv,
    export_po,
    imported,
    imported_csv,
    with_imported,
)
from hotline.catalogs.extract import make_template
from hotline.catalogs.merge import update, write_template
from hotline.catalogs.pofile import LARGEST, PoError, read, text_of, write
from hotline.locales import LOCALES
from hotline.script.editing import EditError
from hotline.script.loader import ScriptError, load_script
from hotline.script.model import Script


@click.group()
def catalog() -> None:
    """The texts in each language: gettext files under locales/."""


@catalog.command()
def extract() -> None:
    """Write locales/hotline.pot from the script."""
    _write_template(_script())


@catalog.command(name="update")
@click.argument("languages", metavar="[LANG]...", nargs=-1)
def update_files(languages: tuple[str, ...]) -> None:
    """Bring the PO files up to date with the script; all of them where no LANG is named.

    A translation whose English has changed is marked as fuzzy and not said until it is revised. Nothing is lost.
    """
    script = _script()
    known = _translated(script)
    for code in languages:
        _must_be_translated(script, code)
    template = _write_template(script)
    broken = []
    for code in languages or known:
        path = po_path(LOCALES, code)
        try:
            changed = update(path, template, script.languages[code])
        except (PoError, OSError) as error:
            broken.append(str(error))
        else:
            click.echo(f"{path}: {'brought up to date' if changed else 'is up to date'}")
    if broken:
        raise click.ClickException("\n".join(broken))


@catalog.command()
@click.argument("language", metavar="LANG")
@click.option(
    "--csv", "as_csv", is_flag=True, help="For a spreadsheet; otherwise PO, for Poedit, Weblate and the like."
)
@click.option("-o", "--output", type=click.File("wb"), default="-", metavar="FILE", help="Otherwise it is printed.")
def export(language: str, as_csv: bool, output: BinaryIO) -> None:  # noqa: FBT001 - click gives flags so
    """Give the texts of LANG to translators."""
    script = _script()
    _must_be_translated(script, language)
    po = _po(language)
    output.write(export_csv(po, script) if as_csv else export_po(po))


@catalog.command(name="import")
@click.argument("language", metavar="LANG")
@click.argument("file", type=click.File("rb"))
def import_file(language: str, file: BinaryIO) -> None:
    """Take the texts of LANG back from FILE, which is CSV where its name ends so, otherwise PO.

    Only what translators have changed is taken. Where one text cannot be, none is.
    """
    script = _script()
    _must_be_translated(script, language)
    po, uploaded = _po(language), file.read(LARGEST + 1)
    try:
        if Path(file.name).suffix.casefold() == ".csv":
            found = imported_csv(po, uploaded, script)
        else:
            found = imported(po, uploaded, script, script.languages[language])
    except ExchangeError as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    click.echo(_summary(found))
    if found.problems:
        raise click.ClickException("Nothing is written. Mend these texts first:\n" + "\n".join(found.problems))
    path = po_path(LOCALES, language)
    try:
        changed = not found.changes_nothing and write(path, with_imported(po, found, script))
    except (EditError, PoError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: {'written' if changed else 'is as it was'}")


@catalog.command()
def status() -> None:
    """Say how much of each language is translated and reviewed."""
    script = _script()
    try:
        catalogs = Catalogs(script, LOCALES)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    columns = ("language", "translated", *(state for state in State if state is not State.CURRENT), "reviewed")
    click.echo(_row(columns))
    for code in catalogs.languages:
        states = {message: catalogs.state(code, message) for message in script.messages}
        counts = [sum(state is counted for state in states.values()) for counted in State]
        reviewed = sum(
            state is State.CURRENT and (entry := catalogs.entry(code, message)) is not None and entry.reviewed
            for message, state in states.items()
        )
        click.echo(_row((code, *map(str, counts), str(reviewed))))
    click.echo(f"of {len(script.messages)} messages")


def _script() -> Script:
    try:
        return load_script()
    except ScriptError as error:
        raise click.ClickException(f"The script must be mended first:\n{error}") from error


def _po(language: str) -> str:
    try:
        return text_of(read(po_path(LOCALES, language)))
    except PoError as error:
        raise click.ClickException(str(error)) from error


def _summary(found: Imported) -> str:
    """How many texts change, and by name those that are left as they are."""
    new = len(found.translations) - len(found.unfuzzied)
    counted = {
        "new translations": new,
        "found right for today's English": len(found.unfuzzied),
        "newly reviewed": len(found.reviewed),
        "notes": len(found.notes),
    }
    left = {
        "not of today's English": found.outdated,
        "empty or marked as fuzzy": found.unfinished,
        "of no message of the script": found.unknown,
    }
    return "\n".join(
        (
            *(f"{what}: {count}" for what, count in counted.items()),
            *(f"left out, {why}: {', '.join(ids)}" for why, ids in left.items() if ids),
        )
    )


def _must_be_translated(script: Script, language: str) -> None:
    known = _translated(script)
    if language not in known:
        raise click.ClickException(f"There is no catalog for {language!r}. Choose from: {', '.join(known)}")


def _translated(script: Script) -> tuple[str, ...]:
    return tuple(code for code in script.languages if code != script.source_language)


def _write_template(script: Script) -> Catalog:
    template = make_template(script)
    path = LOCALES / "hotline.pot"
    changed = write_template(path, template)
    click.echo(f"{path}: {'written' if changed else 'is up to date'}")
    return template


def _row(cells: tuple[str, ...]) -> str:
    return "".join(cell.ljust(12) if position == 0 else cell.rjust(12) for position, cell in enumerate(cells))
