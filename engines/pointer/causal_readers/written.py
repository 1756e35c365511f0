"""Undoing a permutation with attention alone, by weights that are written down, not trained.

Alur, Hays, Raghavan and Shah 2025 (arXiv 2509.24125): tokens tell a permutation, then a permuted
string; the output is the string in its first order. Residual streams are disentangled: every block
appends attn(h; A) = softmax(mask(h A h^T)) h. Block 1 lets the output place j find the token that
says "j went to i"; block 2 copies the symbol at i. A causal mask hides i > j from place j, unless
the output is read from scratch tokens behind the string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Reading = Literal["causal", "causal, scratch tokens", "no mask"]
READINGS: tuple[Reading, ...] = ("causal", "causal, scratch tokens", "no mask")
_SHARP = 60.0
"""Scale of the scores: a match outweighs all others by e^60 in the softmax."""


@dataclass(frozen=True)
class Fields:
    """Columns of the residual stream."""

    n: int
    n_symbols: int

    @property
    def kind(self) -> slice:
        """Permutation, string or scratch, one-hot."""
        return slice(0, 3)

    @property
    def place(self) -> slice:
        """The token's place in its own part, one-hot."""
        return slice(3, 3 + self.n)

    @property
    def value(self) -> slice:
        """Where the permutation sends this place, one-hot; zero elsewhere."""
        return slice(3 + self.n, 3 + 2 * self.n)

    @property
    def symbol(self) -> slice:
        """The symbol of the string, one-hot; zero elsewhere."""
        return slice(3 + 2 * self.n, 3 + 2 * self.n + self.n_symbols)

    @property
    def width(self) -> int:
        """Columns of one block."""
        return self.symbol.stop


@dataclass(frozen=True)
class Questions:
    """Permutations and strings."""

    sent_to: np.ndarray
    """int64[batch, place]: the symbol at this place of the permuted string belongs there."""
    answer: np.ndarray
    """int64[batch, place]: the string in its first order."""

    @property
    def permuted(self) -> np.ndarray:
        """int64[batch, place]: the string as it is given."""
        return np.take_along_axis(self.answer, self.sent_to, axis=1)


def questions(rng: np.random.Generator, n_instances: int, n: int, n_symbols: int) -> Questions:
    """Even permutations of n, and symbols drawn independently."""
    sent_to = np.argsort(rng.random((n_instances, n)), axis=1)
    return Questions(sent_to, rng.integers(n_symbols, size=(n_instances, n)))


def stream(asked: Questions, fields: Fields, *, scratch: bool) -> np.ndarray:
    """The tokens float64[batch, token, field]."""
    n_instances, n = asked.answer.shape
    n_parts = 3 if scratch else 2
    h = np.zeros((n_instances, n_parts * n, fields.width))
    eye = np.eye(n)
    for part in range(n_parts):
        rows = slice(part * n, (part + 1) * n)
        h[:, rows, fields.kind.start + part] = 1.0
        h[:, rows, fields.place] = eye
    h[:, :n, fields.value] = eye[asked.sent_to]
    h[:, n : 2 * n, fields.symbol] = np.eye(fields.n_symbols)[asked.permuted]
    return h


def constructed_weights(fields: Fields) -> tuple[np.ndarray, np.ndarray]:
    """The score matrices A of both blocks: [field, field] and [2 field, 2 field]."""
    width = fields.width
    first = np.zeros((width, width))
    first[fields.place, fields.value] = _SHARP * np.eye(fields.n)
    second = np.zeros((2 * width, 2 * width))
    found = slice(width + fields.place.start, width + fields.place.stop)
    second[found, fields.place] = _SHARP * np.eye(fields.n)
    # Every token has one kind, so this prefers tokens of the string, whoever asks.
    second[fields.kind, fields.kind.start + 1] = _SHARP
    return first, second


def attention(h: np.ndarray, scores: np.ndarray, *, causal: bool) -> np.ndarray:
    """softmax(mask(h A h^T)): float64[batch, token, token]."""
    raw = h @ scores @ h.transpose(0, 2, 1)
    if causal:
        later = np.triu(np.ones(raw.shape[1:], bool), 1)
        raw = np.where(later, -np.inf, raw)
    raw = np.exp(raw - raw.max(axis=-1, keepdims=True))
    return raw / raw.sum(axis=-1, keepdims=True)


def read_out(asked: Questions, n_symbols: int, reading: Reading) -> tuple[np.ndarray, ...]:
    """Symbols int64[batch, place], and both blocks' attention."""
    n = asked.answer.shape[1]
    fields = Fields(n, n_symbols)
    first, second = constructed_weights(fields)
    h = stream(asked, fields, scratch=reading == "causal, scratch tokens")
    causal = reading != "no mask"
    one = attention(h, first, causal=causal)
    h = np.concatenate([h, one @ h], axis=2)
    two = attention(h, second, causal=causal)
    copied = (two @ h)[:, -n:, fields.symbol]
    return copied.argmax(axis=-1), one, two


def ceiling(n: int, n_symbols: int) -> np.ndarray:
    """The best accuracy at each place under a causal mask: j/n + (1 - j/n)/V, j = 1 ... n.

    >>> ceiling(5, 8).round(3).tolist()
    [0.3, 0.475, 0.65, 0.825, 1.0]
    """
    seen = np.arange(1, n + 1) / n
    return seen + (1.0 - seen) / n_symbols
