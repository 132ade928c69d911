"""What can go wrong on the phone, with the number that Twilio gives it."""

from __future__ import annotations


class PhoneError(Exception):
    """A plain sentence that says what went wrong. `code` is Twilio's error code, None where Twilio has none."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class TwimlError(PhoneError):
    """A document that Twilio would not read (12100) or would warn of (12200); names the verb and the attribute."""

    def __init__(
        self, sentence: str, code: int = 12200, *, verb: str | None = None, attribute: str | None = None
    ) -> None:
        super().__init__(sentence, code)
        self.verb = verb
        self.attribute = attribute
