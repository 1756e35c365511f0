"""Modern Hopfield networks: a memory whose step is attention, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtMost, FallsBelow, Near
from engines.geometry.theory.memories import (
    ModernHopfieldFrame,
    ModernHopfieldRun,
    ModernHopfieldSpec,
)
from engines.lab.statistics import mean_over, paired

_PAPER = "Ramsauer et al. 2020, arXiv 2008.02217"


def frames(spec: ModernHopfieldSpec) -> Iterator[ModernHopfieldFrame | ModernHopfieldRun]:
    """A frame per set of patterns and per temperature, and the run last."""
    from engines.geometry.theory.memories import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Attention itself, the energy, a closed form and the counts of the prototype."""
    from engines.geometry.theory.memories_answers import hopfield_answers

    return hopfield_answers()


def _per_dimension(run: ModernHopfieldRun, scaling: int) -> np.ndarray:
    """float64[set]: powers of ten that a dimension gains, from 16 to 64."""
    return (run.log_error(scaling, 64) - run.log_error(scaling, 16)) / 48.0


def _slope(run: ModernHopfieldRun, scaling: int, named: str) -> Estimate:
    of = f"powers of ten that the error moves with each dimension, {named}"
    return mean_over(_per_dimension(run, scaling), of=of, unit="sets")


def _slopes_apart(run: ModernHopfieldRun) -> Estimate:
    one, other = _per_dimension(run, 2), _per_dimension(run, 0)
    return paired(one, other, run.spec.seed).estimate("modern less classical", "sets")


def _error(run: ModernHopfieldRun, scaling: int, named: str) -> Estimate:
    of = f"one-step error at d = 64, {named}"
    return mean_over(10.0 ** run.log_error(scaling, 64), of=of, unit="sets")


def _planted(run: ModernHopfieldRun) -> bool:
    """The claim is about the clusters of the specification's preset."""
    asked, first = run.spec, ModernHopfieldSpec()
    names = ("n_clusters", "n_each", "spread", "dimension")
    return all(getattr(asked, name) == getattr(first, name) for name in names)


def _states(run: ModernHopfieldRun, kind: int, beta: float) -> Estimate:
    of = f"fixed points at β = {beta:g}, {'without clusters' if kind else 'eight clusters'}"
    return mean_over(run.n_fixed[kind, run.place(beta)], of=of, unit="sets")


CLAIMS = (
    Claim(
        "The error of one step falls exponentially: a tenth of a power of ten and more with each "
        "dimension.",
        figure=lambda run: _slope(run, 0, "β = 1"),
        control=lambda run: _slope(run, 2, "classical network"),
        holds_when=FallsBelow(by=0.1),
        source=f"{_PAPER}, theorems 4 and 5; a tenth of a power is our floor",
        difference=_slopes_apart,
    ),
    Claim(
        "Attention's own scaling, β = 1/√d, retrieves in one step at d = 64: error below 1 %.",
        figure=lambda run: _error(run, 1, "β = 1/√d"),
        control=lambda run: _error(run, 0, "β = 1"),
        holds_when=AtMost(0.01),
        source=f"a claim of our own, after the reading of attention in {_PAPER}",
    ),
    Claim(
        "Between one average and single patterns lie states that each average one cluster.",
        figure=lambda run: _states(run, 0, 8.0) if _planted(run) else None,
        control=lambda run: _states(run, 1, 8.0),
        holds_when=Near(within=0.5),
        source=f"{_PAPER}, metastable states; as many as were planted",
        published=8.0,
    ),
    Claim(
        "From β = 16 on each of the forty patterns is a state by itself.",
        figure=lambda run: _states(run, 0, 16.0) if _planted(run) else None,
        control=lambda run: _states(run, 1, 16.0),
        holds_when=Near(within=0.5),
        source="a prototype with one draw of its own: 40 of 40",
        published=40.0,
    ),
)

EXPERIMENT = Experiment(
    spec=ModernHopfieldSpec,
    frames=frames,
    card=Card(
        title="Attention as memory",
        claim="Turn β: from one average of all patterns over states that each hold a cluster to "
        "every pattern by itself, and see where one step retrieves and where it does not.",
        paper="Ramsauer et al. 2020, Hopfield networks is all you need",
        link="https://arxiv.org/abs/2008.02217",
    ),
    presets={
        "States that hold a cluster": ModernHopfieldSpec(),
        "One average": ModernHopfieldSpec(beta=1.0),
        "Single patterns": ModernHopfieldSpec(beta=32.0),
        "Wide clusters": ModernHopfieldSpec(spread=0.25),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.5 * spec.n_sets / 10 * (spec.n_patterns / 40) ** 2,
    order=61,
)
