"""The `hotline audio` commands."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from hotline.catalogs.catalog import CatalogError, Catalogs
from hotline.channels.audio.espeak import EspeakError
from hotline.channels.audio.sound import SoundError
from hotline.channels.repertoire import all_syntheses
from hotline.channels.voices import Voices, recorded_as, voices_of
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Say
from hotline.locales import LOCALES
from hotline.releases.live import kept_on_disk
from hotline.script.loader import ScriptError, load_script
from hotline.settings import RELEASES_FOLDER, read_audio, read_data

RECORDED_IN = LOCALES
NICENESS = 10
NO_ESPEAK = "eSpeak NG is not installed: pip install 'hotline[voices]', or on Debian: apt-get install espeak-ng"


@click.group()
def audio() -> None:
    """The sounds of the line: what people recorded, and what eSpeak NG says where Twilio has no voice."""


@audio.command()
def fill() -> None:
    """Make every sound that is missing, before anybody calls, and delete those that are not said any more.

    What is said is the release that was live here last, or what came with the package.
    """
    # What a caller waits for comes first.
    os.nice(NICENESS)
    kept = kept_on_disk(read_data(os.environ) / RELEASES_FOLDER, read_audio(os.environ))
    wording, voices = (kept.content.spoken, kept.content.voices) if kept else _speaking()
    library = voices.audio
    if library is None:
        raise click.ClickException(NO_ESPEAK)
    wanted = list(dict.fromkeys(all_syntheses(wording)))
    missing = [one for one in wanted if not library.has(one)]
    names = {code: language.name for code, language in wording.script.languages.items()}
    try:
        with click.progressbar(
            missing, label="Sounds", show_pos=True, item_show_func=lambda one: names[one.language] if one else ""
        ) as progress:
            for one in progress:
                library.file(one)
    except (EspeakError, OSError) as error:
        raise click.ClickException(f"A sound could not be made: {error}") from None
    pruned = library.prune(wanted)
    counted = Counter(names[one.language] for one in wanted)
    total = ", ".join(f"{name} {count}" for name, count in counted.items())
    click.echo(f"{len(missing)} sounds made, {pruned} deleted. In all: {total}.")


@audio.command()
@click.argument("language")
@click.argument("message")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def record(language: str, message: str, file: Path) -> None:
    """Keep FILE as what a person says for MESSAGE in LANGUAGE, made fit for the telephone.

    For example: hotline audio record ht topic.ice-at-door.first door.wav. It serves as long as the words stay the same.
    """
    wording, voices = _speaking()
    if language not in wording.script.languages or voices.recordings is None:
        raise click.BadParameter(f"the line speaks {', '.join(wording.script.languages)}", param_hint="LANGUAGE")
    if message not in wording.script.messages:
        raise click.BadParameter(
            "there is no such message; `hotline check --segments` lists them", param_hint="MESSAGE"
        )
    try:
        utterances = wording.utterances(Say(message.removesuffix(".voice")), language)
    except KeyError as error:
        raise click.ClickException(f"This message changes from call to call: {{{error.args[0]}}}.") from None
    recorded_in, words = recorded_as(utterances, wording.script.source_language)
    try:
        kept = voices.recordings.keep(recorded_in, words, file.read_bytes())
    except (SoundError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Kept as {kept}, for the words: {words}")


def _speaking() -> tuple[SpokenWording, Voices]:
    try:
        script = load_script()
        wording = SpokenWording(script, Catalogs(script, LOCALES))
    except (ScriptError, CatalogError) as error:
        raise click.ClickException(str(error)) from None
    return wording, voices_of(wording, RECORDED_IN, read_audio(os.environ))
