from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from hotline.phone.mailbox import HttpInbox, Mailbox, TextMessage
from tests.conftest import served
from tests.phone.peer import CALLER, NUMBER, Answer, Peer
from tests.phone.talking_line import phone_app

OTHER = "+12035550124"


def text(body: str, to: str = CALLER) -> TextMessage:
    return TextMessage(NUMBER, to, body)


def bodies(texts: tuple[TextMessage, ...]) -> list[str]:
    return [text.body for text in texts]


def test_texts_wait_in_the_order_sent_until_they_are_collected(mailbox: Mailbox) -> None:
    sent = [text(f"Número {index}: “الرقم”\n1-800") for index in range(12)]
    for message in sent:
        mailbox.deliver(message)
    assert mailbox.collect(CALLER) == tuple(sent)
    assert mailbox.collect(CALLER) == ()


def test_each_number_has_its_own_texts(mailbox: Mailbox) -> None:
    for to in (CALLER, OTHER, CALLER):
        mailbox.deliver(text("x", to))
    assert len(mailbox.collect(CALLER)) == 2
    assert len(mailbox.collect(OTHER)) == 1


def test_a_mailbox_that_nobody_used_is_empty(mailbox: Mailbox) -> None:
    assert mailbox.collect(CALLER) == ()
    assert not mailbox.has_opted_out(CALLER)
    mailbox.opt_in(CALLER)
    mailbox.empty()
    assert not mailbox.folder.exists()


def test_another_process_delivers_into_the_same_folder(mailbox: Mailbox) -> None:
    mailbox.deliver(text("first"))
    code = (
        "import sys; from pathlib import Path; from hotline.phone.mailbox import Mailbox, TextMessage\n"
        "Mailbox(Path(sys.argv[1])).deliver(TextMessage(*sys.argv[2:]))"
    )
    subprocess.run([sys.executable, "-c", code, mailbox.folder, NUMBER, CALLER, "second"], check=True)
    mailbox.deliver(text("third"))
    assert bodies(mailbox.collect(CALLER)) == ["first", "second", "third"]


def test_of_several_that_collect_one_gets_each_text(mailbox: Mailbox) -> None:
    for index in range(40):
        mailbox.deliver(text(str(index)))
    with ThreadPoolExecutor(8) as pool:
        collected = [body for texts in pool.map(mailbox.collect, [CALLER] * 8) for body in bodies(texts)]
    assert sorted(collected, key=int) == [str(index) for index in range(40)]


def test_no_name_in_the_folder_holds_a_number_and_nobody_else_may_look(mailbox: Mailbox) -> None:
    mailbox.deliver(text("x"))
    mailbox.opt_out(CALLER)
    assert mailbox.folder.stat().st_mode & 0o777 == 0o700
    names = sorted(path.name for path in mailbox.folder.iterdir())
    assert [name.partition("-")[0] for name in names] == ["stopped", "text"]
    for path in mailbox.folder.iterdir():
        assert CALLER.removeprefix("+1") not in re.sub(r"\D", "", path.name)
        assert path.stat().st_mode & 0o777 == 0o600


def test_stop_holds_until_start(mailbox: Mailbox) -> None:
    mailbox.opt_out(CALLER)
    mailbox.opt_out(CALLER)
    assert Mailbox(mailbox.folder).has_opted_out(CALLER)
    assert not mailbox.has_opted_out(OTHER)
    assert len(list(mailbox.folder.iterdir())) == 1
    mailbox.opt_in(OTHER)
    assert mailbox.has_opted_out(CALLER)
    mailbox.opt_in(CALLER)
    assert not mailbox.has_opted_out(CALLER)


def test_an_emptied_mailbox_holds_nothing_and_takes_texts_again(mailbox: Mailbox) -> None:
    mailbox.deliver(text("old"))
    mailbox.opt_out(CALLER)
    (mailbox.folder / "unfinished.part").write_text("{", encoding="utf-8")
    mailbox.empty()
    assert list(mailbox.folder.iterdir()) == []
    mailbox.deliver(text("new"))
    assert bodies(mailbox.collect(CALLER)) == ["new"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"to": "+12035550123"}', b"\xff\xfe"])
def test_a_file_that_is_no_text_is_left_alone(mailbox: Mailbox, content: bytes) -> None:
    mailbox.deliver(text("x"))
    (mailbox.folder / "text-0.json").write_bytes(content)
    (mailbox.folder / "stopped-0.json").write_bytes(content)
    assert bodies(mailbox.collect(CALLER)) == ["x"]
    assert not mailbox.has_opted_out(CALLER)


def test_another_process_collects_over_http(peer: Peer, mailbox: Mailbox) -> None:
    sent = [text("¿Qué?\nuno"), text("dos")]
    for message in (*sent, text("other", OTHER)):
        mailbox.deliver(message)
    with served(phone_app(peer, mailbox)) as address:
        inbox = HttpInbox(address)
        assert inbox.collect(CALLER) == tuple(sent)
        assert inbox.collect(CALLER) == ()
        assert inbox.collect("+12125550123") == ()
    assert bodies(mailbox.collect(OTHER)) == ["other"]


def test_where_no_demo_runs_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr("hotline.phone.mailbox.ANSWER_SECONDS", 0.1)
        assert HttpInbox(address).collect(CALLER) == ()
    assert HttpInbox(address).collect(CALLER) == ()
    assert HttpInbox("").collect(CALLER) == ()


@pytest.mark.parametrize(
    "answer", ["", "{", "null", "[]", "{}", '{"texts": 1}', '{"texts": [1, null, {}]}', '{"texts": {"a": 1}}']
)
@pytest.mark.parametrize("status", [200, 404, 500])
def test_where_something_else_answers_nothing_waits(peer: Peer, answer: str, status: int) -> None:
    peer.routes["/phone/inbox"] = Answer(answer.encode(), "application/json", status)
    assert HttpInbox(peer.address).collect(CALLER) == ()


def test_what_is_kept_can_be_read_by_a_person(mailbox: Mailbox) -> None:
    mailbox.deliver(text("hello"))
    [path] = mailbox.folder.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["body"] == "hello"
