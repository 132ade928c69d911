from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from babel.messages.pofile import read_po

from hotline.catalogs.catalog import Catalogs, State
from hotline.catalogs.extract import make_template
from hotline.catalogs.merge import update, write_template
from hotline.catalogs.pofile import PoError, read, text_of
from hotline.script.model import Script

MakeScript = Callable[..., Script]
WritePo = Callable[[str], Path]
Merge = Callable[[Mapping[str, str]], bool]


class Held(NamedTuple):
    """What a PO file says of one message."""

    context: str
    source: str
    text: str
    fuzzy: bool = False
    previous: tuple[str | None, str | None] = (None, None)
    note: str = ""
    obsolete: bool = False


def held(path: Path) -> list[Held]:
    return [
        Held(
            entry.msgctxt,
            entry.msgid,
            entry.msgstr,
            entry.fuzzy,
            (entry.previous_msgctxt, entry.previous_msgid),
            entry.tcomment,
            entry.obsolete,
        )
        for entry in read(path)
    ]


@pytest.fixture
def path(write_po: WritePo) -> Path:
    return write_po("")


@pytest.fixture
def merge(make_script: MakeScript, path: Path) -> Merge:
    """Brings the file at `path` up to date with the texts."""

    def merged(texts: Mapping[str, str]) -> bool:
        script = make_script(texts)
        return update(path, make_template(script), script.languages["es"])

    return merged


@pytest.fixture
def stands(write_po: WritePo) -> Callable[[str], Path]:
    return write_po


DOOR = 'msgctxt "door"\nmsgid "Keep it closed."\nmsgstr "No abra."\n\n'


def test_a_translation_of_the_same_english_stays(merge: Merge, stands: WritePo) -> None:
    path = stands(f"# careful\n{DOOR}")
    merge({"door": "Keep it closed."})
    assert held(path) == [Held("door", "Keep it closed.", "No abra.", note="careful")]


def test_a_changed_english_keeps_the_translation_as_fuzzy_with_what_it_translated(
    merge: Merge, stands: WritePo
) -> None:
    path = stands(f"# careful\n{DOOR}")
    merge({"door": "Nothing at all like it."})
    (entry,) = held(path)
    assert entry == Held(
        "door", "Nothing at all like it.", "No abra.", fuzzy=True, previous=("door", "Keep it closed."), note="careful"
    )
    assert '#, fuzzy\n#| msgctxt "door"\n#| msgid "Keep it closed."\nmsgctxt "door"\n' in path.read_text()


def test_a_second_change_keeps_the_first_previous_text(merge: Merge, stands: WritePo) -> None:
    path = stands(DOOR)
    for text in ("Second text.", "Third text.", "Third text."):
        merge({"door": text})
    assert [(entry.source, entry.previous) for entry in held(path)] == [("Third text.", ("door", "Keep it closed."))]


def test_a_revised_translation_loses_its_previous_text(merge: Merge, stands: WritePo) -> None:
    path = stands(f'#| msgctxt "door"\n#| msgid "Earlier."\n{DOOR}')
    merge({"door": "Keep it closed."})
    assert held(path) == [Held("door", "Keep it closed.", "No abra.")]


def test_a_revised_translation_that_vanishes_loses_its_previous_text_too(merge: Merge, stands: WritePo) -> None:
    path = stands(f'#| msgctxt "door"\n#| msgid "Earlier."\n{DOOR}')
    merge({})
    assert held(path) == [Held("door", "Keep it closed.", "No abra.", obsolete=True)]


def test_a_vanished_message_is_kept_and_comes_back(merge: Merge, stands: WritePo) -> None:
    path = stands(f"# careful\n{DOOR}")
    merge({"sign": "Sign nothing."})
    assert held(path)[-1] == Held("door", "Keep it closed.", "No abra.", note="careful", obsolete=True)
    merge({"door": "Keep it closed."})
    assert held(path) == [Held("door", "Keep it closed.", "No abra.", note="careful")]


def test_a_message_that_comes_back_with_other_words_is_fuzzy(merge: Merge, stands: WritePo) -> None:
    path = stands(DOOR)
    merge({})
    merge({"door": "Keep the door closed."})
    assert held(path) == [
        Held("door", "Keep the door closed.", "No abra.", fuzzy=True, previous=("door", "Keep it closed."))
    ]


def test_a_fuzzy_message_that_goes_and_comes_keeps_its_previous_text(merge: Merge, stands: WritePo) -> None:
    path = stands(DOOR)
    for texts in ({"door": "Second text."}, {}, {}, {"door": "Third text."}):
        merge(texts)
    assert held(path) == [Held("door", "Third text.", "No abra.", fuzzy=True, previous=("door", "Keep it closed."))]


def test_the_translation_of_the_very_text_is_taken_before_another_of_the_message(merge: Merge, stands: WritePo) -> None:
    path = stands(
        'msgctxt "door"\nmsgid "New."\nmsgstr "Nuevo."\n\n' + "".join(f"#~ {x}\n" for x in DOOR.splitlines() if x)
    )
    merge({"door": "Keep it closed."})
    assert held(path) == [
        Held("door", "Keep it closed.", "No abra."),
        Held("door", "New.", "Nuevo.", obsolete=True),
    ]


def test_an_entry_without_context_is_kept_as_obsolete(merge: Merge, stands: WritePo) -> None:
    path = stands('msgid "Keep it closed."\nmsgstr "No abra."\n')
    merge({"door": "Keep it closed."})
    assert [(entry.text, entry.obsolete) for entry in held(path)] == [("", False), ("No abra.", True)]


def test_the_order_is_that_of_the_script(merge: Merge, path: Path) -> None:
    merge({"a": "A", "b": "B", "c": "C"})
    merge({"c": "C", "new": "N", "a": "A", "b": "B"})
    assert [entry.context for entry in held(path)] == ["c", "new", "a", "b"]


def test_the_header_is_kept(merge: Merge, path: Path, po_header: str) -> None:
    merge({"door": "Keep it closed."})
    assert path.read_text().startswith(po_header)


def test_a_header_without_plural_forms_and_language_gets_them(merge: Merge, path: Path) -> None:
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    merge({})
    metadata = read(path).metadata
    assert (metadata["Language"], metadata["Plural-Forms"]) == ("es_US", "nplurals=2; plural=(n != 1);")


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize(
    ("code", "forms"),
    [("ht", "nplurals=2; plural=(n != 1);"), ("zh", "nplurals=1; plural=0;")],
)
def test_a_new_file_is_complete(make_script: MakeScript, tmp_path: Path, code: str, forms: str) -> None:
    script = make_script({"door": "Keep it closed by {date}."}, languages=("en", code))
    path = tmp_path / code / "hotline.po"
    assert update(path, make_template(script), script.languages[code])
    assert read(path).metadata["Plural-Forms"] == forms
    checked_by_gettext(path)


def test_a_review_is_one_of_the_text_that_was_reviewed(merge: Merge, stands: WritePo, make_script: MakeScript) -> None:
    path = stands(f"# by hand\n# reviewed: yes\n{DOOR}")
    merge({"door": "Keep it closed."})
    assert held(path)[0].note == "by hand\nreviewed: yes"
    for _ in range(2):
        merge({"door": "Keep the door closed."})
        assert held(path)[0].note == "by hand\nreviewed: yes, of an earlier text"
    entry = Catalogs(make_script({}), path.parents[2]).entry("es", "door")
    assert entry is not None
    assert not entry.reviewed


def test_a_broken_file_is_not_touched(merge: Merge, stands: WritePo) -> None:
    path = stands(DOOR + DOOR)
    before = path.read_bytes()
    with pytest.raises(PoError, match="delete one of the two"):
        merge({"door": "Keep it closed."})
    assert path.read_bytes() == before


def test_what_was_merged_is_served_until_its_english_changes(
    make_script: MakeScript, merge: Merge, stands: WritePo
) -> None:
    path = stands(DOOR)
    for text, state in (("Keep it closed.", State.CURRENT), ("Keep it shut.", State.STALE)):
        merge({"door": text})
        assert Catalogs(make_script({"door": text}), path.parents[2]).state("es", "door") is state


PAIR = """\
# by phone
msgctxt "ivr"
msgid "Press one"
msgstr "Oprima uno"

msgctxt "screen"
msgid "Press one"
msgstr "Presione uno (pantalla)"

"""
CHANGED = {"ivr": "Press one now", "screen": "Press one"}


def test_contexts_are_not_mixed_up_where_pybabel_update_does(
    make_script: MakeScript, stands: WritePo, merge: Merge, tmp_path: Path
) -> None:
    path, template = stands(PAIR), tmp_path / "hotline.pot"
    entries = make_template(make_script(CHANGED))
    write_template(template, entries)
    command = (sys.executable, "-m", "babel.messages.frontend", "update", "--previous", "-l", "es")
    other = tmp_path / "babel.po"
    other.write_bytes(path.read_bytes())
    subprocess.run([*command, "-i", template, "-o", other], check=True, capture_output=True)
    by_babel = {message.context: message.string for message in read_po(BytesIO(other.read_bytes())) if message.id}
    assert by_babel["ivr"] == "Presione uno (pantalla)"
    merge(CHANGED)
    (ivr,) = (entry for entry in held(path) if entry.context == "ivr")
    assert ivr == Held("ivr", "Press one now", "Oprima uno", fuzzy=True, previous=("ivr", "Press one"), note="by phone")


def sentence(chance: random.Random) -> str:
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(6)) + " {date}"


def next_texts(texts: Mapping[str, str], gone: dict[str, str], chance: random.Random) -> dict[str, str]:
    """A script some time later: texts are changed by a word, go, come back and are new; some change places."""
    later: dict[str, str] = {}
    for key, text in texts.items():
        match chance.randrange(6):
            case 0:
                gone[key] = text
            case 1 | 2:
                words = text.split()
                words[chance.randrange(5)] = "".join(chance.choices(string.ascii_lowercase, k=7))
                later[key] = " ".join(words)
            case _:
                later[key] = text
    for key in [key for key in gone if key not in texts and chance.randrange(3) == 0]:
        later[key] = gone.pop(key)
    later[f"new-{chance.randrange(10**6)}"] = sentence(chance)
    keys = list(later)
    chance.shuffle(keys)
    return {key: later[key] for key in keys}


def translated_by_hand(path: Path, chance: random.Random) -> None:
    """Somebody translates and revises some entries, and comments on some translations."""
    file = read(path)
    for entry in file:
        if not entry.obsolete and chance.randrange(2):
            entry.msgstr = f'{sentence(chance)} ñ “\\" — 中文'
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy" or chance.randrange(2)]
            entry.tcomment = chance.choice(("", "a note", "two\nlines"))
            if not entry.fuzzy:
                entry.previous_msgctxt = entry.previous_msgid = None
    path.write_text(text_of(file), encoding="utf-8")


def checked_by_gettext(path: Path) -> None:
    subprocess.run(
        ["msgfmt", "-c", "--check-format", "-o", path.with_suffix(".mo"), path], check=True, capture_output=True
    )


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize("seed", range(20))
def test_it_does_as_msgmerge_does(make_script: MakeScript, merge: Merge, path: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    other, template, round_trip = tmp_path / "other.po", tmp_path / "hotline.pot", tmp_path / "round.po"
    texts = {f"m{number}": sentence(chance) for number in range(12)}
    gone: dict[str, str] = {}
    for _ in range(5):
        other.write_bytes(path.read_bytes())
        merge(texts)
        write_template(template, make_template(make_script(texts)))
        subprocess.run(["msgmerge", "--previous", "--quiet", "-o", other, other, template], check=True)
        ours, theirs = held(path), held(other)
        assert [entry for entry in ours if not entry.obsolete] == [entry for entry in theirs if not entry.obsolete]
        assert {entry for entry in ours if entry.obsolete} == {entry for entry in theirs if entry.obsolete}
        checked_by_gettext(path)
        subprocess.run(["msgcat", "-o", round_trip, path], check=True)
        assert held(round_trip) == ours
        assert not merge(texts)
        translated_by_hand(path, chance)
        texts = next_texts(texts, gone, chance)


def test_nothing_is_lost_over_many_rounds(merge: Merge, path: Path) -> None:
    chance = random.Random(1)
    texts = {f"m{number}": sentence(chance) for number in range(12)}
    gone: dict[str, str] = {}
    merge(texts)
    for _ in range(30):
        translated_by_hand(path, chance)
        before = {(entry.context, entry.text, entry.note) for entry in held(path) if entry.text or entry.note}
        texts = next_texts(texts, gone, chance)
        merge(texts)
        assert before <= {(entry.context, entry.text, entry.note) for entry in held(path)}
        once = path.read_bytes()
        assert not merge(texts)
        assert path.read_bytes() == once
        assert [entry.context for entry in held(path) if not entry.obsolete] == list(texts)


@pytest.mark.usefixtures("gettext")
def test_the_placeholders_of_a_template_are_checked_by_gettext(merge: Merge, path: Path) -> None:
    merge({"call": "Call {phone.referral_line}, 50% of callers do."})
    file = read(path)
    (entry,) = file
    assert isinstance(entry, polib.POEntry)
    assert entry.flags == ["python-brace-format"]
    entry.msgstr = "Llame al {phone.other}."
    path.write_text(text_of(file), encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        checked_by_gettext(path)
