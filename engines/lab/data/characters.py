"""Characters of generated sentences: text without end, so that nothing can be learnt by heart."""

from __future__ import annotations

import numpy as np

from engines.lab.data.task import Task, majority, rng_of

ALPHABET = " .,abcdefghijklmnopqrstuvwxyz"
"""A character is its place here."""

_WORDS = {
    "the": "the a this that every some no one its our",
    "adj": "small old cold bright early late slow open quiet broken heavy green golden common",
    "noun": "river teacher engine garden window letter winter morning village doctor station "
    "machine question harbour market answer mountain journey candle painter shadow number",
    "verb": "finds follows opens carries leaves remembers watches repairs reaches crosses paints "
    "measures forgets answers brings keeps",
    "adv": "slowly again often never gladly here today soon",
    "prep": "near under behind beyond before across without along",
    "and": "and but while because although when until",
}
"""Words by kind; of each kind the k-th comes as often as 1 / (k + 1) says (Zipf 1949)."""
_PHRASE = ("the", "noun"), ("the", "adj", "noun"), ("the", "noun", "prep", "the", "noun")


def text(n: int, seed: int = 0) -> str:
    """The first ``n`` characters of sentences in lower case, drawn from a small grammar."""
    draw, parts, length = rng_of(seed, 20), [], 0
    words = {kind: tuple(said.split()) for kind, said in _WORDS.items()}
    while length < n:
        sentence = " ".join(_clause(draw, words))
        while draw.random() < 0.35:
            joined = " ".join([_one(draw, words["and"]), *_clause(draw, words)])
            sentence += f", {joined}"
        parts.append(f"{sentence}. ")
        length += len(parts[-1])
    return "".join(parts)[:n]


def _one(draw: np.random.Generator, words: tuple[str, ...]) -> str:
    weight = 1.0 / np.arange(1, len(words) + 1)
    return words[int(np.searchsorted(np.cumsum(weight), draw.random() * weight.sum()))]


def _clause(draw: np.random.Generator, words: dict[str, tuple[str, ...]]) -> list[str]:
    kinds = [*_phrase(draw), "verb", *_phrase(draw)]
    if draw.random() < 0.3:
        kinds.append("adv")
    return [_one(draw, words[kind]) for kind in kinds]


def _phrase(draw: np.random.Generator) -> tuple[str, ...]:
    return _PHRASE[int(draw.integers(len(_PHRASE)))]


def characters(seed: int = 0, *, n: int = 60_000, n_test: int = 2_000, window: int = 12) -> Task:
    """The next character after a window of characters, as int64 places in the alphabet.

    What is learnt from and the exam are different texts of one grammar.
    """
    x, y = _windows(text(n + window, seed), window)
    x_test, y_test = _windows(text(n_test + window, seed + 1), window)
    because = "the share of the exam that is the character most frequent in what was learnt from"
    return Task("characters", x, y, x_test, y_test, "cross-entropy", len(ALPHABET),
                majority(y, y_test), because, n_tokens=len(ALPHABET))  # fmt: skip


def _windows(said: str, window: int) -> tuple[np.ndarray, np.ndarray]:
    place = {letter: k for k, letter in enumerate(ALPHABET)}
    tokens = np.array([place[letter] for letter in said], np.int64)
    seen = np.lib.stride_tricks.sliding_window_view(tokens, window)[:-1]
    return np.ascontiguousarray(seen), tokens[window:]
