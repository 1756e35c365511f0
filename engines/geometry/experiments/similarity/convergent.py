"""Convergent learning: do networks from other first weights find the same units?"""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Alike, AtLeast, AtMost, Exceeds
from engines.geometry.convergence.spec import DEALT, PIXELS, RANDOM, TRAINED, ConvergentSpec

_PAPER = "Li et al. 2016, Convergent learning: do different neural networks learn the same?"
_SECOND = 1
"""Layer that claims are about."""


def frames(spec: ConvergentSpec) -> Iterator[Frame | Result]:
    """Learning and pairs, and the run last."""
    from engines.geometry.convergence.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Copies whose partners are known."""
    from engines.geometry.convergence.answers import convergence_answers

    return convergence_answers()


# Places in `engines.geometry.convergence.measuring.MEASURES`.
_MATCHED, _SAME, _GROUPS, _AT_RANDOM = 0, 2, 3, 4

CLAIMS = (
    Claim(
        "Networks that learnt from different first weights share units.",
        figure=lambda run: run.of(_MATCHED, TRAINED, _SECOND),
        control=lambda run: run.of(_MATCHED, RANDOM, _SECOND),
        difference=lambda run: run.less((_MATCHED, TRAINED), (_MATCHED, RANDOM), _SECOND),
        holds_when=Exceeds(by=0.25),
        source=f"{_PAPER} Layer 2; a quarter above networks that learnt nothing is our floor",
    ),
    Claim(
        "Networks that learnt nothing have nothing in common.",
        figure=lambda run: run.of(_MATCHED, RANDOM, _SECOND),
        control=lambda run: run.of(_MATCHED, DEALT, _SECOND),
        holds_when=AtMost(0.1),
        source="what a match without this control takes for granted; .1 is our bound",
    ),
    Claim(
        "The best one-to-one assignment is not each unit's best partner.",
        figure=lambda run: run.of(_SAME, TRAINED, _SECOND),
        control=lambda _: Estimate.exact("a copy in another order, by definition", 1.0),
        holds_when=AtMost(0.75),
        source=f"{_PAPER} Three quarters is our bound",
    ),
    Claim(
        "A unit is a sparse sum of few units of another network.",
        figure=lambda run: run.sparse(TRAINED, _SECOND),
        control=lambda run: run.sparse(RANDOM, _SECOND),
        holds_when=AtLeast(0.75),
        source=f"{_PAPER} R² of three quarters with at most twelve units is our floor",
    ),
    Claim(
        "Groups of units span the same spaces where single units differ.",
        figure=lambda run: run.of(_GROUPS, TRAINED, _SECOND),
        control=lambda run: run.of(_AT_RANDOM, TRAINED, _SECOND),
        difference=lambda run: run.less((_GROUPS, TRAINED), (_AT_RANDOM, TRAINED), _SECOND),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "The first two layers of one network, joined by an affine map, read as many digits before "
        "the rest of another as whole networks do, to 0.02.",
        figure=lambda run: run.read(TRAINED, _SECOND),
        control=lambda run: run.whole(),
        difference=lambda run: run.read_less(TRAINED, _SECOND),
        holds_when=Alike(within=0.02),
        source="Bansal, Nakkiran & Barak 2021, arXiv 2106.07682; 0.02 is our bound",
    ),
    Claim(
        "First layers that learnt do more for it than none: an affine map straight from the pixels "
        "reads fewer digits.",
        figure=lambda run: run.read(TRAINED, _SECOND),
        control=lambda run: run.read(PIXELS, _SECOND),
        difference=lambda run: run.read_less(TRAINED, _SECOND, PIXELS),
        holds_when=Exceeds(),
        source="our control: the map and the rest may read digits by themselves",
    ),
    Claim(
        "First layers that did not learn read fewer digits than those that did.",
        figure=lambda run: run.read(TRAINED, _SECOND),
        control=lambda run: run.read(RANDOM, _SECOND),
        difference=lambda run: run.read_less(TRAINED, _SECOND, RANDOM),
        holds_when=Exceeds(),
        source="our control",
    ),
)

EXPERIMENT = Experiment(
    spec=ConvergentSpec,
    frames=frames,
    card=Card(
        title="Convergent learning",
        claim="Do networks that began apart find the same units? One to one, as sparse sums and in "
        "groups, beside networks that learnt nothing.",
        paper=_PAPER,
        link="https://arxiv.org/abs/1511.07543",
        related=("geometry/matching", "geometry/compare"),
    ),
    presets={
        "Five networks": ConvergentSpec(),
        "The first layer": ConvergentSpec(layer=1),
        "Sixteen groups": ConvergentSpec(n_groups=16),
        "Ten networks": ConvergentSpec(n_networks=10),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_networks * spec.n_learning / 1500 + spec.n_networks**2 * 0.12,
    order=55,
)
