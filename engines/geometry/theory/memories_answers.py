"""Known answers of modern Hopfield networks, each with the place it comes from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import optimize, special

from engines.contract import KnownAnswer
from engines.geometry.theory import modern_hopfield as memory
from engines.geometry.theory.memories import ModernHopfieldRun, ModernHopfieldSpec, frames_of

_PAPER = "Ramsauer et al. 2020"
_PROTOTYPE = "prototype with draws of its own"


def hopfield_answers() -> tuple[KnownAnswer, ...]:
    """Attention itself, two patterns, the energy, the bound, and a prototype's counts."""
    return (
        KnownAnswer("one step at β = 1/√d less torch's attention, largest entry",
                    "torch scaled_dot_product_attention, float64", 0.0, 1e-12, _less_attention),
        KnownAnswer("fixed point of patterns x and -x at β = 2, along x",
                    "closed form: m = tanh(β m)", _curie_weiss(2.0), 1e-9, lambda: _two(2.0)[0]),
        KnownAnswer("fixed points of x and -x just below β = 1", "closed form: one, 0",
                    1.0, 0.0, lambda: _two(0.98)[1]),
        KnownAnswer("and just above", "closed form: two", 2.0, 0.0, lambda: _two(1.02)[1]),
        KnownAnswer("energy of one pattern at itself", f"closed form ({_PAPER})", 0.0, 1e-12,
                    _energy_of_one),
        KnownAnswer("largest rise of the energy in 200 steps, β = 1, 8 and 16",
                    f"{_PAPER}, theorem 1: none", 0.0, 1e-12, _rise),
        KnownAnswer("queries of 600 whose one-step error exceeds its bound",
                    f"{_PAPER}, theorem 5: none", 0.0, 0.0, _beyond_bound),
        *_counts(),
        *_retrieval(),
    )  # fmt: skip


def _counts() -> tuple[KnownAnswer, ...]:
    """Eight clusters of five patterns, spread .12, 32 dimensions."""
    return (
        KnownAnswer("fixed points of 8 clusters of 5 at β = 1, mean of 10 sets", _PROTOTYPE, 1.0,
                    0.0, lambda: _fixed(1.0)[0]),
        KnownAnswer("patterns averaged at β = 1", _PROTOTYPE, 39.8, 0.2, lambda: _fixed(1.0)[1]),
        KnownAnswer("fixed points at β = 8", f"{_PROTOTYPE}; as many as clusters", 8.0, 0.0,
                    lambda: _fixed(8.0)[0]),
        KnownAnswer("patterns averaged at β = 8", _PROTOTYPE, 4.9, 0.2, lambda: _fixed(8.0)[1]),
        KnownAnswer("fixed points at β = 32", f"{_PROTOTYPE}; as many as patterns", 40.0, 0.0,
                    lambda: _fixed(32.0)[0]),
    )  # fmt: skip


def _retrieval() -> tuple[KnownAnswer, ...]:
    """500 patterns of norm √d, query noise .3: powers of ten of the median error."""
    said = f"{_PROTOTYPE}: median relative error"
    return (
        KnownAnswer("one-step error at d = 16, β = 1, log10", said, np.log10(1.7e-2), 0.5,
                    lambda: _log_error(0, 16)),
        KnownAnswer("at d = 32", said, np.log10(4.9e-7), 1.0, lambda: _log_error(0, 32)),
        KnownAnswer("at d = 64", said, np.log10(6.1e-18), 1.5, lambda: _log_error(0, 64)),
        KnownAnswer("at d = 64, β = 1/√d", said, np.log10(0.197), 0.1, lambda: _log_error(1, 64)),
        KnownAnswer("at d = 128, β = 1/√d", said, np.log10(0.0096), 0.2,
                    lambda: _log_error(1, 128)),
        KnownAnswer("a classical network at d = 64, of the same norm",
                    "closed form: signal to crosstalk (Hertz, Krogh & Palmer 1991)",
                    _crosstalk(64, 500, 0.3), 0.05, lambda: 10.0 ** _log_error(2, 64)),
    )  # fmt: skip


def _crosstalk(d: int, n_patterns: int, noise: float) -> float:
    """Error of a classical step: noise turns some signs of the query, N - 1 patterns interfere."""
    overlap = 1.0 - 2.0 * np.arctan(noise) / np.pi
    wrong = special.ndtr(-overlap * np.sqrt((d - 1) / (n_patterns - 1)))
    return float(2.0 * np.sqrt(wrong))


def _rng(number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(number))


def _less_attention() -> float:
    import torch

    patterns = memory.random_patterns(_rng(0), 500, 64)
    query = patterns[:50] + 0.3 * _rng(1).standard_normal((50, 64))
    keys = torch.from_numpy(patterns)[None]
    asked = torch.from_numpy(query)[None]
    theirs = torch.nn.functional.scaled_dot_product_attention(asked, keys, keys)[0].numpy()
    ours = memory.update(patterns, query, 1.0 / 8.0)
    return float(np.abs(theirs - ours).max())


def _curie_weiss(beta: float) -> float:
    found = optimize.root_scalar(lambda m: np.tanh(beta * m) - m, bracket=(0.1, 1.0))
    return float(found.root)


def _two(beta: float) -> tuple[float, float]:
    """Of patterns x and -x: where the first ends along x, and how many fixed points there are."""
    x = np.array([[0.6, 0.8], [-0.6, -0.8]])[None]
    found, _ = memory.settled(x, x, np.array([beta]))
    return float(found[0, 0] @ x[0, 0]), float(memory.n_distinct(found)[0])


def _energy_of_one() -> float:
    x = memory.random_patterns(_rng(2), 1, 16)
    return float(np.abs(memory.energy(x, x, 4.0)).max())


def _rise() -> float:
    patterns = np.stack([memory.clustered_patterns(_rng(3), 8, 5, 32, 0.12)] * 3)
    state, beta = patterns + 0.1 * _rng(4).standard_normal(patterns.shape), np.array([1.0, 8, 16])
    worst, before = 0.0, memory.energy(patterns, state, beta)
    for _ in range(200):
        state = memory.update(patterns, state, beta)
        after = memory.energy(patterns, state, beta)
        worst, before = max(worst, float((after - before).max())), after
    return worst


def _beyond_bound() -> float:
    n = 0
    for k, noise in enumerate((0.0, 0.02, 0.05, 0.3)):
        patterns = np.stack([memory.random_patterns(_rng(10 * k + j), 100, 48) for j in range(3)])
        query = patterns[:, :50] + noise * _rng(50 + k).standard_normal((3, 50, 48))
        error, bound = memory.one_step_error(patterns, query, 1.0)
        n += int((error > bound * (1 + 1e-9)).sum())
    return float(n)


@lru_cache(maxsize=1)
def _run() -> ModernHopfieldRun:
    *_, run = frames_of(ModernHopfieldSpec())
    assert isinstance(run, ModernHopfieldRun)
    return run


def _fixed(beta: float) -> tuple[float, float]:
    run = _run()
    k = run.place(beta)
    return float(run.n_fixed[0, k].mean()), float(run.averaged[0, k].mean())


def _log_error(scaling: int, dimension: int) -> float:
    return float(np.median(_run().log_error(scaling, dimension)))
