"""The `hotline fallback` commands."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from hotline.catalogs.catalog import CatalogError
from hotline.channels.audio.espeak import EspeakError
from hotline.channels.audio.files import write_whole
from hotline.channels.fallback import (
    CALL,
    TEXT,
    Bundle,
    FallbackError,
    Placing,
    bundle_of,
    document_of,
    stamped,
    standing_in,
    unstamped,
)
from hotline.channels.voices import Voices
from hotline.releases.content import Content, packaged_content
from hotline.releases.live import kept_on_disk
from hotline.script.loader import ScriptError
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import RELEASES_FOLDER, read_audio, read_data
from hotline.understanding.lessons import UnderstandingError

# Remembers how a bundle was made, so that it can be checked and made again.
NOTE = "bundle.json"
PACKAGED = "what the package holds"
STANDING_IN = (
    "A voice of another language reads {}: eSpeak NG is not installed here, or made no sound. "
    "To install it: pip install 'hotline[voices]'"
)

# In plain ASCII, with nothing that Twilio or a browser would resolve or read otherwise.
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/(?!\.+(/|$))[A-Za-z0-9._~-]+)*/?")
_OURS = re.compile(r"(voice(-[A-Za-z0-9._-]+)?|sms)\.xml|audio/[A-Za-z0-9_-]+/[0-9a-f]{32}\.wav")


@dataclass(frozen=True, slots=True)
class _Made:
    """How a bundle was made."""

    placing: Placing
    day: date
    release: str


@click.group()
def fallback() -> None:
    """What is most urgent as files for Twilio's fallback URLs, which answer when the line's server is gone."""


@fallback.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--at", "address", default="", help="Where the folder will be reached, such as https://host/path.")
@click.option("--number", help="The line's own number, such as +12035550123: callers are connected under it.")
def build(folder: Path, address: str, number: str | None) -> None:
    """Write the files into FOLDER, to be put on a web host that does not share the line's fate.

    They say what the release says that was live here last, or what came with the package.
    """
    placing = Placing(_address(address), _number(number))
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / NOTE).is_file():
            raise click.ClickException(f"{folder} holds other files. Name a new folder, or that of an earlier bundle.")
        release, content = _speaking()
        bundle = bundle_of(content.written, content.spoken, content.voices, placing)
        made = _Made(placing, datetime.now(CONNECTICUT).date(), release)
        _write(folder, bundle, content.voices, made)
    except (FallbackError, EspeakError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder}: {error.strerror}") from None
    for line in _told(bundle, made, content.script):
        click.echo(line)


@fallback.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Say where the files in FOLDER differ from what would be built now. The exit code is 1 if they do."""
    made = _made(folder)
    _, content = _speaking()
    try:
        bundle = bundle_of(content.written, content.spoken, content.voices, made.placing)
    except FallbackError as error:
        raise click.ClickException(str(error)) from None
    differences = list(_differences(folder, bundle))
    for difference in differences:
        click.echo(difference)
    if differences:
        click.echo(f"Made {made.day} from {made.release}. Build it again, and put it up.")
        raise SystemExit(1)
    click.echo(f"Made {made.day} from {made.release}: it says what the line says now.")


def _speaking() -> tuple[str, Content]:
    """What is live as far as this machine knows, and its name."""
    audio = read_audio(os.environ)
    kept = kept_on_disk(read_data(os.environ) / RELEASES_FOLDER, audio)
    if kept and kept.pointer:
        return f"release {kept.pointer.number}", kept.content
    try:
        return PACKAGED, packaged_content(audio)
    except (ScriptError, CatalogError, UnderstandingError) as error:
        raise click.ClickException(str(error)) from None


def _write(folder: Path, bundle: Bundle, voices: Voices, made: _Made) -> None:
    """Writes everything, then deletes what an earlier bundle had and this one has not."""
    note = {"at": made.placing.at, "number": made.placing.number, "day": str(made.day), "release": made.release}
    # First, so that what breaks off here can be built again.
    write_whole(folder / NOTE, json.dumps(note, indent=2).encode() + b"\n")
    for path in bundle.sounds:
        write_whole(folder / path, _sound(voices, path).read_bytes())
    for name, document in bundle.documents.items():
        write_whole(folder / name, stamped(document, made.day, made.release).encode())
    for name in _superfluous(folder, bundle):
        (folder / name).unlink()


def _sound(voices: Voices, path: str) -> Path:
    """The line's own file of a sound. Raises EspeakError, or OSError where it is lost meanwhile."""
    _, language, file = path.split("/")
    digest = file.removesuffix(".wav")
    found = voices.recordings.find(language, digest) if voices.recordings else None
    if found is None and voices.audio:
        found = voices.audio.find(language, digest)
    if found is None:
        raise EspeakError(f"The sound {path} was deleted just now. Run this again.")
    return found


def _made(folder: Path) -> _Made:
    try:
        note = json.loads((folder / NOTE).read_bytes())
        placing = Placing(str(note["at"]), note["number"] and str(note["number"]))
        return _Made(placing, date.fromisoformat(note["day"]), str(note["release"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise click.ClickException(f"{folder} holds no bundle: {NOTE} is missing or damaged. Build it anew.") from None


def _differences(folder: Path, bundle: Bundle) -> Iterator[str]:
    for name, document in bundle.documents.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif unstamped(path.read_bytes().decode(errors="replace")) != document:
            yield f"{name} is not what the line says now."
    for name in bundle.sounds:
        if not (folder / name).is_file():
            yield f"{name} is missing."
    for name in _superfluous(folder, bundle):
        yield f"{name} is not part of it any more."


def _superfluous(folder: Path, bundle: Bundle) -> list[str]:
    """Files of an earlier bundle. What others have put there is none of them."""
    wanted = {*bundle.documents, *bundle.sounds}
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in there if _OURS.fullmatch(name) and name not in wanted)


def _told(bundle: Bundle, made: _Made, script: Script) -> Iterator[str]:
    """What was written, what it lacks, and what to do with it."""
    at, last = made.placing.at or "ADDRESS/", list(script.languages)[-1]
    yield f"{len(bundle.documents)} documents and {len(bundle.sounds)} sounds, from {made.release}."
    if names := [language.name for language in standing_in(bundle, script)]:
        yield STANDING_IN.format(", ".join(names))
    if not made.placing.number:
        yield "Nobody is connected, the number is only said: for a transfer, name the line's own number with --number."
    yield "Put all of it on a web host that does not share the line's fate. In Twilio's console, for the line's number:"
    yield f'  Voice, "Primary handler fails": {at}{CALL}, HTTP GET'
    yield f'  Messaging, "Primary handler fails": a TwiML Bin that holds what is in {TEXT}; or {at}{TEXT}, HTTP GET'
    yield f"A number that belongs to one language has its own document, such as {document_of(last)}."
    yield (
        "With GET, Twilio adds the resident's number, and the words of a text, to the address: choose a host that logs "
        "no query strings. A TwiML Bin stays with Twilio."
    )


def _address(value: str) -> str:
    """The address of the folder with a slash at its end."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_plain = bool(_ADDRESS.fullmatch(value)) and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain:
        raise click.BadParameter(
            "must be an address such as https://host.example.org/path: https, because callers' numbers travel in it",
            param_hint="--at",
        )
    return f"{value.rstrip('/')}/"


def _number(value: str | None) -> str | None:
    if value and not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        raise click.BadParameter("must be a number such as +12035550123", param_hint="--number")
    return value or None
