"""A wiring as weights of a dynamical system: signed chemical ones, and gap junctions apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.wiring import selection
from engines.connectome.wiring.connectome import LAYERS
from engines.connectome.wiring.graph import connectome_of, graph_of, lesions_of

_DENSE_MAX = 1_500


@dataclass(frozen=True, eq=False)
class Network:
    """Matrices [post, pre] over all neurons; lesioned ones have no edges and no input.

    ``chemical`` is signed, ``gap`` symmetric and positive; ``target`` and ``alive`` bool[neuron].
    """

    chemical: Any
    gap: Any
    target: np.ndarray
    alive: np.ndarray
    sign: np.ndarray
    n_unknown: int
    """Senders without a known transmitter, taken to excite."""

    @property
    def n(self) -> int:
        """Neurons."""
        return len(self.alive)

    @cached_property
    def radius(self) -> float:
        """Spectral radius of the chemical weights."""
        return spectral_radius(self.chemical)


def signs(transmitter: tuple[str, ...], *, glutamate_excites: bool) -> np.ndarray:
    """float64[neuron]: -1 for GABA (and glutamate when told so), 1 for all others."""
    inhibits = {"GABA"} if glutamate_excites else {"GABA", "Glutamate"}
    parts = [{p.strip() for p in text.split("+")} for text in transmitter]
    return np.array([-1.0 if p & inhibits else 1.0 for p in parts])


def network_of(spec: StimulusSpec) -> Network:
    """The network of a spec; a stimulated neuron that is lesioned gets no input."""
    connectome = connectome_of(spec.wiring)
    n = connectome.n_neurons
    lesioned, cut = lesions_of(spec.wiring)
    sign = np.ones(n)
    if spec.signs == "from transmitters":
        sign = signs(
            connectome.column("transmitter"), glutamate_excites=spec.glutamate == "excites"
        )
    alive = ~lesioned
    if spec.component != "all":
        alive = np.zeros(n, bool)
        alive[graph_of(spec.wiring).members] = True
    keep = sparse.diags_array(alive.astype(float))
    chemical: Any = sparse.csr_array((n, n))
    gap: Any = sparse.csr_array((n, n))
    for layer in connectome.layers:
        if layer.name not in spec.layers and layer.name in LAYERS:
            continue
        matrix: Any = layer.matrix(n)
        if layer.name == "electrical":
            gap = gap + matrix
        else:
            chemical = chemical + matrix
    chemical, gap = (_cut(m, cut, keep, spec.min_weight) for m in (chemical, gap))
    gap.setdiag(0.0)
    target = np.zeros(n, bool)
    target[selection.neurons(connectome, spec.targets)] = True
    unknown = np.array([not t for t in connectome.column("transmitter")]) & (sign > 0)
    return Network(
        sparse.csr_array((sparse.diags_array(sign) @ chemical).T),
        sparse.csr_array(gap),
        target & alive,
        alive,
        sign,
        int(np.count_nonzero(unknown & alive)),
    )


def _cut(matrix: Any, cut: np.ndarray, keep: Any, least: float) -> Any:
    if len(cut):
        matrix = matrix.tolil()
        matrix[cut[:, 0], cut[:, 1]] = 0.0
    made = sparse.csr_array(keep @ matrix @ keep)
    made.data[np.abs(made.data) < least] = 0.0
    made.eliminate_zeros()
    return made


def spectral_radius(matrix: Any) -> float:
    """Largest absolute eigenvalue; by Arnoldi's method for large matrices."""
    if not matrix.nnz:
        return 0.0
    if matrix.shape[0] <= _DENSE_MAX:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    start = np.ones(matrix.shape[0])
    try:
        found = linalg.eigs(matrix, k=1, v0=start, return_eigenvectors=False, maxiter=2_000)
    except linalg.ArpackNoConvergence as error:
        found = error.eigenvalues if len(error.eigenvalues) else np.array([np.nan])
    return float(np.abs(found).max())


def scaled(network: Network, whole: Network, gain: float) -> tuple[Any, float]:
    """Chemical weights scaled as the whole network's spectral radius becomes ``gain``.

    ``whole`` is the same network without its lesion, so that a lesion changes no synapse that is
    left. Also answers the whole's radius before. Weights of a graph without cycles have radius
    zero; they are divided by their largest input.
    """
    radius = whole.radius
    if radius > 1e-9:
        return network.chemical * (gain / radius), radius
    inputs = abs(whole.chemical).sum(axis=1)
    top = float(np.max(inputs)) if whole.chemical.nnz else 1.0
    return network.chemical * (gain / top), radius


def whole_of(spec: StimulusSpec) -> StimulusSpec:
    """The same stimulation without the lesion."""
    return spec.replace(lesion="", lesion_fraction=0.0)
