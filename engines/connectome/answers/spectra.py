"""Spectra that closed forms give, and what zero eigenvalues count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from engines.connectome.measures import spectra
from engines.connectome.partitions.modularity import symmetric_weights
from engines.connectome.wiring.graph import graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import KnownAnswer


def _laplacian_error(table: np.ndarray, value: np.ndarray) -> float:
    found = spectra.laplacian(sparse.csr_array(table.astype(float))).value
    return float(np.abs(found - np.sort(value)).max())


def ring(n: int = 24) -> np.ndarray:
    """float64[n, n]: everybody is joined to the next."""
    table = np.roll(np.eye(n), 1, axis=1)
    return table + table.T


def _of_ring() -> float:
    n = 24
    return _laplacian_error(ring(n), 1.0 - np.cos(2 * np.pi * np.arange(n) / n))


def _of_clique() -> float:
    n = 12
    return _laplacian_error(1.0 - np.eye(n), np.append(0.0, np.full(n - 1, n / (n - 1))))


def _of_star() -> float:
    table = np.zeros((9, 9))
    table[0, 1:] = table[1:, 0] = 1.0
    return _laplacian_error(table, np.array([0.0, *np.ones(7), 2.0]))


def _components(*, chemical: bool = True) -> Callable[[], float]:
    def ours() -> float:
        wiring = WiringSpec(chemical=chemical)
        weights = symmetric_weights(graph_of(wiring).directed, binary=True)
        return float(spectra.laplacian(weights).n_components)

    return ours


def _circular() -> float:
    rng = np.random.Generator(np.random.Philox(0))
    weight = rng.standard_normal((300, 300)) / np.sqrt(300)
    return float(np.hypot(*spectra.eigenvalues(weight)[0]))


def _henrici_of_order() -> float:
    chain = np.diag(np.arange(1.0, 9.0), 1)
    return spectra.henrici(chain, spectra.eigenvalues(chain))


def _henrici_of_ring() -> float:
    turned = np.roll(np.eye(9), 1, axis=1)
    return spectra.henrici(turned, spectra.eigenvalues(turned))


def spectrum_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms, printed components, a limit law."""
    chung = "closed form (Chung 1997, Spectral graph theory, section 1.2)"
    printed = "Varshney et al. 2011: gap junctions join 248, 3 and 2 neurons, 26 have none"
    return (
        KnownAnswer("Laplacian of a ring, largest error", chung, 0.0, 1e-9, _of_ring),
        KnownAnswer("Laplacian of a clique, largest error", chung, 0.0, 1e-9, _of_clique),
        KnownAnswer("Laplacian of a star, largest error", chung, 0.0, 1e-9, _of_star),
        KnownAnswer("eigenvalues of 0, worm", "all neurons are joined", 1.0, 0.0, _components()),
        KnownAnswer("eigenvalues of 0, gap junctions", printed, 29.0, 0.0,
                    _components(chemical=False)),
        KnownAnswer("spectral radius of 300 x 300 Gaussian weights, SD 1 / sqrt(n)",
                    "circular law (Ginibre 1965): 1", 1.0, 0.1, _circular),
        KnownAnswer("departure from normality of a chain", "closed form: nothing comes back", 1.0,
                    1e-9, _henrici_of_order),
        KnownAnswer("departure from normality of a directed ring", "closed form: a permutation is "
                    "normal", 0.0, 1e-6, _henrici_of_ring),
    )  # fmt: skip
