"""Experts that are asked alike become one: in one order of units, by how often they are asked.

Li et al. 2024, Merge, then compress (MC-SMoE, arXiv 2310.01334): the most asked experts stay, every
other joins the one whose router column is most alike; units are put in its order by an assignment
problem; weights are averaged by how often each expert is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.geometry.mixtures.spec import N_EXPERTS

Experts = Mapping[str, np.ndarray]
"""Parameters of one mixture by name, float64; see `mixture.EXPERT`."""


def grouped(router: np.ndarray, often: np.ndarray, n_left: int) -> np.ndarray:
    """int64[expert]: which of the most asked experts each joins, by the cosine of router columns.

    Args:
        router: float[input, expert].
        often: float[expert], how often each is asked.
        n_left: how many stay.
    """
    stay = np.argsort(-often, kind="stable")[:n_left]
    columns = router / np.linalg.norm(router, axis=0)
    joined = stay[(columns.T @ columns[:, stay]).argmax(axis=1)]
    joined[stay] = stay
    return joined


def dealt(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Groups of the same sizes, every expert dealt anew; the first of each is its head."""
    _, place = np.unique(groups, return_inverse=True)
    made = rng.permutation(place)
    return np.array([np.flatnonzero(made == group)[0] for group in made])


def joined(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Groups of the same sizes and heads; who else is in which is dealt anew."""
    others = np.flatnonzero(groups != np.arange(N_EXPERTS))
    made = groups.copy()
    made[others] = rng.permutation(groups[others])
    return made


def order(experts: Experts, head: int, other: int) -> np.ndarray:
    """int64[unit]: the other's units in the order of the head's, whose weights are nearest."""
    from scipy.optimize import linear_sum_assignment

    one, two = (
        np.vstack([experts["keys"][e], experts["key_bias"][e], experts["values"][e].T])
        for e in (head, other)
    )
    return linear_sum_assignment(-one.T @ two)[1]


def merged(
    experts: Experts, groups: np.ndarray, weight: np.ndarray, *, aligned: bool = True
) -> dict[str, np.ndarray]:
    """The same mixture, every expert of a group replaced by their mean; the router stays.

    Args:
        experts: one mixture.
        groups: int64[expert], the head of each expert's group.
        weight: float[expert], of each in its mean.
        aligned: units are put in the head's order first.
    """
    made = {name: values.copy() for name, values in experts.items()}
    for head in np.unique(groups):
        members = np.flatnonzero(groups == head)
        share = weight[members] / weight[members].sum()
        moved = [_moved(experts, head, int(e), aligned=aligned) for e in members]
        for name in moved[0]:
            made[name][members] = sum(
                part * one[name] for part, one in zip(share, moved, strict=True)
            )
    return made


def _moved(experts: Experts, head: int, e: int, *, aligned: bool) -> dict[str, np.ndarray]:
    width = experts["key_bias"].shape[1]
    to = order(experts, head, e) if aligned and e != head else np.arange(width)
    return {
        "keys": experts["keys"][e][:, to],
        "key_bias": experts["key_bias"][e][to],
        "values": experts["values"][e][to],
        "value_bias": experts["value_bias"][e],
    }


def stirred(experts: Experts, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The same mixture, the hidden units of every expert in an order at random."""
    made = {name: values.copy() for name, values in experts.items()}
    for e in range(N_EXPERTS):
        to = rng.permutation(experts["key_bias"].shape[1])
        made["keys"][e] = experts["keys"][e][:, to]
        made["key_bias"][e] = experts["key_bias"][e][to]
        made["values"][e] = experts["values"][e][to]
    return made


def read(experts: Experts, x: np.ndarray, n_active: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits [example, label] in numpy, and bool[example, expert] who was asked."""
    held = np.maximum(np.einsum("ni,eih->neh", x, experts["keys"], optimize=True)
                      + experts["key_bias"], 0.0)  # fmt: skip
    said = np.einsum("neh,ehk->nek", held, experts["values"], optimize=True)
    logits = x @ experts["router"]
    asked = logits >= np.sort(logits, axis=1)[:, [-n_active]]
    share = np.where(asked, np.exp(logits - logits.max(axis=1, keepdims=True)), 0.0)
    share /= share.sum(axis=1, keepdims=True)
    return np.einsum("ne,nek->nk", share, said + experts["value_bias"]), asked


def surprise(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean cross entropy in nats."""
    logits = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]))
