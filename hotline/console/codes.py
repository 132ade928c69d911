"""Codes of an authenticator app (TOTP), the second thing to sign in with."""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import datetime

import pyotp
import segno

ISSUER = "Hotline"
# A telephone's clock may be a step of half a minute off.
STEPS_OFF = (-1, 0, 1)

_CODE = re.compile(r"[0-9]{6}")
_SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether it looks as new_secret() makes them."""
    return bool(_SECRET.fullmatch(text))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code is of, which tells codes apart; None for a wrong one."""
    app = pyotp.TOTP(secret)
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", code[:20]))
    if not _CODE.fullmatch(plain):
        return None
    steps = [app.timecode(now) + off for off in STEPS_OFF]
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), plain)), None)


def address_of(secret: str, name: str) -> str:
    """What an app takes the secret from, as a QR code or as a link."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture_of(secret: str, name: str) -> str:
    """The address as a QR code, as the source of an image."""
    return segno.make(address_of(secret, name), error="m").svg_data_uri(scale=6, border=4, light="#fff")


def in_groups(secret: str) -> str:
    """The secret as it is typed where no picture can be taken."""
    return " ".join(re.findall(".{1,4}", secret))
