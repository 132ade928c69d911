"""What a text means, as a point in space where texts that mean the same lie close together, in whatever language.

A small transformer: the first layers of multilingual-e5-small (MIT licence, arXiv:2402.05672), tuned on what people
text to this line. It runs in numpy on one core. `hotline/understanding/tuning.py` makes its file.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from hotline.understanding.arrays import Arrays, ArraysError, read_arrays
from hotline.understanding.pieces import SPECIAL, Vocabulary

Floats = npt.NDArray[np.float32]

ENCODER_FILE = Path(__file__).parent / "data" / "encoder.npz"
# So many pieces of a text are read: its beginning and its end.
MOST_PIECES = 46
HEADS = 12
# Weights of four bits share a scale among so many.
BLOCK = 32
_EPSILON = 1e-12


class EncoderError(Exception):
    """The encoder's file is missing or damaged. Says which and what to do."""


class Encoder(Protocol):
    """Turns a text into a vector of WIDTH numbers. Safe in several threads at once; takes any text."""

    def encode(self, text: str) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Linear:
    """`weight` is (inputs, outputs)."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        return np.asarray(x @ self.weight + self.bias)


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation."""

    scale: Floats
    shift: Floats

    def __call__(self, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + _EPSILON)
        return np.asarray(centred / spread * self.scale + self.shift)


@dataclass(frozen=True, slots=True)
class Layer:
    """Self-attention, then two linear steps with GELU between, each added to what came in and normalised."""

    queries_keys_values: Linear
    attended: Linear
    attention_norm: Norm
    widened: Linear
    narrowed: Linear
    norm: Norm

    def __call__(self, x: Floats) -> Floats:
        x = self.attention_norm(x + self.attended(_attend(self.queries_keys_values(x))))
        return self.norm(x + self.narrowed(_gelu(self.widened(x))))


@dataclass(frozen=True, slots=True)
class TunedEncoder:
    """The tuned transformer. `words` has a row of four-bit weights for each piece, two in a byte."""

    vocabulary: Vocabulary
    words: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]
    places: Floats
    norm: Norm
    layers: tuple[Layer, ...]

    def encode(self, text: str) -> Floats:
        """The mean of what the last layer makes of the text's pieces."""
        numbers = self.vocabulary.numbers(text, MOST_PIECES)
        x = self.norm(self._rows(numbers) + self.places[: len(numbers)])
        for layer in self.layers:
            x = layer(x)
        return np.asarray(x.mean(axis=0))

    def _rows(self, numbers: list[int]) -> Floats:
        return unpacked(self.words[numbers], self.scales[numbers])


def unpacked(packed: npt.NDArray[np.uint8], scales: npt.NDArray[np.float16]) -> Floats:
    """Rows of four-bit weights as numbers: of each block of BLOCK, the low halves of its bytes, then the high ones."""
    blocks = packed.reshape(len(packed), -1, BLOCK // 2)
    signed = np.concatenate([blocks & 15, blocks >> 4], axis=2).astype(np.float32) - 8
    return np.asarray((signed * scales[:, :, None].astype(np.float32)).reshape(len(packed), -1))


def digest_of(path: Path) -> str:
    """Of an encoder's file: another encoder has another. Raises EncoderError."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def load_encoder(path: Path = ENCODER_FILE) -> TunedEncoder:
    """The encoder of a file. Raises EncoderError."""
    try:
        arrays = read_arrays(path)
        # The matrices are small: more than one thread of arithmetic for each only makes the others wait.
        threadpool_limits(1)
        return _encoder_of(arrays)
    except (ArraysError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> EncoderError:
    return EncoderError(f"{path.name} cannot be read ({type(error).__name__}); check it out again")


def _encoder_of(arrays: Arrays) -> TunedEncoder:
    pieces = arrays["pieces"].tobytes().decode("utf-8").split("\n")
    scores = [float(score) for score in np.asarray(arrays["scores"], np.float32)]
    words = np.asarray(arrays["words"], np.uint8)
    if len(words) != len(pieces) + SPECIAL:
        raise ValueError(len(words))
    return TunedEncoder(
        vocabulary=Vocabulary(pieces, scores),
        words=words,
        scales=np.asarray(arrays["word_scales"], np.float16),
        places=_floats(arrays, "places"),
        norm=_norm(arrays, "norm"),
        layers=tuple(_layer(arrays, f"layer{number}") for number in range(int(arrays["layers"]))),
    )


def _layer(arrays: Arrays, name: str) -> Layer:
    return Layer(
        queries_keys_values=_linear(arrays, f"{name}.queries_keys_values"),
        attended=_linear(arrays, f"{name}.attended"),
        attention_norm=_norm(arrays, f"{name}.attention_norm"),
        widened=_linear(arrays, f"{name}.widened"),
        narrowed=_linear(arrays, f"{name}.narrowed"),
        norm=_norm(arrays, f"{name}.norm"),
    )


def _linear(arrays: Arrays, name: str) -> Linear:
    """Its weights are kept as bytes, (outputs, inputs), with a scale for each output."""
    weight = np.asarray(arrays[f"{name}.weight"], np.float32) * _floats(arrays, f"{name}.scale")[:, None]
    return Linear(np.ascontiguousarray(weight.T), _floats(arrays, f"{name}.bias"))


def _norm(arrays: Arrays, name: str) -> Norm:
    return Norm(_floats(arrays, f"{name}.scale"), _floats(arrays, f"{name}.shift"))


def _floats(arrays: Arrays, name: str) -> Floats:
    return np.asarray(arrays[name], np.float32)


def _attend(queries_keys_values: Floats) -> Floats:
    length, width = queries_keys_values.shape[0], queries_keys_values.shape[1] // 3
    of_head = queries_keys_values.reshape(length, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    queries, keys, values = of_head
    weights = queries @ keys.transpose(0, 2, 1) / np.float32(math.sqrt(width // HEADS))
    weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.asarray((weights @ values).transpose(1, 0, 2).reshape(length, width))


def _gelu(x: Floats) -> Floats:
    """Its usual approximation by the hyperbolic tangent."""
    return np.asarray(0.5 * x * (1 + np.tanh(np.float32(math.sqrt(2 / math.pi)) * (x + 0.044715 * x * x * x))))
