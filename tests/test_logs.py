"""Nothing that goes through the logs may tell of anybody, whoever logs it and however."""

from __future__ import annotations

import ast
import base64
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from hotline.logs import Log, Told, set_up_logs
from hotline.traces import LEFT_OUT, without_traces

NUMBER = "+12035550123"
SENTENCE = "la migra esta tocando la puerta de Maria"
SECRET = "a token that signs 0a1b/2c+3d"

# Each may carry what somebody wrote.
CARRIERS = [NUMBER, SENTENCE, {"Body": SENTENCE}, [NUMBER], SENTENCE.encode(), ValueError(SENTENCE), 12035550123, 6511]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged at debug level while the logs are set up; afterwards all is as it was."""
    stream, root, factory = io.StringIO(), logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = list(root.handlers), root.level
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(logging, "raiseExceptions", True)
    with warnings.catch_warnings():
        set_up_logs("debug", [SECRET], stream=stream)
        yield stream
    logging.setLogRecordFactory(factory)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def assert_nothing_known(told: str) -> None:
    for known in (NUMBER, NUMBER[1:], "2035550123", "5550123", "migra", "Maria", "06511", "6511", SECRET):
        assert known not in told


def fail_with(text: str) -> None:
    raise LookupError(text)


def test_an_event_of_ours_is_one_line_with_its_time_level_logger_and_fields(written: io.StringIO) -> None:
    Log("hotline.web").warning("a text was refused", code=30007, language="pt-BR", endpoint="webhooks.sms")
    (line,) = lines(written)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "a text was refused",
        "level": "warning",
        "logger": "hotline.web",
        "code": 30007,
        "language": "pt-BR",
        "endpoint": "webhooks.sms",
    }


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_line_is_made_for_people(written: io.StringIO) -> None:
    set_up_logs("info", stream=(terminal := Terminal()))
    Log("hotline.releases").info("a release is live", release=3)
    assert not written.getvalue()
    assert "a release is live" in terminal.getvalue()
    assert "{" not in terminal.getvalue()
    assert terminal.getvalue().count("\n") == 1


def test_below_the_level_nothing_is_written(written: io.StringIO) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    Log("hotline.web").info("a release is live", release=3)
    assert written.getvalue() == ""


def test_an_error_is_told_by_its_types_and_the_places_of_its_frames(written: io.StringIO) -> None:
    try:
        try:
            fail_with(SENTENCE)
        except LookupError as error:
            raise ConnectionError(NUMBER) from error
    except ConnectionError as error:
        Log("hotline.store").error("session not loaded", error=error)
    (line,) = lines(written)
    assert line["error"] == "ConnectionError from LookupError"
    frames = line["frames"]
    assert isinstance(frames, list)
    assert len(frames) == 3
    assert all(frame.startswith("tests/test_logs.py:") for frame in frames)
    assert_nothing_known(written.getvalue())


@pytest.mark.parametrize("value", CARRIERS, ids=repr)
@pytest.mark.parametrize("field", ["error", "language", "code", "release", "endpoint", "category", "place", "body"])
def test_a_field_with_what_somebody_wrote_is_left_out(written: io.StringIO, field: str, value: object) -> None:
    if (field, value) == ("code", 6511):
        value = 206511
    if (field, value) == ("release", 6511):
        value = 26511
    Log("hotline.web").warning("a text was refused", **{field: value})  # type: ignore[arg-type]  # what a slip would do
    assert_nothing_known(written.getvalue())
    assert lines(written)[0]["event"] == "a text was refused"


@pytest.mark.parametrize("event", [SENTENCE.upper(), f"no session of {NUMBER}", "".join(["lo", "oks literal"])])
def test_an_event_that_is_no_literal_is_left_out(written: io.StringIO, event: str) -> None:
    Log("hotline.web").error(event)
    logging.getLogger("another").error(event)
    assert [line["event"] for line in lines(written)] == [LEFT_OUT, LEFT_OUT]


@pytest.mark.parametrize("value", CARRIERS, ids=repr)
@pytest.mark.parametrize("logger", ["urllib3.connectionpool", "twilio.http", "redis", "werkzeug", "flask", "asyncio"])
def test_another_library_keeps_its_literal_and_tells_types_for_values(
    written: io.StringIO, logger: str, value: object
) -> None:
    logging.getLogger(logger).debug("%s://%s %-20s took %.2f%%", "https", value, (value,), 3.25)
    (line,) = lines(written)
    assert line["event"] == f"<str>://<{type(value).__name__}> <tuple> took <float>%"
    assert_nothing_known(written.getvalue())


def test_named_and_starred_conversions_and_too_few_arguments_are_no_trouble(written: io.StringIO) -> None:
    log = logging.getLogger("another")
    log.info("%(who)s wrote %(what)r", {"who": NUMBER, "what": SENTENCE})
    log.info("%*d and %s", 5, 7, NUMBER)
    log.info("%s and %s", NUMBER)  # noqa: PLE1206 - what a library may do
    log.info("worker exited with %s, signal %d", -9, 11)
    assert [line["event"] for line in lines(written)] == [
        "<str> wrote <str>",
        "7 and <str>",
        "<str> and <NoneType>",
        "worker exited with -9, signal 11",
    ]


def test_what_cannot_be_described_costs_the_log_its_words_and_nobody_else_anything(written: io.StringIO) -> None:
    class Nameless(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]  # that is what is odd
            raise LookupError(SENTENCE)

    class Odd(metaclass=Nameless): ...

    logging.getLogger("another").info("heard %s", Odd())
    assert lines(written)[0]["event"] == LEFT_OUT
    assert_nothing_known(written.getvalue())


def test_what_a_library_brings_beside_its_message_is_not_written(written: io.StringIO) -> None:
    log = logging.getLogger("another")
    try:
        fail_with(SENTENCE)
    except LookupError:
        log.exception("it failed", stack_info=True, extra={"caller": NUMBER, "error": SENTENCE})
    logging.getLogger(SENTENCE).warning("a logger named by a text")
    first, second = lines(written)
    assert (first["event"], first["error"], second["logger"]) == ("it failed", "LookupError", LEFT_OUT)
    assert_nothing_known(written.getvalue())


def test_a_handler_that_a_library_adds_later_sees_no_more(written: io.StringIO) -> None:
    seen: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = seen.append  # type: ignore[assignment,method-assign]  # the least that is a handler
    log = logging.getLogger("another.with.a.handler")
    log.addHandler(handler)
    try:
        fail_with(SENTENCE)
    except LookupError as error:
        log.warning("%s failed", NUMBER, exc_info=error)
    log.removeHandler(handler)
    (record,) = seen
    assert_nothing_known(logging.Formatter().format(record) + repr(vars(record)))
    assert written.getvalue()


def test_handlers_that_libraries_brought_are_gone(written: io.StringIO) -> None:
    log = logging.getLogger("another.from.before")
    log.addHandler(logging.StreamHandler())
    set_up_logs("debug", stream=written)
    assert not log.handlers


def test_a_warning_is_told_by_its_category_and_place(written: io.StringIO) -> None:
    warnings.simplefilter("always")
    warnings.warn(f"do not text {NUMBER}", DeprecationWarning, stacklevel=1)
    (line,) = lines(written)
    assert line["category"] == "DeprecationWarning"
    assert str(line["place"]).startswith("tests/test_logs.py:")
    assert_nothing_known(written.getvalue())


def test_an_error_of_a_thread_is_told_without_its_words(written: io.StringIO) -> None:
    thread = threading.Thread(target=fail_with, args=[SENTENCE], name=NUMBER)
    thread.start()
    thread.join()
    (line,) = lines(written)
    assert (line["event"], line["error"]) == ("a thread ended of an error", "LookupError")
    assert_nothing_known(written.getvalue())


CRASHES = {
    "uncaught": "raise LookupError(said)",
    "unraisable": "class Gone:\n def __del__(self): raise LookupError(said)\nGone()\n{}[said]",
    "thread": "import threading\nthread = threading.Thread(target=lambda: {}[said])\nthread.start()\nthread.join()\n"
    "{}[said]",
    "in a coroutine": "import asyncio\n"
    "async def main(): asyncio.create_task(asyncio.sleep(said)); await asyncio.sleep(0.01)\n"
    "asyncio.run(main(), debug=True)\n{}[said]",
    "at exit": "import atexit\natexit.register(lambda: {}[said])\n{}[said]",
    "group": "raise ExceptionGroup(said, [ValueError(said)])",
    "its type is odd": "raise type(said, (Exception,), {})(said)",
    "its text cannot be had": "class Odd(Exception):\n def __str__(self): raise KeyError(said)\nraise Odd",
    "recursion": "def down(said): down(said)\ndown(said)",
    "note": "error = ValueError()\nerror.add_note(said)\nraise error",
    "syntax": "compile(said, said, 'exec')",
    "key": "{}[said]",
    "writing to a broken stream": "import logging\nlogging.lastResort = None\n"
    "logging.getLogger().handlers[0].stream = None\nlogging.warning('%s', said)\nraise SystemExit(1)",
}


@pytest.mark.parametrize("code", CRASHES.values(), ids=CRASHES)
@pytest.mark.parametrize("options", [[], ["-X", "dev"], ["-X", "faulthandler"]], ids=["plain", "dev", "faulthandler"])
def test_a_process_that_crashes_says_no_more(code: str, options: list[str]) -> None:
    said = f"{SENTENCE} {NUMBER}"
    code = f"import sys\nfrom hotline.logs import set_up_logs\nset_up_logs('debug')\nsaid = sys.stdin.read()\n{code}"
    crashed = subprocess.run(
        [sys.executable, *options, "-c", code], input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert crashed.returncode == 1
    assert_nothing_known(crashed.stdout + crashed.stderr)
    assert all(line.startswith("{") for line in crashed.stderr.splitlines())


def test_a_crash_of_the_interpreter_tells_places_alone() -> None:
    code = (
        "import ctypes, sys\nfrom hotline.logs import set_up_logs\nset_up_logs('debug')\nsaid = sys.stdin.read()\n"
        "ctypes.string_at(0)"
    )
    crashed = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code], input=SENTENCE, capture_output=True, text=True, check=False
    )
    assert crashed.returncode < 0
    assert "Segmentation fault" in crashed.stderr
    assert_nothing_known(crashed.stdout + crashed.stderr)


def encodings_of(text: str) -> dict[str, str]:
    raw = text.encode()
    return {
        "as it is": text,
        "for a URL": quote(text, safe=""),
        "in hex": raw.hex(),
        "in capital hex": raw.hex().upper(),
        "in base64": base64.b64encode(raw).decode(),
        "in base64, moved by one": base64.b64encode(b"x" + raw).decode(),
        "in base64, moved by two": base64.b64encode(b"xy" + raw).decode(),
        "in base64 for a URL": base64.urlsafe_b64encode(raw).decode(),
    }


@pytest.mark.parametrize("how", encodings_of(""))
@pytest.mark.parametrize("known", [NUMBER, "whatsapp:+12035550123", "2035550123", "(203) 555-0123", SECRET])
def test_the_last_line_knows_numbers_and_secrets_in_any_encoding(written: io.StringIO, known: str, how: str) -> None:
    told = encodings_of(known)[how]
    for text in (told, f"of <{told}>", f"https://api.example.org/{told}.json", f'"{told}",'):
        logging.getLogger("another").handle(came_through(text))
    assert {line["event"] for line in lines(written)} == {LEFT_OUT}


def came_through(text: str) -> logging.LogRecord:
    """A record of which something was taken for known that is not."""
    return logging.LogRecord("hotline", logging.INFO, "", 0, Told(text, {}), (), None)


def texts_logged_in(path: Path) -> Iterator[ast.expr]:
    """The first argument of each call of a log in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical", "log"}
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"log", "_log", "logging"}
        ):
            yield node.args[0]


def test_every_event_of_the_hotline_is_a_literal_that_stays_whole() -> None:
    events = [(path, event) for path in Path("hotline").rglob("*.py") for event in texts_logged_in(path)]
    assert len(events) > 15
    for path, event in events:
        assert isinstance(event, ast.Constant), f"{path}, line {event.lineno}: an event is a literal"
        assert without_traces(str(event.value)) == event.value, path
