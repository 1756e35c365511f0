"""Known answers of closed forms, each from somewhere else."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.closed_forms.deep_layers import kernels, linear_variance
from engines.geometry.closed_forms.matches import match_chance
from engines.geometry.closed_forms.recall import bases, corrected, hebbian, random_keys


def closed_form_answers() -> tuple[KnownAnswer, ...]:
    """Counts, identities and moments."""
    return (
        KnownAnswer("chance match, n = 200, a = s = 20, threshold 5",
                    "scipy 1.17, hypergeom.sf(4, 200, 20, 20)", 0.0345367411, 1e-10,
                    lambda: match_chance(200, 20, 20, 5)),
        KnownAnswer("chance match of every threshold, from 0", "definition", 1.0, 1e-12,
                    lambda: match_chance(200, 20, 20, 0)),
        KnownAnswer("chance that all of 3 synapses are active, 5 of 10 cells active",
                    "by hand: 5 x 4 x 3 over 10 x 9 x 8", 1.0 / 12.0, 1e-12,
                    lambda: match_chance(10, 5, 3, 3)),
        KnownAnswer("linear attention less torch's products, largest",
                    "identity: (q k') v = q (k' v)", 0.0, 1e-12, attention_apart),
        KnownAnswer("recall from an orthonormal basis, largest error", "identity", 0.0, 1e-12,
                    basis_apart),
        KnownAnswer("recall of as many items as dimensions, errors corrected, largest error",
                    "linear algebra", 0.0, 1e-8, corrected_apart),
        KnownAnswer("variance of a linear kernel, width 8, 3 layers, 40,000 networks",
                    "closed form: (1 + 2 / n)^3 - 1", linear_variance(8, 3), 0.05, variance_drawn),
        KnownAnswer("variance of the formula at depth 1", "chi-square: 2 / n", 2.0 / 32, 1e-12,
                    lambda: linear_variance(32, 1)),
    )  # fmt: skip


def _pairs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    return random_keys(rng, 12, 16), rng.normal(size=(12, 5))


def attention_apart() -> float:
    """Scores first, as attention has it, against the sum of outer products."""
    import torch

    keys, values = (torch.from_numpy(one) for one in _pairs())
    theirs = torch.einsum("qd,kd,kv->qv", keys, keys, values)
    return float(np.abs(hebbian(keys.numpy(), values.numpy()) - theirs.numpy()).max())


def basis_apart() -> float:
    """Sixteen items in sixteen dimensions."""
    rng = np.random.default_rng(8)
    keys, values = bases(rng, 16, 16), rng.normal(size=(16, 3))
    return float(np.abs(hebbian(keys, values) - values).max())


def corrected_apart() -> float:
    """The same with keys at random, and errors corrected."""
    rng = np.random.default_rng(9)
    keys, values = random_keys(rng, 16, 16), rng.normal(size=(16, 3))
    return float(np.abs(corrected(keys, values) - values).max())


def variance_drawn() -> float:
    """Weights and all."""
    drawn = kernels(np.random.default_rng(10), 40_000, 8, 3, 1.0, relu=False)[:, -1]
    return float(drawn.var())
