"""Stimulate neurons and watch activity spread; with a lesion, before and after."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.dynamics.activity import Activity, ActivityFrame
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.contract import Card, Experiment, KnownAnswer


def frames(spec: StimulusSpec) -> Iterator[ActivityFrame | Activity]:
    """Moments of the run, the activity last."""
    from engines.connectome.dynamics.simulation import frames_of

    yield from frames_of(spec)


def seconds(spec: StimulusSpec) -> float:
    """A guess of the run's length."""
    per_step = 4e-5 * (1 + spec.n_trials / 20)
    return 0.2 + per_step * spec.n_steps * (12 if spec.dataset == "winding2023" else 1)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of single neurons and chains."""
    from engines.connectome.answers.dynamics import dynamics_answers

    return dynamics_answers()


EXPERIMENT = Experiment(
    spec=StimulusSpec,
    frames=frames,
    card=Card(
        title="Stimulate",
        claim="Touch some neurons and watch activity spread over graph, body and raster; cut "
        "others out and see what no longer answers.",
        paper="Shiu et al. 2024, A Drosophila computational brain model reveals sensorimotor "
        "processing",
        link="https://doi.org/10.1038/s41586-024-07763-9",
    ),
    presets={
        "Touch the tail (PLM)": StimulusSpec(targets="PLM"),
        "Touch the head, without AVA": StimulusSpec(targets="ALM, AVM", lesion="AVA"),
        "Spiking, 20 noisy trials": StimulusSpec(
            targets="ASH",
            model="spiking",
            amplitude=2.0,
            synapse_mv=3.0,
            noise=0.3,
            n_trials=20,
            dt_ms=0.1,
            duration_ms=300.0,
        ),
        "Fly model of Shiu et al. 2024": StimulusSpec(
            targets="ASH",
            model="spiking",
            reset="v and g",
            shape="step",
            amplitude=2.0,
            electrical=False,
            dt_ms=0.1,
            duration_ms=300.0,
        ),
        "Sine into AVB": StimulusSpec(targets="AVB", shape="sine", model="linear"),
        "A gain above 1 runs away": StimulusSpec(
            targets="PLM", model="linear", gain=1.6, duration_ms=2_000.0
        ),
    },
    known_answers=known_answers,
    seconds=seconds,
    order=20,
)
