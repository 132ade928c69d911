"""The `hotline catalog` commands."""

from __future__ import annotations

import click
from babel.messages.catalog import Catalog

from hotline.catalogs.catalog import CatalogError, Catalogs, State, po_path
from hotline.catalogs.extract import make_template
from hotline.catalogs.merge import update, write_template
from hotline.catalogs.pofile import PoError
from hotline.locales import LOCALES
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
        if code not in known:
            raise click.ClickException(f"There is no catalog for {code!r}. Choose from: {', '.join(known)}")
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
