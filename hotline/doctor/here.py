"""What can be looked at on this machine: the settings, Redis, the texts and the sounds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from redis import RedisCluster
from redis.exceptions import RedisError

from hotline.channels.audio.espeak import installed
from hotline.checks import Report
from hotline.doctor.finding import Finding, good, unknown, warning, wrong
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.store.deletions import Deletions
from hotline.store.durability import takes_writes, why_not_durable
from hotline.understanding.encoder import EncoderError, load_encoder

# As Twilio makes them: 32 digits and letters a to f.
TOKEN_LENGTH = 32
# A secret of random digits and letters has more different signs than this.
FEWEST_SIGNS = 8
PINGS = 20
SLOW_MILLISECONDS = 10.0
# HEXPIRE is not needed; what is needed is in every version from this one on.
OLDEST_REDIS = (6, 0)


def secrets(settings: Settings) -> Iterator[Finding]:
    if len(set(settings.secret_key)) <= FEWEST_SIGNS:
        yield wrong(
            "SECRET_KEY",
            "it is made of few signs, so that it can be guessed",
            "make another: python3 -c 'import secrets; print(secrets.token_hex())'",
        )
    else:
        yield good("SECRET_KEY", "long enough, and of many signs")
    if settings.earlier_secret_keys:
        yield warning(
            "HOTLINE_EARLIER_SECRET_KEY",
            "the key before a change is still set",
            "remove it a month after the change: nothing is found under it then",
        )
    if any(len(token) != TOKEN_LENGTH for token in settings.auth_tokens):
        yield warning(
            "TWILIO_AUTH_TOKEN",
            f"Twilio's tokens have {TOKEN_LENGTH} digits and letters; one here has not",
            "copy the primary auth token from Twilio's console",
        )
    elif len(settings.auth_tokens) > 1:
        yield warning(
            "TWILIO_AUTH_TOKEN", "several tokens are taken", "remove the old one once Twilio signs with the new one"
        )
    if settings.identity is None:
        yield warning(
            "Public pages",
            "there are none: nobody is named who answers for the line, and carriers ask for /privacy and /terms",
            "set HOTLINE_NUMBER, HOTLINE_ORGANISATION and HOTLINE_CONTACT",
        )
    else:
        yield good("Public pages", f"{settings.public_url}/, /privacy, /terms, /flyer and /card")


def redis(client: RedisClient) -> Iterator[Finding]:
    try:
        client.ping()
    except (RedisError, OSError) as error:
        yield wrong(
            "Redis",
            f"it does not answer ({type(error).__name__})",
            "start the line where REDIS_URL is empty, or mend REDIS_URL; until then nobody's place in a chat is known",
        )
        return
    yield _version(client)
    if not takes_writes(client):
        yield wrong("Redis", "it takes no writes: it is full, or a replica", "give it memory, or name the master")
    try:
        trouble = why_not_durable(client)
    except RedisError as error:
        yield unknown("Redis", f"it does not say whether it keeps what is written ({type(error).__name__})")
    else:
        if trouble:
            says, _, remedy = trouble.partition(". ")
            yield wrong("Redis", says, remedy)
        else:
            yield good("Redis", "it writes to disk and evicts nothing")
    yield _latency(client)


def _version(client: RedisClient) -> Finding:
    if isinstance(client, RedisCluster):
        return good("Redis", "a cluster answers")
    try:
        version = str(client.info("server")["redis_version"])
        numbers = tuple(int(part) for part in version.split(".")[:2])
    except (RedisError, KeyError, ValueError):
        return unknown("Redis", "it does not tell its version")
    if numbers < OLDEST_REDIS:
        return wrong("Redis", f"version {version} is too old", "install Redis 6 or newer, or Valkey")
    return good("Redis", f"version {version} answers")


def _latency(client: RedisClient) -> Finding:
    times = []
    for _ in range(PINGS):
        begun = time.perf_counter()
        try:
            client.ping()
        except (RedisError, OSError) as error:
            return wrong("Redis", f"it stopped answering ({type(error).__name__})", "look at its log")
        times.append(1000 * (time.perf_counter() - begun))
    took = median(times)
    says = f"an answer takes {took:.1f} ms"
    if took > SLOW_MILLISECONDS:
        return warning("Redis", says, "put it beside the line: each turn waits for two answers")
    return good("Redis", says)


def texts(report: Report) -> Iterator[Finding]:
    if report.errors:
        yield wrong("Texts", f"{report.errors} errors in the script or the catalogs", "run: hotline check")
    else:
        yield good("Texts", "nothing is wrong with the script and the catalogs")
    if report.due:
        yield warning(
            "Texts", f"{len(report.due)} statements are past their review date, and say so", "run: hotline check"
        )


def machinery() -> Iterator[Finding]:
    """What the line can do without, but not as well."""
    try:
        load_encoder()
    except EncoderError as error:
        yield warning("Understanding", "it goes by words alone", str(error))
    else:
        yield good("Understanding", "it reads what a text means")
    if installed() is None:
        yield warning(
            "Sounds",
            "eSpeak NG is missing: languages without a voice at Twilio are read by another language's voice",
            "pip install 'hotline[voices]', or on Debian: apt-get install espeak-ng",
        )
    else:
        yield good("Sounds", "eSpeak NG speaks where Twilio has no voice")


def deletions(settings: Settings, client: RedisClient) -> Iterator[Finding]:
    if not settings.deletes_at_twilio:
        yield warning(
            "Twilio's records", "Twilio keeps texts and calls", "set HOTLINE_DELETE_AT_TWILIO=1 and run: hotline worker"
        )
        return
    try:
        state = Deletions(client).state()
    except (RedisError, OSError) as error:
        yield unknown("Twilio's records", f"Redis does not say what waits ({type(error).__name__})")
        return
    if state.is_good:
        yield good("Twilio's records", "they are deleted once they are over")
    else:
        yield wrong("Twilio's records", "some could not be deleted, or no worker runs", "run: hotline deletions")
