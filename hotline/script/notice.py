"""An urgent notice: a sentence that comes before every first reply and greeting, until its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import tomlkit

NOTICE_FILE = "notice.toml"
# Three segments in UCS-2: it stands before everything else, and what was asked for must still be read.
MOST_NOTICE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """`texts` holds what is said, by language; in the others nothing is. It ends at `until`, which has a time zone."""

    until: datetime
    texts: Mapping[str, str]

    def is_said(self, language: str, at: datetime) -> bool:
        return at < self.until and language in self.texts


def notice_file(notice: Notice) -> str:
    """The notice as its file in the script has it."""
    document = tomlkit.document()
    document["until"] = notice.until
    document["texts"] = dict(notice.texts)
    return tomlkit.dumps(document)
