"""Inside the network: where its heads look, what its states say, what one moved point changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds
from engines.lab.statistics import mean_over, paired, rate
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.results import Inside


def frames(spec: InsideSpec) -> Iterator[Frame | Inside]:
    """A frame for every batch of places, and everything last."""
    from engines.pointer.probing.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's own attention, renaming, a point that does not move, scikit-learn's axes."""
    from engines.pointer.answers.inside import inside_answers

    return inside_answers()


def _parted(layer: int, run: Inside) -> Estimate | None:
    if len(run.parted) < 2:
        return None  # every point is in the answer, or there is one layer
    name = "the last encoder layer" if layer else "the embedding"
    return mean_over(run.parted[layer], of=f"points sorted rightly from {name}", unit="sets")


def _more(run: Inside) -> Estimate:
    apart = paired(run.parted[0], run.parted[-1], run.spec.seed)
    return apart.estimate("last layer less embedding", "sets")


def _agree(run: Inside) -> np.ndarray:
    return run.net_changed == run.right_changed


def _agreement(run: Inside) -> Estimate | None:
    same = _agree(run)
    if not len(same):
        return None
    return rate(int(same.sum()), len(same), of="moves that change both or neither", unit="sets")


def _shuffled(run: Inside) -> Estimate:
    """The network's change in one set beside the right one's in the next."""
    same = run.net_changed == np.roll(run.right_changed, 1)
    return rate(int(same.sum()), len(same), of="the same between sets", unit="sets")


def _agree_more(run: Inside) -> Estimate:
    shuffled = run.net_changed == np.roll(run.right_changed, 1)
    both = paired(shuffled.astype(float), _agree(run).astype(float), run.spec.seed)
    return both.estimate("within sets less between sets", "sets")


def _sums(run: Inside) -> Estimate | None:
    """Share of rows of attention that add up to 1, to 1e-5."""
    if not len(run.between):
        return None
    rows = np.concatenate([run.between.sum(axis=-1).ravel(), run.at.sum(axis=-1).ravel()])
    return Estimate.exact("rows that add up to 1", float((np.abs(rows - 1) < 1e-5).mean()))


CLAIMS = (
    Claim(
        "The encoder already knows the answer's points: a plane through its last states sorts them "
        "in sets it was not fitted on, better than through the coordinates.",
        figure=lambda run: _parted(-1, run),
        control=lambda run: _parted(0, run),
        holds_when=Exceeds(by=0.1),
        source="our claim; probes after Alain & Bengio 2016, arXiv 1610.01644",
        difference=_more,
    ),
    Claim(
        "Where a moved point changes the right answer it changes the network's, and nowhere else.",
        figure=_agreement,
        control=_shuffled,
        holds_when=Exceeds(by=0.2),
        source="our claim",
        difference=_agree_more,
    ),
    Claim(
        "Every row of attention is a distribution.",
        figure=_sums,
        control=lambda _run: None,
        holds_when=AtLeast(1.0),
        source="by construction: Vaswani et al. 2017",
    ),
)

EXPERIMENT = Experiment(
    spec=InsideSpec,
    frames=frames,
    card=Card(
        title="Inside the network",
        claim="While a network answers by pointing: where every head looks, what the states of "
        "points and steps say, and what changes where one point is moved over the plane, beside "
        "what should.",
        paper="Vaswani et al. 2017, Attention is all you need; Lee et al. 2019, Set transformer",
        link="https://arxiv.org/abs/1810.00825",
        related=("pointer/solve", "geometry/files"),
    ),
    presets={
        "A hull": InsideSpec(),
        "A tour": InsideSpec(task="tour", n_points=10, measure="answer"),
        "How a tour's length changes": InsideSpec(task="tour", n_points=10, measure="length"),
        "Sorting reads no height": InsideSpec(task="sorting", n_points=10),
        "The LSTM of 2015": InsideSpec(weights="lstm-hull-5", n_points=5),
        "30 points": InsideSpec(n_points=30),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.0002 * spec.grid**2 * spec.n_points,
    order=2,
)
