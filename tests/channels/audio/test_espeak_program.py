from __future__ import annotations

import json
import subprocess
import sys

import pytest

from hotline.channels.audio.espeak import PROGRAM, installed


def run(questions: list[dict[str, object]], *where: str) -> tuple[list[bytes], int, str]:
    """The answers of the program, its exit code, and what it complains of."""
    asked = "".join(json.dumps(question) + "\n" for question in questions).encode()
    result = subprocess.run([sys.executable, "-I", str(PROGRAM), *where], input=asked, capture_output=True, check=False)
    answers, rest = [], result.stdout
    while rest:
        length = int.from_bytes(rest[:4], "big")
        answers.append(rest[4 : 4 + length])
        rest = rest[4 + length :]
    return answers, result.returncode, result.stderr.decode()


def test_it_tells_its_rate_then_answers_each_question_until_its_input_ends() -> None:
    where = installed()
    assert where
    question = {"voice": "ht", "words_a_minute": 175, "words": "Rete kalm."}
    answers, code, complaint = run([question, question | {"voice": "xx"}, question], where.library, where.data)
    assert (code, complaint) == (0, "")
    assert answers[0] == b"22050"
    assert len(answers[1]) > 10_000
    assert answers[2] == b""
    assert len(answers[3]) == pytest.approx(len(answers[1]), rel=0.04)


def test_it_knows_nothing_of_the_hotline() -> None:
    assert "import hotline" not in PROGRAM.read_text(encoding="utf-8")
    assert "from hotline" not in PROGRAM.read_text(encoding="utf-8")
