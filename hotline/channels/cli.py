"""The `hotline content` commands."""

from __future__ import annotations

from datetime import datetime

import click

from hotline.catalogs.catalog import CatalogError, Catalogs
from hotline.channels.report import render_report
from hotline.channels.wording import WrittenWording
from hotline.script.loader import ScriptError, load_script
from hotline.script.organisations import CONNECTICUT


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
        page = render_report(script, WrittenWording(script, Catalogs(script)), datetime.now(CONNECTICUT).date())
    except (ScriptError, CatalogError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(page)
