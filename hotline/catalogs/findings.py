"""What a check finds: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An ERROR must be mended before the text goes out; a WARNING is a matter of style."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a text. `remedy` is an instruction, such as "write the same numbers"."""

    what: str
    remedy: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark and its place: `message_id` is empty where it is on the whole file, which `file` names for a reader."""

    language: str
    message_id: str
    what: str
    remedy: str
    file: str
    severity: Severity = Severity.ERROR

    @classmethod
    def at(cls, language: str, message_id: str, file: str, remark: Remark) -> Finding:
        return cls(language, message_id, remark.what, remark.remedy, file, remark.severity)
