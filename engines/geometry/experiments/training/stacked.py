"""Many seeds of one network learn together, and at every moment something is done to them."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
)
from engines.contract.claims import Exceeds
from engines.geometry.experiments.training._stacked_moments import StackedResult
from engines.geometry.experiments.training._stacked_spec import StackedSpec


def frames(spec: StackedSpec) -> Iterator[Frame | Result]:
    """Moments of the training, and the run last."""
    from engines.geometry.experiments.training._stacked_run import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Plain torch, network by network, and what undoing must leave."""
    from engines.geometry.experiments.training._stacked_answers import answers

    return answers()


def _seconds(spec: StackedSpec) -> float:
    work = spec.n_seeds * spec.n_steps * (spec.batch * spec.width * spec.depth + 20_000)
    return 1.0 + work * 6e-9 + spec.n_moments * (spec.n_controls + 3) * spec.n_seeds * 5e-4


def _hurt(result: StackedResult) -> Estimate | None:
    return result.hurt("done") if _asks(result) else None


def _hurt_at_random(result: StackedResult) -> Estimate | None:
    return result.hurt("random") if _asks(result) else None


def _more(result: StackedResult) -> Estimate | None:
    return result.hurt_more() if _asks(result) else None


def _asks(result: StackedResult) -> bool:
    """Whether a run tests the claim: nothing else is done, and two networks learnt something."""
    return result.only_strongest and result.n_alive > 1


EXPERIMENT = Experiment(
    spec=StackedSpec,
    frames=frames,
    card=Card(
        title="Many seeds at once",
        claim="Seeds learn together, each as if alone; silencing the strongest units costs more "
        "than silencing as many random ones.",
        paper="none",
    ),
    presets={
        "Digits": StackedSpec(),
        "Through random feedback": StackedSpec(signal="feedback alignment", n_steps=1200),
        "Half of the weights pruned": StackedSpec(n_strongest=0, interventions="prune share=0.5"),
        "Ring": StackedSpec(task="ring", width=16, n_strongest=2, learning_rate=0.01),
        "Too fast for some": StackedSpec(
            task="formula x y", function="tanh", optimiser="SGD", learning_rate=0.3, n_steps=100
        ),
        "Oja knows no task": StackedSpec(signal="Oja", optimiser="SGD", learning_rate=0.01),
    },
    known_answers=known_answers,
    claims=(
        Claim(
            sentence="Units with the largest weights to what follows matter more than as many "
            "random ones.",
            figure=_hurt,
            control=_hurt_at_random,
            difference=_more,
            holds_when=Exceeds(),
        ),
    ),
    seconds=_seconds,
    order=25,
)
