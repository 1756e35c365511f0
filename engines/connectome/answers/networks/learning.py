"""Laws of rich and lazy learning, held against our networks."""

from __future__ import annotations

import numpy as np
from scipy import integrate

from engines.connectome.learning import linear
from engines.connectome.learning.starts import as_large, gaussian, truncated
from engines.connectome.learning.tangents import alignment
from engines.contract import KnownAnswer
from engines.lab.statistics.spectra import effective_rank


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def quarter_circle() -> float:
    """Effective rank of a large Gaussian matrix, as a share of its size.

    Singular values follow the quarter circle sqrt(4 - s²) / pi on 0 to 2 (Marchenko & Pastur 1967);
    with mean m, the share is m exp(-E[s log s] / m).
    """

    def law(s: float) -> float:
        return float(np.sqrt(4 - s**2) / np.pi)

    mean = integrate.quad(lambda s: s * law(s), 0, 2)[0]
    entropic = integrate.quad(lambda s: s * np.log(s) * law(s) if s else 0.0, 0, 2)[0]
    return float(mean * np.exp(-entropic / mean))


def _orthogonal() -> float:
    return effective_rank(np.linalg.qr(_rng().normal(size=(40, 40)))[0])


def _still() -> float:
    """How far networks move that learn with next to no rate."""
    from engines.connectome.learning import course

    nets = course.weights_of(0, gaussian(_rng(), 40)[None, None])
    *_, last = course.learn(nets, n_steps=20, learning_rate=1e-30, seed=0)
    return float(np.abs(last.nets[0][0].recurrent - nets[0][0].recurrent).max())


def _by_law(kind: str, norm: float) -> float:
    first, wanted = linear.drawn(_rng(2), kind, norm)
    overlap = np.linalg.norm(first @ wanted) / norm
    return linear.kept_in_theory(norm, float(overlap))


def _by_descent(kind: str, norm: float) -> float:
    return linear.kept(*linear.drawn(_rng(2), kind, norm))


def rich_lazy_answers() -> tuple[KnownAnswer, ...]:
    """Ranks, kernels and a conservation law."""
    whole = gaussian(_rng(1), 279)
    return (
        KnownAnswer(
            "effective rank of an orthogonal matrix of 40", "closed form: all directions alike",
            40.0, 1e-9, _orthogonal,
        ),
        KnownAnswer(
            "effective rank of a matrix cut down to one direction", "closed form: 1",
            1.0, 1e-9, lambda: effective_rank(truncated(whole, 1)),
        ),
        KnownAnswer(
            "effective rank of a Gaussian matrix of 279, as a share",
            "closed form: quarter-circle law (Marchenko & Pastur 1967)",
            quarter_circle(), 0.01, lambda: effective_rank(whole) / 279,
        ),
        KnownAnswer(
            "size of a matrix cut down to rank 3, over the whole one's",
            "rescaled: Liu et al. 2024",
            1.0, 1e-12,
            lambda: float(np.linalg.norm(truncated(whole, 3)) / np.linalg.norm(whole)),
        ),
        KnownAnswer(
            "alignment of a kernel with twice itself", "closed form: 1",
            1.0, 1e-12, lambda: alignment(whole @ whole.T, 2 * whole @ whole.T),
        ),
        KnownAnswer(
            "change of weights where the learning rate is nothing", "identity",
            0.0, 0.0, _still,
        ),
        *(
            KnownAnswer(
                f"kernel alignment of a linear network, {kind}, norm {norm:g}",
                "closed form: W1 W1' - w2 w2' is conserved (Saxe et al. 2014)",
                _by_law(kind, norm), 2e-3, lambda kind=kind, norm=norm: _by_descent(kind, norm),
            )
            for kind in ("aligned rank 1", "random rank 1") for norm in (3.0, 1.0)
        ),
    )  # fmt: skip


def _worm() -> np.ndarray:
    from engines.connectome.memory.wired import matrix
    from engines.connectome.wiring.graph import graph_of
    from engines.connectome.wiring.spec import WiringSpec

    graph = graph_of(WiringSpec())
    return matrix(graph, np.ones(graph.n))


def _nothing_cut() -> float:
    """By how much cutting no neuron changes what trained networks know."""
    from engines.connectome.learning.course import weights_of
    from engines.connectome.learning.lesioned import accuracies

    nets = weights_of(0, np.stack([as_large(_worm(), 20.0)] * 2)[None])[0]
    gone = np.zeros(len(nets[0].out), bool)
    found = accuracies(nets, gone, np.array([[3, 3]]), 0)
    return float(np.abs(found[1] - found[0]).max())


def wired_start_answers() -> tuple[KnownAnswer, ...]:
    """Effective ranks of a wiring, and a lesion of nothing."""
    from engines.connectome.memory.wired import shuffles

    def of_shuffle() -> float:
        sign = _rng(3).choice((-1.0, 1.0), 279)
        return effective_rank(shuffles(_worm() * sign, 1, 0)[0])

    return (
        KnownAnswer(
            "effective rank of the worm's wiring, 279 neurons",
            "measured independently by the specification's prototype",
            138.3, 0.1, lambda: effective_rank(_worm()),
        ),
        KnownAnswer(
            "effective rank of its shuffled entries",
            "measured independently by the specification's prototype, another shuffle",
            195.1, 3.0, of_shuffle,
        ),
        KnownAnswer(
            "share right after a lesion that cuts nothing, less the whole",
            "identity: the same networks and trials", 0.0, 0.0, _nothing_cut,
        ),
    )  # fmt: skip
