"""The encoder as PyTorch sees it while it learns; `arrays_of` gives what `encoder.py` reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from hotline.understanding.arrays import Arrays
from hotline.understanding.encoder import BLOCK, HEADS, Floats
from hotline.understanding.tuning.e5 import E5

# As many of e5's first layers as one core has time for.
LAYERS = 6
PLACES = 80
_EPSILON = 1e-12
_DROPPED = 0.1
_MOST_OF_A_BYTE = 127


class Layer(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    def __init__(self, e5: E5, number: int) -> None:
        super().__init__()
        name = f"l{number}"
        self.queries_keys_values = _linear(e5, *(f"{name}.{part}" for part in "qkv"))
        self.attended = _linear(e5, f"{name}.ao")
        self.attention_norm = _norm(e5, f"{name}.aln")
        self.widened = _linear(e5, f"{name}.fi")
        self.narrowed = _linear(e5, f"{name}.fo")
        self.norm = _norm(e5, f"{name}.oln")

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        texts, length, width = x.shape
        parts = self.queries_keys_values(x).view(texts, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(*parts, attn_mask=mask[:, None, None, :])
        attended = self.attended(attended.transpose(1, 2).reshape(texts, length, width))
        x = self.attention_norm(x + functional.dropout(attended, _DROPPED, self.training))
        narrowed = self.narrowed(functional.gelu(self.widened(x), approximate="tanh"))
        return self.norm(x + functional.dropout(narrowed, _DROPPED, self.training))


class Student(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """Tells topic and language of texts, given as the numbers of their pieces and a mask of which of them count."""

    def __init__(self, e5: E5, rows: Sequence[int], topics: int, languages: int) -> None:
        super().__init__()
        words = torch.tensor(e5.matrix("emb.word")[list(rows)])
        self.words = nn.Embedding.from_pretrained(words, freeze=False)
        places = e5.numbers("emb.pos").reshape(-1, e5.width)[:PLACES] + e5.numbers("emb.type")[: e5.width]
        self.places = nn.Parameter(torch.tensor(places))
        self.norm = _norm(e5, "emb.ln")
        self.layers = nn.ModuleList([Layer(e5, number) for number in range(LAYERS)])
        self.topic = nn.Linear(e5.width, topics)
        self.language = nn.Linear(e5.width, languages)
        for opinion in (self.topic, self.language):
            nn.init.zeros_(opinion.weight)

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        x = self.norm(self.words(numbers) + self.places[: numbers.shape[1]])
        x = functional.dropout(x, _DROPPED, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        counts = mask[:, :, None].float()
        mean = functional.dropout((x * counts).sum(1) / counts.sum(1), _DROPPED, self.training)
        return self.topic(mean), self.language(mean)


def arrays_of(student: Student, pieces: Sequence[str], scores: Floats) -> Arrays:
    """The arrays of the encoder's file: words in four bits, matrices in bytes."""
    words, scales = packed(_numbers(student.words.weight))
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "pieces": np.frombuffer("\n".join(pieces).encode(), np.uint8),
        "scores": scores,
        "words": words,
        "word_scales": scales,
        "places": _numbers(student.places).astype(np.float16),
        "layers": np.array(len(student.layers)),
    }
    _put_norm(arrays, "norm", student.norm)
    for number, layer in enumerate(student.layers):
        name = f"layer{number}"
        for part in ("queries_keys_values", "attended", "widened", "narrowed"):
            _put_linear(arrays, f"{name}.{part}", getattr(layer, part))
        for part in ("attention_norm", "norm"):
            _put_norm(arrays, f"{name}.{part}", getattr(layer, part))
    return arrays


def packed(rows: Floats) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
    """Rows of numbers in four bits each, with the scale of each block of BLOCK: the inverse of `encoder.unpacked`."""
    blocks = rows.reshape(len(rows), -1, BLOCK)
    furthest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    scales = (furthest / -8).astype(np.float16)
    divisors = scales.astype(np.float32)[:, :, None]
    steps = np.divide(blocks, divisors, out=np.zeros_like(blocks), where=divisors != 0)
    halves = np.clip(np.rint(steps) + 8, 0, 15).astype(np.uint8)
    return (halves[:, :, : BLOCK // 2] | halves[:, :, BLOCK // 2 :] << 4).reshape(len(rows), -1), scales


def _put_linear(arrays: dict[str, npt.NDArray[np.generic]], name: str, linear: nn.Linear) -> None:
    weight = _numbers(linear.weight)
    scale = np.abs(weight).max(axis=1) / _MOST_OF_A_BYTE
    arrays[f"{name}.weight"] = np.rint(weight / scale[:, None]).astype(np.int8)
    arrays[f"{name}.scale"] = scale.astype(np.float32)
    arrays[f"{name}.bias"] = _numbers(linear.bias)


def _put_norm(arrays: dict[str, npt.NDArray[np.generic]], name: str, norm: nn.LayerNorm) -> None:
    arrays[f"{name}.scale"], arrays[f"{name}.shift"] = _numbers(norm.weight), _numbers(norm.bias)


def _linear(e5: E5, *names: str) -> nn.Linear:
    weight = torch.tensor(np.concatenate([e5.matrix(f"{name}.w") for name in names]))
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.weight.data = weight
    linear.bias.data = torch.tensor(np.concatenate([e5.numbers(f"{name}.b") for name in names]))
    return linear


def _norm(e5: E5, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(e5.width, eps=_EPSILON)
    norm.weight.data, norm.bias.data = torch.tensor(e5.numbers(f"{name}.w")), torch.tensor(e5.numbers(f"{name}.b"))
    return norm


def _numbers(tensor: Tensor) -> Floats:
    return np.asarray(tensor.detach().numpy(), np.float32)
