"""What hidden states are asked for, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
from engines.contract import Estimate, Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Picture, Table
from engines.contract.sending import Gift, Matrix
from engines.lab.statistics import mean_over

MODELS = ("one state", "naive", "Gaussian", "one-hot", "true parameters", "recording shifted")
ONE, NAIVE, GAUSSIAN, ONE_HOT, TRUE, SHIFTED = range(len(MODELS))
ABOVE = tuple(k for k in range(len(MODELS)) if k != ONE)
_NAMES_ABOVE = tuple(MODELS[k] for k in ABOVE)
SIGNED = ("naive", "Gaussian", "one-hot", "recording shifted")
LIKELIHOOD, ACCURACY = 0, 1
AT = 0.4
"""Size at which the plan reads signs of couplings."""
NAMES = tuple(f"neuron {k + 1:02d}" for k in range(12))


class HiddenSpec(Spec):
    """Which spikes, how many states are looked for, and which prior is shown."""

    source: Literal["planted", "own"] = knob(
        "planted", label="Recording", help="Synthetic: couplings that switch among three states; "
        "or spikes of your own, times or counts, of which every other tenth is held out.",
        group="Recording",
    )  # fmt: skip
    own_recording: str = knob(
        "", label="Own recording", help="The digest of a recording that was brought.",
        group="Recording", widget="hidden", pattern="^([0-9a-f]{16})?$",
    )  # fmt: skip
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
        group="Recording", ge=0.5, le=0.999, soft=(0.8, 0.995), when={"source": ("planted",)},
    )  # fmt: skip
    lesion: str = knob(
        "", label="Not looked at", help="Neurons whose spikes say nothing: names or /patterns/. "
        "Nothing is learnt again; as many others at random stand beside them.", group="Lesion",
        max_length=2_000,
    )  # fmt: skip
    n_recordings: int = knob(
        5, label="Recordings", help="Planted anew; intervals are over these.", group="Runs",
        ge=3, le=50, soft=(3, 20), when={"source": ("planted",)},
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of recordings and starts.", group="Runs")


@dataclass(frozen=True, eq=False)
class HiddenFrame(Frame):
    """Scores so far: float64[recording, model, (likelihood, accuracy)] and `HiddenStates.floor`."""

    score: np.ndarray
    floor: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Means over the recordings so far, from two on."""
        if len(self.score) < 2:
            return ()
        return (
            likelihood_picture(gains(self.score, self.floor)[:, ABOVE], _NAMES_ABOVE),
            accuracy_picture(self.score[:, :, ACCURACY], MODELS),
        )


def gains(score: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """float64[recording, model]: log likelihood above one state that learnt from the same spikes.

    ``score`` and ``floor`` as in `HiddenStates`.
    """
    made = score[:, :, LIKELIHOOD] - score[:, [ONE], LIKELIHOOD]
    made[:, SHIFTED] = score[:, SHIFTED, LIKELIHOOD] - floor
    return made


@dataclass(frozen=True, eq=False)
class HiddenStates(Result):
    """Scores of all recordings; states and couplings of the first.

    ``score`` float64[recording, model, (log likelihood per step, share in the right state)], models
    as in `MODELS`; ``floor`` float64[recording] is that likelihood of the shifted recording with
    one state of its own; ``signs`` float64[recording, `SIGNED`, threshold]: balanced accuracy of
    inhibits, none, excites. Of one sequence that was not learnt from: ``counts`` int64[step,
    neuron], ``state`` int64[step], ``found`` and ``shifted`` float64[step, state]. ``planted`` and
    ``coupling`` float64[state, to, from]. ``left`` float64[lesion]: share in the right state, the
    asked lesion first; may be empty.

    Of own spikes scores are of held-out stretches, nobody knows states and couplings (``state``,
    ``planted`` and ``signs`` are empty, shares and true parameters nan), and ``left`` is the share
    of bins that stay in the state they have with all neurons.
    """

    spec: HiddenSpec
    score: np.ndarray
    floor: np.ndarray
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
    names: tuple[str, ...] = NAMES
    title: str = "Planted spikes (synthetic)"
    notes: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether nobody knows what is true."""
        return self.spec.source == "own"

    @property
    def units(self) -> str:
        """What scores are of."""
        return "stretches" if self.is_own else "recordings"

    @property
    def moment(self) -> str:
        """What time is counted in."""
        return "bin" if self.is_own else "step"

    def of(self, model: int, what: int) -> Estimate:
        """A score with its interval over recordings."""
        name = (f"log likelihood per {self.moment}", "share of steps in the right state")[what]
        values = self.score[:, model, what]
        return mean_over(values, of=f"{name}, {MODELS[model]}", unit=self.units)

    def gain(self, model: int) -> Estimate:
        """By how much a model foretells spikes better than one state does."""
        values = gains(self.score, self.floor)[:, model]
        said = f"log likelihood per {self.moment} above one state, {MODELS[model]}"
        return mean_over(values, of=said, unit=self.units)

    def sign(self, model: int) -> Estimate:
        """Balanced accuracy of signs: at a size of 0.4, and with kinds as these say themselves."""
        name = SIGNED[model]
        says_itself = name in ("one-hot", "recording shifted")
        at = 0 if says_itself else int(np.abs(self.thresholds - AT).argmin())
        said = f"balanced accuracy of signs, {name}" + ("" if not at else f" above {AT:g}")
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
        return Matrix(name, self.coupling[state].T.copy(), self.names)

    def pictures(self) -> tuple[Picture, ...]:
        """States, spikes, couplings, likelihood, accuracy, signs, lesion, numbers."""
        if self.is_own:
            return self._own_pictures()
        score = self.score
        made: list[Picture] = [
            ribbon_picture(self.state, self.found, self.shifted),
            raster_picture(self.counts),
            coupling_picture(self.planted, self.coupling, self.spec.prior),
            likelihood_picture(gains(score, self.floor)[:, ABOVE], _NAMES_ABOVE),
            accuracy_picture(score[:, :, ACCURACY], MODELS),
            sign_picture(self.signs, self.thresholds, SIGNED),
        ]
        if len(self.left):
            shown = MODELS.index(self.spec.prior)
            whole, ceiling = score[0, shown, ACCURACY], score[0, TRUE, ACCURACY]
            made.append(lesion_picture(self.left, float(whole), float(ceiling), self.n_silent))
        return (*made, self._table())

    def _own_pictures(self) -> tuple[Picture, ...]:
        """States, spikes, couplings, likelihood, lesion, numbers; nothing that needs the truth."""
        known = [k for k in ABOVE if k != TRUE]
        names = tuple(MODELS[k] for k in known)
        above = gains(self.score, self.floor)[:, known]
        made: list[Picture] = [
            ribbon_picture(self.state, self.found, self.shifted, "bin"),
            raster_picture(self.counts, "bin"),
            coupling_picture(self.planted, self.coupling, self.spec.prior),
            likelihood_picture(above, names, self.units, "bin"),
        ]
        if len(self.left):
            made.append(lesion_picture(self.left, 1.0, None, self.n_silent))
        rows = tuple(str(self.gain(k)) for k in known)
        title = f"{self.title}: stretches not learnt from, mean with 95 % t interval"
        made.append(Table(title, {"": names, "gain over one state, nats per bin": rows}))
        return (*made, Table("What was read", {"": self.notes or ("nothing to tell",)}))

    def _table(self) -> Table:
        return Table(
            "Planted spikes (synthetic), sequences that were not learnt from: mean with 95 % t "
            "interval",
            {
                "": MODELS,
                "log likelihood per step": tuple(
                    str(self.of(k, LIKELIHOOD)) for k in range(len(MODELS))
                ),
                "above one state": tuple(
                    str(self.gain(k)) if k in ABOVE else "" for k in range(len(MODELS))
                ),
                "steps in the right state": tuple(
                    str(self.of(k, ACCURACY)) for k in range(len(MODELS))
                ),
                "signs": tuple(
                    str(self.sign(SIGNED.index(name))) if name in SIGNED else "" for name in MODELS
                ),
            },
        )
