"""A representation through time, ready for the eye: places, dissimilarities, spectra.

A *film* has *tracks* (layers of networks) that share stimuli and snapshots. It is what every
linked view of the workbench shows, wherever the activations came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import Frame, InputError, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.geometry.activations.store import ActivationSet
from engines.geometry.film import layouts
from engines.geometry.film.spec import MAPS, FilmSpec
from engines.geometry.measures.dimension import participation_from_spectrum, spectrum
from engines.geometry.measures.rdm import rdm, upper_triangle

if TYPE_CHECKING:
    from engines.geometry.film.joint import Joint

N_EIGENVALUES = 24
PAIR_BUDGET = 2_000_000
"""Numbers of all RDMs of a film; more stimuli than fit are left out of them, and it is said."""
SCATTER_MAX = 2_000


@dataclass(frozen=True, eq=False)
class Film(Result):
    """Tracks through time; arrays begin with [track, snapshot]."""

    source: str
    """Name of the activation set in the library."""
    tracks: tuple[str, ...]
    moments_at: np.ndarray
    """float64[snapshot]: training step, or the number of the layer."""
    moment_names: tuple[str, ...]
    """A name per snapshot where they have names (layers), else empty."""
    unit: str
    stimuli: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    coords: np.ndarray
    """float32[track, snapshot, stimulus, 3]."""
    share: np.ndarray
    """float32[track, 3]: variance along each axis."""
    pairs: np.ndarray
    """float32[track, snapshot, pair]: upper triangles of the RDMs; nan is undefined."""
    in_rdm: np.ndarray
    """int64[...]: which stimuli the RDMs hold."""
    cluster: np.ndarray
    """int64[...]: rows of the RDM by clusters of the first track at the end."""
    spectra: np.ndarray
    """float32[track, snapshot, eigenvalue]."""
    participation: np.ndarray
    """float32[track, snapshot]."""
    layout: str
    dissimilarity: str
    notes: tuple[str, ...] = ()

    def pictures(self) -> tuple[Picture, ...]:
        """The last moment, for files and notebooks."""
        found: list[Picture] = []
        kind = next(iter(self.labels.values()), ())
        for k, track in enumerate(self.tracks):
            found.append(
                Points(track, self.coords[k, -1, :, :2], Axis("axis 1"), Axis("axis 2"), kind)
            )
            square = _square(self.pairs[k, -1], len(self.in_rdm))
            axis = Axis("stimulus")
            found.append(
                Heatmap(f"RDM, {track}", square, axis, axis, Axis(self.dissimilarity), square=True)
            )
        lines = {t: self.participation[k] for k, t in enumerate(self.tracks)}
        at, title = self.moments_at, "Participation ratio"
        return (*found, Curves(title, at, lines, Axis(self.unit), Axis("dimensions")))


def _square(pairs: np.ndarray, n: int) -> np.ndarray:
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, 1)] = pairs
    return matrix + matrix.T


@dataclass(frozen=True, eq=False)
class FilmFrame(Frame):
    """One more moment of a film that is still being made; arrays begin with [track]."""

    tracks: tuple[str, ...]
    moment_at: float
    stimuli: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    coords: np.ndarray
    pairs: np.ndarray
    spectra: np.ndarray
    participation: np.ndarray
    measures: dict[str, np.ndarray] = field(default_factory=dict)
    """float64[net] each."""
    nets: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapFrame(Frame):
    """How far maps are: the one that is drawn, of how many, and of how many points."""

    method: str
    number: int
    n_maps: int
    n_points: int

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before all maps are there."""
        return (Table("Now", {"": (self.sentence,)}),)

    @property
    def sentence(self) -> str:
        """For people."""
        return f"{self.method}, map {self.number} of {self.n_maps}, {self.n_points:,} points"


@dataclass(eq=False)
class LiveFilm:
    """Makes frames of a film that grows: each moment is turned to the moment before."""

    tracks: tuple[str, ...]
    stimuli: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    before: dict[str, np.ndarray] = field(default_factory=dict)

    def frame(
        self,
        activations: Mapping[str, np.ndarray],
        at: float,
        *,
        fraction: float,
        measures: dict[str, np.ndarray],
        nets: tuple[str, ...],
    ) -> FilmFrame:
        """The moment as a frame; activations [stimulus, unit] by track."""
        coords = []
        for track in self.tracks:
            own: np.ndarray = layouts.aligned(activations[track][None])[0][0]
            like = track if track in self.before else self.tracks[0]
            target = self.before.get(like, own)
            turned = own @ layouts.rotation_onto(own, target)
            self.before[track] = turned
            coords.append(turned)
        numbers = [_numbers(activations[t][None], "correlation") for t in self.tracks]
        return FilmFrame(
            self.tracks,
            at,
            self.stimuli,
            self.labels,
            np.stack(coords).astype(np.float32),
            np.stack([n[0][0] for n in numbers]),
            np.stack([n[1][0] for n in numbers]),
            np.stack([n[2][0] for n in numbers]),
            measures,
            nets,
            fraction=fraction,
        )


def _numbers(stack: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Upper triangles, spectra and participation ratios of each snapshot, in float32."""
    pairs = [upper_triangle(rdm(x, kind)) for x in stack]  # type: ignore[arg-type]
    full = [spectrum(x) for x in stack]
    cut = np.zeros((len(stack), N_EIGENVALUES))
    for k, values in enumerate(full):
        cut[k, : min(len(values), N_EIGENVALUES)] = values[:N_EIGENVALUES]
    ratio = np.array([participation_from_spectrum(values) for values in full])
    return tuple(a.astype(np.float32) for a in (np.stack(pairs), cut, ratio))  # type: ignore[return-value]


def film_of(
    tracks: Mapping[str, np.ndarray],
    *,
    source: str = "",
    moments_at: Iterable[float] = (),
    moment_names: tuple[str, ...] = (),
    unit: str = "snapshot",
    stimuli: tuple[str, ...] = (),
    labels: Mapping[str, tuple[str, ...]] | None = None,
    spec: FilmSpec | None = None,
    drawn: str = "",
    told: tuple[str, ...] = (),
    maps: list[Joint] | None = None,
) -> Film:
    """A film of activations [snapshot, stimulus, unit] by track, all of the same stimuli.

    Args:
        tracks: by name; they may have different numbers of units.
        source: the library's name of these activations, if they have one.
        moments_at: what the snapshots are at; 0, 1, 2 ... when empty.
        moment_names: names of the snapshots, where they have any.
        unit: what ``moments_at`` counts.
        stimuli: ids; numbers when empty.
        labels: columns about the stimuli.
        spec: layout and dissimilarity.
        drawn: which stimuli of how many these are, in words, where they were drawn.
        told: how a file was read.
        maps: of every track, where they are drawn already, see `maps_of`.

    Raises:
        InputError: nothing to show, or activations that are not finite.
    """
    chosen = spec or FilmSpec()
    stacks = {name: np.asarray(stack) for name, stack in tracks.items()}
    if not stacks or min(s.shape[0] for s in stacks.values()) == 0:
        raise InputError("there is no snapshot to show yet")
    n_snapshots, n_stimuli = next(iter(stacks.values())).shape[:2]
    names = stimuli or tuple(str(k) for k in range(n_stimuli))
    notes: list[str] = []
    in_rdm = _fitting(n_stimuli, len(stacks) * n_snapshots, notes)
    numbers = [_numbers_of_some(stack, in_rdm, chosen.dissimilarity) for stack in stacks.values()]
    placed, seen = _all_placed(list(stacks.values()), chosen, unit, maps)
    coords = _turned_alike([c for c, _ in placed])
    notes += [*seen, *_warnings(stacks, numbers), *(note for note in (drawn, *told) if note)]
    at = np.asarray(list(moments_at) or range(n_snapshots), np.float64)
    return Film(
        source,
        tuple(stacks),
        at,
        moment_names,
        unit,
        names,
        dict(labels or {}),
        coords.astype(np.float32),
        np.stack([s for _, s in placed]).astype(np.float32),
        np.stack([n[0] for n in numbers]),
        in_rdm,
        _cluster_order(numbers[0][0][-1], len(in_rdm)),
        np.stack([n[1] for n in numbers]),
        np.stack([n[2] for n in numbers]),
        chosen.layout,
        chosen.dissimilarity,
        tuple(notes),
    )


def _cluster_order(pairs: np.ndarray, n: int) -> np.ndarray:
    """Leaves of average linkage; as given where a pair is undefined."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if n < 3 or not np.isfinite(pairs).all():
        return np.arange(n)
    return leaves_list(linkage(pairs.astype(np.float64), "average")).astype(np.int64)


def _numbers_of_some(
    stack: np.ndarray, chosen: np.ndarray, kind: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if len(chosen) == stack.shape[1]:
        return _numbers(stack, kind)
    pairs = _numbers(stack[:, chosen], kind)[0]
    _, spectra, ratio = _numbers(stack, kind)
    return pairs, spectra, ratio


def _fitting(n_stimuli: int, n_rdms: int, notes: list[str]) -> np.ndarray:
    most = int(np.sqrt(2 * PAIR_BUDGET / max(1, n_rdms)))
    if n_stimuli <= most:
        return np.arange(n_stimuli)
    notes.append(f"the RDM shows {most} of {n_stimuli:,} stimuli, evenly chosen")
    return np.unique(np.linspace(0, n_stimuli - 1, most).astype(np.int64))


def _all_placed(
    stacks: list[np.ndarray], spec: FilmSpec, unit: str, maps: list[Joint] | None
) -> tuple[list[tuple[np.ndarray, np.ndarray]], list[str]]:
    """Places and shares of variance of every track, and what is to be known of a map."""
    if spec.layout not in MAPS:
        return [_placed(stack, spec) for stack in stacks], []
    from engines.geometry.film.joint import told

    if maps is None:
        *_, (_, maps) = maps_of(stacks, spec)
    flat = [np.pad(one.places, [(0, 0)] * 2 + [(0, 1)]) for one in maps]
    seen = told(maps, spec.layout, spec.seed, len(stacks[0]), unit)
    return [(places, np.zeros(layouts.N_AXES)) for places in flat], [seen]


def maps_of(stacks: list[np.ndarray], spec: FilmSpec) -> Iterator[tuple[float, list[Joint]]]:
    """Share that is drawn, and the maps so far, while they are drawn and last."""
    from engines.geometry.film.joint import Joint, joint_maps

    found: list[Joint] = []
    for k, stack in enumerate(stacks):
        for drawn in joint_maps(stack, spec.layout, spec.seed, len(stacks)):
            found += [drawn] if isinstance(drawn, Joint) else []
            yield (k + (1.0 if isinstance(drawn, Joint) else drawn)) / len(stacks), found


def _placed(stack: np.ndarray, spec: FilmSpec) -> tuple[np.ndarray, np.ndarray]:
    if spec.layout == "MDS":
        coords = layouts.mds_film(np.stack([rdm(x, spec.dissimilarity) for x in stack]))
        size = (coords**2).sum(axis=(0, 1))
        return coords, size / max(float(size.sum()), 1e-300)
    return layouts.aligned(stack) if spec.layout == "PCA, aligned" else layouts.one_basis(stack)


def _turned_alike(coords: list[np.ndarray]) -> np.ndarray:
    """Later tracks turned, as a whole, so that their last moment lies like the first track's."""
    first = coords[0][-1] - coords[0][-1].mean(axis=0)
    turned = [coords[0]]
    for other in coords[1:]:
        last = other[-1] - other[-1].mean(axis=0)
        turned.append(other @ layouts.rotation_onto(last, first))
    return np.stack(turned)


def _warnings(stacks: Mapping[str, np.ndarray], numbers: list[tuple[np.ndarray, ...]]) -> list[str]:
    found = []
    for (name, stack), (pairs, _, ratio) in zip(stacks.items(), numbers, strict=True):
        if np.isnan(pairs).any():
            found.append(
                f"{name}: some stimuli are constant over units; their dissimilarity is undefined "
                "and hatched"
            )
        if np.isnan(ratio).any():
            n_dead = int(np.isnan(ratio).sum())
            found.append(f"{name}: nothing varies in {n_dead} snapshots (zero variance)")
        if stack.dtype == np.float16 and np.abs(stack).max(initial=0.0) > 6e4:
            found.append(f"{name}: values above 60,000 are near the largest float16")
    return found


def film_from_set(activations: ActivationSet, spec: FilmSpec) -> Film:
    """The film that a spec describes of an activation set."""
    *_, film = frames_from_set(activations, spec)
    assert isinstance(film, Film)
    return film


def frames_from_set(activations: ActivationSet, spec: FilmSpec) -> Iterator[MapFrame | Film]:
    """Frames while maps are drawn, two of every track, and the film last."""
    tracks, more = _tracks_of(activations, spec)
    maps = None
    if spec.layout in MAPS:
        from engines.geometry.film.joint import n_points

        stacks, last = list(tracks.values()), 2 * len(tracks)
        points = n_points(stacks[0].shape[0], stacks[0].shape[1], len(stacks))
        for share, drawn in maps_of(stacks, spec):
            maps = drawn
            number = min(last, 1 + int(last * share + 1e-9))
            yield MapFrame(spec.layout, number, last, points, fraction=share)
    yield film_of(tracks, spec=spec, maps=maps, **more)


def _tracks_of(
    activations: ActivationSet, spec: FilmSpec
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Tracks [snapshot, stimulus, unit], and what is said of them."""
    layers = spec.layers or activations.layers[: 12 if spec.over == "layers" else 2]
    if activations.n_stimuli > SCATTER_MAX:
        raise InputError(
            f"{activations.n_stimuli:,} stimuli are more than the {SCATTER_MAX:,} that are drawn; "
            "open the set under Your activations, which draws as many with a seed"
        )
    stacks = {name: activations.layer(name) for name in layers}
    common = {
        "source": spec.source,
        "stimuli": activations.stimuli,
        "labels": activations.labels,
        "drawn": str(activations.manifest["provenance"].get("drawn", "")),
        "told": activations.notes,
    }
    if spec.over == "layers":
        same = len({s.shape[2] for s in stacks.values()}) == 1
        stack = np.stack([s[-1] for s in stacks.values()]) if same else _widened(stacks)
        whole = {str(activations.manifest["provenance"].get("title", spec.source)): stack}
        return whole, {"moment_names": tuple(layers), "unit": "layer", **common}
    at = activations.snapshots.get("step", np.arange(activations.n_snapshots))
    unit = "step" if "step" in activations.snapshots else "snapshot"
    return stacks, {"moments_at": at, "unit": unit, **common}


def _widened(stacks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Layers of different widths as one stack; missing units are 0, which moves no point."""
    width = max(s.shape[2] for s in stacks.values())
    return np.stack([np.pad(s[-1], ((0, 0), (0, width - s.shape[2]))) for s in stacks.values()])
