"""Hidden states of spikes: when couplings switch, and which couplings each state has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engines.connectome.experiments.activity._hidden import (
    ACCURACY,
    AT,
    GAUSSIAN,
    LIKELIHOOD,
    MODELS,
    NAIVE,
    NAMES,
    ONE,
    ONE_HOT,
    SHIFTED,
    SIGNED,
    TRUE,
    HiddenFrame,
    HiddenSpec,
    HiddenStates,
    gains,
)
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    InputError,
    KnownAnswer,
)
from engines.contract.claims import Alike, Exceeds
from engines.lab.statistics import paired

if TYPE_CHECKING:
    from engines.connectome.recordings.states import Fitted

N_RANDOM = 8
"""Random lesions of equal size beside the one that was asked for."""
_PAPER = "after Li et al. 2024, ICLR; sizes, Fisher scoring and evidence instead of Gumbel are ours"


def frames(spec: HiddenSpec) -> Iterator[HiddenFrame | HiddenStates]:
    """A frame every few rounds of learning; states and lesions of the first recording last."""
    from engines.connectome.recordings.states import planted_and_fitted

    if spec.source == "own":
        yield from _own_frames(spec)
        return
    silent = _silent(spec.lesion, NAMES)
    score: list[np.ndarray] = []
    floor: list[float] = []
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
                floor.append(made.floor)
                signs.append(made.signs)
                first = first or [made]
            done = (k + min(number / 32, 1.0)) / spec.n_recordings
            so_far = np.reshape(score, (-1, len(MODELS), 2))
            yield HiddenFrame(so_far, np.array(floor), fraction=done)
    yield _result(spec, (np.array(score), np.array(floor)), np.array(signs), first[0], silent)


def _own_frames(spec: HiddenSpec) -> Iterator[HiddenFrame | HiddenStates]:
    """One recording, learnt from every other stretch."""
    from engines.connectome.recordings.sources import own_counts
    from engines.connectome.recordings.states import own_and_fitted

    source = own_counts(spec.own_recording)
    silent = _silent(spec.lesion, source.names)
    steps = own_and_fitted(source.traces[0], spec.seed, n_states=spec.n_states,
                           strength=spec.strength, window=spec.window)  # fmt: skip
    for number, made in enumerate(steps):
        if made is None:
            nothing = np.zeros((0, len(MODELS), 2))
            yield HiddenFrame(nothing, np.zeros(0), fraction=min(0.95, number / 32))
            continue
        model, n_steps = made.models[spec.prior], made.test.shape[1]
        whole = made.states_without(spec.prior, np.zeros_like(silent))
        left = [(made.states_without(spec.prior, gone) == whole).mean()
                for gone in _lesions(spec, silent)]  # fmt: skip
        n = len(source.names)
        yield HiddenStates(
            spec=spec,
            score=np.stack([made.score, np.full_like(made.score, np.nan)], axis=2),
            floor=made.floor,
            signs=np.zeros((0, len(SIGNED), 0)),
            thresholds=np.zeros(0),
            counts=made.test.counts[:n_steps].astype(np.int64),
            state=np.zeros(0, np.int64),
            found=model.reads(made.test).state[0],
            shifted=made.models[MODELS[SHIFTED]].reads(made.shifted_test).state[0],
            planted=np.zeros((0, n, n)),
            coupling=model.coupling,
            transition=model.transition,
            left=np.array(left),
            n_silent=int(silent.sum()),
            names=source.names,
            title=source.title,
            notes=source.notes,
        )


def _lesions(spec: HiddenSpec, silent: np.ndarray) -> list[np.ndarray]:
    """bool[neuron]: the lesion that was asked for and as many others at random; none of nobody."""
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 3]))
    return [rng.permutation(silent) if k else silent for k in range(1 + N_RANDOM) if silent.any()]


def _silent(lesion: str, names: tuple[str, ...]) -> np.ndarray:
    """bool[neuron] whom the lesion text names.

    Raises:
        InputError: nobody is left, or a part fits nobody.
    """
    from engines.connectome.recordings.sources import Source

    gone = Source(np.zeros((0, 0, len(names))), names).silenced(lesion)
    if gone.all():
        raise InputError("no neuron is left to look at; leave at least one out of the lesion")
    return gone


def _result(
    spec: HiddenSpec, scores: tuple[np.ndarray, np.ndarray], signs: np.ndarray, made: Fitted,
    silent: np.ndarray,
) -> HiddenStates:  # fmt: skip
    """``scores`` are score and floor."""
    from engines.connectome.recordings.states import N_TRAIN, THRESHOLDS

    model = made.models[spec.prior]
    left = [made.accuracy_without(spec.prior, gone) for gone in _lesions(spec, silent)]
    return HiddenStates(
        spec=spec,
        score=scores[0],
        floor=scores[1],
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
    return paired(a, b, found.spec.seed).estimate(said, found.units)


def _gains_less(found: HiddenStates) -> Estimate:
    made = gains(found.score, found.floor)
    both = paired(made[:, SHIFTED], made[:, ONE_HOT], found.spec.seed)
    return both.estimate("gain less that of the recording shifted", found.units)


def _gained(found: HiddenStates) -> Estimate | None:
    """The gain, where there is one to be held against that of the shifted recording."""
    gain = found.gain(ONE_HOT) if found.is_own else None
    return gain if gain and gain.low > 0.0 else None


def _signs_less(found: HiddenStates) -> Estimate:
    at = int(np.abs(found.thresholds - AT).argmin())
    one, other = found.signs[:, SIGNED.index("one-hot"), 0], found.signs[:, 1, at]
    return paired(other, one, found.spec.seed).estimate("one-hot less Gaussian", "recordings")


CLAIMS = (
    Claim(
        "States foretell spikes better than one state does.",
        figure=lambda found: found.gain(ONE_HOT) if found.is_own else None,
        control=lambda found: found.gain(ONE),
        holds_when=Exceeds(),
        source="a claim of our own, for own spikes",
        difference=lambda found: found.gain(ONE_HOT),
    ),
    Claim(
        "What states gain over one state is more than in the shifted recording.",
        figure=_gained,
        control=lambda found: found.gain(SHIFTED),
        holds_when=Exceeds(),
        source="a claim of our own, for own spikes whose states gain anything",
        difference=_gains_less,
    ),
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
        figure=lambda found: None if found.is_own else found.of(ONE_HOT, ACCURACY),
        control=lambda found: found.of(SHIFTED, ACCURACY),
        holds_when=Exceeds(by=0.3),
        source=_PAPER,
        difference=lambda found: _less(ONE_HOT, SHIFTED, ACCURACY, found),
    ),
    Claim(
        "Learnt states are as good as those that the true parameters see.",
        figure=lambda found: None if found.is_own else found.of(ONE_HOT, ACCURACY),
        control=lambda found: found.of(TRUE, ACCURACY),
        holds_when=Alike(within=0.01),
        source="a bound of the plan; " + _PAPER,
        difference=lambda found: _less(ONE_HOT, TRUE, ACCURACY, found),
    ),
    Claim(
        "Shared kinds tell inhibits, none and excites better than a Gaussian prior does.",
        figure=lambda found: None if found.is_own else found.sign(SIGNED.index("one-hot")),
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
