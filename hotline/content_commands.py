"""The `hotline content` commands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click
from redis.exceptions import RedisError

from hotline.catalogs.catalog import CatalogError, Catalogs
from hotline.channels.report import render_report
from hotline.channels.wording import WrittenWording
from hotline.releases.checkout import divergence_here, pull
from hotline.releases.drafting import Drafting
from hotline.releases.files import packaged_path
from hotline.releases.live import Live
from hotline.releases.pushing import PushError, push
from hotline.script.loader import ScriptError, load_script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import (
    DRAFTS_FOLDER,
    REDIS_FOLDER,
    RELEASES_FOLDER,
    SettingsError,
    read_audio,
    read_data,
    read_redis_url,
)
from hotline.store.connection import RedisClient, borrowed
from hotline.store.drafts import Drafts
from hotline.store.embedded import EmbeddedServerError
from hotline.store.releases import LostReleaseError, Release, Releases

BY = "command line"


@click.group()
def content() -> None:
    """What the line says, for those who answer for it."""


@content.command()
def report() -> None:
    """Print each statement with its sources, dates and open doubts as one HTML page, for a lawyer's review.

    For example: hotline content report > report.html
    """
    try:
        script = load_script()
        page = render_report(script, WrittenWording(script, Catalogs(script)), _now().date())
    except (ScriptError, CatalogError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(page)


@content.command(name="pull")
@click.option("--overwrite", is_flag=True, help="Also the files that were changed here as well.")
def pull_content(*, overwrite: bool) -> None:
    """Write what is live into the files here, so that git can keep it.

    Look at what was written with `git diff`, then commit it.
    """
    with _redis() as redis:
        releases = Releases(redis)
        live = _live(releases)
        found = divergence_here(releases, live)
        pulled = (*found.live, *found.both) if overwrite else found.live
        pull(releases, live, pulled)
    _tell(pulled, f"Written as they are in release {live.number}")
    if not overwrite:
        _tell_left_out(found.both, "what is live")


@content.command(name="push")
@click.option("--overwrite", is_flag=True, help="Also the files that were changed in the console as well.")
def push_content(*, overwrite: bool) -> None:
    """Put the files that were changed here into the console's draft, from where they are published."""
    data = read_data(os.environ)
    with _redis() as redis:
        releases, drafts, audio = Releases(redis), Drafts(redis), read_audio(os.environ)
        found = divergence_here(releases, _live(releases))
        pushed = (*found.packaged, *found.both) if overwrite else found.packaged
        live = Live(releases, data / RELEASES_FOLDER, audio, _now)
        live.look()
        if live.trouble:
            raise click.ClickException(live.trouble)
        try:
            push(Drafting(live, releases, drafts, data / DRAFTS_FOLDER, audio), drafts, pushed, by=BY, at=_now())
        except PushError as error:
            raise click.ClickException(str(error)) from None
    _tell(pushed, "In the draft now, to be published in the console")
    if not overwrite:
        _tell_left_out(found.both, "what is here")


@contextmanager
def _redis() -> Iterator[RedisClient]:
    """The server of the settings, with everything that may go wrong as one line."""
    try:
        with borrowed(read_redis_url(os.environ), read_data(os.environ) / REDIS_FOLDER) as redis:
            yield redis
    except (SettingsError, EmbeddedServerError, LostReleaseError, ScriptError, CatalogError) as error:
        raise click.ClickException(str(error)) from None
    except RedisError as error:
        raise click.ClickException(f"Redis does not answer ({type(error).__name__}); see REDIS_URL.") from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None


def _live(releases: Releases) -> Release:
    pointer = releases.live()
    live = releases.release(pointer.number) if pointer else None
    if live is None:
        click.echo("Nothing was published yet: the line speaks from the files that it came with.")
        raise SystemExit(0)
    return live


def _tell(paths: Sequence[str], done: str) -> None:
    click.echo(f"{done}:" if paths else "There is nothing new.")
    for path in paths:
        click.echo(f"  {os.path.relpath(packaged_path(path))}")


def _tell_left_out(paths: Sequence[str], instead: str) -> None:
    """Ends with an error where something was left out."""
    if not paths:
        return
    click.echo("Left as they are, because they were changed here and in the console:", err=True)
    for path in paths:
        click.echo(f"  {os.path.relpath(packaged_path(path))}", err=True)
    click.echo(f"To have {instead} on both sides, run this again with --overwrite.", err=True)
    raise SystemExit(1)


def _now() -> datetime:
    return datetime.now(CONNECTICUT)
