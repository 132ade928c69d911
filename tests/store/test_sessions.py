from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis.exceptions import RedisError

from hotline.dialogue.session import Session
from hotline.store.connection import RedisClient, connect
from hotline.store.keys import Conversation
from hotline.store.scripts import LuaScript
from hotline.store.sessions import (
    CALL_SECONDS,
    LANGUAGE_SECONDS,
    MOST_STEP_BYTES,
    STEP_SECONDS,
    TEXT_SECONDS,
    Loaded,
    Sessions,
    Step,
)

SECRET = "a secret that nobody guesses, of 40 signs"
NUMBER = "+12035550123"
TEXTER = Conversation("sms", NUMBER)
CALLER = Conversation("voice", NUMBER, "CA1")
FIRST, SECOND = Step("SM1", named=True), Step("SM2", named=True)
AT_DOOR = Session(turns=1, language="es", node="ice-at-door", greeted=True)


@pytest.fixture
def sessions(redis: RedisClient) -> Sessions:
    return Sessions(redis, (SECRET,))


def take(sessions: Sessions, who: Conversation, step: Step, node: str) -> Session:
    """One turn that moves to a node; the session before it."""
    loaded = sessions.load(who, step)
    moved = replace(loaded.session.at(node), turns=loaded.session.turns + 1, language="es")
    sessions.save(who, loaded, moved, learned="es")
    return loaded.session


def test_a_session_is_found_again(sessions: Sessions) -> None:
    sessions.save(TEXTER, sessions.load(TEXTER, FIRST), AT_DOOR)
    assert sessions.load(TEXTER, SECOND).session == AT_DOOR


def test_channels_numbers_and_calls_do_not_share_a_session(sessions: Sessions) -> None:
    take(sessions, CALLER, FIRST, "main")
    for other in (TEXTER, Conversation("whatsapp", NUMBER), Conversation("voice", NUMBER, "CA2")):
        assert sessions.load(other, SECOND).session.node is None


def test_a_returning_caller_is_known_by_the_language_alone(sessions: Sessions) -> None:
    take(sessions, CALLER, FIRST, "main")
    assert sessions.load(Conversation("voice", NUMBER, "CA2"), SECOND).session == Session(language="es")


def test_a_repeat_sees_the_session_as_the_first_one_did_and_moves_nothing(sessions: Sessions) -> None:
    take(sessions, TEXTER, FIRST, "main")
    before = take(sessions, TEXTER, SECOND, "rights")
    assert take(sessions, TEXTER, SECOND, "rights") == before
    assert sessions.load(TEXTER, Step("SM3", named=True)).session.turns == 2


def test_a_repeat_makes_good_what_a_killed_worker_did_not_save(sessions: Sessions) -> None:
    sessions.load(TEXTER, FIRST)
    take(sessions, TEXTER, FIRST, "rights")
    assert sessions.load(TEXTER, SECOND).session.node == "rights"


def test_a_repeat_that_comes_late_does_not_undo_what_followed(sessions: Sessions) -> None:
    take(sessions, TEXTER, FIRST, "main")
    take(sessions, TEXTER, SECOND, "rights")
    take(sessions, TEXTER, FIRST, "main")
    assert sessions.load(TEXTER, Step("SM3", named=True)).session.node == "rights"


def test_two_texts_at_the_same_time_both_count_and_the_later_answer_stands(sessions: Sessions) -> None:
    first, second = sessions.load(TEXTER, FIRST), sessions.load(TEXTER, SECOND)
    sessions.save(TEXTER, first, replace(AT_DOOR, node="main"))
    sessions.save(TEXTER, second, AT_DOOR)
    session = sessions.load(TEXTER, Step("SM3", named=True)).session
    assert (session.node, session.turns) == ("ice-at-door", 2)


def test_a_text_under_way_does_not_undo_forget(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    under_way, forget = sessions.load(TEXTER, SECOND), sessions.load(TEXTER, Step("SM3", named=True))
    sessions.save(TEXTER, forget, None)
    sessions.save(TEXTER, under_way, AT_DOOR, learned="es")
    assert redis.dbsize() == 0


def test_the_very_first_text_under_way_does_not_undo_forget(sessions: Sessions, redis: RedisClient) -> None:
    under_way, forget = sessions.load(TEXTER, FIRST), sessions.load(TEXTER, SECOND)
    sessions.save(TEXTER, forget, None)
    sessions.save(TEXTER, under_way, AT_DOOR, learned="es")
    assert redis.dbsize() == 0


def test_the_language_is_remembered_only_where_it_was_learned(sessions: Sessions) -> None:
    loaded = sessions.load(CALLER, FIRST)
    sessions.save(CALLER, loaded, AT_DOOR)
    assert sessions.load(Conversation("voice", NUMBER, "CA2"), SECOND).session == Session()


def test_what_keeps_more_than_keys_is_told_after_each_forgetting(redis: RedisClient) -> None:
    left: list[object] = []
    sessions = Sessions(redis, (SECRET,), after_forgetting=lambda: left.append(redis.dbsize()))
    take(sessions, TEXTER, FIRST, "main")
    assert left == []
    sessions.save(TEXTER, sessions.load(TEXTER, SECOND), None)
    assert left == [0]


def test_a_step_without_a_name_is_a_repeat_only_while_it_is_the_latest(sessions: Sessions) -> None:
    pressed, other = Step("main 1", named=False), Step("here-now *", named=False)
    take(sessions, CALLER, pressed, "here-now")
    assert sessions.load(CALLER, pressed).repeated
    take(sessions, CALLER, other, "main")
    assert not sessions.load(CALLER, pressed).repeated


def test_many_repeats_at_once_move_the_session_once(redis_url: str, redis: RedisClient) -> None:
    several = [Sessions(connect(redis_url), (SECRET,)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        before = list(pool.map(lambda turn: take(several[turn % 8], TEXTER, FIRST, "rights"), range(200)))
    assert set(before) == {Session()}
    assert Sessions(redis, (SECRET,)).load(TEXTER, SECOND).session.turns == 1


def test_a_conversation_that_the_line_begins_goes_on_where_it_began(sessions: Sessions) -> None:
    sessions.begin(TEXTER, AT_DOOR)
    assert sessions.load(TEXTER, FIRST).session == AT_DOOR
    # Nothing of it is known to calls, nor to another channel.
    assert sessions.load(CALLER, FIRST).session == Session()
    assert sessions.load(Conversation("whatsapp", NUMBER), FIRST).session == Session()


def test_a_conversation_that_the_line_begins_is_remembered_as_any_other(sessions: Sessions, redis: RedisClient) -> None:
    sessions.begin(TEXTER, AT_DOOR)
    lives = {key.decode().partition(":")[0]: redis.ttl(key) for key in redis.scan_iter()}
    assert set(lives) == {"session", "language"}
    assert TEXT_SECONDS - 5 < lives["session"] <= TEXT_SECONDS
    assert LANGUAGE_SECONDS - 5 < lives["language"] <= LANGUAGE_SECONDS
    assert len({key.split(b"{")[1].split(b"}")[0] for key in redis.scan_iter()}) == 1
    assert not any(NUMBER[1:].encode() in key for key in redis.scan_iter())
    redis.delete(*redis.scan_iter("session:*"))
    assert sessions.load(TEXTER, FIRST).session == Session(language="es")


def test_the_line_begins_anew_whatever_was_written_before(sessions: Sessions) -> None:
    take(sessions, TEXTER, FIRST, "rights")
    sessions.begin(TEXTER, replace(AT_DOOR, language="ht"))
    assert sessions.load(TEXTER, SECOND).session == replace(AT_DOOR, language="ht")


def test_a_language_that_is_not_known_is_not_remembered_in_its_place(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    sessions.begin(TEXTER, replace(AT_DOOR, language=None))
    redis.delete(*redis.scan_iter("session:*"))
    assert sessions.load(TEXTER, SECOND).session == Session(language="es")


def test_a_text_that_came_meanwhile_still_counts(sessions: Sessions) -> None:
    take(sessions, TEXTER, FIRST, "main")
    under_way = sessions.load(TEXTER, SECOND)
    sessions.begin(TEXTER, AT_DOOR)
    sessions.save(TEXTER, under_way, replace(AT_DOOR, node="rights", turns=2))
    session = sessions.load(TEXTER, Step("SM3", named=True)).session
    assert (session.node, session.turns) == ("rights", 2)


def test_what_the_line_began_is_forgotten_as_any_other(sessions: Sessions, redis: RedisClient) -> None:
    sessions.begin(TEXTER, AT_DOOR)
    sessions.save(TEXTER, sessions.load(TEXTER, FIRST), None)
    assert redis.dbsize() == 0


def test_without_redis_nothing_is_begun_and_nothing_is_raised(tmp_path: object) -> None:
    Sessions(connect(f"unix://{tmp_path}/nowhere.sock"), (SECRET,)).begin(TEXTER, AT_DOOR)


def test_forgetting_leaves_nothing(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    sessions.save(TEXTER, sessions.load(TEXTER, SECOND), None)
    assert redis.dbsize() == 0


def test_every_key_expires_and_names_nobody(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    take(sessions, CALLER, FIRST, "main")
    lives = {key.decode(): redis.ttl(key) for key in redis.scan_iter()}
    assert len(lives) == 7
    for key, seconds in lives.items():
        assert 0 < seconds <= LANGUAGE_SECONDS
        assert NUMBER[1:] not in key
        if key.startswith("session:"):
            assert seconds > (CALL_SECONDS if key.count(":") > 1 else TEXT_SECONDS) - 5


def test_all_keys_of_a_conversation_share_a_hash_tag(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, CALLER, FIRST, "main")
    tags = {key.split(b"{")[1].split(b"}")[0] for key in redis.scan_iter()}
    assert len(tags) == 1


def test_another_secret_finds_nothing(redis: RedisClient, sessions: Sessions) -> None:
    take(sessions, TEXTER, FIRST, "main")
    assert Sessions(redis, (SECRET[::-1],)).load(TEXTER, SECOND).session == Session()


def test_a_damaged_record_begins_anew(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    for key in redis.scan_iter("session:*"):
        redis.set(key, b"\xff nonsense")
    assert sessions.load(TEXTER, SECOND).session == Session(language="es")
    take(sessions, TEXTER, Step("SM3", named=True), "rights")
    assert sessions.load(TEXTER, Step("SM4", named=True)).session.node == "rights"


def test_damaged_steps_are_none(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "main")
    for key in redis.scan_iter("steps:*"):
        redis.set(key, b"nonsense")
    assert take(sessions, TEXTER, SECOND, "rights").node == "main"
    assert sessions.load(TEXTER, SECOND).repeated


def test_without_redis_a_session_is_new_and_nothing_is_raised(tmp_path: object) -> None:
    client = connect(f"unix://{tmp_path}/nowhere.sock")
    with pytest.raises(RedisError):
        client.ping()
    sessions = Sessions(client, (SECRET,))
    loaded = sessions.load(TEXTER, FIRST)
    assert loaded.session == Session(kept=False)
    sessions.save(TEXTER, loaded, AT_DOOR)


def test_steps_do_not_pile_up(sessions: Sessions, redis: RedisClient) -> None:
    for number in range(50):
        take(sessions, TEXTER, Step(f"SM{number}", named=True), "main")
    (steps,) = redis.scan_iter("steps:*")
    assert redis.strlen(steps) <= MOST_STEP_BYTES + 2
    for number in range(45, 50):
        assert sessions.load(TEXTER, Step(f"SM{number}", named=True)).repeated
    assert not sessions.load(TEXTER, Step("SM0", named=True)).repeated


def test_a_step_is_known_again_wherever_it_stands_among_the_latest(sessions: Sessions) -> None:
    steps = [Step(f"SM{number}", named=True) for number in range(5)]
    before = [take(sessions, TEXTER, step, f"node-{number}") for number, step in enumerate(steps)]
    for step, session in zip(steps, before, strict=True):
        assert sessions.load(TEXTER, step).session == session


def test_a_key_pressed_again_takes_the_place_of_the_earlier_step(sessions: Sessions) -> None:
    presses = [Step(f"main {key}", named=False, arrives=False) for key in "121312"]
    for press in presses:
        assert not sessions.load(CALLER, press).repeated
        take(sessions, CALLER, press, "main")
    for press in presses:
        assert not sessions.load(CALLER, Step("menu *", named=False, arrives=False)).repeated
        take(sessions, CALLER, Step("menu *", named=False, arrives=False), "main")
        assert not sessions.load(CALLER, press).repeated
        take(sessions, CALLER, press, "main")


def test_arrivals_of_a_number_are_counted_once_each(sessions: Sessions) -> None:
    steps = [Step(f"SM{number}", named=True) for number in range(3)]
    assert [sessions.load(TEXTER, step).arrivals for step in (*steps, *steps)] == [1, 2, 3, 3, 3, 3]
    assert sessions.load(Conversation("sms", "+12035550124"), FIRST).arrivals == 1


def test_calls_of_a_number_are_counted_together_and_their_keys_are_not(sessions: Sessions) -> None:
    pressed = Step("main 1", named=False, arrives=False)
    for number in range(1, 4):
        call = Conversation("voice", NUMBER, f"CA{number}")
        assert sessions.load(call, Step("arrives", named=False)).arrivals == number
        sessions.load(call, pressed)
    assert sessions.load(TEXTER, FIRST).arrivals == 1


def test_whoever_pauses_is_counted_anew(sessions: Sessions, redis: RedisClient) -> None:
    sessions.load(TEXTER, FIRST)
    assert {redis.ttl(key) for key in redis.scan_iter("steps:*")} <= {STEP_SECONDS, STEP_SECONDS - 1}
    redis.delete(*redis.scan_iter("steps:*"))
    assert sessions.load(TEXTER, SECOND).arrivals == 1


@pytest.fixture
def unwritable(redis: RedisClient) -> Iterator[None]:
    """A server that takes no writes."""
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", 1)
    yield
    redis.config_set("maxmemory", 0)


def test_a_full_server_still_tells_the_language_and_no_place_that_is_out_of_date(
    sessions: Sessions, redis: RedisClient, request: pytest.FixtureRequest
) -> None:
    take(sessions, TEXTER, FIRST, "rights")
    request.getfixturevalue("unwritable")
    loaded = sessions.load(TEXTER, SECOND)
    assert loaded.session == Session(language="es", kept=False)
    assert not sessions.save(TEXTER, loaded, AT_DOOR)
    redis.config_set("maxmemory", 0)
    assert sessions.load(TEXTER, SECOND).session.node == "rights"


@pytest.mark.parametrize("answer", [None, [], [b"", b""], [b"", b"", b"many", b"first"], 7, b"nonsense", [None] * 4])
def test_an_answer_that_is_nonsense_is_no_session(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(LuaScript, "run", lambda *_: answer)
    assert sessions.load(TEXTER, FIRST) == Loaded(Session(kept=False), None)


def test_a_change_of_the_secret_loses_no_session(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "rights")
    before = set(redis.scan_iter("session:*")) | set(redis.scan_iter("language:*"))
    changed = Sessions(redis, (SECRET[::-1], SECRET))
    assert take(changed, TEXTER, SECOND, "main").node == "rights"
    assert all(redis.ttl(key) <= STEP_SECONDS for key in before)
    redis.delete(*before)
    assert Sessions(redis, (SECRET[::-1],)).load(TEXTER, Step("SM3", named=True)).session.node == "main"


def test_a_change_of_the_secret_keeps_the_language_of_who_calls_again(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, CALLER, FIRST, "main")
    changed = Sessions(redis, (SECRET[::-1], SECRET))
    again = Conversation("voice", NUMBER, "CA2")
    assert take(changed, again, FIRST, "main") == Session(language="es")
    third = Conversation("voice", NUMBER, "CA3")
    assert Sessions(redis, (SECRET[::-1],)).load(third, FIRST).session == Session(language="es")


def test_whoever_wants_to_be_forgotten_is_forgotten_under_every_secret(sessions: Sessions, redis: RedisClient) -> None:
    take(sessions, TEXTER, FIRST, "rights")
    changed = Sessions(redis, (SECRET[::-1], SECRET))
    assert changed.save(TEXTER, changed.load(TEXTER, SECOND), None)
    assert redis.dbsize() == 0


def test_a_repeat_in_the_midst_of_a_change_of_the_secret_is_answered_alike(
    sessions: Sessions, redis: RedisClient
) -> None:
    take(sessions, TEXTER, FIRST, "rights")
    changed = Sessions(redis, (SECRET[::-1], SECRET))
    assert changed.load(TEXTER, SECOND).session.node == "rights"
    # The worker was killed before it saved, and Twilio asks again; then the answer is lost on its way.
    assert take(changed, TEXTER, SECOND, "main").node == "rights"
    assert take(changed, TEXTER, SECOND, "main").node == "rights"
