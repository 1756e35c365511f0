"""Spectra of a wiring beside those of nulls: how activity grows in it, and how it spreads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engines.connectome.answers.spectra import spectrum_answers
from engines.connectome.measures.spectra import N_MAX
from engines.connectome.nulls.annealing import WeightedFamily
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    Result,
    Seed,
    knob,
)
from engines.contract.claims import Exceeds, FallsBelow
from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.lab.statistics.nulls import p_against, z_against

NUMBERS = (
    "spectral radius", "largest real part", "departure from normality",
    "slowest mode of the Laplacian", "fastest mode of the Laplacian",
)  # fmt: skip
RADIUS, REAL, HENRICI, SLOW, FAST = range(5)
N_LEAST = 10
"""Fewer nodes have no spectrum to speak of."""
_N_SHOWN = 5
"""Nulls whose eigenvalues are drawn."""
_N_ENDS = 8


class SpectrumSpec(WiringSpec):
    """Which wiring, and which nulls stand beside it."""

    null: WeightedFamily = knob(
        "degrees and strengths", label="Nulls of weights", help="What random wirings keep whose "
        "weights have eigenvalues: degrees and what every neuron sends; what it hears too; or all "
        "edges but not their weights. The Laplacian's nulls keep undirected degrees.",
        group="Nulls",
    )  # fmt: skip
    n_nulls: int = knob(
        40, label="Nulls", help="How many random wirings of each kind.", group="Nulls",
        ge=2, le=5_000, soft=(20, 400),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal nulls.", group="Nulls")


@dataclass(frozen=True, eq=False)
class SpectrumFrame(Frame):
    """Numbers of the nulls so far: float64[null, number]."""

    own: np.ndarray = field(default_factory=lambda: np.zeros(len(NUMBERS)))
    nulls: np.ndarray = field(default_factory=lambda: np.zeros((0, len(NUMBERS))))

    def pictures(self) -> tuple[Picture, ...]:
        """The numbers."""
        return (number_table(self.own, self.nulls, ""),)


@dataclass(frozen=True, eq=False)
class Spectrum(Result):
    """Eigenvalues of a wiring and of its nulls.

    ``values`` float64[neuron, (real, imaginary)] of signed weights [post, pre], ``null_values``
    float64[null, neuron, 2] of the first nulls; ``laplacian`` float64[neuron], ``null_laplacian``
    float64[null, neuron]; ``numbers`` float64[number], ``null_numbers`` float64[null, number], in
    the order of `NUMBERS`; ``modes`` float64[neuron, 2]: the two slowest modes.
    """

    spec: SpectrumSpec
    names: tuple[str, ...]
    roles: tuple[str, ...]
    values: np.ndarray
    null_values: np.ndarray
    laplacian: np.ndarray
    null_laplacian: np.ndarray
    numbers: np.ndarray
    null_numbers: np.ndarray
    modes: np.ndarray
    n_inhibit: int
    walked: np.ndarray
    """float64[2]: accepted swaps per edge of the Laplacian's nulls, share of edges in place."""

    def number(self, name: str) -> float:
        """One of `NUMBERS`."""
        return float(self.numbers[NUMBERS.index(name)])

    def pictures(self) -> tuple[Picture, ...]:
        """Both spectra, neurons in the slowest modes, numbers, who is at the ends."""
        said = f"{self.spec.null}, {len(self.null_numbers):,} nulls, seed {self.spec.seed}; "
        said += f"{self.n_inhibit} of {len(self.names)} cells inhibit. "
        said += f"The Laplacian's nulls: {self.walked[0]:.3g} accepted swaps per edge, "
        said += f"{self.walked[1]:.1%} of the edges still in place"
        table = number_table(self.numbers, self.null_numbers, said)
        return (self.modes_picture(), self.plane(), self.laplacian_picture(), table, self.ends())

    def plane(self) -> Points:
        """Eigenvalues of the signed weights, the nulls' first so that they lie below."""
        drawn = [self.null_values.reshape(-1, 2), self.values]
        kinds = (f"{len(self.null_values)} nulls", "this wiring")
        kind = tuple(k for k, one in zip(kinds, drawn, strict=True) for _ in one)
        title = "Eigenvalues of the signed weights"
        x, y = Axis("real part", "synapses"), Axis("imaginary part", "synapses")
        return Points(title, np.concatenate(drawn), x, y, kind, square=True)

    def laplacian_picture(self) -> Curves:
        """Eigenvalues from slow to fast, and the band of the nulls."""
        nulls = "nulls, 95 % band"
        low, high = np.quantile(self.null_laplacian, [0.025, 0.975], axis=0)
        lines = {"this wiring": self.laplacian, nulls: self.null_laplacian.mean(axis=0)}
        x = np.arange(1, len(self.laplacian) + 1, dtype=float)
        return Curves("Modes of the normalised Laplacian", x, lines,
                      Axis("mode, from slow to fast"), Axis("eigenvalue"),
                      {nulls: (low, high)})  # fmt: skip

    def modes_picture(self) -> Points:
        """Every neuron where the two slowest modes put it."""
        x, y = Axis("slowest mode"), Axis("second slowest")
        roles = tuple(role or "unknown" for role in self.roles)
        return Points("Neurons in the two slowest modes", self.modes, x, y, roles)

    def ends(self) -> Table:
        """Who is at the ends of the slowest modes."""
        columns: dict[str, tuple[str, ...]] = {}
        for k, name in enumerate(("slowest", "second")):
            order = np.argsort(self.modes[:, k], kind="stable")
            for end, those in (("low", order[:_N_ENDS]), ("high", order[::-1][:_N_ENDS])):
                columns[f"{name}, {end} end"] = tuple(self.names[i] for i in those)
        return Table("Ends of the slowest modes", columns)


def number_table(own: np.ndarray, nulls: np.ndarray, said: str) -> Table:
    """Every number beside its nulls."""
    columns: dict[str, np.ndarray | tuple[str, ...]] = {"": NUMBERS, "value": own}
    if len(nulls) > 1:
        columns |= {
            "null mean": nulls.mean(axis=0),
            "z": z_against(own, nulls),
            "p": p_against(own, nulls),
        }
    return Table(f"Numbers: {said}" if said else "Numbers", columns)


def frames(spec: SpectrumSpec) -> Iterator[SpectrumFrame | Spectrum]:
    """The wiring's own spectra, then null after null."""
    from engines.connectome.measures import spectra
    from engines.connectome.memory.wired import matrix, sign_of
    from engines.connectome.nulls.annealing import wirings
    from engines.connectome.nulls.symmetric import symmetric_nulls, walked
    from engines.connectome.partitions.modularity import symmetric_weights
    from engines.connectome.wiring.graph import connectome_of, graph_of
    from engines.lab.training import one_thread

    wiring = WiringSpec(**{name: getattr(spec, name) for name in WiringSpec.model_fields})
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    if graph.n < N_LEAST:
        raise InputError(f"a spectrum needs at least {N_LEAST} nodes here, got {graph.n}")
    if graph.n > N_MAX:
        raise InputError(
            f"{graph.n:,} neurons are too many for a whole spectrum here, at most {N_MAX:,}; keep "
            "some under Only these, or set One node per to class"
        )
    sign, binary = sign_of(graph, connectome), symmetric_weights(graph.directed, binary=True)

    def read(weight: np.ndarray, joined: Any) -> tuple[np.ndarray, spectra.Laplacian, np.ndarray]:
        with one_thread():
            values, modes = spectra.eigenvalues(weight), spectra.laplacian(joined)
        numbers = [np.hypot(*values[0]), values[:, 0].max(), spectra.henrici(weight, values)]
        return values, modes, np.array([*numbers, modes.slowest, modes.fastest])

    values, modes, numbers = read(matrix(graph, sign), binary)
    found, null_values, null_modes, walks = [], [], [], []
    directed = wirings(graph, spec.null, spec.n_nulls, spec.seed, connectome)
    joined = symmetric_nulls(binary, spec.n_nulls, spec.seed, "degrees")
    for null, both in zip(directed, joined, strict=True):
        drawn = read(matrix(null, sign), both.weights)
        walks.append((both.accepted, both.in_place))
        null_values += [drawn[0]] if len(null_values) < _N_SHOWN else []
        null_modes.append(drawn[1].value)
        found.append(drawn[2])
        yield SpectrumFrame(own=numbers, nulls=np.array(found), fraction=len(found) / spec.n_nulls)
    yield Spectrum(
        spec=spec,
        names=tuple(connectome.neurons[k] for k in graph.members),
        roles=tuple(connectome.column("role")[k] for k in graph.members),
        values=values,
        null_values=np.array(null_values),
        laplacian=modes.value,
        null_laplacian=np.array(null_modes),
        numbers=numbers,
        null_numbers=np.array(found),
        modes=modes.mode,
        n_inhibit=int(np.count_nonzero(sign < 0)),
        walked=walked(walks),
    )


NULLS_LEAST = 20
_OF_WEIGHTS = (HENRICI,)
"""Numbers whose nulls the spec chooses; the Laplacian's keep degrees whatever it says."""


def _own(k: int) -> Callable[[Spectrum], Estimate | None]:
    def figure(found: Spectrum) -> Estimate | None:
        whole = all(
            getattr(found.spec, name) == getattr(SpectrumSpec(), name)
            for name in WiringSpec.model_fields
        )
        kept = k not in _OF_WEIGHTS or found.spec.null == SpectrumSpec().null
        if not (whole and kept) or len(found.null_numbers) < NULLS_LEAST:
            return None
        return Estimate.exact(NUMBERS[k], found.numbers[k], "all neurons, nothing is drawn")

    return figure


def _null(k: int) -> Callable[[Spectrum], Estimate | None]:
    def control(found: Spectrum) -> Estimate | None:
        drawn = found.null_numbers[:, k]
        low, high = np.quantile(drawn, [0.025, 0.975])
        how = f"mean and 95 % of {len(drawn):,} wirings"
        return Estimate(f"{NUMBERS[k]} of nulls", float(drawn.mean()), float(low), float(high),
                        len(drawn), "nulls", how, found.spec.seed)  # fmt: skip

    return control


CLAIMS = (
    Claim(
        "The slowest mode of the worm is slower than those of wirings of its degrees: its parts "
        "are joined by less than chance gives.",
        figure=_own(SLOW),
        control=_null(SLOW),
        holds_when=FallsBelow(),
        source="de Lange, de Reus & van den Heuvel 2014, The Laplacian spectrum of neural networks",
    ),
    Claim(
        "Its weights are further from normal than chance gives: activity is amplified on its way.",
        figure=_own(HENRICI),
        control=_null(HENRICI),
        holds_when=Exceeds(),
        source="Asllani, Lambiotte & Carletti 2018, Structure and dynamical behavior of non-normal "
        "networks",
    ),
)

EXPERIMENT = Experiment(
    spec=SpectrumSpec,
    frames=frames,
    card=Card(
        title="Spectrum",
        claim="How activity would grow in a wiring, and which of its parts are slow to hear of "
        "each other, beside wirings of the same degrees and strengths.",
        paper="de Lange, de Reus & van den Heuvel 2014, The Laplacian spectrum of neural networks",
        link="https://doi.org/10.3389/fncom.2013.00189",
    ),
    presets={
        "The worm": SpectrumSpec(),
        "The worm, one node per class": SpectrumSpec(node="class"),
        "Chemical synapses alone": SpectrumSpec(electrical=False),
        "Adult brain (Witvliet 8)": SpectrumSpec(dataset="witvliet2021_8"),
        "A random graph": SpectrumSpec(dataset="erdos_renyi"),
    },
    known_answers=spectrum_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.5 + 0.12 * spec.n_nulls,
    order=2,
)
