"""Motifs of activity: who moves together, when, and in which animals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engines.connectome.experiments.activity._motif_pictures import (
    affinity_picture,
    affinity_then,
    animal_picture,
    left_picture,
    member_picture,
    rank_picture,
    score_picture,
    time_picture,
)
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.contract.pictures import Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.recordings.factors import Factors
    from engines.connectome.recordings.sources import Source

RANKS = tuple(range(1, 10))
N_RANDOM = 8
"""Random lesions of equal size beside the one that was asked for."""
AUC, MATCH, EXPLAINED = range(3)
_SCORES = ("AUC of pairs", "match of factors", "share explained")
_PAPER = "after Dyballa et al. 2024, arXiv 2402.14102; affinity, rank and data are ours"


class MotifSpec(Spec):
    """Which recording, how many motifs, and who is silenced."""

    source: Literal["planted", "people", "own"] = knob(
        "planted", label="Recording", group="Recording", help="Synthetic: four motifs of ten "
        "neurons in six animals; five people at rest, 94 regions, whose times have nothing in "
        "common; or animals of your own, on the neurons and the time that they share.",
    )  # fmt: skip
    own_recording: str = knob(
        "", label="Own recording", help="The digest of a recording that was brought.",
        group="Recording", widget="hidden", pattern="^([0-9a-f]{16})?$",
    )  # fmt: skip
    dt_s: float = knob(
        0.0, label="Resample to", help="Time between two frames, by straight lines; 0 keeps it.",
        unit="s", group="Recording", ge=0, le=100, soft=(0, 5), when={"source": ("own",)},
    )  # fmt: skip
    noise: float = knob(
        0.6, label="Noise", help="Of each neuron's own, over the signal of a motif.",
        group="Recording", ge=0.0, le=10.0, soft=(0.0, 3.0), step=0.1,
        when={"source": ("planted",)},
    )  # fmt: skip
    rank: int = knob(
        5, label="Motifs", help="How many are looked for; the curve over ranks says where more "
        "explain little.", group="Motifs", ge=1, le=12, soft=(1, 9),
    )  # fmt: skip
    window: float = knob(
        4.0, label="Window", help="SD of the Gaussian in which affinities are averaged.",
        unit="frames", group="Motifs", ge=1.0, le=40.0, soft=(1.0, 12.0), step=0.5,
    )  # fmt: skip
    lesion: str = knob(
        "", label="Silence", help="Traces to leave out: names, /patterns/, and motif:1 for those "
        "planted in the first. As many others at random stand beside it.", group="Lesion",
        max_length=2_000,
    )  # fmt: skip
    n_recordings: int = knob(
        8, label="Recordings", help="Planted anew, or shifted anew; intervals are over these.",
        group="Runs", ge=3, le=100, soft=(3, 30),
    )  # fmt: skip
    n_starts: int = knob(
        3, label="Starts", help="The one that leaves least is kept.", group="Runs", ge=1, le=20
    )
    seed: Seed = knob(0, label="Seed", help="Of data, shifts and starts.", group="Runs")


@dataclass(frozen=True, eq=False)
class MotifFrame(Frame):
    """Scores so far: float64[recording, (found, shifted), score], nan where none came yet."""

    score: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Means so far."""
        there = np.isfinite(self.score[:, :, EXPLAINED]).all(axis=1)
        return (score_picture(self.score[there], _SCORES),) if there.any() else ()


@dataclass(frozen=True, eq=False)
class MotifMoment(Frame):
    """Who belongs together at one time: float64[neuron, neuron] of the motifs' affinities."""

    at: float
    together: np.ndarray
    shifted: np.ndarray
    names: tuple[str, ...]
    unit: str

    def pictures(self) -> tuple[Picture, ...]:
        """The graph of that moment over the shifted one."""
        return (affinity_then(self.at, self.unit, self.together, self.shifted, self.names),)


@dataclass(frozen=True, eq=False)
class Motifs(Result):
    """Motifs of the first recording and of its shifted twin, and scores of all.

    ``time`` float64[moment, motif], ``animal`` float64[animal, motif] and ``pair`` float64[pair,
    motif], those that were planted first; ``shifted_time``, ``shifted_pair`` the same of the
    shifted recording. ``planted_time``, ``planted_animal`` and ``member`` bool[motif, neuron] are
    empty where nothing was planted. ``score`` float64[recording, (found, shifted), score].
    ``scanned`` float64[rank, 3]: what is left, what is left of the shifted one, agreement of two
    starts. ``left`` float64[lesion, motif]: the asked one first, then random ones; may be empty.
    """

    spec: MotifSpec
    title: str
    names: tuple[str, ...]
    at: np.ndarray
    unit: str
    time: np.ndarray
    animal: np.ndarray
    pair: np.ndarray
    shifted_time: np.ndarray
    shifted_pair: np.ndarray
    planted_time: np.ndarray
    planted_animal: np.ndarray
    member: np.ndarray
    score: np.ndarray
    scanned: np.ndarray
    left: np.ndarray
    n_silenced: int
    notes: tuple[str, ...]

    @property
    def best_rank(self) -> int:
        """The rank at which the curve of what is left bends most."""
        from engines.connectome.recordings.factors import elbow

        return RANKS[elbow(self.scanned[:, 0].tolist())]

    def of(self, what: int, which: int) -> Estimate:
        """A score with its interval over recordings; which is 0 for found, 1 for shifted."""
        name = _SCORES[what] + (", recording shifted" if which else "")
        values = self.score[:, which, what]
        if self.spec.source != "planted" and not which:
            return Estimate.exact(name, float(values[0]), f"one recording: {self.title}")
        return mean_over(values, of=name, unit="recordings")

    def moments(self) -> tuple[Frame, ...]:
        """Who belongs together at each moment."""
        return tuple(self._then(k) for k in range(len(self.at)))

    def _then(self, k: int) -> MotifMoment:
        from engines.connectome.recordings.motifs import matrix

        n = len(self.names)
        now = matrix(self.pair @ (self.time[k] * self.animal.mean(axis=0)), n)
        apart = matrix(self.shifted_pair @ self.shifted_time[k], n)
        scale = self.animal.mean() if self.animal.size else 1.0
        done = (k + 1) / len(self.at)
        return MotifMoment(float(self.at[k]), now, apart * scale, self.names, self.unit,
                           fraction=done)  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """Times, members, animals, scores, ranks, the strongest motif, lesion, numbers."""
        made: list[Picture] = [
            time_picture(self.at, self.unit, self.time, self.planted_time),
            time_picture(
                self.at, self.unit, self.shifted_time, self.planted_time[:, :0],
                "The same, recording shifted",
            ),
            member_picture(self.names, self.member, self.pair, self.shifted_pair),
            affinity_picture(self.names, self.pair, self.shifted_pair),
            rank_picture(RANKS, self.scanned),
            score_picture(self.score, _SCORES),
            animal_picture(self.animal, self.planted_animal),
        ]  # fmt: skip
        if len(self.left):
            made.append(left_picture(self.left, self.n_silenced))
        return (*made, self._table())

    def _table(self) -> Table:
        rows = {
            f"{name}": (self.of(k, 0), self.of(k, 1))
            for k, name in enumerate(_SCORES)
            if np.isfinite(self.score[:, :, k]).all()
        }
        notes = " ".join((*self.notes, f"The curve over ranks bends most at {self.best_rank}."))
        return Table(
            f"{self.title}: mean with 95 % t interval",
            {
                "": tuple(rows),
                "found": tuple(str(found) for found, _ in rows.values()),
                "recording shifted": tuple(str(control) for _, control in rows.values()),
                "notes": (notes, *[""] * (len(rows) - 1)),
            },
        )


def frames(spec: MotifSpec) -> Iterator[MotifFrame | Motifs]:
    """A frame for each recording and its shifted twin, ranks and lesions last."""
    from engines.connectome.recordings import motifs as room

    score = np.full((spec.n_recordings, 2, len(_SCORES)), np.nan)
    first: list[tuple[Source, Factors, Factors]] = []
    settings = {"n_starts": spec.n_starts, "window": spec.window}
    for k in range(spec.n_recordings):
        source = first[0][0] if first and spec.source != "planted" else _source(spec, k)
        if not first:
            # Before minutes of work, not after.
            room.check_left(source.silenced(spec.lesion))
        asked = {**settings, "seed": _seed(spec, k)}
        found = first[0][1] if first and spec.source != "planted" else None
        found = found or room.motifs(source.traces, spec.rank, **asked)
        yield MotifFrame(score.copy(), fraction=0.7 * (k + 0.5) / spec.n_recordings)
        apart = room.shifted_motifs(source.traces, spec.rank, **asked)
        score[k] = [_scores(source, one) for one in (found, apart)]
        if not first:
            first.append((source, found, apart))
        yield MotifFrame(score.copy(), fraction=0.7 * (k + 1) / spec.n_recordings)
    yield from _with_ranks(spec, score, *first[0])


def _with_ranks(
    spec: MotifSpec, score: np.ndarray, source: Source, found: Factors, apart: Factors
) -> Iterator[MotifFrame | Motifs]:
    """Ranks and lesions of the first recording, then everything."""
    from engines.connectome.recordings import motifs as room
    from engines.connectome.recordings.shifting import shifted

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 1]))
    scanned = np.empty((len(RANKS), 3))
    scanned[:, 0], scanned[:, 2] = room.scan(source.traces, RANKS, window=spec.window)
    yield MotifFrame(score.copy(), fraction=0.8)
    twin = shifted(source.traces, rng)
    scanned[:, 1], _ = room.scan(twin, RANKS, window=spec.window)
    yield MotifFrame(score.copy(), fraction=0.9)
    if source.truth is not None:
        found = room.in_order(found, source.truth)
    silenced, left = source.silenced(spec.lesion), []
    settings = {"n_starts": spec.n_starts, "window": spec.window}
    for k in range(1 + N_RANDOM if silenced.any() else 0):
        gone = rng.permutation(silenced) if k else silenced
        left.append(room.left_without(found, source.traces, gone, **settings))
        yield MotifFrame(score.copy(), fraction=0.9 + 0.1 * k / (N_RANDOM + 1))
    yield _result(spec, score, scanned, np.reshape(left, (-1, found.rank)), source, found, apart)


def _result(
    spec: MotifSpec, score: np.ndarray, scanned: np.ndarray, left: np.ndarray, source: Source,
    found: Factors, apart: Factors,
) -> Motifs:  # fmt: skip
    from engines.connectome.recordings.affinity import moments

    truth, none = source.truth, np.zeros((0, 0))
    at = moments(source.traces.shape[1], spec.window) * source.dt_s
    return Motifs(
        spec=spec,
        title=source.title,
        names=source.names,
        at=at.astype(float),
        unit="frames" if truth else "s",
        time=found.time,
        animal=found.animal,
        pair=found.pair,
        shifted_time=apart.time,
        shifted_pair=apart.pair,
        planted_time=truth.time if truth else none,
        planted_animal=truth.animal if truth else none,
        member=source.member,
        score=score,
        scanned=scanned,
        left=left,
        n_silenced=int(source.silenced(spec.lesion).sum()),
        notes=source.notes,
    )


def _seed(spec: MotifSpec, k: int) -> int:
    return (spec.seed + 1_000_003 * k) % 2**64


def _source(spec: MotifSpec, k: int) -> Source:
    """The people, one's own animals, or the k-th planted recording."""
    from engines.connectome.recordings.sources import own_animals, people_at_rest, planted_motifs

    if spec.source == "own":
        return own_animals(spec.own_recording, spec.dt_s, spec.window)
    if spec.source == "people":
        return people_at_rest()
    return planted_motifs(_seed(spec, k), spec.noise, spec.window)


def _scores(source: Source, found: Factors) -> tuple[float, float, float]:
    from engines.connectome.recordings.motifs import scores

    area, match = scores(source.truth, found) if source.truth else (np.nan, np.nan)
    return area, match, 1.0 - found.error**2


def _planted(found: Motifs) -> bool:
    return found.spec.source == "planted"


def _difference(what: int, found: Motifs) -> Estimate | None:
    if not _planted(found):
        return None
    real, apart = found.score[:, 0, what], found.score[:, 1, what]
    return paired(apart, real, found.spec.seed).estimate("found less shifted", "recordings")


def _least_left(found: Motifs) -> Estimate | None:
    said = "what is left of the motif that lost most"
    return Estimate.exact(said, float(found.left[0].min())) if len(found.left) else None


CLAIMS = (
    Claim(
        "Pairs that belong to a motif are told from all others by activity alone.",
        figure=lambda found: found.of(AUC, 0) if _planted(found) else None,
        control=lambda found: found.of(AUC, 1),
        holds_when=Exceeds(by=0.3),
        source=_PAPER,
        difference=lambda found: _difference(AUC, found),
    ),
    Claim(
        "Times, animals and members are found together, with a match of 0.9 or more.",
        figure=lambda found: found.of(MATCH, 0) if _planted(found) else None,
        control=lambda found: found.of(MATCH, 1),
        holds_when=AtLeast(0.9),
        source="a level of our own; " + _PAPER,
    ),
    Claim(
        "A few motifs explain more of who moves together than of the same recording, shifted.",
        figure=lambda found: found.of(EXPLAINED, 0),
        control=lambda found: found.of(EXPLAINED, 1),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: _difference(EXPLAINED, found),
    ),
    Claim(
        "Silencing its members breaks a motif, which silencing as many others does not.",
        figure=_least_left,
        control=lambda found: mean_over(
            found.left[1:].min(axis=1), of="the same, random lesions", unit="lesions"
        ),
        holds_when=FallsBelow(),
        source="Dyballa et al. 2024, who silence AWB",
        preset="One motif silenced",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Tensors whose factors are known, and the floors of the plan."""
    from engines.connectome.answers.activity import motif_answers

    return motif_answers()


EXPERIMENT = Experiment(
    spec=MotifSpec,
    frames=frames,
    card=Card(
        title="Motifs of activity",
        claim="Which groups of neurons move together for a while, when, and in which animals? "
        "Found from activity alone, beside the same recording shifted.",
        paper="Dyballa et al. 2024, Learning dynamic representations of the functional connectome "
        "in neurobiological networks",
        link="https://arxiv.org/abs/2402.14102",
        related=("connectome/recordings",),
    ),
    presets={
        "Planted motifs": MotifSpec(),
        "One motif silenced": MotifSpec(lesion="motif:1"),
        "So noisy that it breaks": MotifSpec(noise=3.0),
        "Five people at rest": MotifSpec(source="people", n_recordings=5, n_starts=2),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (4.0 if spec.source == "people" else 0.4) * spec.n_recordings + 3.0,
    order=66,
)
