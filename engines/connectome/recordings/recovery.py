"""How much of what was planted was found: components and states matched one to one, then scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def matching(score: np.ndarray) -> np.ndarray:
    """int64[planted]: the found one for each, with the largest sum of scores (Kuhn 1955).

    Args:
        score: float64[planted, found]; where fewer were found than planted, some get -1.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-score)
    partner = np.full(len(score), -1)
    partner[rows] = columns
    return partner


def cosines(planted: np.ndarray, found: np.ndarray) -> np.ndarray:
    """float64[planted, found] cosines of columns; 0 where one of the two is zero."""
    lengths = np.outer(np.linalg.norm(planted, axis=0), np.linalg.norm(found, axis=0))
    return np.divide(planted.T @ found, lengths, out=np.zeros_like(lengths), where=lengths > 0)


def congruence(planted: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> np.ndarray:
    """float64[planted, found]: product of the cosines of all factors (Tomasi & Bro 2005)."""
    each = [cosines(one, other) for one, other in zip(planted, found, strict=True)]
    return np.prod(each, axis=0)


def factor_match(planted: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> float:
    """Mean congruence of matched components, 1 for the same ones; a missing one counts 0."""
    score = congruence(planted, found)
    partner = matching(score)
    return float(np.where(partner >= 0, score[np.arange(len(score)), partner], 0.0).mean())


def auc(score: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties half.

    Mann & Whitney 1947; nan where there is no positive or no negative.
    """
    from scipy.stats import rankdata

    n = int(positive.sum())
    n_other = len(positive) - n
    if not n or not n_other:
        return float("nan")
    rank = rankdata(score)[positive].sum()
    return float((rank - n * (n + 1) / 2) / (n * n_other))
