"""The `hotline` command."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hotline.catalogs.catalog import CatalogError, Catalogs
from hotline.catalogs.checks import check as check_catalogs
from hotline.catalogs.cli import catalog
from hotline.demo import NoDemoError, announced, announced_line, demo_settings, line_of
from hotline.locales import LOCALES
from hotline.phone.line import Line
from hotline.phone.terminal import call_session, replay_file, text_session
from hotline.script.loader import ScriptError, load_script
from hotline.script.model import Language
from hotline.settings import SettingsError, read_settings
from hotline.store.embedded import EmbeddedServerError
from hotline.understanding.cli import understand
from hotline.understanding.lessons import UnderstandingError

CALLER = "+12035550123"

# What stops a start; each says what to do.
START_ERRORS = (SettingsError, ScriptError, CatalogError, UnderstandingError, EmbeddedServerError)


@click.group()
def main() -> None:
    """An immigrant-rights hotline that answers by text and by phone."""


main.add_command(catalog)
main.add_command(understand)


@main.command()
def demo() -> None:
    """The line with a browser phone, an embedded Redis server and made-up secrets."""
    from hotline.serving import serve  # noqa: PLC0415 - the other commands start without the web server

    click.echo("Starting the hotline and its Redis server...")
    try:
        settings = demo_settings(_data(), port=_port(), workers=2)
        with announced(settings):
            click.echo(f"The phone: {settings.public_url}/phone/")
            click.echo("Phones for a second terminal: .venv/bin/hotline text, .venv/bin/hotline call")
            click.echo("Ctrl-C ends it.")
            serve(settings)
    except (*START_ERRORS, OSError) as error:
        raise click.ClickException(str(error)) from None


@main.command()
def serve() -> None:
    """The line as the Procfile runs it; the README lists its environment variables."""
    from hotline.serving import serve as serve_line  # noqa: PLC0415 - the other commands start without the web server

    try:
        serve_line(read_settings(os.environ))
    except START_ERRORS as error:
        raise click.ClickException(str(error)) from None


@main.command()
def check() -> None:
    """What is wrong with the script and the catalogs; exit code 1 if anything is."""
    try:
        script = load_script()
        findings = check_catalogs(script, Catalogs(script, LOCALES))
    except (ScriptError, CatalogError) as error:
        click.echo(str(error))
        raise SystemExit(1) from None
    for finding in findings:
        click.echo(f"{finding.language}  {finding.message_id}: {finding.what}; {finding.remedy}")
    languages = ", ".join(script.languages)
    click.echo(f"{len(script.messages)} messages in {languages}: {len(findings) or 'nothing'} wrong.")
    raise SystemExit(1 if findings else 0)


def _phone_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--from", "caller", default=CALLER, show_default=True, help="The number that texts or calls."),
        click.option(
            "--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A transcript to replay."
        ),
    ):
        command = option(command)
    return command


@main.command()
@click.option("--language", help="Begin in this language, such as es.")
@_phone_options
def text(language: str | None, caller: str, script: Path | None) -> None:
    """Text the line from this terminal."""
    line = _line()
    if script:
        raise SystemExit(replay_file(line, script))
    text_session(line, caller, language_word=_language(language).name if language else None)


@main.command()
@click.option("--language", help="Choose this language when the call begins, such as es.")
@_phone_options
def call(language: str | None, caller: str, script: Path | None) -> None:
    """Call the line from this terminal."""
    line = _line()
    if script:
        raise SystemExit(replay_file(line, script))
    call_session(line, caller, first_keys=_language(language).key if language else None)


def _line() -> Line:
    """The line that the environment names, otherwise the demo that runs here."""
    try:
        if "TWILIO_AUTH_TOKEN" not in os.environ:
            return announced_line(_data())
        settings = read_settings(os.environ)
    except (SettingsError, NoDemoError) as error:
        raise click.ClickException(str(error)) from None
    return line_of(settings)


def _language(code: str) -> Language:
    languages = load_script().languages
    if code not in languages:
        raise click.BadParameter(f"the line speaks {', '.join(languages)}", param_hint="--language")
    return languages[code]


def _data() -> Path:
    return Path(os.environ.get("HOTLINE_DATA") or ".data")


def _port() -> int | None:
    """The port that the environment asks for, as `hotline serve` reads it."""
    port = os.environ.get("PORT", "")
    return int(port) if port.isascii() and port.isdigit() else None
