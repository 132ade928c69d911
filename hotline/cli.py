"""The `hotline` command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
from redis.exceptions import RedisError

from hotline.audio_commands import audio
from hotline.catalogs.catalog import CatalogError
from hotline.catalogs.cli import catalog
from hotline.check_report import report_lines, segment_lines
from hotline.checks import check as check_all
from hotline.console.operator_commands import operator
from hotline.content_commands import content
from hotline.counts_report import counts_lines
from hotline.deletion_commands import deletions, worker
from hotline.demo import NoDemoError, add_phone, announced, announced_line, console_lines, demo_settings, line_of
from hotline.dialogue.scene import keys_of_language
from hotline.doctor_commands import doctor
from hotline.fallback_commands import fallback
from hotline.journeys.cli import journeys, write_call
from hotline.phone.line import Line
from hotline.phone.terminal import call_session, replay_file, text_session
from hotline.ports import PortError
from hotline.provision_commands import provision
from hotline.script.loader import ScriptError, load_script
from hotline.script.model import Language
from hotline.script.organisations import CONNECTICUT
from hotline.settings import REDIS_FOLDER, SettingsError, is_set, read_data, read_port, read_redis_url, read_settings
from hotline.store.connection import connect_running
from hotline.store.counts import Counts
from hotline.store.embedded import EmbeddedServerError
from hotline.understanding.cli import understand
from hotline.understanding.lessons import UnderstandingError

CALLER = "+12035550123"
COUNTED_DAYS = 30

# What stops a start; each says what to do.
START_ERRORS = (SettingsError, ScriptError, CatalogError, UnderstandingError, EmbeddedServerError, PortError, OSError)


@click.group()
def main() -> None:
    """An immigrant-rights hotline that answers by text and by phone."""


main.add_command(audio)
main.add_command(catalog)
main.add_command(content)
main.add_command(deletions)
main.add_command(doctor)
main.add_command(fallback)
main.add_command(journeys)
main.add_command(operator)
main.add_command(provision)
main.add_command(understand)
main.add_command(worker)


@main.command()
def demo() -> None:
    """The line with a browser phone; nothing to configure."""
    from hotline.serving import Server  # noqa: PLC0415 - the other commands start without the web server

    click.echo("Starting the hotline and its Redis server...")
    with _errors_in_one_line():
        port = read_port(os.environ) if is_set(os.environ, "PORT") else None
        settings = demo_settings(read_data(os.environ), port=port, workers=2)
        server = Server(settings)
        add_phone(server.flask, settings)
        with announced(settings):
            click.echo(f"The phone: {settings.public_url}/phone/")
            click.echo("Phones for a second terminal: .venv/bin/hotline text, .venv/bin/hotline call")
            click.echo("Ctrl-C ends it.")
            server.run(lambda: click.echo(console_lines(settings, server.store.client)))


@main.command()
def serve() -> None:
    """The line as the Procfile runs it; the README says how."""
    from hotline.serving import Server  # noqa: PLC0415 - the other commands start without the web server

    with _errors_in_one_line():
        Server(read_settings(os.environ)).run()


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except START_ERRORS as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--segments", is_flag=True, help="Instead, list what each message costs: SMS segments, seconds spoken.")
def check(*, segments: bool) -> None:
    """What is wrong with the script and the catalogs.

    Also with the examples, the commands and the glossaries. The exit code is 1 if anything is.
    """
    report = check_all(datetime.now(CONNECTICUT).date())
    for line in segment_lines(report) if segments else report_lines(report):
        click.echo(line)
    raise SystemExit(1 if report.errors and not segments else 0)


@main.command()
def counts() -> None:
    """How often the line understood what people wrote and said in the last 30 days: numbers alone."""
    today = datetime.now(CONNECTICUT).date()
    with _errors_in_one_line():
        redis = connect_running(read_redis_url(os.environ), read_data(os.environ) / REDIS_FOLDER)
        try:
            counted = Counts(redis).read(today - timedelta(days=past) for past in range(COUNTED_DAYS))
        except RedisError as error:
            raise click.ClickException(
                f"Redis does not answer ({type(error).__name__}); is the line running?"
            ) from None
    for line in counts_lines(counted, COUNTED_DAYS):
        click.echo(line)


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
@click.option(
    "--wav",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the call of --script as a sound, as it is heard, and its measures.",
)
@_phone_options
def call(language: str | None, caller: str, script: Path | None, wav: Path | None) -> None:
    """Call the line from this terminal."""
    line = _line()
    if wav and not script:
        raise click.BadParameter("needs --script, the call to write", param_hint="--wav")
    if script and wav:
        write_call(line, script, wav)
        return
    if script:
        raise SystemExit(replay_file(line, script))
    keys = keys_of_language(load_script(), _language(language).code) if language else None
    call_session(line, caller, language_keys=keys)


def _line() -> Line:
    """The line that the environment names, otherwise the demo that runs here."""
    try:
        if "TWILIO_AUTH_TOKEN" not in os.environ:
            return announced_line(read_data(os.environ))
        settings = read_settings(os.environ)
    except (SettingsError, NoDemoError) as error:
        raise click.ClickException(str(error)) from None
    return line_of(settings)


def _language(code: str) -> Language:
    languages = load_script().languages
    if code not in languages:
        raise click.BadParameter(f"the line speaks {', '.join(languages)}", param_hint="--language")
    return languages[code]
