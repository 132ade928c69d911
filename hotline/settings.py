"""Every environment variable, read and checked once at the start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from phonenumbers import SUPPORTED_REGIONS

from hotline.store.redis_url import parse_redis_url

Value = TypeVar("Value")

SHORTEST_SECRET = 32
TWILIO_API = "https://api.twilio.com"
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A variable is missing or wrong: one line with what to do, which never shows the value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, as the README lists it. Without a default it must be set."""

    name: str
    meaning: str
    default: str | None = None


VARIABLES = (
    Variable("TWILIO_ACCOUNT_SID", "The account's SID from Twilio's console: AC and 32 characters."),
    Variable("TWILIO_AUTH_TOKEN", "The auth token that signs webhooks; several, comma-separated, while it is rotated."),
    Variable("PUBLIC_URL", "The origin under which Twilio reaches the line, such as `https://hotline.example.org`."),
    Variable(
        "SECRET_KEY", f"At least {SHORTEST_SECRET} characters that nobody can guess: it keys the hashes of numbers."
    ),
    Variable("REDIS_URL", "A Redis server (forms below); empty: the embedded one.", ""),
    Variable("PORT", "The port that the server listens on.", "8000"),
    Variable("WEB_CONCURRENCY", "How many worker processes.", "2"),
    Variable(
        "HOTLINE_HOST", "The address that the server listens on; `0.0.0.0` behind a platform's router.", "127.0.0.1"
    ),
    Variable("HOTLINE_DATA", "The folder for the embedded Redis server's data and for the sounds made here.", ".data"),
    Variable(
        "HOTLINE_LANGUAGES", "Numbers of the line that belong to one language, such as `+12035550123=es,...`.", ""
    ),
    Variable(
        "HOTLINE_EARLIER_SECRET_KEY", "The `SECRET_KEY` before a change of it, for a month: no session is lost.", ""
    ),
    Variable(
        "HOTLINE_TEXT_COUNTRIES",
        "The countries (ISO 3166) whose numbers are texted; others get calls and WhatsApp answered.",
        "US,PR,VI,GU,AS,MP,CA",
    ),
    Variable("HOTLINE_MOST_TEXTS", "So many texts a minute; beyond, only those in danger are answered.", ""),
    Variable(
        "HOTLINE_LOG_LEVEL",
        "How much is logged: `debug`, `info`, `warning` or `error`; never anybody's data.",
        "warning",
    ),
    Variable(
        "HOTLINE_DELETE_AT_TWILIO",
        "`1`: Twilio's own records of texts and calls are deleted once they are over; needs `hotline worker`.",
        "0",
    ),
    Variable("HOTLINE_METRICS_TOKEN", "Who shows it as a bearer token may read `/metrics`; empty: nobody may.", ""),
    Variable("HOTLINE_NUMBER", "The line's own number, such as `+12035550123`, for the public pages.", ""),
    Variable("HOTLINE_ORGANISATION", "Who answers for the line, as the public pages and carriers name it.", ""),
    Variable("HOTLINE_CONTACT", "Where to reach who answers for the line: an e-mail address, or one of the web.", ""),
    Variable(
        "HOTLINE_TWILIO_API",
        "Twilio's REST API, which sends texts during a call and deletes records.",
        TWILIO_API,
    ),
)
# The embedded server's own folder within that for data.
REDIS_FOLDER = "redis"
AUDIO_FOLDER = "audio"
RELEASES_FOLDER = "releases"
DRAFTS_FOLDER = "drafts"
PUBLISHING_FOLDER = "publishing"
LEARNING_FOLDER = "learning"
TEMPLATES_FOLDER = "templates"
METRICS_FOLDER = "metrics"
DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose line it is, as its public pages say: its number (E.164), the organisation, and where to reach that."""

    number: str
    organisation: str
    contact: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`redis_url` is None for the embedded server; `languages` are those of numbers that belong to one, by number.

    `earlier_secret_keys` are those under which sessions may still be found. `most_texts` are those of a minute, None
    without a bound. Without an `identity` there is no public page but the card.
    """

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    public_url: str
    secret_key: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    port: int
    workers: int
    host: str
    data: Path
    twilio_api: str = TWILIO_API
    languages: Mapping[str, str] = field(default_factory=dict)
    earlier_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    text_countries: frozenset[str] = frozenset({"US"})
    most_texts: int | None = None
    log_level: str = "warning"
    deletes_at_twilio: bool = False
    identity: Identity | None = None
    metrics_token: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must never be shown."""
        options = parse_redis_url(self.redis_url).options if self.redis_url else {}
        passwords = (options.get(name, "") for name in ("password", "sentinel_password"))
        return (*self.auth_tokens, self.secret_key, *self.earlier_secret_keys, self.metrics_token, *passwords)

    @property
    def most_texts_of_a_worker(self) -> int | None:
        """Its share of those of a minute."""
        return max(1, self.most_texts // self.workers) if self.most_texts else None

    @property
    def audio(self) -> Path:
        """The folder of the sounds that eSpeak NG made."""
        return self.data / AUDIO_FOLDER

    @property
    def releases(self) -> Path:
        """The folder of the releases that a worker spoke from last."""
        return self.data / RELEASES_FOLDER

    @property
    def drafts(self) -> Path:
        """The folder of the files of drafts."""
        return self.data / DRAFTS_FOLDER

    @property
    def publishing(self) -> Path:
        """The folder of the files of what is being published."""
        return self.data / PUBLISHING_FOLDER

    @property
    def learning(self) -> Path:
        """The folder of what is learned from examples that operators added."""
        return self.data / LEARNING_FOLDER

    @property
    def templates(self) -> Path:
        """The folder of the console's templates as Python runs them."""
        return self.data / TEMPLATES_FOLDER

    @property
    def metrics(self) -> Path:
        """The folder in which the workers count together."""
        return self.data / METRICS_FOLDER

    @property
    def redis_data(self) -> Path:
        """The folder of the embedded server, which holds nothing else."""
        return self.data / REDIS_FOLDER


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings of a process. Raises SettingsError for the first variable that is missing or wrong."""
    return Settings(
        account_sid=_read(environment, "TWILIO_ACCOUNT_SID", _account_sid),
        auth_tokens=_read(environment, "TWILIO_AUTH_TOKEN", _tokens),
        public_url=_read(environment, "PUBLIC_URL", _origin),
        secret_key=_read(environment, "SECRET_KEY", _secret),
        redis_url=read_redis_url(environment),
        port=read_port(environment),
        workers=_read(environment, "WEB_CONCURRENCY", _workers),
        host=_read(environment, "HOTLINE_HOST", str),
        data=read_data(environment),
        twilio_api=_read(environment, "HOTLINE_TWILIO_API", _origin),
        languages=_read(environment, "HOTLINE_LANGUAGES", _languages),
        earlier_secret_keys=_read(environment, "HOTLINE_EARLIER_SECRET_KEY", _earlier_secrets),
        text_countries=_read(environment, "HOTLINE_TEXT_COUNTRIES", _countries),
        most_texts=_read(environment, "HOTLINE_MOST_TEXTS", _most_texts),
        log_level=_read(environment, "HOTLINE_LOG_LEVEL", _log_level),
        deletes_at_twilio=_read(environment, "HOTLINE_DELETE_AT_TWILIO", _yes_or_no),
        identity=_identity(environment),
        metrics_token=_read(environment, "HOTLINE_METRICS_TOKEN", _token_of_metrics),
    )


def _identity(environment: Mapping[str, str]) -> Identity | None:
    number = _read(environment, "HOTLINE_NUMBER", _line_number)
    organisation = _read(environment, "HOTLINE_ORGANISATION", str)
    contact = _read(environment, "HOTLINE_CONTACT", _contact)
    parts = {"HOTLINE_NUMBER": number, "HOTLINE_ORGANISATION": organisation, "HOTLINE_CONTACT": contact}
    missing = [name for name, value in parts.items() if not value]
    if len(missing) == len(parts):
        return None
    if missing:
        raise SettingsError(f"{missing[0]} is not set. The public pages need {', '.join(parts)}, or none of them.")
    return Identity(number, organisation, contact)


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Whether a variable holds more than blanks."""
    return bool(environment.get(name, "").strip())


def read_port(environment: Mapping[str, str]) -> int:
    """The port that the server listens on. Raises SettingsError."""
    return _read(environment, "PORT", _port)


def read_redis_url(environment: Mapping[str, str]) -> str | None:
    """The Redis server that is named; None for the embedded one. Raises SettingsError."""
    return _read(environment, "REDIS_URL", _redis)


def read_data(environment: Mapping[str, str]) -> Path:
    """The folder for data."""
    return _read(environment, "HOTLINE_DATA", Path)


def read_audio(environment: Mapping[str, str]) -> Path:
    """The folder of the sounds that eSpeak NG made."""
    return read_data(environment) / AUDIO_FOLDER


def _read(environment: Mapping[str, str], name: str, parse: Callable[[str], Value]) -> Value:
    value = environment[name].strip() if is_set(environment, name) else DEFAULTS[name]
    if value is None:
        raise SettingsError(f"{name} is not set. The README lists what it must be; `hotline demo` needs nothing.")
    try:
        return parse(value)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from None


def _account_sid(value: str) -> str:
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
        raise ValueError("must be AC and 32 digits or letters a to f; copy it from Twilio's console")
    return value


def _tokens(value: str) -> tuple[str, ...]:
    tokens = tuple(token for part in value.split(",") if (token := part.strip()))
    if not tokens:
        raise ValueError("holds no token; copy the auth token from Twilio's console")
    return tokens


def _origin(value: str) -> str:
    parts = urlsplit(value)
    # Reading the port raises ValueError for one that is no number.
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("must be an origin such as https://hotline.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username or "[" in parts.netloc:
        raise ValueError("must be an origin alone, such as https://hotline.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _languages(value: str) -> Mapping[str, str]:
    """The codes are compared with the script's where the line is made."""
    pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
    languages = {number.strip(): code.strip() for number, _, code in pairs}
    if not all(re.fullmatch(r"\+[1-9][0-9]{6,14}", number) and code for number, code in languages.items()):
        raise ValueError("must be numbers and languages such as +12035550123=es,+12035550124=ht")
    return languages


def _line_number(value: str) -> str:
    if value and not re.fullmatch(r"\+1[2-9][0-9]{9}", value):
        raise ValueError("must be the number of the line with its country, such as +12035550123")
    return value


def _contact(value: str) -> str:
    if value and not re.fullmatch(r"https://[^\s<>\"]+|[^\s<>@:]+@[^\s<>@:]+\.[^\s<>@:]+", value):
        raise ValueError("must be an e-mail address, or an address that begins with https://")
    return value


def _secret(value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise ValueError(
            f"needs at least {SHORTEST_SECRET} characters; "
            "make one with: python3 -c 'import secrets; print(secrets.token_hex())'"
        )
    return value


def _token_of_metrics(value: str) -> str:
    return _secret(value) if value else ""


def _earlier_secrets(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _countries(value: str) -> frozenset[str]:
    countries = frozenset(country.strip().upper() for country in value.split(","))
    if unknown := sorted(countries - SUPPORTED_REGIONS):
        raise ValueError(f"{', '.join(unknown)!r} is no country of ISO 3166 with telephones, such as US or MX")
    return countries


def _redis(value: str) -> str | None:
    if value:
        parse_redis_url(value)
    return value or None


def _port(value: str) -> int:
    return _number(value, 1, 65535)


def _workers(value: str) -> int:
    return _number(value, 1, 64)


def _most_texts(value: str) -> int | None:
    return _number(value, 1, 1_000_000) if value else None


def _log_level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return value.lower()


def _yes_or_no(value: str) -> bool:
    if value not in {"0", "1"}:
        raise ValueError("must be 1 for yes or 0 for no")
    return value == "1"


def _number(value: str, least: int, most: int) -> int:
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ValueError(f"must be a number from {least} to {most}")
    return int(value)
