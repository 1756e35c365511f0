"""The next frame of a recording: does a wiring foretell it better than its degrees do?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engines.connectome.experiments.activity._next_pictures import curves, shown
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.foretelling.cases import Case

MODELS = ("persistence", "own past", "all pairs", "wiring", "same degrees", "best of them")
PERSISTENCE, OWN, ALL, WIRING, NULLS, BEST = range(len(MODELS))
LENGTHS = (100, 200, 400, 1_000)
"""Frames that are learnt from, where a recording has as many."""
N_RANDOM = 8
"""Random lesions of equal size beside the one that was asked for."""
_N_TEST = 400
_SHOWN = 60
_PAPER = "after Simeon et al. 2024, arXiv 2411.12091; models, nulls and planted data are ours"


class NextStepSpec(Spec):
    """Which recording, which wiring, and who may be looked at."""

    source: Literal["planted", "people", "own"] = knob(
        "planted", label="Recording", help="Synthetic rates on the worm's wiring; five people at "
        "rest with the stronger half of their tracts; or a recording of your own whose neurons a "
        "wiring knows by name.", group="Recording",
    )  # fmt: skip
    own_recording: str = knob(
        "", label="Own recording", help="The digest of a recording that was brought.",
        group="Recording", widget="hidden", pattern="^([0-9a-f]{16})?$",
    )  # fmt: skip
    animal: int = knob(
        1, label="Animal", help="Which one, where a file has several.", group="Recording", ge=1,
        le=10_000, soft=(1, 20), when={"source": ("own",)},
    )  # fmt: skip
    dt_s: float = knob(
        0.0, label="Resample to", help="Time between two frames; 0 keeps the recording's own.",
        unit="s", group="Recording", ge=0, le=100, soft=(0, 5), when={"source": ("own",)},
    )  # fmt: skip
    wiring: Literal["varshney2011", "cook2019"] = knob(
        "varshney2011", label="Wiring", help="Of the worm.", group="Recording",
        when={"source": ("planted", "own")},
    )  # fmt: skip
    memory: float = knob(
        0.3, label="Memory", help="How much of itself a planted neuron keeps to the next frame.",
        group="Planted", ge=0, le=0.95, soft=(0, 0.9), step=0.05, when={"source": ("planted",)},
    )  # fmt: skip
    coupling: float = knob(
        1.5, label="Coupling", help="Size of all inputs of a planted neuron together.",
        group="Planted", ge=0, le=10, soft=(0, 3), step=0.1, when={"source": ("planted",)},
    )  # fmt: skip
    lesion: str = knob(
        "", label="Not looked at", help="Neurons that no other may be foretold from: names, "
        "/patterns/, class:AVA, role:motor. As many others at random stand beside them.",
        group="Lesion", max_length=2_000,
    )  # fmt: skip
    n_nulls: int = knob(
        8, label="Nulls", help="Wirings in which every neuron keeps its degrees.", group="Runs",
        ge=3, le=200, soft=(3, 40),
    )  # fmt: skip
    n_recordings: int = knob(
        5, label="Recordings", help="Planted anew; intervals are over these. People are five.",
        group="Runs", ge=3, le=50, soft=(3, 20), when={"source": ("planted",)},
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of recordings, nulls and lesions.", group="Runs")

    @property
    def n_cases(self) -> int:
        """How many recordings are looked at."""
        return {"planted": self.n_recordings, "people": 5}.get(self.source, 1)


@dataclass(frozen=True, eq=False)
class NextStepFrame(Frame):
    """R2 so far: float64[recording, length, model], nan where none came yet."""

    lengths: np.ndarray
    r2: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves so far."""
        return (curves(self.lengths, self.r2, MODELS),) if np.isfinite(self.r2).any() else ()


@dataclass(frozen=True, eq=False)
class NextStep(Result):
    """R2 of the next frame, of frames that were not learnt from.

    ``r2`` float64[recording, length, model], models as in `MODELS`; ``lengths`` int64[length]. Of
    the neuron of the first recording that the wiring foretells best: ``trace`` float64[(observed,
    wiring, own past), frame]. ``weight`` float64[to, from] of the wiring's ridge.
    ``left`` float64[lesion]: R2 without what is not looked at, the asked lesion first; may be
    empty.
    """

    spec: NextStepSpec
    title: str
    names: tuple[str, ...]
    lengths: np.ndarray
    r2: np.ndarray
    who: int
    trace: np.ndarray
    weight: np.ndarray
    left: np.ndarray
    n_silent: int
    notes: tuple[str, ...]

    def of(self, model: int, length: int = -1) -> Estimate:
        """R2 with its interval over recordings; the last length has most frames."""
        values = self.r2[:, length, model]
        name = f"R2 of the next frame, {MODELS[model]}, {self.lengths[length]:,} frames"
        if len(values) < 3:
            return Estimate.exact(name, float(values[0]), "one recording")
        return mean_over(values, of=name, unit="recordings")

    def less(self, one: int, other: int, length: int = -1) -> Estimate | None:
        """R2 of one model less another's, paired over recordings."""
        if len(self.r2) < 3:
            return None
        a, b = self.r2[:, length, other], self.r2[:, length, one]
        said = f"{MODELS[one]} less {MODELS[other]}"
        return paired(a, b, self.spec.seed).estimate(said, "recordings")

    @property
    def verdict(self) -> str:
        """What the wiring adds to its degrees, in a sentence with its figures."""
        added = self.less(WIRING, NULLS)
        if added is None:
            found = float(self.r2[0, -1, WIRING] - self.r2[0, -1, NULLS])
            return (
                f"Here the wiring's R2 is {found:+.3f} beside the mean of wirings of its degrees."
            )
        who = "a person's" if self.spec.source == "people" else "the"
        word = "helps" if added.low > 0 else "does not help"
        return (
            f"The wiring {word} {who} next frame beyond its degrees: R2 {added.value:+.3f} "
            f"[{added.low:+.3f}, {added.high:+.3f}], n = {len(self.r2)} recordings."
        )

    def pictures(self) -> tuple[Picture, ...]:
        """Curves, models, one neuron, lesion, weights, numbers."""
        made: list[Picture] = [curves(self.lengths, self.r2, MODELS), self._bars(), self._neuron()]
        if len(self.left):
            made.append(self._lesions())
        axis = Axis("from neuron"), Axis("to neuron")
        others = self.weight - np.diag(np.diag(self.weight))
        made.append(Heatmap("Ridge weights of the wiring", others, *axis,
                            Axis("weight"), diverging=True, square=True))  # fmt: skip
        said = Table("In words", {"": (self.verdict, *self.notes)})
        return (*made, self._table(), said)

    def _bars(self) -> Bars:
        kept = (OWN, ALL, WIRING, NULLS, BEST)
        found = [self.of(k) for k in kept]
        ticks = tuple((float(k), MODELS[m]) for k, m in enumerate(kept))
        ends = np.array([e.low for e in found]), np.array([e.high for e in found])
        kind = tuple("control" if m in (NULLS, BEST) else "model" for m in kept)
        return Bars(
            f"After {self.lengths[-1]:,} frames, {len(self.r2)} recordings",
            np.array([e.value for e in found]), Axis("", ticks=ticks), Axis("R2"), kind,
            whiskers=ends,
        )  # fmt: skip

    def _neuron(self) -> Curves:
        names = ("observed", "by the wiring", "by its own past")
        lines = {str(name): line for name, line in zip(names, self.trace, strict=True)}
        return Curves(f"{self.names[self.who]}, which the wiring foretells best",
                      np.arange(self.trace.shape[1]), lines, Axis("frame of the test"),
                      Axis("z"))  # fmt: skip

    def _lesions(self) -> Bars:
        random = self.left[1:]
        heights = np.array([self.r2[0, -1, WIRING], self.left[0], random.mean()])
        low = np.array([np.nan, np.nan, random.min()])
        high = np.array([np.nan, np.nan, random.max()])
        names = ("all looked at", f"{self.n_silent} not looked at", f"{self.n_silent} at random")
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        return Bars("The wiring without some neurons, first recording", heights,
                    Axis("", ticks=ticks), Axis("R2"), whiskers=(low, high))  # fmt: skip

    def _table(self) -> Table:
        columns = {
            f"{n:,} frames": tuple(shown(self.of(k, j)) for k in range(len(MODELS)))
            for j, n in enumerate(self.lengths.tolist())
        }
        return Table(
            f"{self.title}: R2 of the next frame, mean with 95 % t interval",
            {"": MODELS, **columns},
        )


def frames(spec: NextStepSpec) -> Iterator[NextStepFrame | NextStep]:
    """A frame for every model that was fitted, the lesion and the result last."""
    from engines.connectome.foretelling import ridge as room

    r2, first, lengths = np.zeros((0, 0, 0)), None, np.zeros(0, int)
    for k in range(spec.n_cases):
        case = _case(spec, k)
        pairs = room.pairs_of_frames(case.traces)
        n_test = min(_N_TEST, int(0.3 * len(pairs.now)))
        if first is None:
            lengths = _lengths(len(pairs.now) - n_test)
            r2 = np.full((spec.n_cases, len(lengths), len(MODELS)), np.nan)
            silent = _silent(spec, case)
            first = (case, pairs, n_test, silent)
        test, before = pairs.last(n_test), pairs.first(len(pairs.now) - n_test)
        for j, n in enumerate(lengths.tolist()):
            nulls = []
            for at, mask in enumerate((*_models(case), *case.nulls)):
                found = room.by_mask(before.last(n), test, mask).r2
                if at < 3:
                    r2[k, j, OWN + at] = found
                else:
                    nulls.append(found)
                done = (k + (j + (at + 1) / (3 + len(case.nulls))) / len(lengths)) / spec.n_cases
                yield NextStepFrame(lengths, r2.copy(), fraction=0.95 * done)
            r2[k, j, [PERSISTENCE, NULLS, BEST]] = (
                room.persistence(test),
                np.mean(nulls),
                max(nulls),
            )
    assert first is not None
    yield from _with_lesions(spec, lengths, r2, *first)


def _models(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masks of own past, all pairs and the wiring."""
    n = len(case.names)
    return np.eye(n, dtype=bool), np.ones((n, n), bool), case.mask


def _case(spec: NextStepSpec, k: int) -> Case:
    from engines.connectome.foretelling import cases

    seed = (spec.seed + 1_000_003 * k) % 2**64
    if spec.source == "people":
        return cases.persons_case(k + 1, spec.n_nulls, seed)
    if spec.source == "own":
        return cases.own_case(
            spec.own_recording, spec.animal, spec.dt_s, spec.wiring, spec.n_nulls, seed
        )
    return cases.planted_case(
        spec.wiring, seed, n_frames=LENGTHS[-1] + _N_TEST + 1, memory=spec.memory,
        coupling=spec.coupling, n_nulls=spec.n_nulls,
    )  # fmt: skip


def _lengths(n_frames: int) -> np.ndarray:
    """Lengths that a recording has, and all of it."""
    if n_frames < 30:
        raise InputError(f"{n_frames} frames are left to learn from; at least 30 are needed")
    return np.unique([*(n for n in LENGTHS if n < n_frames), min(n_frames, LENGTHS[-1])])


def _silent(spec: NextStepSpec, case: Case) -> np.ndarray:
    """bool[neuron] whom the lesion text names.

    Raises:
        InputError: a part fits nobody, or nobody is left.
    """
    from engines.connectome.wiring.selection import neurons

    named = {case.wiring.neurons[k] for k in neurons(case.wiring, spec.lesion)}
    gone = np.array([name in named for name in case.names])
    if spec.source == "people":
        gone = np.zeros(len(case.names), bool)
        gone[neurons(case.wiring, spec.lesion)] = True
    if gone.all():
        raise InputError("no neuron is left to look at; leave at least one out of the lesion")
    return gone


def _with_lesions(
    spec: NextStepSpec, lengths: np.ndarray, r2: np.ndarray, case: Case, pairs: object,
    n_test: int, silent: np.ndarray,
) -> Iterator[NextStepFrame | NextStep]:  # fmt: skip
    """Lesions and one neuron of the first recording, then everything."""
    from engines.connectome.foretelling import ridge as room

    assert isinstance(pairs, room.Frames)
    test = pairs.last(n_test)
    train = pairs.first(len(pairs.now) - n_test).last(int(lengths[-1]))
    own, wiring = (room.by_mask(train, test, m) for m in _models(case)[::2])
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 3]))
    left = []
    for k in range(1 + N_RANDOM if silent.any() else 0):
        gone = rng.permutation(silent) if k else silent
        left.append(room.by_mask(train, test, case.mask & ~gone[None, :]).r2)
        yield NextStepFrame(lengths, r2.copy(), fraction=0.95 + 0.05 * k / (N_RANDOM + 1))
    says = [one.says(test) for one in (wiring, own)]
    who = int(np.argmin(((test.then - says[0]) ** 2).sum(axis=0) / test.then.var(axis=0)))
    yield NextStep(
        spec=spec,
        title=case.title,
        names=case.names,
        lengths=lengths,
        r2=r2,
        who=who,
        trace=np.stack([one[:_SHOWN, who] for one in (test.then, *says)]),
        weight=wiring.weight,
        left=np.array(left),
        n_silent=int(silent.sum()),
        notes=case.notes,
    )


def _at(found: NextStep, n: int) -> int:
    """The place of a length, -1 where it was not learnt from."""
    return int(np.flatnonzero(found.lengths == n)[0]) if n in found.lengths else -1


def _planted(found: NextStep) -> bool:
    return found.spec.source == "planted"


CLAIMS = (
    Claim(
        "Who is wired to whom foretells the next frame better than every wiring of its degrees.",
        figure=lambda found: found.of(WIRING) if _planted(found) else None,
        control=lambda found: found.of(BEST),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: found.less(WIRING, BEST),
    ),
    Claim(
        "With 200 frames all pairs of neurons foretell less than each neuron's own past.",
        figure=lambda found: found.of(OWN, _at(found, 200)) if _planted(found) else None,
        control=lambda found: found.of(ALL, _at(found, 200)),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: found.less(OWN, ALL, _at(found, 200)),
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Chains whose next step is known in closed form, and the floor of the plan."""
    from engines.connectome.answers.foretelling import foretelling_answers

    return foretelling_answers()


EXPERIMENT = Experiment(
    spec=NextStepSpec,
    frames=frames,
    card=Card(
        title="Next step",
        claim="Does it help to know who is wired to whom when a recording's next frame is "
        "foretold? A wiring beside wirings of its degrees, all neurons, and each one's own past.",
        paper="Simeon et al. 2024, Homogenized C. elegans neural activity and connectivity data",
        link="https://arxiv.org/abs/2411.12091",
        related=("connectome/recordings", "connectome/remembering"),
    ),
    presets={
        "Planted on the worm": NextStepSpec(),
        "Five people at rest": NextStepSpec(source="people"),
        "Neurons that remember": NextStepSpec(memory=0.7),
        "Command cells not looked at": NextStepSpec(lesion="/^AV[ABDE]/, PVC"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.3 * (spec.n_nulls + 3) * spec.n_cases,
    order=68,
)
