from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.phone import transcript
from hotline.phone.errors import PhoneError
from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.transcript import Conversation, Step, Transcript
from tests.phone.peer import CALLER, NUMBER, Answer, Peer, Seen
from tests.phone.wav import wav

FILE = f"""\
# The door, in Spanish.
text from {CALLER}
> la migra esta tocando la puerta
< Mantenga cerrada la puerta.

  1 Más
    2 Ayuda
< Llame al 1-800-798-0671.
# and then
> más
< (nothing)

call from anonymous
[call] English, press 1.
       Español, oprima 2.
[2]    (dials 1-800-798-0671, caller ID {NUMBER})
[busy] Nobody answered.
[says: la migra]
[silence] Press 1.
       Or 2.
[hang up]

# the end
"""


def test_a_file_is_read_as_it_is_meant() -> None:
    door, call = transcript.parse(FILE).conversations
    assert door == Conversation(
        "text",
        CALLER,
        (
            Step(
                "la migra esta tocando la puerta",
                ("Mantenga cerrada la puerta.\n\n1 Más\n  2 Ayuda", "Llame al 1-800-798-0671."),
            ),
            Step("más", ("(nothing)",), ("and then",)),
        ),
        ("The door, in Spanish.",),
    )
    assert (call.channel, call.caller) == ("call", "anonymous")
    assert [step.said for step in call.steps] == ["call", "2", "busy", "says: la migra", "silence", "hang up"]
    assert call.steps[0].heard == ("English, press 1.", "Español, oprima 2.")
    assert call.steps[3].heard == ()
    assert transcript.parse(FILE).notes == ("the end",)


def test_a_file_is_written_as_it_was_read() -> None:
    assert transcript.write(transcript.parse(FILE)) == FILE


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert transcript.parse("\ufeff" + FILE.replace("\n", "\r\n")) == transcript.parse(FILE)


def test_an_empty_file_is_an_empty_transcript() -> None:
    assert transcript.parse("") == Transcript(())
    assert transcript.parse("\n# just a note\n") == Transcript((), ("just a note",))


def test_an_input_of_several_lines_is_one_text() -> None:
    (conversation,) = transcript.parse(f"text whatsapp from {CALLER}\n> one\n  two\n\n  four\n").conversations
    assert conversation.channel == "whatsapp"
    assert conversation.steps == (Step("one\ntwo\n\nfour"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("> hi", 1),
        ("hello", 1),
        ("text from", 1),
        ("text from a b", 1),
        (f"sms from {CALLER}", 1),
        (f"text from {CALLER}\nhi", 2),
        (f"text from {CALLER}\n< hi", 2),
        (f"text from {CALLER}\n  hi", 2),
        (f"text from {CALLER}\n[1] hi", 2),
        (f"call from {CALLER}\n[1]", 2),
        (f"call from {CALLER}\n       hi", 2),
        (f"call from {CALLER}\n[call]\n\n[call]", 4),
        (f"call from {CALLER}\n[call]\n[one]", 3),
        (f"call from {CALLER}\n[call]\n[says:]", 3),
        (f"call from {CALLER}\n[call]\n[1", 3),
        (f"call from {CALLER}\n[call]\n> hi", 3),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, line: int) -> None:
    with pytest.raises(PhoneError, match=f"^Line {line}: "):
        transcript.parse(text)


LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12).map(str.strip)
BODY = st.lists(LINE, max_size=4).map("\n".join).map(str.strip)
HEARD = LINE.map(lambda line: " ".join(line.split())).filter(bool)
ACTION = st.one_of(
    st.sampled_from(["silence", "hang up", "busy", "no-answer", "12#*"]),
    HEARD.filter(lambda words: "]" not in words).map(lambda words: f"says: {words}"),
)
NOTES = st.lists(LINE.map(str.rstrip), max_size=2).map(tuple)
PHONE = st.just(CALLER)


def text_steps(kind: Literal["text", "whatsapp"]) -> st.SearchStrategy[Conversation]:
    step = st.builds(Step, BODY, st.lists(BODY, max_size=3).map(tuple), NOTES)
    return st.builds(Conversation, st.just(kind), PHONE, st.lists(step, max_size=3).map(tuple), NOTES)


def call_steps() -> st.SearchStrategy[Conversation]:
    heard = st.lists(HEARD, max_size=3).map(tuple)
    first = st.builds(Step, st.just("call"), heard, NOTES)
    step = st.builds(Step, ACTION, heard, NOTES)
    steps = st.builds(lambda one, more: (one, *more), first, st.lists(step, max_size=3))
    return st.builds(Conversation, st.just("call"), PHONE, steps, NOTES)


CONVERSATION = st.one_of(text_steps("text"), text_steps("whatsapp"), call_steps())


@settings(max_examples=60)
@given(st.builds(Transcript, st.lists(CONVERSATION, max_size=3).map(tuple), NOTES))
def test_what_is_written_is_read_as_the_same(original: Transcript) -> None:
    assert transcript.parse(transcript.write(original)) == original


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("<>[]# \ncaltexfrom+1", max_size=60))
def test_any_text_is_a_transcript_or_a_phone_error(text: str) -> None:
    for start in ("", f"text from {CALLER}\n", f"call from {CALLER}\n[call]\n"):
        try:
            read = transcript.parse(start + text)
        except PhoneError:
            continue
        assert transcript.parse(transcript.write(read)) == read


# replaying


def serve(peer: Peer) -> None:
    def texts(seen: Seen) -> Answer:
        if seen.form["Body"] == "wait":
            return Answer(b"<Response/>")
        return Answer(f"<Response><Message> You: {seen.form['Body']}  \n1 More\n</Message></Response>".encode())

    peer.routes["/sms"] = texts
    peer.routes["/audio/a.wav"] = Answer(b"RIFF", "audio/wav")
    peer.twiml(
        "/voice",
        "<Say loop='2'>Welcome.</Say><Gather numDigits='1' input='dtmf speech' action='/menu'>"
        "<Play>/audio/a.wav</Play><Pause length='2'/><Say>Press 1.</Say></Gather><Say>Bye.</Say>",
    )
    peer.twiml(
        "/menu", f"<Sms>The\nnumber</Sms><Dial callerId='{NUMBER}'>1-800-798-0671</Dial><Redirect>/voice</Redirect>"
    )


REPLAYED = f"""\
# a text
text from {CALLER}
> hi
< You: hi
  1 More
> wait
< (nothing)

text whatsapp from {CALLER}
> hola
< You: hola
  1 More

call from {CALLER}
[call] Welcome. (said 2 times)
       (plays /audio/a.wav)
       (pause 2 s)
       Press 1.
[12]   (texts {CALLER}: The number)
       (dials 1-800-798-0671, caller ID {NUMBER})
[no-answer] Welcome. (said 2 times)
       (plays /audio/a.wav)
       (pause 2 s)
       Press 1.
[says: la migra] (texts {CALLER}: The number)
       (dials 1-800-798-0671, caller ID {NUMBER})
[busy] Welcome. (said 2 times)
       (plays /audio/a.wav)
       (pause 2 s)
       Press 1.
[silence] Bye.
       (the call ends)
[1]    (error: The call has ended.)
"""


def inputs_only(text: str) -> Transcript:
    read = transcript.parse(text)
    return Transcript(
        tuple(
            Conversation(c.channel, c.caller, tuple(Step(step.said, (), step.notes) for step in c.steps), c.notes)
            for c in read.conversations
        )
    )


def test_inputs_alone_are_filled_with_what_is_heard(peer: Peer) -> None:
    serve(peer)
    assert transcript.write(transcript.replay(peer.line(), inputs_only(REPLAYED))) == REPLAYED


def test_what_was_expected_makes_no_difference(peer: Peer) -> None:
    serve(peer)
    expected = transcript.parse(REPLAYED)
    assert transcript.differences(expected, transcript.replay(peer.line(), expected)) == ""


def test_inputs_without_expectation_make_no_difference(peer: Peer) -> None:
    serve(peer)
    expected = inputs_only(REPLAYED)
    assert transcript.differences(expected, transcript.replay(peer.line(), expected)) == ""


def test_a_difference_shows_both_lines(peer: Peer) -> None:
    serve(peer)
    expected = transcript.parse(f"text from {CALLER}\n> hi\n< Something else.\n> wait\n")
    difference = transcript.differences(expected, transcript.replay(peer.line(), expected))
    assert "-< Something else." in difference
    assert "+< You: hi" in difference
    assert "nothing" not in difference.replace("(nothing)", "", 1)


def test_a_missing_reply_makes_a_difference(peer: Peer) -> None:
    peer.twiml("/sms", "")
    expected = transcript.parse(f"text from {CALLER}\n> hi\n< Hello.\n")
    difference = transcript.differences(expected, transcript.replay(peer.line(), expected))
    assert difference.endswith("-< Hello.\n+< (nothing)\n ")


def test_transcripts_of_different_shape_can_be_compared() -> None:
    one = transcript.parse(f"text from {CALLER}\n> hi\n")
    two = transcript.parse(f"text from {CALLER}\n> hi\n< Hello.\n> bye\n< Bye.\n")
    assert "+> bye" in transcript.differences(one, two)
    assert "-> bye" in transcript.differences(two, one)


def test_an_error_is_heard_as_one(peer: Peer) -> None:
    expected = transcript.parse(f"text from {CALLER}\n> hi\n\ncall from {CALLER}\n[call]\n[hang up]\n")
    actual = transcript.replay(peer.line(), expected)
    heard = [step.heard[0] for conversation in actual.conversations for step in conversation.steps]
    assert heard == [
        "(error 11200: /sms answered with status 404.)",
        "(the call ends: application error 11200: /voice answered with status 404.)",
        "(error: The call has ended.)",
    ]
    assert transcript.unexpected_errors(expected, actual)
    assert not transcript.unexpected_errors(actual, actual)


def test_stop_is_answered_by_twilio_and_holds_until_start(peer: Peer) -> None:
    serve(peer)
    steps = transcript.parse(f"text from {CALLER}\n> STOP\n> hi\n\ntext from {CALLER}\n> hi\n> START\n")
    heard = [step.heard for c in transcript.replay(peer.line(), steps).conversations for step in c.steps]
    assert heard[0][0].startswith("You have successfully been unsubscribed.")
    assert heard[0][1] == "(not delivered: 21610)"
    assert heard[1] == heard[2] == ("(not delivered: 21610)",)
    assert heard[3][1] == "You: START\n1 More"


def test_recordings_read_as_if_spoken_and_texts_of_the_line_are_told(peer: Peer, mailbox: Mailbox) -> None:
    expected = f"""\
call from {CALLER}
[call] Pou Kreyòl, peze 4. (said 2 times)
       Press 1.
       (texts {CALLER}: one two)
       (texts {CALLER}: three)
[hang up] (nothing)
"""
    for body in ("one\ntwo", "three"):
        mailbox.deliver(TextMessage(NUMBER, CALLER, body))
    peer.routes["/audio/ht/a.wav"] = Answer(wav("Pou Kreyòl, peze 4."), "audio/wav")
    peer.twiml("/voice", "<Gather><Play loop='2'>/audio/ht/a.wav</Play><Say>Press 1.</Say></Gather>")
    read = transcript.parse(expected)
    heard = transcript.replay(replace(peer.line(), inbox=mailbox), read)
    assert transcript.write(heard) == expected


def test_hanging_up_is_heard_by_nobody(peer: Peer) -> None:
    serve(peer)
    read = transcript.parse(f"call from {CALLER}\n[call]\n[hang up]\n")
    assert transcript.replay(peer.line(), read).conversations[0].steps[1].heard == ("(nothing)",)


def test_a_fallback_shows_the_error(peer: Peer) -> None:
    peer.twiml("/fallback", "<Gather><Say>Still here.</Say></Gather>")
    read = transcript.parse(f"call from {CALLER}\n[call]\n")
    steps = transcript.replay(peer.line(fallback_url="/fallback"), read).conversations[0].steps
    assert steps[0].heard == ("(error 11200: /voice answered with status 404.)", "Still here.")


@pytest.mark.parametrize(
    ("reason", "heard"), [("busy", "(the call ends: busy)"), ("rejected", "(the call ends: rejected)")]
)
def test_a_rejected_call_says_so(peer: Peer, reason: str, heard: str) -> None:
    peer.twiml("/voice", f"<Reject reason='{reason}'/>")
    read = transcript.parse(f"call from {CALLER}\n[call]\n")
    assert transcript.replay(peer.line(), read).conversations[0].steps[0].heard == (heard,)
