"""Two thousand people write and call, with faults in the middle of it; then nothing of them stands anywhere.

It is looked for in all that the line has written: logs, Redis, its own files and answers, in every form in which
somebody could have left it. What a process holds in its memory meanwhile is not looked at, but no core dump keeps it.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from flask import Flask, Response, request
from redis.exceptions import RedisError
from twilio.request_validator import RequestValidator

from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.store.connection import connect
from hotline.store.embedded import server_binary
from hotline.understanding.lessons import read_examples
from tests.conftest import served
from tests.haystack import Needles, checksums, forms_as_written, forms_hashed, with_small_letters
from tests.test_serving import free_port, wait_for

# HOTLINE_CONVERSATIONS=2000 where there are minutes to wait.
CONVERSATIONS = int(os.environ.get("HOTLINE_CONVERSATIONS", "400"))
AT_ONCE = 6
WORKERS = 2
LINE_NUMBER = "+12035550100"
AUTH_TOKEN = "the token that signs 0a1b2c3d4e5f"
SECRET_KEY = "a secret that only this test knows with 45 signs"
REDIS_PASSWORD = "the-word-of-the-store-7f3a9c"
FAULTY_SERVER = Path(__file__).with_name("faulty_server.py")

# Of all forms of one way that are so short that chance makes them, far fewer stand there by chance.
MOST_BY_CHANCE = 0.05
# ZIP codes begin with a zero here, as no number does that a program writes, and stand alone where they are written.
ZIPS = ("06511", "06770", "06226", "06704", "06051", "06360", "06606", "06902", "06790", "06040", "06457", "06492")
# No county has one of these names: that of a county may be kept.
TOWNS = (
    *("Naugatuck", "Torrington", "Bridgeport", "Waterbury", "Middletown", "Wallingford", "Southington", "Glastonbury"),
    *("Manchester", "Ridgefield", "Plainville", "Willimantic"),
)
SYLLABLES = ("ba", "ve", "zu", "ki", "lo", "mar", "tel", "qua", "xo", "rin", "sup", "gha", "dre", "vin", "ost", "pel")

KEYS = {"an empty key": b"", "the auth token": AUTH_TOKEN.encode()}


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who exists for this test alone. `text` is what they write or say: sentence, name, town and ZIP code."""

    channel: str
    language: str
    number: str
    name: str
    town: str
    zip: str
    sentence: str
    sid: str
    media: str

    @property
    def address(self) -> str:
        return f"whatsapp:{self.number}" if self.channel == "whatsapp" else self.number

    @property
    def text(self) -> str:
        return f"{self.sentence} {self.name}, {self.town} {self.zip}"

    @property
    def written(self) -> tuple[str, ...]:
        national = self.number[2:]
        grouped = (national[:3], national[3:6], national[6:])
        formatted = ("-".join(grouped), ".".join(grouped), " ".join(grouped), "({}) {}-{}".format(*grouped))
        return (self.number, national, *formatted, self.name, self.text, self.town, self.sid, self.media)

    @property
    def hashed(self) -> tuple[str, ...]:
        return (self.number, self.number[1:], self.number[2:], f"whatsapp:{self.number}", self.name)


def residents(many: int) -> list[Resident]:
    script, chance = load_script(), random.Random(7)
    examples: dict[str, list[str]] = {}
    for example in read_examples(script, LOCALES):
        examples.setdefault(example.language, []).append(example.text)
    places = [(area, line) for area in (203, 475, 860, 959) for line in range(1000, 10000)]
    languages = sorted(examples)
    return [
        Resident(
            channel=("sms", "whatsapp", "voice")[index % 3],
            language=(language := languages[index % len(languages)]),
            number=f"+1{area}555{line}",
            name="".join(chance.choices(SYLLABLES, k=5)).capitalize() + "qovich",
            town=chance.choice(TOWNS),
            zip=chance.choice(ZIPS),
            sentence=chance.choice(examples[language]),
            sid=f"{chance.randbytes(16).hex()}",
            media=f"media.example.org/{chance.randbytes(8).hex()}",
        )
        for index, (area, line) in enumerate(chance.sample(places, many))
    ]


# What is looked for.


class Known:
    """All that is known of some people, in all forms."""

    def __init__(self, people: list[Resident]) -> None:
        self._needles = Needles(
            (how, form)
            for person in people
            for forms in (*map(forms_as_written, person.written), *(forms_hashed(one, KEYS) for one in person.hashed))
            for how, of_one_way in forms.items()
            for form in of_one_way
        )
        # They stand somewhere by chance: of each way, the share tells.
        self._short = Needles(
            (
                (how, form)
                for person in people
                for value in person.hashed[:2]
                for how, forms in checksums(value).items()
                for form in forms
            ),
            window=4,
        )

    def standing_in(self, parts: Mapping[str, bytes]) -> list[str]:
        """Everything that was found, by how and where; never what it is."""
        everywhere = with_small_letters(parts)
        found = Counter(f"{one.how} in {one.part}" for one in self._needles.find(everywhere))
        shares = self._short.shares(everywhere).items()
        return [
            *(f"{how}: {times}" for how, times in found.most_common(20)),
            *(f"{share:.0%} of {how}" for how, share in shares if share > MOST_BY_CHANCE),
            *(f"a ZIP code in {part}" for part, haystack in parts.items() if zip_codes_in(haystack)),
        ]


def zip_codes_in(haystack: bytes) -> list[bytes]:
    """As they are, or in any longer form."""
    longer = {
        form
        for code in ZIPS
        for how, forms in forms_as_written(code).items()
        for form in forms
        if how in {"in UTF-16", "in hex", "in base64"}
    }
    pattern = rb"(?<![\w.])(?:%s)(?!\w)|%s" % ("|".join(ZIPS).encode(), b"|".join(map(re.escape, sorted(longer))))
    return re.findall(pattern, haystack)


# Where it is looked for.


@dataclass
class Store:
    """A Redis server with both kinds of files, which can be killed and comes back."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{REDIS_PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "requirepass": REDIS_PASSWORD,
            "appendonly": "yes",
            "save": "1 1",
            "logfile": "redis.log",
            "loglevel": "debug",
            "slowlog-log-slower-than": 0,
            "slowlog-max-len": 100000,
            # Nothing could be found in what is compressed.
            "rdbcompression": "no",
        }
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen([str(server_binary()), *arguments], env={"LC_ALL": "C"})
        client, until = connect(self.url), time.monotonic() + 15
        while time.monotonic() < until:
            with suppress(RedisError):
                client.ping()
                return
            time.sleep(0.05)
        raise AssertionError("Redis does not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def parts(self) -> dict[str, bytes]:
        """All that it can tell, and all that it has written."""
        client = connect(self.url, timeout=10)
        client.config_set("save", "")
        while client.info("persistence")["rdb_bgsave_in_progress"]:
            time.sleep(0.05)
        client.save()
        keys = list(client.scan_iter(count=1000))
        dumped = b"\n".join(key + b" " + (client.dump(key) or b"") for key in keys)
        slowest = b"\n".join(entry["command"] for entry in client.slowlog_get(100000))
        assert len(keys) > 10
        assert len(slowest) > 1000
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        files = {f"Redis's {path.relative_to(self.folder)}": path.read_bytes() for path in paths}
        assert {path.suffix for path in self.folder.rglob("*")} >= {".rdb", ".aof", ".log"}
        return {"Redis's keys": dumped, "Redis's slow log": slowest, **files}


@dataclass
class Running:
    """The line under gunicorn, in an environment in which everything that it writes comes into one folder."""

    folder: Path
    store: Store
    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def parts(self) -> dict[str, bytes]:
        paths = [path for path in self.folder.rglob("*") if path.is_file() and self.store.folder not in path.parents]
        names = "\n".join(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
        assert not [path for path in paths if path.name.startswith("core")]
        return {"the names of files": names.encode()} | {
            str(path.relative_to(self.folder)): path.read_bytes() for path in paths
        }

    def processes(self) -> list[int]:
        """The parent and all that came of it."""
        found, waiting = [], [self.process.pid]
        while waiting:
            found.append(pid := waiting.pop())
            with suppress(OSError):
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return found


@contextmanager
def faulty_line(folder: Path, twilio_api: str, **environment: str) -> Iterator[Running]:
    for name in ("redis", "data", "tmp", "work"):
        (folder / name).mkdir()
    store, port = Store(folder / "redis"), free_port()
    store.start()
    own = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(folder / "work"),
        "TMPDIR": str(folder / "tmp"),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": "https://hotline.example.org",
        "REDIS_URL": store.url,
        "PORT": str(port),
        "WEB_CONCURRENCY": str(WORKERS),
        "HOTLINE_DATA": str(folder / "data"),
        "HOTLINE_LOG_LEVEL": "debug",
        "HOTLINE_TWILIO_API": twilio_api,
        **environment,
    }
    with (folder / "line.out").open("wb") as output, (log := folder / "line.log").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, FAULTY_SERVER], env=own, cwd=folder / "work", stdout=output, stderr=errors
        )
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield Running(folder, store, f"http://127.0.0.1:{port}", process, log)
        finally:
            process.terminate()
            process.wait(timeout=60)
            store.kill()


@contextmanager
def refusing_twilio() -> Iterator[str]:
    """Twilio's REST API on a bad day: it repeats what was asked of it in what it answers."""
    app, chance = Flask("twilio"), random.Random(3)

    @app.post("/<path:_>")
    def refuse(_: str) -> tuple[Response, int]:
        said, status = request.form.to_dict(), chance.choice((201, 400, 401, 500))
        return Response(
            json.dumps({"code": 21211, "message": f"{said} is wrong", "status": status, "sid": "SM1"})
        ), status

    with served(app) as address:
        yield address


# What they do.


@dataclass
class Residents:
    """Walks everybody's conversation; all that is sent to the line is signed as Twilio does."""

    address: str
    answered: Counter[int] = field(default_factory=Counter)

    def post(self, path: str, form: Mapping[str, str]) -> str:
        url = f"https://hotline.example.org{path}"
        signature = RequestValidator(AUTH_TOKEN).compute_signature(url, dict(form))
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        # A third of the time that requests takes for it, of which the line has the more.
        with closing(HTTPConnection(self.address.removeprefix("http://"), timeout=30)) as connection:
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            self.answered[answer.status] += 1
            assert answer.status in {200, 204}, answer.status
            return answer.read().decode()

    def converse(self, person: Resident) -> None:
        (self.call if person.channel == "voice" else self.write)(person)
        if person.number.endswith("7"):
            self.trespass(person)

    def write(self, person: Resident) -> None:
        for index, body in enumerate((person.text, person.zip, "2", f"my name is {person.name}")):
            sid = f"SM{person.sid[1:]}{index}"
            form = {"MessageSid": sid, "Body": body, "NumMedia": "1", "MediaUrl0": f"https://{person.media}"}
            if person.channel == "whatsapp":
                form |= {"ProfileName": person.name, "WaId": person.number[1:]}
            self.post("/sms", form | self.sender(person))
        self.post("/sms/status", {"MessageSid": sid, "MessageStatus": "failed"} | self.sender(person))

    def call(self, person: Resident) -> None:
        form = {"CallSid": f"CA{person.sid}", "CallStatus": "in-progress", "CallerName": person.name}
        form |= self.sender(person)
        document = self.post("/voice", form)
        for heard in ({"Digits": "2"}, {"SpeechResult": person.text}, {"SpeechResult": person.zip}):
            if action := re.search(r'action="([^"]+)"', document):
                document = self.post(action[1], form | heard)
        self.post(f"/voice/{person.language}/scams", form | {"Digits": "8"})
        self.post(f"/voice/{person.language}/texted.scams", form)
        self.post(
            "/voice", form | {"ErrorCode": "11200", "ErrorUrl": f"https://x/voice/{person.language}/{person.name}"}
        )
        self.post("/voice/status", form | {"CallStatus": "completed"})

    def sender(self, person: Resident) -> dict[str, str]:
        place = {"FromCity": person.town.upper(), "FromZip": person.zip, "FromState": "CT", "FromCountry": "US"}
        return {"From": person.address, "To": LINE_NUMBER, "AccountSid": "AC" + "0" * 32} | place

    def trespass(self, person: Resident) -> None:
        """What is no webhook: unsigned, broken, or for somebody else's pages."""
        said = {"q": person.text, "From": person.number}
        for path in (f"/audio/{person.language}/{person.number}.wav", f"/nowhere/{person.number}", "/console/"):
            requests.get(f"{self.address}{path}", params=said, timeout=30)
        for _ in range(4):
            requests.get(f"{self.address}/healthz", params=said, headers={"Cookie": person.name}, timeout=30)
        requests.post(f"{self.address}/sms", data=said, timeout=30)
        port = int(self.address.rpartition(":")[2])
        for broken in (f"GET /{person.number} HTTP/9.9\r\n\r\n", f"POST /sms HTTP/1.1\r\n{person.name}: \x00\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as raw, suppress(OSError):
                raw.sendall(broken.encode())
                raw.recv(65536)


# That the search finds what it looks for.


@cache
def some_haystack() -> bytes:
    """Bytes at random, and what a log or a file of Redis looks like."""
    chance = random.Random(5)
    lines = [
        json.dumps({"event": chance.randbytes(9).hex(), "frames": [f"sessions.py:{chance.randrange(999)}"]})
        for _ in range(100)
    ]
    return chance.randbytes(20_000) + "\n".join(lines).encode() + chance.randbytes(20_000)


def planted(form: bytes) -> dict[str, bytes]:
    haystack = some_haystack()
    middle = len(haystack) // 2 + random.Random(form).randrange(1000)
    return {"a haystack": haystack[:middle] + form + haystack[middle:]}


@pytest.fixture(scope="module")
def one() -> Resident:
    return residents(30)[13]


@pytest.fixture(scope="module")
def known(one: Resident) -> Known:
    return Known([one])


def test_in_what_tells_nothing_nothing_is_found(known: Known) -> None:
    assert known.standing_in(planted(b"")) == []


@pytest.mark.parametrize("how", forms_as_written(""))
def test_a_value_that_was_written_down_is_found(one: Resident, known: Known, how: str) -> None:
    for value in one.written:
        for form in forms_as_written(value)[how]:
            assert known.standing_in(planted(form)), how


@pytest.mark.parametrize("capital", [str.upper, str.title], ids=["capital", "title"])
def test_a_value_in_other_letters_is_found(one: Resident, known: Known, capital: Callable[[str], str]) -> None:
    for value in (one.name, one.town, one.number.encode().hex()):
        assert known.standing_in(planted(capital(value).encode()))


@pytest.mark.parametrize("how", forms_hashed("", KEYS))
def test_a_value_that_was_hashed_is_found_however_the_hash_is_written(one: Resident, known: Known, how: str) -> None:
    for value in one.hashed:
        for form in forms_hashed(value, KEYS)[how]:
            assert known.standing_in(planted(form)), how


@pytest.mark.parametrize("how", checksums(""))
def test_checksums_are_found_where_they_were_made_of_everybody(how: str) -> None:
    people = residents(40)
    kept = b" ".join(form for person in people for form in checksums(person.number)[how])
    known = Known(people)
    assert known.standing_in(planted(kept))
    assert not known.standing_in(planted(b""))


@pytest.mark.parametrize("how", ["as it is", "for a URL", "for JSON", "in UTF-16", "in hex", "in base64"])
def test_a_zip_code_is_found(one: Resident, known: Known, how: str) -> None:
    for form in forms_as_written(one.zip)[how]:
        assert known.standing_in(planted(b'"%s"' % form)), how


def test_digits_of_other_numbers_are_no_zip_code() -> None:
    assert not zip_codes_in(b'12:01:59.065112Z, 0.06511, 106511, "id": "a06511f"')


# That nothing is found.


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_of_any_resident_stands_anywhere(tmp_path: Path) -> None:
    people = residents(CONVERSATIONS)
    with refusing_twilio() as api, faulty_line(tmp_path, api) as line:
        everybody = Residents(line.address)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            walked = [pool.submit(everybody.converse, person) for person in people]
            for share in (3, 2):
                while sum(one.done() for one in walked) < CONVERSATIONS // share:
                    time.sleep(0.1)
                line.store.kill()
                time.sleep(1.5)
                line.store.start()
            for one in walked:
                one.result()
        limits = [Path(f"/proc/{pid}/limits").read_text() for pid in line.processes()]
        answers = {
            path: requests.get(f"{line.address}{path}", timeout=30).content
            for path in ("/readyz", "/metrics", "/healthz")
        }
        parts = line.store.parts() | answers
    parts |= line.parts()
    assert len(limits) > WORKERS
    assert all(re.search(r"Max core file size +0 +0 ", one) for one in limits)
    told = line.log.read_text().splitlines()
    events = Counter(json.loads(one)["event"] for one in told if one.startswith("{"))
    assert not [one for one in told if not one.startswith("{")]
    # What was to be provoked did happen.
    for event in ("session not loaded", "it failed", "a thread ended of an error", "heard <str> of <str>"):
        assert any(event in one for one in events), (event, events)
    assert everybody.answered[200] > 4 * CONVERSATIONS
    assert Known(people).standing_in(parts) == []
    for secret in (AUTH_TOKEN, SECRET_KEY, REDIS_PASSWORD):
        needles = Needles((how, form) for how, forms in forms_as_written(secret).items() for form in forms)
        assert not list(needles.find(with_small_letters(parts)))


@pytest.mark.slow
@pytest.mark.parametrize("leak", ["print", "redis", "file"])
def test_a_line_that_leaks_is_found_out(tmp_path: Path, leak: str) -> None:
    people = residents(12)
    with refusing_twilio() as api, faulty_line(tmp_path, api, LEAK=leak) as line:
        everybody = Residents(line.address)
        for person in people:
            everybody.converse(person)
        parts = line.store.parts()
    assert Known(people).standing_in(parts | line.parts())
