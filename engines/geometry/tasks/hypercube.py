"""The task family of Alleman, Lindsey and Fusi: classifications of the corners of a hypercube.

"Task structure and nonlinearity jointly determine learned representational geometry" (2024),
https://arxiv.org/abs/2401.13558. The numbers of this file are ours, not the paper's.
"""

from __future__ import annotations

import numpy as np

from engines.contract import InputError


def hypercube(n_points: int) -> np.ndarray:
    """float64[stimulus, bit] of -1 and +1: every combination once.

    Raises:
        InputError: the number of points is no power of two.
    """
    n_bits = n_points.bit_length() - 1
    if n_points != 2**n_bits or n_bits < 1:
        raise InputError(f"points must be a power of two of at least 2, got {n_points}")
    bits = (np.arange(n_points)[:, None] >> np.arange(n_bits)) & 1
    return 2.0 * bits - 1.0


def targets(n_points: int, n_targets: int) -> np.ndarray:
    """float64[stimulus, target] of -1 and +1: the parity of all bits, or every bit by itself.

    Raises:
        InputError: neither one target nor one per bit.
    """
    corners = hypercube(n_points)
    if n_targets == 1:
        return corners.prod(axis=1, keepdims=True)
    if n_targets == corners.shape[1]:
        return corners
    raise InputError(
        f"{n_points} points have 1 target (parity) or {corners.shape[1]} (one per bit), "
        f"got {n_targets}"
    )


def alignment_max(n_points: int, n_targets: int) -> float:
    """Alignment of inputs without any structure, the largest of the family: sqrt(k / (P - 1)).

    >>> round(alignment_max(4, 1), 3), round(alignment_max(8, 1), 3)
    (0.577, 0.378)
    """
    return float(np.sqrt(n_targets / (n_points - 1)))


def input_kernel(n_points: int, n_targets: int, alignment: float) -> np.ndarray:
    """float64[stimulus, stimulus]: a centred kernel whose CKA with the targets is ``alignment``.

    A mixture of the targets' kernel and that of all other characters of the hypercube, which are
    orthogonal to them; so the alignment is exact: K = c Ky/|Ky| + sqrt(1 - c^2) Kn/|Kn|.

    Raises:
        InputError: an alignment outside 0 .. ``alignment_max``.
    """
    most = alignment_max(n_points, n_targets)
    if not -1e-12 <= alignment <= most + 1e-9:
        raise InputError(f"alignment must be 0 to {most:.4g} for this task, got {alignment:g}")
    wanted = targets(n_points, n_targets)
    of_targets = wanted @ wanted.T
    of_others = n_points * np.eye(n_points) - 1.0 - of_targets
    kernel = alignment * _unit(of_targets)
    if np.any(of_others):
        kernel = kernel + np.sqrt(max(0.0, 1.0 - alignment**2)) * _unit(of_others)
    return kernel * (n_points / np.trace(kernel))


def inputs_from_kernel(kernel: np.ndarray, n_dimensions: int, seed: int) -> np.ndarray:
    """float64[stimulus, dimension]: points with this kernel, turned at random, times sqrt(d)."""
    values, vectors = np.linalg.eigh(kernel)
    points = vectors * np.sqrt(np.clip(values, 0.0, None))
    rng = np.random.default_rng([seed, 1])
    turned, _ = np.linalg.qr(rng.standard_normal((n_dimensions, len(kernel))))
    return points @ turned.T * np.sqrt(n_dimensions)


def _unit(kernel: np.ndarray) -> np.ndarray:
    return kernel / np.linalg.norm(kernel)
