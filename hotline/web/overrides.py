"""What Twilio does with a webhook that is slow or fails, as it stands behind the address at Twilio.

Source: Twilio, "Webhooks: connection overrides". It is not sent, and whether it is signed is not documented.
"""

from __future__ import annotations

from collections.abc import Mapping

# Milliseconds to connect and to the first byte, how often it is tried again, and after what. A caller may wait five
# seconds until a text is on its way.
OVERRIDES: Mapping[str, str] = {
    "/voice": "#ct=2000&rt=8000&rc=2&rp=5xx,ct,rt",
    "/sms": "#ct=2000&rt=5000&rc=2&rp=5xx,ct,rt",
}
