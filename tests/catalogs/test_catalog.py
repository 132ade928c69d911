from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.catalogs import catalog
from hotline.catalogs.catalog import CatalogError, Catalogs, Entry, State
from hotline.locales import LOCALES
from hotline.script.model import Script

MakeScript = Callable[..., Script]
WritePo = Callable[[str], Path]


TEXTS = {"door": "Keep the door closed.", "call": "Call {phone.referral_line} before {date}."}


def entry(key: str, source: str, text: str, before: str = "") -> str:
    return f'{before}msgctxt "{key}"\nmsgid "{source}"\nmsgstr "{text}"\n\n'


DOOR = entry("door", TEXTS["door"], "No abra la puerta.")
CALL = entry("call", TEXTS["call"], "Antes del {date}, llame al {phone.referral_line}.")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every refresh looks at the files, however young they are."""
    monkeypatch.setattr(catalog, "SWEEP_SECONDS", 0.0)
    monkeypatch.setattr(catalog, "SETTLE_SECONDS", 0.0)


@pytest.fixture
def served(make_script: MakeScript, write_po: WritePo, at_once: None) -> tuple[Catalogs, Path]:
    del at_once
    path = write_po(DOOR + CALL)
    return Catalogs(make_script(TEXTS), path.parents[2]), path


def test_a_current_translation_is_said(served: tuple[Catalogs, Path]) -> None:
    catalogs, _ = served
    assert catalogs.text("es", "door") == "No abra la puerta."
    assert catalogs.text("es", "call") == "Antes del {date}, llame al {phone.referral_line}."
    assert catalogs.state("es", "door") is State.CURRENT


def test_the_source_language_answers_from_the_script(served: tuple[Catalogs, Path]) -> None:
    catalogs, _ = served
    assert catalogs.text("en", "door") == TEXTS["door"]
    assert catalogs.state("en", "door") is State.CURRENT
    assert catalogs.text("en", "window") is None
    assert catalogs.state("en", "window") is State.MISSING


def test_what_nobody_knows_is_missing(served: tuple[Catalogs, Path]) -> None:
    catalogs, _ = served
    for language, message in (("es", "window"), ("xx", "door"), ("", "")):
        assert catalogs.text(language, message) is None
        assert catalogs.state(language, message) is State.MISSING


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("", State.MISSING),
        (entry("call", TEXTS["call"], ""), State.MISSING),
        (entry("call", TEXTS["call"], " \\n"), State.MISSING),
        ("".join(f"#~ {line}\n" for line in CALL.splitlines() if line), State.MISSING),
        (CALL.replace('msgctxt "call"\n', ""), State.MISSING),
        (CALL.replace("Call {phone", "Ring {phone"), State.STALE),
        (f"#, fuzzy\n{CALL}", State.STALE),
        (f"#, python-brace-format, fuzzy\n{CALL}", State.STALE),
        (CALL.replace("Antes del {date}", "Antes"), State.STALE),
        (CALL.replace("Antes del {date}", "Antes del {day}"), State.STALE),
        (CALL.replace("Antes del {date}", "Antes del {date} o el {date}"), State.STALE),
        (CALL.replace("Antes del {date}", "Antes del {date"), State.STALE),
        (CALL.replace("Antes del {date}", "Antes del {date!r}"), State.STALE),
        (CALL.replace("Antes del", "Antes\\rdel"), State.STALE),
    ],
)
def test_a_translation_that_is_not_of_the_english_is_not_said(
    make_script: MakeScript, write_po: WritePo, written: str, state: State
) -> None:
    catalogs = Catalogs(make_script(TEXTS), write_po(DOOR + written).parents[2])
    assert catalogs.state("es", "call") is state
    assert catalogs.text("es", "call") is None
    assert catalogs.text("es", "door") == "No abra la puerta."


def test_an_entry_shows_what_is_there_and_whether_it_is_reviewed(make_script: MakeScript, write_po: WritePo) -> None:
    path = write_po(f"# by hand\n# Reviewed: yes\n{DOOR}#, fuzzy\n# reviewed: yes, of an earlier text\n{CALL}")
    catalogs = Catalogs(make_script(TEXTS), path.parents[2])
    assert catalogs.entry("es", "door") == Entry(TEXTS["door"], "No abra la puerta.", fuzzy=False, reviewed=True)
    call = catalogs.entry("es", "call")
    assert call is not None
    assert (call.fuzzy, call.reviewed) == (True, False)
    assert catalogs.entry("es", "window") is None
    assert catalogs.entry("xx", "door") is None


def test_a_fuzzy_entry_names_the_english_that_it_was_made_from(make_script: MakeScript, write_po: WritePo) -> None:
    path = write_po(f'#, fuzzy\n#| msgid "Keep it shut."\n{DOOR}#| msgid "Ring."\n{CALL}')
    catalogs = Catalogs(make_script(TEXTS), path.parents[2])
    door, call = catalogs.entry("es", "door"), catalogs.entry("es", "call")
    assert door is not None
    assert call is not None
    assert (door.previous, door.made_from) == ("Keep it shut.", "Keep it shut.")
    assert call.made_from == TEXTS["call"]


def test_a_text_is_tried_and_nothing_else_changes(served: tuple[Catalogs, Path], make_script: MakeScript) -> None:
    catalogs, path = served
    written = path.read_bytes()
    other = make_script({**TEXTS, "door": "Keep it shut."})
    tried = catalogs.trying(other, "es", "door", "Cierre.")
    assert (tried.text("es", "door"), tried.text("en", "door")) == ("Cierre.", "Keep it shut.")
    assert tried.text("es", "call") == catalogs.text("es", "call")
    assert tried.trying(other, "es", "call", "Llame.").state("es", "call") is State.STALE
    assert tried.trying(other, "en", "door", "Keep it shut.").text("es", "door") == "Cierre."
    tried.refresh()
    assert (catalogs.text("es", "door"), catalogs.text("en", "door")) == ("No abra la puerta.", TEXTS["door"])
    assert path.read_bytes() == written


def test_a_changed_file_is_live_without_a_restart(served: tuple[Catalogs, Path]) -> None:
    catalogs, path = served
    path.write_text(path.read_text().replace("No abra", "Cierre"))
    assert catalogs.text("es", "door") == "No abra la puerta."
    catalogs.refresh()
    assert catalogs.text("es", "door") == "Cierre la puerta."


def test_a_file_put_in_the_place_of_the_other_is_seen_though_size_and_time_are_the_same(
    served: tuple[Catalogs, Path], tmp_path: Path
) -> None:
    catalogs, path = served
    other = tmp_path / "other.po"
    other.write_text(path.read_text().replace("No abra", "Si abra"))
    before = path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    catalogs.refresh()
    assert catalogs.text("es", "door") == "Si abra la puerta."


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + "ñ".encode("latin-1")),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_file_that_broke_leaves_the_last_good_texts_and_is_logged_once(
    served: tuple[Catalogs, Path],
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], object],
) -> None:
    catalogs, path = served
    damage(path)
    for _ in range(3):
        catalogs.refresh()
    assert catalogs.text("es", "door") == "No abra la puerta."
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "run: hotline check language=es error=PoError" in record.message
    assert "\n" not in record.message


def test_a_mended_file_is_taken_up_and_a_new_damage_logged_again(
    served: tuple[Catalogs, Path], caplog: pytest.LogCaptureFixture
) -> None:
    catalogs, path = served
    good = path.read_text()
    for damage in ("oops", "oops again"):
        path.write_text(good + damage)
        catalogs.refresh()
    assert len(caplog.records) == 2
    path.write_text(good.replace("No abra", "Cierre"))
    catalogs.refresh()
    assert catalogs.text("es", "door") == "Cierre la puerta."
    assert len(caplog.records) == 2


def test_files_are_looked_at_once_in_half_a_second(
    make_script: MakeScript, write_po: WritePo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "SETTLE_SECONDS", 0.0)
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    catalogs = Catalogs(make_script(TEXTS), write_po(DOOR).parents[2])

    def heard_after(seconds: float, text: str) -> str | None:
        nonlocal now
        write_po(DOOR.replace("No abra la puerta.", text))
        now += seconds
        catalogs.refresh()
        return catalogs.text("es", "door")

    assert heard_after(0.4, "Uno.") == "No abra la puerta."
    assert heard_after(0.2, "Dos.") == "Dos."
    assert heard_after(0.4, "Tres.") == "Dos."
    assert heard_after(0.2, "Cuatro.") == "Cuatro."


def test_a_file_in_the_writing_is_left_until_it_rests(
    make_script: MakeScript, write_po: WritePo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "SWEEP_SECONDS", 0.0)
    path = write_po(DOOR + CALL)
    catalogs = Catalogs(make_script(TEXTS), path.parents[2])
    path.write_text(path.read_text().replace(CALL, ""))
    os.utime(path)
    catalogs.refresh()
    assert catalogs.state("es", "call") is State.CURRENT
    rested = time.time() - catalog.SETTLE_SECONDS
    os.utime(path, (rested, rested))
    catalogs.refresh()
    assert catalogs.state("es", "call") is State.MISSING


def test_a_file_from_the_future_is_read(served: tuple[Catalogs, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "SETTLE_SECONDS", 0.2)
    catalogs, path = served
    path.write_text(path.read_text().replace("No abra", "Cierre"))
    os.utime(path, (time.time() + 3600, time.time() + 3600))
    catalogs.refresh()
    assert catalogs.text("es", "door") == "Cierre la puerta."


def test_a_language_without_a_file_stops_the_start_with_its_remedy(make_script: MakeScript, write_po: WritePo) -> None:
    locales = write_po("oops\n").parents[2]
    with pytest.raises(CatalogError) as caught:
        Catalogs(make_script(TEXTS, languages=("en", "es", "ht")), locales)
    spanish, creole = caught.value.problems
    assert "es/LC_MESSAGES/hotline.po, line 15" in spanish
    assert "ht/LC_MESSAGES/hotline.po: the file is missing; make it with: hotline catalog update" in creole


def test_a_folder_of_no_language_is_left_out_with_a_warning(
    make_script: MakeScript, write_po: WritePo, caplog: pytest.LogCaptureFixture
) -> None:
    locales = write_po(DOOR).parents[2]
    for folder in ("tlh/LC_MESSAGES", "en/audio", "notes"):
        (locales / folder).mkdir(parents=True)
    catalogs = Catalogs(make_script(TEXTS), locales)
    assert catalogs.languages == ("es",)
    (record,) = caplog.records
    assert "tlh" in record.message


def test_many_threads_always_hear_a_whole_catalog(served: tuple[Catalogs, Path]) -> None:
    catalogs, path = served
    versions = [path.read_text(), path.read_text().replace("No abra", "Cierre").replace("Antes", "Ya antes")]
    heard: set[str | None] = set()
    failures: list[Exception] = []
    done = threading.Event()

    def listen() -> None:
        try:
            while not done.is_set():
                catalogs.refresh()
                heard.add(catalogs.text("es", "door"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=listen) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        path.write_text(versions[turn % 2])
        time.sleep(0.002)
    done.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert heard == {"No abra la puerta.", "Cierre la puerta."}


def test_the_catalogs_stand_beside_the_package() -> None:
    assert LOCALES.name == "locales"
    assert (LOCALES.parent / "hotline" / "catalogs").is_dir()
