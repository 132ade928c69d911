"""The line's telephone number at Twilio: how it must be set, how it is set, and how it is brought there."""
