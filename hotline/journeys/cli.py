"""`hotline journeys`, and what `hotline call --wav` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import requests
import soundfile

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import Espeak, EspeakError, espeak_of_this_process
from hotline.channels.wording import SpokenWording
from hotline.demo import HOST, demo_settings, line_of
from hotline.journeys.ear import Ear, longest_silence
from hotline.journeys.lengths import Lengths
from hotline.journeys.picture import draw
from hotline.journeys.prices import list_prices
from hotline.journeys.table import table_lines
from hotline.journeys.walk import Journey, JourneyError, Walker
from hotline.locales import LOCALES
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.transcript import parse
from hotline.script.loader import load_script
from hotline.settings import AUDIO_FOLDER, Settings, read_audio
from hotline.understanding.lessons import read_examples

NO_ESPEAK = "eSpeak NG is not installed, so that nothing can be heard here: make demo installs it."
START_SECONDS = 30
TITLE = "Seconds from pick-up to the first useful word, for who presses as soon as the choice is spoken"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line instead of a table.")
@click.option("--language", "languages", multiple=True, help="Only this language, such as es; may be repeated.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Also draw them as an SVG file.")
def journeys(*, as_json: bool, languages: tuple[str, ...], picture: Path | None) -> None:
    """How far each topic is, in each language: key presses and seconds by phone, texts and segments by SMS, and cost.

    It starts a line of its own and calls and texts it as a resident would.
    """
    script = load_script()
    unknown = set(languages) - set(script.languages)
    if unknown:
        raise click.BadParameter(f"the line speaks {', '.join(script.languages)}", param_hint="--language")
    wording = SpokenWording(script, Catalogs(script, LOCALES))
    examples = {(one.language, one.topic): one.text for one in reversed(list(read_examples(script, LOCALES)))}
    wanted = [(code, topic) for code in languages or script.languages for topic in script.topics]
    found: list[Journey] = []
    with _own_line() as line:
        walker = Walker(line, wording, Lengths(script, line, _espeak()), list_prices())
        with click.progressbar(wanted, label="Journeys", show_pos=True, file=sys.stderr) as progress:
            try:
                for code, topic in progress:
                    found.append(walker.walk(code, topic, examples[code, topic]))
            except (PhoneError, JourneyError, EspeakError) as error:
                raise click.ClickException(str(error)) from None
    for out in (json.dumps(one.as_json()) for one in found) if as_json else table_lines(found):
        click.echo(out)
    if picture:
        names = {language.code: language.name for language in script.languages.values()}
        picture.write_text(draw(TITLE, found, names), encoding="utf-8")


def write_call(line: Line, transcript: Path, out: Path) -> None:
    """Writes the first call of a transcript as a WAV file and prints its measures. Raises ClickException."""
    script = load_script()
    try:
        conversations = parse(transcript.read_text(encoding="utf-8")).conversations
        calls = [conversation for conversation in conversations if conversation.channel == "call"]
        if not calls:
            raise click.ClickException(f"{transcript} holds no call.")
        ear = Ear(line, script, _espeak())
        sound = ear.hear(calls[0])
        soundfile.write(out, sound.samples, sound.rate, subtype="PCM_16", format="WAV")
    except (PhoneError, EspeakError, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from None
    silent = longest_silence(sound)
    click.echo(f"{out}: {sound.seconds:.0f} s, peak {sound.peak:.1f} dB, longest silence {silent:.1f} s")
    for voice, levels in sorted(ear.levels.items()):
        click.echo(f"  {voice}: {len(levels)} pieces, level {min(levels):.1f} to {max(levels):.1f} dB")


def _espeak() -> Espeak:
    espeak = espeak_of_this_process()
    if espeak is None:
        raise click.ClickException(NO_ESPEAK)
    return espeak


@contextmanager
def _own_line() -> Iterator[Line]:
    """A line that serves for as long as the block lasts, with a Redis server of its own and the sounds made before."""
    with TemporaryDirectory(prefix="hotline-journeys-") as folder:
        data = Path(folder)
        sounds = read_audio(os.environ).resolve()
        sounds.mkdir(parents=True, exist_ok=True)
        (data / AUDIO_FOLDER).symlink_to(sounds)
        settings = demo_settings(data, port=None, workers=2)
        server = subprocess.Popen(
            [sys.executable, "-c", "from hotline.cli import main; main()", "serve"],
            env={**os.environ, **_environment(settings)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for(settings, server)
            yield line_of(settings)
        finally:
            server.terminate()
            server.wait()


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_tokens[0],
        "PUBLIC_URL": settings.public_url,
        "SECRET_KEY": settings.secret_key,
        "REDIS_URL": "",
        "PORT": str(settings.port),
        "WEB_CONCURRENCY": str(settings.workers),
        "HOTLINE_HOST": HOST,
        "HOTLINE_DATA": str(settings.data),
        "HOTLINE_LANGUAGES": "",
    }


def _wait_for(settings: Settings, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            requests.get(f"{settings.public_url}/healthz", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException("The line did not start; `hotline check` says whether its texts are in order.")
