"""Linear probes beside a control task: what is read out, and what the probe could learn by itself.

Hewitt & Liang 2019 (arXiv 1909.03368): a probe that reads a property may as well have learnt which
item has it. The control task gives every item a label at random; the difference is selectivity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.geometry.measures.checking import FLAT

N_FOLDS, N_CONTROLS = 5, 10
RIDGE = 0.01
"""Times the mean square of all centred numbers and the number of units."""


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
    repeats: np.ndarray | None = None, seed: int = 0, n_controls: int = N_CONTROLS,
) -> Probed:  # fmt: skip
    """Read labels from [stimulus, unit] by ridge regression, five folds of the stimuli.

    The folds of every task, controls too, are spread over its own labels: folds that follow other
    labels leave fewer of a held-out label to learn from, and fall below chance.

    ``items`` say which stimuli are one item (tokens of a word): all get one label in the control
    task. Without them every stimulus is its own, no held-out label can be known there, and
    ``memorised`` says what the probe could do. ``repeats`` int64[stimulus] are numbers of stimuli
    of which all repeats lie in one fold, and get one label in the control task where they have one.

    Raises:
        InputError: labels that do not fit the stimuli, one label, or fewer than two of one.
    """
    x, y, names = np.asarray(activations, np.float64), *_coded(labels, len(activations))
    groups = np.arange(len(x)) if repeats is None else np.unique(repeats, return_inverse=True)[1]
    kinds = _coded(items, len(x))[0] if items else _of_one_label(groups.ravel(), y)
    n = np.bincount(y)
    if len(names) < 2 or n.min() < 2:
        got = ", ".join(f"{name} {k}" for name, k in zip(names, n.tolist(), strict=True))
        raise InputError(f"a probe needs two labels or more, each twice or more; got {got}")
    rng = np.random.default_rng([seed % 2**32, 13])
    hits, _ = _read(x, y, len(names), _folds(y, groups, rng))
    first = np.unique(kinds, return_index=True)[1]
    control, inside = np.full((n_controls, len(y)), np.nan), np.full(n_controls, np.nan)
    for k in range(n_controls):
        dealt = rng.permutation(y[first])[kinds]
        control[k], inside[k] = _read(x, dealt, len(names), _folds(dealt, groups, rng))
    chance = float(n.max() / len(y))
    if not n_controls:
        return Probed(hits, np.full(len(y), np.nan), float("nan"), chance)
    return Probed(hits, control.mean(axis=0), float(inside.mean()), chance)


def _of_one_label(groups: np.ndarray, y: np.ndarray) -> np.ndarray:
    """int64[stimulus]: the groups where each has one label, or every stimulus by itself."""
    first = np.unique(groups, return_index=True)[1]
    return groups if np.array_equal(y[first][groups], y) else np.arange(len(y))


def _coded(labels: tuple[str, ...], n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if len(labels) != n:
        raise InputError(f"give one label per stimulus: {n} stimuli, {len(labels)} labels")
    names, code = np.unique(np.array(labels), return_inverse=True)
    return code.ravel(), tuple(map(str, names))


def _folds(y: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """int64[stimulus]: every label is spread over all folds, and a group lies in one."""
    label = y[np.unique(groups, return_index=True)[1]]
    fold = np.empty(len(label), np.int64)
    order = rng.permutation(len(label))
    order = order[np.argsort(label[order], kind="stable")]
    fold[order] = np.arange(len(label)) % min(N_FOLDS, len(label))
    return fold[groups]


def _read(
    x: np.ndarray, y: np.ndarray, n_labels: int, fold: np.ndarray
) -> tuple[np.ndarray, float]:
    """bool[stimulus] read right when held out, and the share read right of what was learnt from."""
    hits, inside = np.empty(len(y), bool), []
    for k in np.unique(fold):
        out = fold == k
        said = _said(x[~out], np.eye(n_labels)[y[~out]], x)
        right = said.argmax(axis=1) == y
        hits[out] = right[out]
        inside.append(right[~out].mean())
    return hits, float(np.mean(inside))


def _said(x: np.ndarray, wanted: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """float64[asked, label] of a ridge regression; the labels' means where nothing varies."""
    mean, level = x.mean(axis=0), wanted.mean(axis=0)
    centred, n = x - mean, len(x)
    gram = centred @ centred.T
    size = float(np.trace(gram)) / n
    if size <= FLAT**2 * float(np.square(x).sum()) / n:
        return np.broadcast_to(level, (len(asked), len(level)))
    gram += RIDGE * size * np.eye(n)
    return (asked - mean) @ centred.T @ np.linalg.solve(gram, wanted - level) + level
