"""Hidden states of spikes: when couplings switch, and which couplings each state has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engines.connectome.experiments.activity._state_pictures import (
    accuracy_picture,
    coupling_picture,
    lesion_picture,
    likelihood_picture,
    raster_picture,
    ribbon_picture,
    sign_picture,
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
from engines.contract.claims import Alike, Exceeds
from engines.contract.pictures import Picture, Table
from engines.contract.sending import Gift, Matrix
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.recordings.states import Fitted

MODELS = ("one state", "naive", "Gaussian", "one-hot", "true parameters", "recording shifted")
ONE, NAIVE, GAUSSIAN, ONE_HOT, TRUE, SHIFTED = range(len(MODELS))
SIGNED = ("naive", "Gaussian", "one-hot", "recording shifted")
LIKELIHOOD, ACCURACY = 0, 1
N_RANDOM = 8
"""Random lesions of equal size beside the one that was asked for."""
_AT = 0.4
"""Size at which the plan reads signs of couplings."""
_PAPER = "after Li et al. 2024, ICLR; sizes, Fisher scoring and evidence instead of Gumbel are ours"
_NAMES = tuple(f"neuron {k + 1:02d}" for k in range(12))


class HiddenSpec(Spec):
    """What is planted, how many states are looked for, and which prior is shown."""

    n_states: int = knob(
        3, label="States", help="How many are looked for; three are planted.", group="Model",
        ge=2, le=8, marks={3: "planted"},
    )  # fmt: skip
    prior: Literal["naive", "Gaussian", "one-hot"] = knob(
        "one-hot", label="Prior", help="Whose states and couplings are shown; all three are "
        "fitted: free, drawn to their mean over states, or inhibits, none, excites.",
        group="Model",
    )  # fmt: skip
    strength: float = knob(
        1.0, label="Strength", help="Of the priors: over variance 1/9 for Gaussian; how many "
        "states' worth all pairs together count for one-hot.", group="Model",
        ge=0.01, le=100.0, soft=(0.1, 10.0), log=True,
    )  # fmt: skip
    window: int = knob(
        5, label="Window", help="How many steps back spikes are felt by the model; five are "
        "planted.", unit="steps", group="Model", ge=1, le=30, soft=(1, 12), marks={5: "planted"},
    )  # fmt: skip
    stay: float = knob(
        0.98, label="Stays", help="Probability that a planted state stays for one more step.",
        group="Recording", ge=0.5, le=0.999, soft=(0.8, 0.995),
    )  # fmt: skip
    lesion: str = knob(
        "", label="Not looked at", help="Neurons whose spikes say nothing: names or /patterns/. "
        "Nothing is learnt again; as many others at random stand beside them.", group="Lesion",
        max_length=2_000,
    )  # fmt: skip
    n_recordings: int = knob(
        5, label="Recordings", help="Planted anew; intervals are over these.", group="Runs",
        ge=3, le=50, soft=(3, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of recordings and starts.", group="Runs")


@dataclass(frozen=True, eq=False)
class HiddenFrame(Frame):
    """Scores so far: float64[recording, model, (likelihood, accuracy)]."""

    score: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Means over the recordings so far, from two on."""
        if len(self.score) < 2:
            return ()
        return (
            likelihood_picture(self.score[:, :, LIKELIHOOD], MODELS, ONE),
            accuracy_picture(self.score[:, :, ACCURACY], MODELS),
        )


@dataclass(frozen=True, eq=False)
class HiddenStates(Result):
    """Scores of all recordings; states and couplings of the first.

    ``score`` float64[recording, model, (log likelihood per step, share in the right state)], models
    as in `MODELS`; ``signs`` float64[recording, `SIGNED`, threshold]: balanced accuracy of
    inhibits, none, excites. Of one sequence that was not learnt from: ``counts`` int64[step,
    neuron], ``state`` int64[step], ``found`` and ``shifted`` float64[step, state]. ``planted`` and
    ``coupling`` float64[state, to, from]. ``left`` float64[lesion]: share in the right state, the
    asked lesion first; may be empty.
    """

    spec: HiddenSpec
    score: np.ndarray
    signs: np.ndarray
    thresholds: np.ndarray
    counts: np.ndarray
    state: np.ndarray
    found: np.ndarray
    shifted: np.ndarray
    planted: np.ndarray
    coupling: np.ndarray
    transition: np.ndarray
    """float64[state, state] of the shown model."""
    left: np.ndarray
    n_silent: int

    def of(self, model: int, what: int) -> Estimate:
        """A score with its interval over recordings."""
        name = ("log likelihood per step", "share of steps in the right state")[what]
        values = self.score[:, model, what]
        return mean_over(values, of=f"{name}, {MODELS[model]}", unit="recordings")

    def sign(self, model: int) -> Estimate:
        """Balanced accuracy of signs: at a size of 0.4, and of one-hot as it says itself."""
        name = SIGNED[model]
        at = 0 if name == "one-hot" else int(np.abs(self.thresholds - _AT).argmin())
        said = f"balanced accuracy of signs, {name}" + ("" if not at else f" above {_AT:g}")
        return mean_over(self.signs[:, model, at], of=said, unit="recordings")

    def gives(self) -> tuple[Gift, ...]:
        """What each state couples, as a wiring."""
        return tuple(
            Gift(f"Couplings of state {s + 1} as a wiring", Matrix, lambda s=s: self.as_matrix(s))
            for s in range(len(self.coupling))
        )

    def as_matrix(self, state: int) -> Matrix:
        """Couplings of one state, from row to column."""
        name = f"Couplings of hidden state {state + 1}, {self.spec.prior}"
        return Matrix(name, self.coupling[state].T.copy(), _NAMES)

    def pictures(self) -> tuple[Picture, ...]:
        """States, spikes, couplings, likelihood, accuracy, signs, lesion, numbers."""
        score = self.score
        made: list[Picture] = [
            ribbon_picture(self.state, self.found, self.shifted),
            raster_picture(self.counts),
            coupling_picture(self.planted, self.coupling, self.spec.prior),
            likelihood_picture(score[:, :, LIKELIHOOD], MODELS, ONE),
            accuracy_picture(score[:, :, ACCURACY], MODELS),
            sign_picture(self.signs, self.thresholds, SIGNED),
        ]
        if len(self.left):
            shown = MODELS.index(self.spec.prior)
            whole, ceiling = score[0, shown, ACCURACY], score[0, TRUE, ACCURACY]
            made.append(lesion_picture(self.left, float(whole), float(ceiling), self.n_silent))
        return (*made, self._table())

    def _table(self) -> Table:
        return Table(
            "Planted spikes (synthetic), sequences that were not learnt from: mean with 95 % t "
            "interval",
            {
                "": MODELS,
                "log likelihood per step": tuple(
                    str(self.of(k, LIKELIHOOD)) for k in range(len(MODELS))
                ),
                "steps in the right state": tuple(
                    str(self.of(k, ACCURACY)) for k in range(len(MODELS))
                ),
                "signs": tuple(
                    str(self.sign(SIGNED.index(name))) if name in SIGNED else "" for name in MODELS
                ),
            },
        )


def frames(spec: HiddenSpec) -> Iterator[HiddenFrame | HiddenStates]:
    """A frame every few rounds of learning; states and lesions of the first recording last."""
    from engines.connectome.recordings.states import planted_and_fitted

    silent = _silent(spec)
    score: list[np.ndarray] = []
    signs: list[np.ndarray] = []
    first: list[Fitted] = []
    for k in range(spec.n_recordings):
        steps = planted_and_fitted(
            (spec.seed + 1_000_003 * k) % 2**64, n_states=spec.n_states, strength=spec.strength,
            window=spec.window, stay=spec.stay,
        )  # fmt: skip
        for number, made in enumerate(steps):
            if made is not None:
                score.append(made.score)
                signs.append(made.signs)
                first = first or [made]
            done = (k + min(number / 32, 1.0)) / spec.n_recordings
            yield HiddenFrame(np.reshape(score, (-1, len(MODELS), 2)), fraction=done)
    yield _result(spec, np.array(score), np.array(signs), first[0], silent)


def _silent(spec: HiddenSpec) -> np.ndarray:
    """bool[neuron] whom the lesion text names.

    Raises:
        InputError: nobody is left, or a part fits nobody.
    """
    from engines.connectome.recordings.sources import Source

    gone = Source(np.zeros((0, 0, len(_NAMES))), _NAMES).silenced(spec.lesion)
    if gone.all():
        raise InputError("no neuron is left to look at; leave at least one out of the lesion")
    return gone


def _result(
    spec: HiddenSpec, score: np.ndarray, signs: np.ndarray, made: Fitted, silent: np.ndarray
) -> HiddenStates:
    from engines.connectome.recordings.states import N_TRAIN, THRESHOLDS

    model = made.models[spec.prior]
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 3]))
    lesions = [rng.permutation(silent) if k else silent for k in range(1 + N_RANDOM)]
    left = [made.accuracy_without(spec.prior, gone) for gone in lesions if gone.any()]
    return HiddenStates(
        spec=spec,
        score=score,
        signs=signs,
        thresholds=THRESHOLDS,
        counts=made.made.counts[N_TRAIN],
        state=made.made.state[N_TRAIN],
        found=model.reads(made.test).state[0],
        shifted=made.models[MODELS[SHIFTED]].reads(made.shifted_test).state[0],
        planted=made.made.weight[:, :, 1:],
        coupling=model.coupling,
        transition=model.transition,
        left=np.array(left),
        n_silent=int(silent.sum()),
    )


def _less(one: int, other: int, what: int, found: HiddenStates) -> Estimate:
    a, b = found.score[:, other, what], found.score[:, one, what]
    said = f"{MODELS[one]} less {MODELS[other]}"
    return paired(a, b, found.spec.seed).estimate(said, "recordings")


def _signs_less(found: HiddenStates) -> Estimate:
    at = int(np.abs(found.thresholds - _AT).argmin())
    one, other = found.signs[:, SIGNED.index("one-hot"), 0], found.signs[:, 1, at]
    return paired(other, one, found.spec.seed).estimate("one-hot less Gaussian", "recordings")


CLAIMS = (
    Claim(
        "Kinds of couplings that states share foretell spikes better than free couplings.",
        figure=lambda found: found.of(ONE_HOT, LIKELIHOOD),
        control=lambda found: found.of(NAIVE, LIKELIHOOD),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: _less(ONE_HOT, NAIVE, LIKELIHOOD, found),
    ),
    Claim(
        "Couplings drawn to their mean over states foretell spikes better than free ones.",
        figure=lambda found: found.of(GAUSSIAN, LIKELIHOOD),
        control=lambda found: found.of(NAIVE, LIKELIHOOD),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: _less(GAUSSIAN, NAIVE, LIKELIHOOD, found),
    ),
    Claim(
        "Hidden states are found where rates alone do not tell them.",
        figure=lambda found: found.of(ONE_HOT, ACCURACY),
        control=lambda found: found.of(SHIFTED, ACCURACY),
        holds_when=Exceeds(by=0.3),
        source=_PAPER,
        difference=lambda found: _less(ONE_HOT, SHIFTED, ACCURACY, found),
    ),
    Claim(
        "Learnt states are as good as those that the true parameters see.",
        figure=lambda found: found.of(ONE_HOT, ACCURACY),
        control=lambda found: found.of(TRUE, ACCURACY),
        holds_when=Alike(within=0.01),
        source="a bound of the plan; " + _PAPER,
        difference=lambda found: _less(ONE_HOT, TRUE, ACCURACY, found),
    ),
    Claim(
        "Shared kinds tell inhibits, none and excites better than a Gaussian prior does.",
        figure=lambda found: found.sign(SIGNED.index("one-hot")),
        control=lambda found: found.sign(SIGNED.index("Gaussian")),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=_signs_less,
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Chains whose paths can be counted, and regressions that another solver solves."""
    from engines.connectome.answers.chains import chain_answers

    return chain_answers()


EXPERIMENT = Experiment(
    spec=HiddenSpec,
    frames=frames,
    card=Card(
        title="Hidden states",
        claim="Who drives whom changes from state to state, and nobody says when: states and "
        "couplings are learnt from spikes, beside the same spikes shifted.",
        paper="Li et al. 2024, One-hot generalized linear model for switching brain state "
        "discovery",
        link="https://arxiv.org/abs/2310.15263",
        related=("connectome/dynamic_communities",),
    ),
    presets={
        "Three hidden states": HiddenSpec(),
        "Three neurons not looked at": HiddenSpec(lesion="neuron 01, neuron 02, neuron 03"),
        "States too short to be seen": HiddenSpec(stay=0.7),
        "One state too many": HiddenSpec(n_states=4),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 3.0 * spec.n_recordings * spec.n_states / 3.0,
    order=67,
)
