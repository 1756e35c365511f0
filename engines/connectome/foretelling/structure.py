"""Structure beside function: which pairs of a recording are wired, and how they move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.wiring.celegans import canonical
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError


@dataclass(frozen=True, eq=False)
class Structure:
    """Pairs that are wired: both ends int64[pair] in the recording, and float64[pair] weights."""

    i: np.ndarray
    j: np.ndarray
    weight: np.ndarray
    notes: tuple[str, ...] = ()

    def function(self, traces: np.ndarray) -> np.ndarray:
        """Correlations float64[pair] of the traces [time, neuron] of both ends."""
        return np.corrcoef(traces.T)[self.i, self.j]

    def coupling(self, traces: np.ndarray) -> float:
        """Rank correlation of weights and correlations (Spearman)."""
        from scipy.stats import rankdata

        return float(np.corrcoef(rankdata(self.weight), rankdata(self.function(traces)))[0, 1])


def structure_of(wiring: Connectome) -> Structure:
    """Pairs of a wiring whose neurons are those of the recording, in the same order."""
    matrix = wiring.layers[0].matrix(wiring.n_neurons).toarray()
    i, j = np.triu_indices(len(matrix), 1)
    there = matrix[i, j] > 0
    return Structure(i[there], j[there], matrix[i, j][there])


def structure_by_name(wiring: Connectome, names: tuple[str, ...]) -> Structure:
    """Synapses and gap junctions in either direction between neurons that both have.

    Raises:
        InputError: too few of them, see `matched_by_name`.
    """
    places, inside = matched_by_name(names, wiring.neurons)
    matrix = sum(layer.matrix(wiring.n_neurons).toarray() for layer in wiring.layers[:2])
    matrix = np.asarray(matrix)[np.ix_(inside, inside)]
    matrix = matrix + matrix.T
    a, b = np.triu_indices(len(matrix), 1)
    there = matrix[a, b] > 0
    said = (
        f"{len(places)} neurons are those of {wiring.provenance.title} by name; "
        f"{len(names) - len(places)} are not in it and count for nothing in structure."
    )
    return Structure(places[a[there]], places[b[there]], matrix[a, b][there], (said,))


def matched_by_name(
    names: tuple[str, ...], neurons: tuple[str, ...], least: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Places in the recording and in the wiring of neurons that both have.

    Raises:
        InputError: fewer than ``least``.
    """
    place = {name: k for k, name in enumerate(neurons)}
    both = {canonical(name): k for k, name in enumerate(names) if canonical(name) in place}
    if len(both) < least:
        raise InputError(
            f"{len(both)} neurons of the recording have a name of the wiring; at least {least} are "
            f"needed. The recording has {', '.join(names[:4])}, the wiring {', '.join(neurons[:4])}"
        )
    return np.array(list(both.values())), np.array([place[name] for name in both])
