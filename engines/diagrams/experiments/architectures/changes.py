"""A network that passes on only what changes, with thresholds that learn or are put on after."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, FallsBelow
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.changes.asked import LAYERED, ChangesSpec
from engines.diagrams.changes.results import ChangesResult

_PAPER = (
    "Yousefzadeh and Sifalakis 2021, Training for temporal sparsity in deep neural networks, arXiv "
    "2107.07305"
)
_LONG = "Five times the steps"


def frames(spec: ChangesSpec) -> Iterator[ArmsFrame | ChangesResult]:
    """Errors and products as they fall, and the comparison last."""
    from engines.diagrams.changes.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The plain perceptron, the reach of a threshold, a still video."""
    from engines.diagrams.changes.answers import answers

    return answers()


def _told(run: ChangesResult) -> bool:
    """Whether it is the noisy video, long enough learnt."""
    return run.spec.n_steps >= 150 and run.spec.noise == 0.1


def _nothing(_run: ChangesResult) -> Estimate:
    return Estimate.exact("no difference", 0.0, "definition")


def _itself(_run: ChangesResult) -> Estimate:
    return Estimate.exact("networks that learnt without thresholds", 1.0, "definition")


PRESETS = {
    "A dot in noise": ChangesSpec(),
    _LONG: ChangesSpec(n_steps=750),
    "Without noise": ChangesSpec(noise=0.0),
    "Fast dot": ChangesSpec(speed=2.0),
}
CLAIMS = (
    Claim(
        "Thresholds that learn with the weights have less error than thresholds put on afterwards, "
        "layer by layer, that leave out as many products, at every price.",
        figure=lambda run: run.worst() if _told(run) else None,
        control=_nothing,
        holds_when=FallsBelow(),
        source=_PAPER,
    ),
    Claim(
        "Three times fewer products are made than by networks that learnt without thresholds.",
        figure=lambda run: run.ratio("0.01") if _told(run) else None,
        control=_itself,
        holds_when=AtLeast(3.0),
        source=_PAPER,
    ),
    Claim(
        "That costs at most 0.02 pixels of error.",
        figure=lambda run: run.lost("0.01") if _told(run) else None,
        control=lambda run: run.lost("0.01", LAYERED),
        holds_when=AtMost(0.02),
        source=f"{_PAPER}: recoverable by longer training; 0.02 pixels are our tolerance",
    ),
    Claim(
        "Longer learning recovers it: after five times the steps it costs at most 0.02 pixels.",
        figure=lambda run: run.lost("0.01") if run.spec == PRESETS[_LONG] else None,
        control=lambda run: run.lost("0.01", LAYERED),
        holds_when=AtMost(0.02),
        source=f"{_PAPER}; 0.02 pixels are our tolerance",
        preset=_LONG,
    ),
)

EXPERIMENT = Experiment(
    spec=ChangesSpec,
    frames=frames,
    card=Card(
        title="Only what changes",
        claim="A network follows a dot in a noisy video. Its layers pass on changes above a "
        "threshold, and what is 0 need not be multiplied: thresholds that learn with the weights "
        "leave out four products of five. One for all layers that is put on afterwards loses the "
        "dot; one for each layer falls behind only where more is left out.",
        paper="Yousefzadeh and Sifalakis 2021, Training for temporal sparsity in deep neural "
        "networks, application in video processing",
        link="https://arxiv.org/abs/2107.07305",
        related=("diagrams/sorted",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 3.0 + spec.n_steps * spec.n_nets * 1e-2,
    order=70,
)
