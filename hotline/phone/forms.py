"""The form fields of Twilio's requests."""

from __future__ import annotations

import re

from hotline.channels.segments import count_segments
from hotline.phone.line import Line

API_VERSION = "2010-04-01"
WHATSAPP = "whatsapp:"


def call_form(line: Line, call_sid: str, caller: str, status: str) -> dict[str, str]:
    """What every voice request carries."""
    form = {
        "CallSid": call_sid,
        "AccountSid": line.account_sid,
        "ApiVersion": API_VERSION,
        "Direction": "inbound",
        "CallStatus": status,
    }
    for name, number in (("From", caller), ("Caller", caller), ("To", line.number), ("Called", line.number)):
        form |= {name: number} | _place(name, number)
    return form


def text_form(line: Line, message_sid: str, sender: str, body: str) -> dict[str, str]:
    """What an incoming text carries; WhatsApp names a profile where an SMS has places and segments."""
    form = {
        "MessageSid": message_sid,
        "SmsSid": message_sid,
        "SmsMessageSid": message_sid,
        "AccountSid": line.account_sid,
        "ApiVersion": API_VERSION,
        "SmsStatus": "received",
        "From": sender,
        "Body": body,
        "NumMedia": "0",
    }
    if sender.startswith(WHATSAPP):
        profile = {"ProfileName": "Resident", "WaId": sender.removeprefix(f"{WHATSAPP}+")}
        return form | {"To": f"{WHATSAPP}{line.number}", "NumSegments": "1"} | profile
    segments = {"NumSegments": str(count_segments(body).count)}
    return form | {"To": line.number} | segments | _place("From", sender) | _place("To", line.number)


def _place(name: str, number: str) -> dict[str, str]:
    """Where a number is from: the country where the number tells it. Twilio sends what it does not know as empty."""
    country = "US" if re.fullmatch(r"\+1[0-9]{10}", number) else ""
    return {f"{name}City": "", f"{name}State": "", f"{name}Zip": "", f"{name}Country": country}
