"""Logs that tell nothing of anybody: one line for each event, of which every part is known beforehand.

An event is a literal of the code that logs it; its fields are of the kinds in Fields. Of another library's record its
literal stays, with the types of its arguments in the place of their values. Of an error the types and the places of
all frames are told, never its words. Where set_up_logs() was called, this holds for every logger and every handler,
since records are made so; what is written goes through without_traces() besides, as the last line.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, TextIO, TypeAlias, TypedDict, Unpack

from hotline.traces import LEFT_OUT, forms_of, without_traces

if TYPE_CHECKING:
    from structlog.types import EventDict, Processor

# The warning's number and a bit of its surroundings still fit; telephone numbers, ZIP codes and days do not.
_GREATEST_NUMBER_OF_OTHERS = 999
# An event is logged by a helper of a helper at the most, within structlog, gunicorn and logging.
_MOST_FRAMES_TO_THE_EVENT = 14
_MOST_FRAMES_TOLD, _MOST_CAUSES_TOLD = 40, 5

_NAME = re.compile(r"[A-Za-z_]\w{0,79}", re.ASCII)
_LOGGER = re.compile(r"[A-Za-z_][\w.-]{0,79}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_ENDPOINT = re.compile(r"[a-z_]{1,30}(\.[a-z_]{1,30})?")
_CONVERSION = re.compile(
    r"%(?:\((?P<key>\w+)\))?[#0 +-]*(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?[hlL]?(?P<kind>[a-zA-Z%])"
)


_ErrorInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Fields(TypedDict, total=False):
    """All that may stand beside an event. A value of another kind is left out."""

    error: BaseException
    language: str
    # Twilio's, of an error.
    code: int | None
    release: int
    # Flask's, of a route.
    endpoint: str | None
    category: type[Warning]
    place: str


class Told(str):
    """An event with its fields, all of which may be told; as text, the same in one line."""

    fields: Mapping[str, object]

    def __new__(cls, event: str, fields: Mapping[str, object]) -> Told:
        rest = "".join(
            f" {name}={' < '.join(value) if isinstance(value, list) else value}" for name, value in fields.items()
        )
        told = super().__new__(cls, event + rest)
        told.fields = {"event": event, **fields}
        return told


class Log:
    """The log of a module. Events are literals; what differs from one to the next is a field.

    It goes where the logging of the process goes, whether that was set up here or not.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.ERROR, event, fields)

    def _tell(self, level: int, event: str, fields: Fields) -> None:
        if self._logger.isEnabledFor(level):
            known = dict(_known(fields))
            self._logger.log(level, Told(event if _is_literal(event) else LEFT_OUT, known))


def set_up_logs(level: str, secrets: Iterable[str] = (), *, stream: TextIO | None = None) -> None:
    """Sends all logs of this process, warnings and uncaught errors of any thread to stderr, one line each.

    JSON, or readable where stderr is a terminal. `level` is a name such as `warning`; `secrets` never appear in any of
    the usual encodings.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(tuple(secrets), in_colour=stream.isatty()))
    logging.setLogRecordFactory(_record)
    # Otherwise logging itself would print what it cannot write.
    logging.raiseExceptions = False
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).handlers.clear()
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    warnings.showwarning = _show_warning
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def _formatter(secrets: tuple[str, ...], *, in_colour: bool) -> logging.Formatter:
    # It takes a third of a second, for which who only asks something of a command need not wait.
    import structlog  # noqa: PLC0415

    encoded = tuple(sorted({form for secret in secrets for form in forms_of(secret)}, key=len, reverse=True))

    def last_line(_: object, __: str, event: EventDict) -> EventDict:
        return {name: _clean(value, encoded) for name, value in event.items()}

    renderer: Processor = structlog.dev.ConsoleRenderer() if in_colour else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_fields_of_record],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            last_line,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
    )


def _fields_of_record(_: object, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    fields = record.msg.fields if isinstance(record.msg, Told) else {"event": LEFT_OUT}
    name = record.name if _LOGGER.fullmatch(record.name) else LEFT_OUT
    return {**event, **fields, "level": record.levelname.lower(), "logger": name}


def _known(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if name == "error" and isinstance(value, BaseException):
            yield from _fields_of_error(value).items()
        elif name in _KINDS and value is not None:
            yield name, _KINDS[name](value) or LEFT_OUT


def _matching(pattern: re.Pattern[str]) -> Callable[[object], object]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None


def _up_to(most: int) -> Callable[[object], object]:
    return lambda value: value if type(value) is int and 0 < value <= most else None


_KINDS: Mapping[str, Callable[[object], object]] = {
    "language": _matching(_LANGUAGE),
    "code": _up_to(99_999),
    "release": _up_to(9_999),
    "endpoint": _matching(_ENDPOINT),
    "category": lambda value: _name_of(value) if isinstance(value, type) else None,
    "place": _matching(re.compile(r"[\w./-]{1,80}:\d{1,6}", re.ASCII)),
}


_log = Log(__name__)


def _record(  # noqa: PLR0917 - as logging calls it
    name: str,
    level: int,
    pathname: str,
    lineno: int,
    msg: object,
    args: object,
    exc_info: _ErrorInfo | None,
    func: str | None = None,
    sinfo: str | None = None,  # noqa: ARG001 - frames with the source of what they do
    **_: object,
) -> logging.LogRecord:
    """Every record of this process is made here, so that no handler of whomever sees more."""
    try:
        told = msg if isinstance(msg, Told) else _told_of_others(_place(pathname, lineno), msg, args, exc_info)
    except Exception:  # noqa: BLE001 - whoever logs something must not fail of it, whatever it is
        told = Told(LEFT_OUT, {})
    return logging.LogRecord(name, level, pathname, lineno, told, (), None, func, None)


def _told_of_others(place: str, msg: object, args: object, exc_info: _ErrorInfo | None) -> Told:
    error = exc_info[1] if exc_info else None
    fields = {"place": place} | (_fields_of_error(error) if error is not None else {})
    return Told(_without_values(msg, args) if _is_literal(msg) else LEFT_OUT, fields)


def _is_literal(event: object) -> bool:
    """Whether a text stands as it is in the code of somebody who is just now logging it."""
    if type(event) is not str:
        return False
    return any(_holds(frame.f_code.co_consts, event) for frame in _frames_from_here())


def _frames_from_here() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - logging itself finds its caller so
    for _ in range(_MOST_FRAMES_TO_THE_EVENT):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _holds(constants: Sequence[object], event: str) -> bool:
    return any(type(constant) is str and constant == event for constant in constants)


def _without_values(event: object, args: object) -> str:
    """printf's conversions in a literal, with types in the place of values; as it is where it takes no arguments."""
    if not args or not isinstance(args, tuple):
        return str(event)
    named = args[0] if isinstance(args[0], Mapping) else {}
    values = iter(args)

    def described(found: re.Match[str]) -> str:
        if found["kind"] == "%":
            return "%"
        for _ in (size for size in (found["width"], found["precision"]) if size == "*"):
            next(values, None)
        return _described(named.get(found["key"]) if found["key"] else next(values, None))

    return _CONVERSION.sub(described, str(event))


def _described(value: object) -> str:
    if type(value) is int and abs(value) <= _GREATEST_NUMBER_OF_OTHERS:
        return str(value)
    return f"<{_name_of(value if isinstance(value, type) else type(value))}>"


def _name_of(kind: type) -> str:
    return kind.__name__ if _NAME.fullmatch(kind.__name__) else LEFT_OUT


def _fields_of_error(error: BaseException) -> dict[str, object]:
    """Types and places of an error and of those that it came from."""
    errors = list(islice(_with_causes(error), _MOST_CAUSES_TOLD))
    frames = [_place(frame.f_code.co_filename, line) for one in errors for frame, line in walk_tb(one.__traceback__)]
    return {"error": " from ".join(_name_of(type(one)) for one in errors), "frames": frames[-_MOST_FRAMES_TOLD:]}


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(filename: str, line: int) -> str:
    return f"{'/'.join(Path(filename).parts[-2:])}:{line}"


def _show_warning(  # noqa: PLR0917 - as Python calls it
    message: Warning | str,  # noqa: ARG001 - it may hold anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    _log.warning("a warning of Python's", category=category, place=_place(filename, lineno))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.error("the process ends of an error", error=error.with_traceback(trace))


def _uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        _log.error("a thread ended of an error", error=hook.exc_value)


def _unraisable(hook: sys.UnraisableHookArgs) -> None:
    if hook.exc_value is not None:
        _log.error("an error where none can be raised", error=hook.exc_value)


def _clean(value: object, secrets: Sequence[str]) -> object:
    if isinstance(value, str):
        return without_traces(value, secrets)
    if isinstance(value, list):
        return [_clean(one, secrets) for one in value]
    return value if isinstance(value, int) else LEFT_OUT
