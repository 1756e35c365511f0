"""Linear probes beside a control task: what is read out, and what the probe could learn by itself.

Hewitt & Liang 2019 (arXiv 1909.03368): a probe that reads a property may as well have learnt which
item has it. The control task gives every item a label at random; the difference is selectivity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError

N_FOLDS, N_CONTROLS = 5, 10
RIDGE = 0.01
"""Times the mean square of all centred numbers and the number of rows."""


@dataclass(frozen=True, eq=False)
class Probed:
    """Shares of held-out stimuli that are read right, and of labels dealt anew.

    ``hits`` bool[stimulus], ``control`` float64[stimulus] mean over controls.
    """

    hits: np.ndarray
    control: np.ndarray
    memorised: float
    """Share of random labels that the probe gives back for the very stimuli it learnt from."""
    chance: float
    """Share of the largest class."""

    @property
    def accuracy(self) -> float:
        """Of held-out stimuli."""
        return float(self.hits.mean())

    @property
    def control_accuracy(self) -> float:
        """Of held-out stimuli in the control task."""
        return float(self.control.mean())

    @property
    def selectivity(self) -> float:
        """One less the other."""
        return self.accuracy - self.control_accuracy


def probe(
    activations: np.ndarray, labels: tuple[str, ...], items: tuple[str, ...] = (), *,
    seed: int = 0, n_controls: int = N_CONTROLS,
) -> Probed:  # fmt: skip
    """Read labels from [stimulus, unit] by ridge regression, five folds of the stimuli.

    ``items`` say which stimuli are one item (tokens of a word): all get one label in the control
    task. Without them every stimulus is its own, no held-out label can be known there, and
    ``memorised`` says what the probe could do.

    Raises:
        InputError: labels that do not fit the stimuli, one label, or fewer than two of one.
    """
    x, y, names = np.asarray(activations, np.float64), *_coded(labels, len(activations))
    kinds = _coded(items, len(x))[0] if items else np.arange(len(x))
    n = np.bincount(y)
    if len(names) < 2 or n.min() < 2:
        got = ", ".join(f"{name} {k}" for name, k in zip(names, n.tolist(), strict=True))
        raise InputError(f"a probe needs two labels or more, each twice or more; got {got}")
    rng = np.random.default_rng([seed % 2**32, 13])
    fold = _folds(y, rng)
    first = np.unique(kinds, return_index=True)[1]
    tried = [y, *(rng.permutation(y[first])[kinds] for _ in range(n_controls))]
    hits, inside = _read(x, np.array(tried), len(names), fold)
    control = hits[1:].mean(axis=0) if n_controls else np.full(len(y), np.nan)
    memorised = float(inside[1:].mean()) if n_controls else float("nan")
    return Probed(hits[0], control, memorised, float(n.max() / len(y)))


def _coded(labels: tuple[str, ...], n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if len(labels) != n:
        raise InputError(f"give one label per stimulus: {n} stimuli, {len(labels)} labels")
    names, code = np.unique(np.array(labels), return_inverse=True)
    return code.ravel(), tuple(map(str, names))


def _folds(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """int64[stimulus]: every label is spread over all folds."""
    fold = np.empty(len(y), np.int64)
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    fold[order] = np.arange(len(y)) % min(N_FOLDS, len(y))
    return fold


def _read(
    x: np.ndarray, tried: np.ndarray, n_labels: int, fold: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """bool[task, stimulus] held out, and float64[task] on what was learnt from."""
    hits = np.empty(tried.shape, bool)
    inside = np.zeros(len(tried))
    for k in np.unique(fold):
        out = fold == k
        wanted = np.eye(n_labels)[tried[:, ~out]]
        mean, wanted_mean = x[~out].mean(axis=0), wanted.mean(axis=1, keepdims=True)
        centred = x[~out] - mean
        gram, n = centred @ centred.T, len(centred)
        gram += RIDGE * max(float(np.trace(gram)) / n, np.finfo(float).tiny) * np.eye(n)
        flat = np.moveaxis(wanted - wanted_mean, 0, 1).reshape(n, -1)
        weights = np.linalg.solve(gram, flat)
        said = [(rows - mean) @ centred.T @ weights for rows in (x[out], x[~out])]
        held, learnt = (
            np.moveaxis(one.reshape(len(one), len(tried), n_labels), 1, 0) + wanted_mean
            for one in said
        )
        hits[:, out] = held.argmax(axis=-1) == tried[:, out]
        inside += (learnt.argmax(axis=-1) == tried[:, ~out]).mean(axis=1)
    return hits, inside / len(np.unique(fold))
