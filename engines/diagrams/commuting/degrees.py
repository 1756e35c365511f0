"""How far a square commutes: truth of *both ways say the same*, by picture and for all.

Leandro 2024, Categorical semiotics, arXiv 2404.01526: a diagram of a sketch commutes to a degree
when its arrows are many-valued. Two chances are equal to the degree 1 less their total variation
(Łukasiewicz).
"""

from __future__ import annotations

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Chances along the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def parity(chances: np.ndarray) -> np.ndarray:
    """Chances [..., digit] of ten digits to those of even and odd, [..., 2]."""
    return np.stack([chances[..., 0::2].sum(-1), chances[..., 1::2].sum(-1)], -1)


def coarse(pictures: np.ndarray) -> np.ndarray:
    """Pictures [..., 64] of 8 x 8 pixels to means of four, [..., 16]."""
    blocks = pictures.reshape(*pictures.shape[:-1], 4, 2, 4, 2)
    return blocks.mean((-3, -1)).reshape(*pictures.shape[:-1], 16)


def degree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Chances [..., class] of both ways to the degree to which they are one, [...]."""
    return 1.0 - 0.5 * np.abs(one - other).sum(-1)


def dealt(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[...]: mean degree when answers [..., picture, 2] are dealt to other pictures.

    The mean over all deals, in closed form: every answer meets every picture as often.
    """
    apart = np.abs(one[..., :, None, 1] - other[..., None, :, 1])
    return 1.0 - apart.mean((-2, -1))


def differing(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[...]: share of pictures to which both ways give different classes."""
    return (one.argmax(-1) != other.argmax(-1)).mean(-1)


def broken(differ: np.ndarray, wrong: np.ndarray, others: np.ndarray) -> int:
    """How many squares break the bound on classes that differ.

    With two classes, ways differ where exactly one of them errs: on no more pictures than both
    together err on, and no fewer than by how many one errs more.

    Args:
        differ: shares of pictures.
        wrong: of the first way, alike in shape.
        others: of the second.
    """
    slack = 1e-9
    beyond = differ > wrong + others + slack
    below = differ < np.abs(wrong - others) - slack
    return int((beyond | below).sum())
