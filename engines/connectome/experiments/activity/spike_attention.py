"""Attention over spikes: does a network that foretells spikes look at the cells that matter?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.connectome.experiments.activity._attention_pictures import (
    READ,
    bars_of,
    course_of,
    cut_of,
    maps_of,
    share_over,
    spikes_of,
)
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
from engines.contract.claims import Alike, AtLeast, Exceeds
from engines.contract.pictures import Axis, Picture, Table
from engines.lab.statistics import mean_over

if TYPE_CHECKING:
    from engines.connectome.attending.running import Attending

ARMS = (*READ, "hiding a cell", "GLM", "lagged correlation", "spikes shifted")
ATTENTION, CARRIED, HIDING, GLM, LAGGED, SHIFTED = range(len(ARMS))
SHORT = ("attention", "x value", "hiding", "GLM", "lagged", "shifted")
MODELS = ("attention", "GLM", "the plant")
N_LOOKS, N_RANDOM, N_SHOWN = 13, 8, 150
_WITHIN = 0.05
_POOLED = (
    "half of the difference or more is levels between cells that hear, which a share within each "
    "need not keep; the table has both."
)
_TOLD = "is told how history falls, as attention is not"
_SOURCE = (
    "after Antoniades et al. 2024, Neuroformer, arXiv 2311.00136, where attention is held against "
    "planted couplings; cells, network and bound are ours"
)


class SpikeAttentionSpec(Spec):
    """How cells are coupled, and how long a network attends to them."""

    strength: float = knob(
        3.0, label="Couplings", help="Log odds that the largest adds while its cell fires in every "
        "bin; the smallest are half of it.", group="Cells", ge=0.1, le=10.0, soft=(0.5, 5.0),
        step=0.1,
    )  # fmt: skip
    density: float = knob(
        0.2, label="Coupled", help="Share of pairs that are.", group="Cells", ge=0.05, le=0.9,
        soft=(0.05, 0.6), step=0.05,
    )  # fmt: skip
    n_bins: int = knob(
        3_000, label="Bins", help="That are learnt from; 2,000 more are the exam.",
        group="Cells", ge=200, le=20_000, log=True,
    )  # fmt: skip
    n_heads: int = knob(
        1, label="Heads", help="That look for themselves; attention is their sum.",
        group="Network", ge=1, le=4,
    )  # fmt: skip
    n_steps: int = knob(
        600, label="Steps", help="Of learning, each from 256 bins.", group="Network", ge=20,
        le=5_000, log=True,
    )  # fmt: skip
    cut: str = knob(
        "", label="Cut", help="Cells of the first recording whose spikes nobody sees any more: "
        "cell 01 or /patterns/. Nothing is learnt again; as many others, eight ways at "
        "random, stand beside them.", group="Lesion", max_length=2_000,
    )  # fmt: skip
    n_recordings: int = knob(
        8, label="Recordings", help="Planted anew, each with a network; intervals are over these.",
        group="Runs", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of couplings, spikes and networks.", group="Runs")


@dataclass(frozen=True, eq=False)
class SpikeAttentionFrame(Frame):
    """As far as it has learnt: ``steps`` int64[look], ``course`` as in the result."""

    steps: np.ndarray
    course: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """How well couplings are told so far."""
        return (course_of(self.steps, self.course),) if len(self.steps) > 1 else ()


@dataclass(frozen=True, eq=False)
class SpikeAttention(Result):
    """How well couplings are told, and the first recording.

    ``score`` float64[recording, arm] is the AUC of planted couplings over all pairs of cells, and
    ``within`` alike the mean over cells that hear, each with its own pairs (cells that hear nobody
    or everybody left out): attention is a share of what one cell hears. ``signs``
    float64[recording, (carried, GLM)] the share of couplings whose sign is right; ``gain``
    float64[recording, model] nats per spike above mean rates, in the exam. ``course`` float64[look,
    recording, (attention, carried)] are AUCs after ``steps``.

    Of the first recording: ``coupling`` as planted, ``attention``, ``carried`` and ``glm``, all
    float64[to, from]; ``spikes`` bool[bin, cell] of the exam. ``left`` float64[lesion, cell] nats
    per bin that hiding cells costs, the asked ones ``silent`` bool[cell] first; empty without.
    """

    spec: SpikeAttentionSpec
    score: np.ndarray
    within: np.ndarray
    signs: np.ndarray
    gain: np.ndarray
    steps: np.ndarray
    course: np.ndarray
    coupling: np.ndarray
    attention: np.ndarray
    carried: np.ndarray
    glm: np.ndarray
    spikes: np.ndarray
    silent: np.ndarray
    left: np.ndarray

    def of(self, arm: int) -> Estimate:
        """AUC of planted couplings with its interval over recordings."""
        return share_over(self.score[:, arm], f"AUC of planted couplings, {ARMS[arm]}")

    def pictures(self) -> tuple[Picture, ...]:
        """Scores, maps, learning, foretelling, spikes, the cut, numbers."""
        parts = {"planted": self.coupling, "looks": self.attention, "carries": self.carried,
                 "GLM": self.glm}  # fmt: skip
        n = len(self.score)
        made: list[Picture] = [
            bars_of(f"Couplings told, {n} recordings", self.score, SHORT,
                    Axis("AUC, chance 0.5"), 1.0),
            maps_of(parts),
            course_of(self.steps, self.course),
            bars_of("Spikes foretold, above what mean rates do", self.gain, MODELS,
                    Axis("nats per spike")),
            spikes_of(self.spikes),
        ]  # fmt: skip
        if len(self.left):
            made += cut_of(self.left, self.silent, self.coupling)
        return (*made, self.table())

    def table(self) -> Table:
        """Every arm."""
        signs = {CARRIED: 0, GLM: 1}
        said = tuple(
            str(share_over(self.signs[:, signs[k]], "signs"))
            if k in signs else "tells none" if k == ATTENTION else ""
            for k in range(len(ARMS))
        )  # fmt: skip
        title = ("Planted spikes (synthetic): mean with 95 % t interval over recordings, cut at 0 "
                 "and 1")  # fmt: skip
        rows = tuple(str(self.of(k)) for k in range(len(ARMS)))
        own = tuple(str(share_over(each, "AUC within")) for each in self.within.T)
        return Table(title, {"": ARMS, "AUC, all pairs": rows, "AUC, cell by cell": own,
                             "signs right": said})  # fmt: skip


def frames(spec: SpikeAttentionSpec) -> Iterator[SpikeAttentionFrame | SpikeAttention]:
    """Frames while cells are planted, networks learn and are read; the result last."""
    from engines.connectome.attending.cells import N_EXAM, NAMES, planting
    from engines.connectome.attending.running import Attending
    from engines.lab.data.task import seed_of

    silent, recordings = _cut(spec.cut, NAMES), []
    frame = SpikeAttentionFrame(np.zeros(0, np.int64), np.zeros((0, spec.n_recordings, 2)))
    seeds = [seed_of(spec.seed, k) for k in range(spec.n_recordings)]
    for part in planting(seeds, spec.n_bins + N_EXAM, spec.strength, spec.density):
        if isinstance(part, list):
            recordings = part
        else:
            yield replace(frame, fraction=0.1 * part)
    made = Attending(spec.seed, recordings, spec.n_heads)
    for step, seen in made.learn(spec.n_steps, N_LOOKS):
        steps, course = frame.steps, frame.course
        if seen is not None:
            steps, course = np.append(steps, step), np.concatenate([course, seen[None]])
        frame = SpikeAttentionFrame(steps, course, fraction=0.1 + 0.75 * step / spec.n_steps)
        yield frame
    yield from _read(spec, made, frame, silent)


def _cut(text: str, names: tuple[str, ...]) -> np.ndarray:
    """bool[cell]: whom the text names.

    Raises:
        InputError: nobody is left, or a part fits nobody.
    """
    from engines.connectome.recordings.sources import Source

    silent = Source(np.zeros((0, 0, len(names))), names).silenced(text)
    if silent.all():
        raise InputError("no cell is left to look at; leave at least one out of the cut")
    return silent


def _read(
    spec: SpikeAttentionSpec, made: Attending, frame: SpikeAttentionFrame, silent: np.ndarray
) -> Iterator[SpikeAttentionFrame | SpikeAttention]:
    """Recording by recording what rivals say and what hiding costs; the result last."""
    from engines.connectome.attending.cells import other_cuts

    weights, lagged, hidden, gain = [], [], [], []
    for k, (weight, correlated) in enumerate(made.rivals()):
        weights.append(weight[:, 1:])
        lagged.append(correlated)
        yield replace(frame, fraction=0.85 + 0.15 * (k + 0.5) / len(made))
        hidden.append(made.hidden(k))
        gain.append(made.gain(k, weight))
        yield replace(frame, fraction=0.85 + 0.15 * (k + 1) / len(made))
    (attention, carried), glm = made.read(), np.array(weights)
    arms = (attention, carried, np.array(hidden), glm, np.array(lagged), made.read(moved=True)[0])
    cuts = [silent, *other_cuts(silent, N_RANDOM, spec.seed)] if silent.any() else []
    whole, first = made.lost(0, np.zeros_like(silent)), made.recordings[0]
    yield SpikeAttention(
        spec=spec, score=np.stack([made.found(one) for one in arms], axis=1),
        within=np.stack([made.found_within(one) for one in arms], axis=1),
        signs=np.stack([made.signed(one) for one in (carried, glm)], axis=1),
        gain=np.array(gain), steps=frame.steps, course=frame.course, coupling=first.coupling,
        attention=attention[0], carried=carried[0], glm=glm[0],
        spikes=made.tested(first)[:N_SHOWN], silent=silent,
        left=np.array([made.lost(0, one) - whole for one in cuts]),
    )  # fmt: skip


def _less(arm: int, control: int) -> Callable[[SpikeAttention], Estimate]:
    def less(found: SpikeAttention) -> Estimate:
        # A t interval: AUCs at 1 have no spread left for a studentised bootstrap to divide by.
        both = found.score[:, arm] - found.score[:, control]
        return mean_over(both, of=f"{ARMS[arm]} less {ARMS[control]}", unit="recordings")

    return less


def _claim(sentence: str, arm: int, control: int, rule: Any) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(arm),
        control=lambda found: found.of(control),
        difference=_less(arm, control),
        holds_when=rule,
        source=_SOURCE,
    )


CLAIMS = (
    _claim("A network that learns to foretell spikes looks at the cells that matter: its attention "
           "tells who is coupled to whom with an AUC of at least 0.8.", ATTENTION, SHIFTED,
           AtLeast(0.8)),
    _claim("Over all pairs attention tells couplings as well as a GLM does, within 0.05. The GLM "
           f"{_TOLD}; {_POOLED}", ATTENTION, GLM, Alike(_WITHIN)),
    _claim("Over all pairs attention tells couplings better than lagged correlation, which "
           f"{_TOLD}.", ATTENTION, LAGGED, Exceeds()),
    _claim("Attention times value, what a look carries, tells more than where it looks.", CARRIED,
           ATTENTION, Exceeds()),
    _claim(f"Attention times value tells couplings as well as a GLM does, within 0.05; the GLM "
           f"{_TOLD}.", CARRIED, GLM, Alike(_WITHIN)),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Attention written out token by token, its limit, and a regression another solver solves."""
    from engines.connectome.answers.networks.attending import attending_answers

    return attending_answers()


EXPERIMENT = Experiment(
    spec=SpikeAttentionSpec,
    frames=frames,
    card=Card(
        title="Attention over spikes",
        claim="Twelve cells whose couplings are known fire, and a small transformer learns to "
        "foretell them. Does it look at the cells that matter? Beside a GLM and lagged "
        "correlation, which are told how history falls, and spikes shifted against each other.",
        paper="Antoniades et al. 2024, Neuroformer: multimodal and multitask generative "
        "pretraining for brain data",
        link="https://arxiv.org/abs/2311.00136",
        related=("connectome/hidden_states", "connectome/next_step"),
    ),
    presets={
        "A fifth of all pairs coupled": SpikeAttentionSpec(),
        "Half of all pairs coupled": SpikeAttentionSpec(density=0.5),
        "Two heads": SpikeAttentionSpec(n_heads=2),
        "A cell cut": SpikeAttentionSpec(cut="cell 01"),
        "Break it: weak couplings, few bins": SpikeAttentionSpec(strength=1.0, n_bins=500),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        0.8
        + 5e-5 * spec.n_bins
        + 1e-4 * spec.n_bins * spec.n_recordings
        + 0.001 * spec.n_steps * spec.n_recordings * (0.4 + 0.6 * spec.n_heads)
    ),
    order=70,
)
