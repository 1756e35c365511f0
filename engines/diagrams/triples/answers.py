"""Known answers of a memory of triples: chances by hand, draws against chances."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """The table against one triple after the other, and draws against the table."""
    return (
        KnownAnswer("chances of all triples less 1, largest miss", "they sum to 1", 0.0, 1e-12,
                    sum_miss),
        KnownAnswer("log chance of a triple less that computed symbol by symbol, largest miss",
                    "sigmoids, sums and softmax in numpy", 0.0, 1e-12, by_hand_miss),
        KnownAnswer("marginals and frequent triples of 40,000 draws from the chances of the table, "
                    "largest distance in standard errors", "binomial law", 0.0, 4.5, draw_miss),
        KnownAnswer("divergence less scipy's, largest miss", "scipy.stats.entropy", 0.0, 1e-12,
                    divergence_miss),
    )  # fmt: skip


def _made() -> Any:
    import torch

    from engines.diagrams.triples.memory import Memory

    made = Memory(3, torch.Generator().manual_seed(0), torch.float64)
    for name, value in made.weights.items():
        # Far from saturated, so that every symbol that is written can be told from the others.
        shift = 0.05 * torch.arange(value.shape[1]) if value.dim() == 2 else 0.0
        made.weights[name] = 2.0 * value + shift
    return made


def sum_miss() -> float:
    """Of three networks."""
    return float((_made().table().exp().sum((1, 2, 3)) - 1.0).abs().max())


def by_hand_miss() -> float:
    """Of fifty triples."""
    import numpy as np

    made = _made()
    w = {name: value[1].numpy() for name, value in made.weights.items()}
    table = made.table()[1].numpy()

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-x))

    def chance(logits: np.ndarray, k: int) -> float:
        return float(np.exp(logits[k]) / np.exp(logits).sum())

    rng, off = np.random.default_rng(0), 0.0
    for _ in range(50):
        s, p, o = rng.integers(0, (20, 5, 20))
        first = chance(w["entities"] @ sigmoid(w["start"]) + w["subject_bias"], s)
        state = sigmoid(w["start"] + w["entities"][s]) @ w["to_predicate"]
        second = chance(w["predicates"] @ sigmoid(state) + w["predicate_bias"], p)
        state = sigmoid(state + w["predicates"][p]) @ w["to_object"]
        third = chance(w["entities"] @ sigmoid(state) + w["object_bias"], o)
        off = max(off, abs(float(np.log(first * second * third)) - table[s, p, o]))
    return off


def draw_miss() -> float:
    """Of three networks: 45 marginals each, and triples that 20 draws or more are expected of."""
    import numpy as np
    import torch

    from engines.diagrams.triples.memory import shares
    from engines.diagrams.triples.world import marginals

    made, n = _made(), 40_000
    seen = shares(made.draw(n, torch.Generator().manual_seed(1))).numpy()
    off = 0.0
    chances = made.table().exp().numpy()
    often = chances * n >= 20
    pairs = [*zip(marginals(seen), marginals(chances), strict=True), (seen[often], chances[often])]
    for ours, theirs in pairs:
        error = np.sqrt(theirs * (1.0 - theirs) / n)
        off = max(off, float((np.abs(ours - theirs) / error).max()))
    return off


def divergence_miss() -> float:
    """Of two worlds and their marginals."""
    import numpy as np
    from scipy.stats import entropy

    from engines.diagrams.triples.world import divergence, independent, world

    p = world(np.random.default_rng(0))
    q = independent(p)
    return abs(divergence(p, q) - float(entropy(p.ravel(), q.ravel())))
