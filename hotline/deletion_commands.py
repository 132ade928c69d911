"""`hotline worker` deletes Twilio's own records; `hotline deletions` shows what waits and what was given up."""

from __future__ import annotations

import os
import signal
import threading

import click
from redis.exceptions import RedisError

from hotline.deleting import Deleter
from hotline.deletion_report import deletion_lines
from hotline.logs import set_up_logs
from hotline.settings import REDIS_FOLDER, SettingsError, read_data, read_redis_url, read_settings
from hotline.store.connection import connect_running
from hotline.store.deletions import Deletions


@click.command()
def worker() -> None:
    """Delete Twilio's own records of texts and calls, as the Procfile runs it beside the line.

    Only with HOTLINE_DELETE_AT_TWILIO=1; otherwise it waits, since a platform would start it again and again.
    """
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    set_up_logs(settings.log_level, settings.secrets)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    if not settings.deletes_at_twilio:
        click.echo("There is nothing to do: HOTLINE_DELETE_AT_TWILIO is not 1.")
        stop.wait()
        return
    click.echo("Deleting Twilio's records of what is over. `hotline deletions` shows what waits.")
    redis = connect_running(settings.redis_url, settings.redis_data)
    Deleter(Deletions(redis), settings, stop).run()


@click.command()
@click.option("--again", is_flag=True, help="Try once more to delete what was given up.")
def deletions(*, again: bool) -> None:
    """Which of Twilio's own records wait to be deleted, and which could not be."""
    try:
        redis = connect_running(read_redis_url(os.environ), read_data(os.environ) / REDIS_FOLDER)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    queue = Deletions(redis)
    try:
        if again:
            click.echo(f"To be tried again: {queue.add_again()}.")
        state = queue.state()
    except (RedisError, OSError) as error:
        raise click.ClickException(f"Redis does not answer ({type(error).__name__}); is the line running?") from None
    for line in deletion_lines(state):
        click.echo(line)
