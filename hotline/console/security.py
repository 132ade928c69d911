"""What protects the console in the browser: headers, cookies, and where a form may come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request
from werkzeug.wrappers import Request

from hotline.settings import Settings

PREFIX = "/console"
STATIC = "console.static"

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Without any, browsers would not tell where a form comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "microphone=(self), camera=(), display-capture=(), geolocation=(), payment=(), usb=(), serial=(), "
        "hid=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=(), screen-wake-lock=()"
    ),
}
YEAR_SECONDS = 365 * 24 * 3600
DEVICE_SECONDS = 180 * 24 * 3600
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that scripts cannot read and other sites cannot send. Over https no other host can set it either."""

    name: str
    secure: bool

    @classmethod
    def named(cls, name: str, public_url: str) -> Cookie:
        secure = is_encrypted(public_url)
        return cls(f"__Host-{name}" if secure else name, secure)

    def read(self) -> str | None:
        return request.cookies.get(self.name)

    def write(self, response: Response, value: str, seconds: int | None = None) -> None:
        """Without `seconds` the browser keeps it until it is closed."""
        response.set_cookie(
            self.name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="Strict"
        )

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Strict")


def secure(app: Flask, blueprint: Blueprint, settings: Settings) -> None:
    """Gives every answer of the console its headers, and Flask's own cookie, which holds forms' tokens, its limits.

    Links to static files name their version, so that browsers may keep them.
    """
    cookie = Cookie.named("hotline-form", settings.public_url)
    app.config.update(
        SESSION_COOKIE_NAME=cookie.name,
        SESSION_COOKIE_SECURE=cookie.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form is good as long as the session that it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
        # Behind a proxy the request is not encrypted, and has another host; is_from() compares with the public one.
        WTF_CSRF_SSL_STRICT=False,
    )
    encrypted = is_encrypted(settings.public_url)

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == STATIC and "filename" in values:
            values.setdefault("v", version_of(Path(str(blueprint.static_folder), values["filename"])))

    @app.after_request
    def harden(response: Response) -> Response:
        if is_in_console(request):
            response.headers.update(HEADERS)
            response.headers["Cache-Control"] = _caching(response)
            if encrypted:
                response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        return response


def is_in_console(request: Request) -> bool:
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def version_of(file: Path) -> str | None:
    """Tells the contents of a file from others; None for one that is not there."""
    try:
        return _digest(file, file.stat().st_mtime_ns)
    except OSError:
        return None


def is_encrypted(public_url: str) -> bool:
    return public_url.startswith("https://")


def is_from(request: Request, public_url: str) -> bool:
    """Whether a request comes from a page of this origin, as the browser says."""
    claimed = request.headers.get("Origin") or request.headers.get("Referer") or ""
    origin = _origin(claimed)
    return origin is not None and origin == _origin(public_url)


@lru_cache
def _digest(file: Path, _: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _caching(response: Response) -> str:
    if request.endpoint != STATIC or response.status_code >= 400:  # noqa: PLR2004
        return "no-store"
    return f"public, max-age={YEAR_SECONDS}, immutable" if "v" in request.args else "no-cache"


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None
