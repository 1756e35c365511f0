"""A network learns digits, one of its layers is measured with noise, and models explain it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.geometry.explaining.ceilings import ceiling, likeness
from engines.geometry.explaining.found import DISTANCES, FACTORS, Found
from engines.geometry.explaining.result import ExplainingFrame, ExplainingRun
from engines.geometry.explaining.spec import ExplainingSpec
from engines.geometry.measures.rdm import crossnobis, rdm, upper_triangle
from engines.geometry.mechanisms.digit_networks import learnt

_N_STEPS, _RATE = 400, 3e-3
_KIND = "squared euclidean"


def frames_of(spec: ExplainingSpec) -> Iterator[ExplainingFrame | ExplainingRun]:
    """Frames on the way, and the run last."""
    trained = None
    for fraction, made in learnt(2, _N_STEPS, spec.seed % 2**31, rate=_RATE):
        trained = made
        yield ExplainingFrame("networks learn", fraction=0.5 * fraction)
    assert trained is not None
    *_, (_, fresh) = learnt(1, 0, spec.seed % 2**31)
    assert fresh is not None
    nets, task, _ = trained
    x, labels = stimuli(task.x_test.astype(float), task.y_test, spec.n_stimuli)
    layers, other, plain = (_layers(net, x) for net in (*nets, fresh[0][0]))
    names = np.eye(10)[labels]
    models = [x, *layers, other[1], plain[1], names]
    truth = models[spec.truth]
    pairs = upper_triangle(np.array([rdm(one, _KIND) for one in models]))
    runs = []
    for k, factor in enumerate(FACTORS):
        yield ExplainingFrame("measured", fraction=0.5 + 0.5 * k / len(FACTORS))
        runs.append(measured(spec, truth, factor * spec.noise, k))
    vectors = upper_triangle(np.array(runs))  # [noise, distance, subject, pair]
    true = rdm(truth, _KIND)
    mean = upper_triangle(true).mean()
    shown = np.array([runs[FACTORS.index(1.0)][0].mean(axis=0), true])
    every = [[(likeness(pairs, at, spec.compare), ceiling(at, spec.compare)) for at in noisy]
             for noisy in vectors]  # fmt: skip
    yield ExplainingRun(Found(
        spec,
        scores=np.array([[score for score, _ in noisy] for noisy in every]),
        ceilings=np.array([[bounds for _, bounds in noisy] for noisy in every]),
        copies=np.array(runs)[..., 0, -1] / mean,
        shown=shown / upper_triangle(shown).mean(axis=-1)[:, None, None],
    ))  # fmt: skip


def stimuli(x: np.ndarray, labels: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """So many digits in the order of their labels, and the first of them once more."""
    order = np.argsort(labels[:n], kind="stable")
    order = np.append(order, order[0])
    return x[order], labels[order]


def measured(spec: ExplainingSpec, truth: np.ndarray, noise: float, k: int) -> np.ndarray:
    """RDMs float64[distance, subject, stimulus, stimulus] of channels that mix what is true.

    Squared distances of mixtures are on average those of the units.
    """
    signal = truth - truth.mean(axis=0)
    found = np.empty((len(DISTANCES), spec.n_subjects, len(truth), len(truth)))
    for subject in range(spec.n_subjects):
        weights, errors = drawn(spec, signal.shape, subject, k)
        clean = signal @ weights / spec.n_channels**0.5
        runs = clean + noise * clean.std() * errors
        found[0, subject] = crossnobis(runs)
        found[1, subject] = rdm(runs.mean(axis=0), _KIND)
    return found


def drawn(
    spec: ExplainingSpec, shape: tuple[int, ...], subject: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mixtures [unit, channel] and the k-th noise [run, stimulus, channel] of deviation 1.

    Mixtures do not depend on the noise, so that every noise has the same subjects.
    """
    of = [spec.seed % 2**32, subject]
    # As many numbers in every seed: numpy pads shorter ones with zeros, to the same stream.
    mix, rng = (np.random.default_rng([*of, tag]) for tag in (0, 1 + k))
    n_stimuli, n_units = shape
    return (mix.normal(size=(n_units, spec.n_channels)),
            rng.normal(size=(spec.n_runs, n_stimuli, spec.n_channels)))  # fmt: skip


def _layers(net: tuple[tuple[np.ndarray, np.ndarray], ...], x: np.ndarray) -> list[np.ndarray]:
    """What every layer of a network with weights [out, in] says; the last are logits."""
    said = []
    for k, (weight, bias) in enumerate(net):
        x = x @ weight.T + bias
        if k < len(net) - 1:
            x = np.maximum(x, 0.0)
        said.append(x)
    return said
