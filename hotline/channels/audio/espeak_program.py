"""eSpeak NG as a program of its own, which speaks what it reads: run with `python -I`, without the hotline's packages.

It is GPL-3, so the line talks with it over pipes alone. Standard input has a JSON object a line: `voice`,
`words_a_minute` and `words`, which are SSML. Standard output answers each with four bytes, the number of bytes that
follow (big endian), and the sound: 16-bit samples of one channel, in the machine's byte order. The first answer, before
any question, is the samples a second as text. Source of the numbers below: speak_lib.h of eSpeak NG 1.52.
"""

import ctypes
import ctypes.util
import json
import sys
from pathlib import Path

RETRIEVAL = 1
BUFFER_MILLISECONDS = 200
RATE = 1
UTF8_SSML_WITH_END_PAUSE = 0x1011
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(library: str, data: str) -> None:
    """Answers until its input ends. Without paths, the library is the machine's own."""
    speech = ctypes.CDLL(library or ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
    heard = bytearray()

    def hear(samples: int | None, count: int, _events: int) -> int:
        if samples and count:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 0

    kept_alive = CALLBACK(hear)
    samples_a_second = speech.espeak_Initialize(
        RETRIEVAL, BUFFER_MILLISECONDS, str(Path(data).parent).encode() if data else None, 0
    )
    if samples_a_second <= 0:
        sys.exit("eSpeak NG does not find its data")
    speech.espeak_SetSynthCallback(kept_alive)
    answer(str(samples_a_second).encode())
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        heard.clear()
        if speech.espeak_SetVoiceByName(wanted["voice"].encode()) == 0:
            speech.espeak_SetParameter(RATE, wanted["words_a_minute"], 0)
            words = wanted["words"].encode() + b"\0"
            speech.espeak_Synth(words, len(words), 0, 1, 0, UTF8_SSML_WITH_END_PAUSE, None, None)
            speech.espeak_Synchronize()
        answer(bytes(heard))


def answer(content: bytes) -> None:
    sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
