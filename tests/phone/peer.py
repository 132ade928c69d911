"""A small hotline for the phone's tests: serves what a test writes, refuses what is not signed as Twilio signs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from hotline.phone.line import Line

TOKEN = "12345"
PUBLIC_URL = "https://hotline.example"
NUMBER = "+12035550100"
CALLER = "+12035550123"


@dataclass(frozen=True)
class Answer:
    body: bytes = b"<Response/>"
    content_type: str | None = "text/xml; charset=utf-8"
    status: int = 200
    location: str | None = None


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Peer:
    """`routes` are by path; a route may look at the request. What nobody wrote is 404."""

    address: str = ""
    routes: dict[str, Answer | Callable[[Seen], Answer]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    unsigned: tuple[str, ...] = ("/audio/", "/phone/")

    def twiml(self, path: str, inside: str) -> None:
        """Serves `<Response>inside</Response>` at `path`."""
        self.routes[path] = Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'.encode())

    def line(self, *, fallback_url: str | None = None) -> Line:
        return Line(
            address=self.address,
            public_url=PUBLIC_URL,
            auth_token=TOKEN,
            account_sid="AC" + "0" * 32,
            number=NUMBER,
            fallback_url=fallback_url,
        )

    def forms(self, path: str) -> list[dict[str, str]]:
        """The form of every request for `path`, in order."""
        return [seen.form for seen in self.seen if urlsplit(seen.target).path == path]

    def answer(self, seen: Seen) -> Answer:
        self.seen.append(seen)
        path = urlsplit(seen.target).path
        if not path.startswith(self.unsigned) and not _is_signed(seen):
            return Answer(b"wrong signature", "text/plain", 403)
        route = self.routes.get(path)
        if route is None:
            return Answer(b"not found", "text/plain", 404)
        return route(seen) if callable(route) else route


def _is_signed(seen: Seen) -> bool:
    signature = seen.headers.get("x-twilio-signature", "")
    form = seen.form if seen.method == "POST" else {}
    return bool(RequestValidator(TOKEN).validate(PUBLIC_URL + seen.target, form, signature))


@contextmanager
def running_peer() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._serve(dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body))))

        def _serve(self, form: dict[str, str]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = peer.answer(Seen(self.command, self.path, form, headers))
            self.send_response(answer.status)
            if answer.content_type is not None:
                self.send_header("Content-Type", answer.content_type)
            if answer.location is not None:
                self.send_header("Location", answer.location)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """The tests' output stays quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A phone that has read enough hangs up; that is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    peer.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
