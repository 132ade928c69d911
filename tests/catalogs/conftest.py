"""Small scripts and their PO files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from babel import Locale

from hotline.script.loader import DATA
from hotline.script.model import (
    PHRASE_PLACEHOLDERS,
    SPOKEN_PHRASES,
    Language,
    Message,
    Phrase,
    Provenance,
    Script,
    Source,
)
from hotline.script.organisations import Certainty, Organisation

PO_HEADER = """\
# Somebody's catalog.
msgid ""
msgstr ""
"Project-Id-Version: hotline\\n"
"PO-Revision-Date: 2026-11-22 12:00+0000\\n"
"Last-Translator: Nobody <nobody@example.org>\\n"
"Language-Team: Spanish <es@example.org>\\n"
"Language: es\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"X-Note: kept\\n"
"""

LOCALES = {"en": "en_US", "es": "es_US", "ht": "ht_HT", "zh": "zh_Hans_CN"}
PROVENANCE = Provenance(("law",), date(2026, 11, 22), date(2027, 2, 1), needs_lawyer_review=True)

MakeScript = Callable[..., Script]


def _language(code: str) -> Language:
    return Language(code, f"Language {code}", "ltr", Locale.parse(LOCALES[code]), None, None, None, code, 175)


@pytest.fixture
def make_script() -> MakeScript:
    """A script of texts by their ids, in the order given; the first language is the source."""

    def make(texts: Mapping[str, str], languages: tuple[str, ...] = ("en", "es")) -> Script:
        line = Organisation(
            id="referral_line",
            name="Legal Hotline",
            does="refers",
            phone="+18007980671",
            phone_certainty=Certainty.SEED,
            provenance=PROVENANCE,
        )
        return Script(
            topics={},
            menus={},
            organisations={line.id: line},
            towns={},
            languages={code: _language(code) for code in languages},
            sources={"law": Source("law", "Public Act 25-29", None)},
            messages={
                key: Message(key, text, f"A note on {key}", "phrases.toml", 5, PROVENANCE)
                for key, text in texts.items()
            },
            carrier_words=frozenset(),
            hidden_callers=frozenset(),
        )

    return make


@pytest.fixture
def po_header() -> str:
    return PO_HEADER


@pytest.fixture
def write_po(tmp_path: Path) -> Callable[[str], Path]:
    """Writes locales/es/LC_MESSAGES/hotline.po under tmp_path: the header, then what is given."""

    def write(entries: str) -> Path:
        path = tmp_path / "locales" / "es" / "LC_MESSAGES" / "hotline.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{PO_HEADER}\n{entries}", encoding="utf-8")
        return path

    return write


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data files that the loader accepts."""
    folder = tmp_path / "hotline" / "script" / "data"
    phrases = {
        phrase: ("voice" if phrase in SPOKEN_PHRASES else "text", PHRASE_PLACEHOLDERS.get(phrase, ()))
        for phrase in Phrase
    }
    (folder / "topics").mkdir(parents=True)
    rests_on = 'sources = ["law"]\nas_of = 2026-11-22\nreview_by = 2027-02-01\n'
    files = {
        "languages.toml": "".join(
            f'[{code}]\ndirection = "ltr"\nlocale = "{LOCALES[code]}"\nespeak = "{code}"\n' for code in ("en", "es")
        ),
        "sources.toml": '[law]\ntitle = "Public Act 25-29"\n',
        "organisations.toml": (
            '[referral_line]\nname = "Legal Hotline"\ndoes = "refers"\nphone = "+18007980671"\n'
            'phone_certainty = "seed"\nlanguages = []\nhelp = "Call {phone.referral_line}."\n'
            f'serves = {{ status = "any", ages = "all" }}\ncounties = []\n{rests_on}'
        ),
        "towns.toml": (
            '[hamden]\nname = "Hamden"\ncounty = "New Haven"\nzips = ["06514"]\nkind = "ordinance"\n'
            f'rule = "A rule."\n{rests_on}'
        ),
        "outside.toml": '[new-york]\nname = "New York"\n',
        "places.toml": (DATA / "places.toml").read_text(encoding="utf-8"),
        "carriers.toml": 'words = [\n  "stop",\n]\nhidden_callers = ["anonymous"]\n',
        "menus.toml": (
            '# The menus.\n\n[main]\ntitle = "Main menu"\ntext = "What do you need?"\n'
            'choices = [\n  "talk-to-person",\n  "my-town",\n  "legal-help",\n]\n\n'
            '[emergency]\ntitle = "Danger"\ntext = "What do you need?"\nchoices = ["main"]\n'
        ),
        "phrases.toml": "".join(
            f'["{phrase}"]\nnote = "A note on {phrase}"\n'
            f'{form} = "Say {phrase} {"".join(f"{{{name}}}" for name in names)}"\n'
            for phrase, (form, names) in phrases.items()
        ),
    }
    for topic in ("talk-to-person", "my-town", "legal-help"):
        transfer = 'transfer = "referral_line"\n' if topic == "talk-to-person" else ""
        files[f"topics/{topic}.toml"] = (
            f'title = "Title of {topic}"\nnext = ["main"]\n{transfer}\n[[parts]]\nname = "first"\n'
            f'text = """\nCall {{phone.referral_line}}\nabout {topic}, 50% of it "free".\n"""\n{rests_on}'
        )
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def gettext() -> None:
    """Skips where gettext's own tools are absent, except where all tests must run."""
    if any(shutil.which(tool) is None for tool in ("msgmerge", "msgfmt", "msgcat")):
        message = "gettext is not installed; get it with: apt-get install gettext"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
