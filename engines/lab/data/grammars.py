"""Sequences of tokens by rule: a bigram chain, repeats, brackets, and regular languages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.task import Task, rng_of


@dataclass(frozen=True, eq=False)
class Sequences:
    """Tokens, the places at which the next one is asked for, and what can be known of it."""

    name: str
    tokens: np.ndarray
    """int64[sequence, position]."""
    asked: np.ndarray
    """bool[sequence, position]: whether the token after this position is asked for."""
    n_tokens: int
    """Different tokens there are."""
    chance: float
    """Share right of the best guess that reads nothing, at the places that are asked."""
    chance_because: str
    ceiling: float
    """Share right of the best reader, in expectation."""
    entropy: float
    """Nats per asked token that the best reader cannot save, in expectation."""


def bigram(seed: int = 0, *, n: int = 200, length: int = 32, n_tokens: int = 6,
           sharpness: float = 1.0) -> Sequences:  # fmt: skip
    """A Markov chain in its stationary state; its matrix is drawn from a Dirichlet with the seed.

    The best reader knows the row of the last token: entropy is the chain's rate, -sum pi P log P.
    """
    draw = rng_of(seed, 10)
    p = draw.dirichlet(np.full(n_tokens, 1.0 / sharpness), n_tokens)
    pi = stationary(p)
    tokens = np.empty((n, length), np.int64)
    tokens[:, 0] = draw.choice(n_tokens, n, p=pi)
    steps = np.cumsum(p, axis=1)
    for t in range(1, length):
        drawn = draw.random((n, 1))
        tokens[:, t] = np.minimum((drawn > steps[tokens[:, t - 1]]).sum(1), n_tokens - 1)
    asked = np.ones((n, length), bool)
    asked[:, -1] = False
    logs = np.log(np.where(p > 0, p, 1.0))
    return Sequences("bigram", tokens, asked, n_tokens, float(pi.max()),
                     "the most frequent token of the stationary state",
                     float(pi @ p.max(1)), float(-(pi[:, None] * p * logs).sum()))  # fmt: skip


def stationary(p: np.ndarray) -> np.ndarray:
    """The distribution that a chain [from, to] keeps: pi P = pi."""
    n = len(p)
    system = np.vstack([p.T - np.eye(n), np.ones(n)])
    return np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0]


def induction(seed: int = 0, *, n: int = 200, half: int = 16, n_tokens: int = 24) -> Sequences:
    """Random tokens, none twice, and the same once more: the second half can be read off.

    Asked is every token of the second half but its first, which only repeats by convention.

    Raises:
        InputError: fewer tokens than places in a half.
    """
    if half > n_tokens or half < 2:
        raise InputError(f"a half of {half} different tokens needs 2 to {n_tokens} of them")
    draw = rng_of(seed, 11)
    first = np.stack([draw.permutation(n_tokens)[:half] for _ in range(n)])
    tokens = np.concatenate([first, first], axis=1)
    asked = np.zeros(tokens.shape, bool)
    asked[:, half:-1] = True
    return Sequences("induction", tokens, asked, n_tokens, 1.0 / n_tokens,
                     "every token stands at every place equally often", 1.0, 0.0)  # fmt: skip


def dyck(seed: int = 0, *, n: int = 200, pairs: int = 8, kinds: int = 2) -> Sequences:
    """Balanced brackets of several kinds, every shape equally often; k is closed by k + kinds.

    Asked is what closes, at the places where something closes: a reader who keeps the stack is
    always right, one who counts only is right in 1 of ``kinds``. Shapes are drawn evenly by the
    cycle lemma (Dvoretzky and Motzkin 1947).
    """
    draw = rng_of(seed, 12)
    shapes = np.stack([_balanced(draw, pairs) for _ in range(n)])
    tokens = np.empty((n, 2 * pairs), np.int64)
    for row, shape in zip(tokens, shapes, strict=True):
        stack: list[int] = []
        for place, opens in enumerate(shape):
            if opens:
                stack.append(int(draw.integers(kinds)))
                row[place] = stack[-1]
            else:
                row[place] = stack.pop() + kinds
    asked = np.zeros(tokens.shape, bool)
    asked[:, :-1] = ~shapes[:, 1:]
    return Sequences("Dyck", tokens, asked, 2 * kinds, 1.0 / kinds,
                     "each kind of bracket is opened equally often", 1.0, 0.0)  # fmt: skip


def _balanced(draw: np.random.Generator, pairs: int) -> np.ndarray:
    """bool[2 pairs], opening or not: one of the turns of n ups and n + 1 downs stays above."""
    steps = draw.permutation(np.repeat([1, -1], [pairs, pairs + 1]))
    heights = np.cumsum(steps)
    start = int(heights.argmin()) + 1
    return np.roll(steps, -start)[:-1] > 0


TOMITA = {
    1: "only ones",
    2: "10 repeated",
    3: "no odd run of zeros after an odd run of ones",
    4: "no three zeros in a row",
    5: "even numbers of zeros and of ones",
    6: "as many zeros as ones, modulo 3",
    7: "zeros, ones, zeros, ones",
}
"""Tomita's languages (1982), over 0 and 1."""
_DEAD = -1
_MACHINES: dict[int, tuple[tuple[tuple[int, int], ...], frozenset[int]]] = {
    1: (((_DEAD, 0),), frozenset({0})),
    2: (((_DEAD, 1), (0, _DEAD)), frozenset({0})),
    3: (((0, 1), (2, 0), (3, _DEAD), (2, 1)), frozenset({0, 1, 3})),
    4: (((1, 0), (2, 0), (_DEAD, 0)), frozenset({0, 1, 2})),
    5: (((1, 2), (0, 3), (3, 0), (2, 1)), frozenset({0})),
    6: (((1, 2), (2, 0), (0, 1)), frozenset({0})),
    7: (((0, 1), (2, 1), (2, 3), (_DEAD, 3)), frozenset({0, 1, 2, 3})),
}
"""For each state where 0 and 1 lead, and which states accept."""


def accepted(language: int, words: np.ndarray) -> np.ndarray:
    """bool[word]: which words int[word, position] of 0 and 1 belong to one of Tomita's languages.

    Raises:
        InputError: no such language.
    """
    if language not in _MACHINES:
        raise InputError(f"Tomita's languages are 1 to 7, got {language}")
    moves, accepting = _MACHINES[language]
    table = np.array([*moves, (_DEAD, _DEAD)])
    state = np.zeros(len(words), np.int64)
    for bits in np.asarray(words).T:
        state = table[state, bits]
    return np.isin(state, sorted(accepting))


def regular(seed: int = 0, *, language: int = 5, length: int = 10, share: float = 0.75) -> Task:
    """Words of one length, -1 and 1 for 0 and 1; the class is whether Tomita's language has them.

    As many words outside are drawn as there are inside, so chance is a half.

    Args:
        seed: of the draw.
        language: 1 to 7.
        length: 4 to 16.
        share: of the words, to learn from.

    Raises:
        InputError: a language with fewer than 8 words of this length, or with nearly all of them.
    """
    if not 4 <= length <= 16:
        raise InputError(f"words are 4 to 16 long, got {length}")
    words = (np.arange(2**length)[:, None] >> np.arange(length)) & 1
    inside, draw = accepted(language, words), rng_of(seed, 13)
    n_each = int(min(inside.sum(), (~inside).sum()))
    n_test = round((1.0 - share) * n_each)
    if n_each < 8 or not 0 < n_test < n_each:
        raise InputError(
            f"language {language} ({TOMITA[language]}) has {inside.sum()} words of length "
            f"{length}: too few on one side; take another length, language or share"
        )
    chosen = [draw.permutation(np.flatnonzero(inside == k))[:n_each] for k in (False, True)]
    parts = [np.concatenate([c[s] for c in chosen]) for s in (slice(n_test, None), slice(n_test))]
    pairs = [(2.0 * words[p] - 1.0, inside[p].astype(np.int64)) for p in parts]
    (x, y), (x_test, y_test) = ((a.astype(np.float32), b) for a, b in pairs)
    return Task("regular language", x, y, x_test, y_test, "cross-entropy", 2, 0.5,
                "as many words outside the language as inside")  # fmt: skip
