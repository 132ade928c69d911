from __future__ import annotations

import json
import os
import shutil
import threading
import time
import tomllib
from pathlib import Path

import pytest

from hotline.locales import LOCALES
from hotline.releases import learning
from hotline.releases.files import Files, files_in
from hotline.releases.learning import KEPT_ON_DISK, VECTORS, Learning, lesson_of
from hotline.releases.publishing import LEARNING, PublishError, silently
from hotline.script.loader import DATA, load_script
from hotline.understanding.trained import TRAINED_FILE, read_trained

TOPICS = ("ice-at-door", "detained", "none")
OF_EACH = 4


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with a few examples of every language."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(DATA, folder / "script")
    for language in load_script().languages:
        few = tomllib.loads((LOCALES / language / "examples.toml").read_text(encoding="utf-8"))
        lines = (f"{topic} = {json.dumps(few[topic][:OF_EACH], ensure_ascii=False)}\n" for topic in TOPICS)
        (folder / "locales" / language).mkdir(parents=True)
        (folder / "locales" / language / "examples.toml").write_text("".join(lines), encoding="utf-8")
        shutil.copy(LOCALES / language / "commands.toml", folder / "locales" / language)
    return folder


@pytest.fixture(scope="module")
def learned(release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Learning, bytes, list[float | None]]:
    one, told = Learning(tmp_path_factory.mktemp("learning")), list[float | None]()

    def tell(step: str, share: float | None) -> None:
        assert step == LEARNING
        told.append(share)

    return one, one.learn(release, tell), told


def with_examples(release: Path, folder: Path, text: str) -> Path:
    """The release with other examples of Spanish."""
    made = shutil.copytree(release, folder / "release")
    (made / "locales/es/examples.toml").write_text(text, encoding="utf-8")
    return made


def test_what_is_learned_understands_the_release(
    learned: tuple[Learning, bytes, list[float | None]], tmp_path: Path
) -> None:
    path = tmp_path / "trained.npz"
    path.write_bytes(learned[1])
    trained = read_trained(path)
    assert set(trained.topics.topics) == set(TOPICS)
    assert trained.languages.languages == tuple(load_script().languages)


def test_how_far_it_is_is_told(learned: tuple[Learning, bytes, list[float | None]]) -> None:
    shares = [share for share in learned[2] if share is not None]
    assert shares == sorted(shares)
    assert (len(shares) > 3, shares[0] < 0.5, shares[-1]) == (True, True, 1.0)


def test_the_same_is_learned_once(
    learned: tuple[Learning, bytes, list[float | None]], release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", "raise SystemExit(3)")
    assert learned[0].learn(release, silently) == learned[1]
    path = learned[0].known(lesson_of(files_in(release)))
    assert path
    assert path.read_bytes() == learned[1]


@pytest.mark.parametrize(
    ("path", "is_other"),
    [
        ("locales/es/examples.toml", True),
        ("script/towns.toml", True),
        ("script/topics/ice-at-door.toml", False),
        ("locales/es/LC_MESSAGES/hotline.po", False),
    ],
)
def test_a_lesson_is_of_examples_and_places(release: Path, path: str, *, is_other: bool) -> None:
    files: Files = files_in(release)
    assert (lesson_of({**files, path: b"other"}) != lesson_of(files)) == is_other


def test_a_wrong_example_is_named(release: Path, tmp_path: Path) -> None:
    wrong = with_examples(release, tmp_path, 'detained = ["hola"]\nnone = ["hola"]')
    with pytest.raises(PublishError) as refused:
        Learning(tmp_path / "learning").learn(wrong, silently)
    assert refused.value.problems == ("es/examples.toml: 'hola' stands under 'detained' and 'none'; keep one",)
    assert Learning(tmp_path / "learning").known(lesson_of(files_in(wrong))) is None


def test_learning_that_is_killed_says_so_in_plain_words(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(PublishError, match=r"Learning was stopped before its end.*too little memory. Try again"):
        Learning(tmp_path).learn(release, silently)


def test_learning_that_hangs_is_ended(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(learning, "LONGEST_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(PublishError, match="stopped before its end"):
        Learning(tmp_path).learn(release, silently)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("raise SystemExit('no more disk')", "no more disk"),
        ("raise MemoryError('of everything')", "Learning failed: MemoryError: of everything. Try again."),
        ("raise SystemExit(3)", "Learning failed, and does not say why. Try again."),
    ],
)
def test_a_crash_tells_its_last_line(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, problem: str
) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", program)
    with pytest.raises(PublishError) as refused:
        Learning(tmp_path).learn(release, silently)
    assert refused.value.problems == (problem,)


def test_whoever_is_told_may_stop_it(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends too, at once."""
    line = json.dumps({"step": "learning", "done": 0.5, "of": 1})
    program = f"import sys, time; print({line!r}, file=sys.stderr, flush=True); time.sleep(60)"
    monkeypatch.setattr(learning, "_PROGRAM", program)

    def stop(_step: str, _share: float | None) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Learning(tmp_path).learn(release, stop)
    assert time.monotonic() - began < 10


def test_it_leaves_the_machine_to_the_callers(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, sys, time; time.sleep(0.3); sys.exit(str(os.getpriority(os.PRIO_PROCESS, 0)))"
    monkeypatch.setattr(learning, "_PROGRAM", program)
    with pytest.raises(PublishError) as refused:
        Learning(tmp_path).learn(release, silently)
    assert int(refused.value.problems[0]) >= os.getpriority(os.PRIO_PROCESS, 0) + 5


def test_a_folder_that_cannot_be_written_to_is_named(release: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PublishError, match="cannot be kept"):
        Learning(tmp_path / "file" / "learning").learn(release, silently)


def test_only_one_learns_at_a_time(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    program = (
        f"import time; log = open({str(log)!r}, 'a'); print('begin', file=log, flush=True); time.sleep(0.5); "
        "print('end', file=log, flush=True); raise SystemExit(1)"
    )
    monkeypatch.setattr(learning, "_PROGRAM", program)

    def learn() -> None:
        with pytest.raises(PublishError):
            Learning(tmp_path / "learning").learn(release, silently)

    threads = [threading.Thread(target=learn) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.read_text().split() == ["begin", "end", "begin", "end"]


def test_the_oldest_that_were_learned_are_forgotten(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import sys; open(sys.argv[sys.argv.index('--output') + 1], 'w').write('x')"
    monkeypatch.setattr(learning, "_PROGRAM", program)
    one = Learning(tmp_path / "learning")
    one.folder.mkdir()
    (one.folder / VECTORS).touch()
    os.utime(one.folder / VECTORS, (0, 0))
    for number in range(KEPT_ON_DISK + 2):
        made = with_examples(release, tmp_path / str(number), f'none = ["{number}"]')
        one.learn(made, silently)
        newest = one.known(lesson_of(files_in(made))) or tmp_path
        os.utime(newest, (number + 1, number + 1))
    assert len([*one.folder.glob("*.npz")]) == KEPT_ON_DISK + 1
    assert newest.suffix == ".npz"
    assert (one.folder / VECTORS).exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_scores_are_of_what_is_learned(release: Path, learned: tuple[Learning, bytes, list[float | None]]) -> None:
    few = learned[0].known(lesson_of(files_in(release)))
    assert few
    all_of_it, some_of_it = learned[0].scores(release, [TRAINED_FILE, few], silently)
    assert set(all_of_it) == set(some_of_it) == set(load_script().languages)
    assert all(all_of_it[code].understood > some_of_it[code].understood for code in all_of_it)
