"""A Gaussian process over words: two are alike by the share of letters they have in common."""

from __future__ import annotations

import numpy as np

_NOISE = 1e-3
"""Variance of what is measured, as a share of the prior's; measures are exact here."""
_RATES = np.array([0.4, 0.55, 0.7, 0.8, 0.9])
"""What a differing letter multiplies likeness by, to choose from."""
_FITTED = 120
"""Words, the first ones, that the rate is chosen by."""
_ROUNDS_MAX = 50
"""Rounds in which all sites answer; most games end in three or four."""


class Surrogate:
    """What is believed of words, after some have been measured.

    The covariance of two words is ``rate ** (letters that differ)``, a product of one kernel per
    site; the rate is chosen by marginal likelihood.
    """

    def __init__(self, words: np.ndarray, worth: np.ndarray) -> None:
        """Words int64[word, site], all different; worth float64[word]."""
        self.words = words
        self.mean, self.scale = float(worth.mean()), float(worth.std()) or 1.0
        apart, values = _apart(words, words), (worth - self.mean) / self.scale
        few = slice(0, _FITTED)
        likelihoods = [_likelihood(apart[few, few], values[few], rate) for rate in _RATES]
        self.rate = float(_RATES[int(np.argmax(likelihoods))])
        inverse = np.linalg.inv(self.rate**apart + _NOISE * np.eye(len(values)))
        self._inverse = inverse.astype(np.float32)
        self._weights = (inverse @ values).astype(np.float32)
        self._likeness = (self.rate ** np.arange(words.shape[1] + 1)).astype(np.float32)

    def believed(self, differ: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation by int[..., word], letters that differ from measured ones."""
        likeness = self._likeness[differ.reshape(-1, len(self.words))]
        known = ((likeness @ self._inverse) * likeness).sum(axis=1)
        spread = np.sqrt(np.maximum(1.0 - known, 1e-9))
        mean = self.mean + self.scale * (likeness @ self._weights)
        return mean.reshape(differ.shape[:-1]), (self.scale * spread).reshape(differ.shape[:-1])

    def covariance(self, words: np.ndarray) -> np.ndarray:
        """float64[word, word] of what is left to know."""
        ours = self._likeness[_apart(words, self.words)].astype(np.float64)
        prior = self.rate ** _apart(words, words)
        return self.scale**2 * (prior - ours @ self._inverse.astype(np.float64) @ ours.T)


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Letters that differ: int64[word, word]."""
    letters = np.arange(1 + max(a.max(), b.max()))
    one, other = ((words[..., None] == letters).astype(np.float32) for words in (a, b))
    alike = one.reshape(len(a), -1) @ other.reshape(len(b), -1).T
    return a.shape[1] - np.rint(alike).astype(np.int64)


def _likelihood(apart: np.ndarray, values: np.ndarray, rate: float) -> float:
    """Log marginal likelihood, but for a constant."""
    lower = np.linalg.cholesky(rate**apart + _NOISE * np.eye(len(values)))
    half = np.linalg.solve(lower, values)
    return float(-0.5 * half @ half - np.log(np.diag(lower)).sum())


def equilibria(
    model: Surrogate, words: np.ndarray, n_letters: int, boldness: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Words from which no site gains by changing its own letter, and their optimism.

    Sites are players of one game whose reward is mean + boldness * deviation; they answer in turn,
    in random order, each best to what the others have chosen, until none moves (Bal et al. 2024).

    Args:
        model: what is believed.
        words: int64[word, site] to begin from.
        n_letters: letters of each site.
        boldness: weight of the deviation.
        rng: draws the order of sites.
    """
    words = words.copy()
    n_words, n_sites = words.shape
    reward = np.full(n_words, -np.inf)
    for _ in range(_ROUNDS_MAX):
        before = words.copy()
        apart = _apart(words, model.words)
        for site in rng.permutation(n_sites):
            others = apart - (words[:, site, None] != model.words[:, site])
            letters = np.arange(n_letters)[:, None] != model.words[:, site]
            mean, spread = model.believed(others[:, None] + letters[None])
            bold = mean + boldness * spread
            # A letter is only left for a better one, or two equal ones could change for ever.
            here = bold[np.arange(n_words), words[:, site]]
            best = bold.argmax(axis=1)
            moves = bold[np.arange(n_words), best] > here + 1e-6
            words[moves, site] = best[moves]
            apart = others + (words[:, site, None] != model.words[:, site])
            reward = np.where(moves, bold[np.arange(n_words), best], here)
        if (words == before).all():
            break
    return words, reward
