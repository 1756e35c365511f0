"""Branch and bound: the box is cut until every part is proved, and the tree is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtMost, FallsBelow
from engines.diagrams.bounding.asked import (
    AREA,
    MIDDLE,
    NONE,
    RANDOM,
    RAW,
    STRENGTHENED,
    BranchSpec,
)
from engines.diagrams.bounding.results import BranchFrame, BranchResult

_GENBAB = "Shi et al. 2025, Branch and bound for general nonlinearities, arXiv 2405.21063"
_CUTS = "Zhou et al. 2024, Branch-and-bound inferred cutting planes, arXiv 2501.00200"
_CROWN = "Zhang et al. 2018, CROWN, arXiv 1811.00866"
_RELU, _MANY = "Cuts from proofs: ReLU", "Where to cut: fifty networks"
_FALSE = "A counterexample is there"


def frames(spec: BranchSpec) -> Iterator[BranchFrame | BranchResult]:
    """Trees as they grow, and the comparison last."""
    from engines.diagrams.bounding.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Lines against samples, a network's exact least output by integer programming."""
    from engines.diagrams.bounding.answers import answers

    return answers()


def _for(
    preset_is: Callable[[BranchSpec], bool], figure: Callable[[BranchResult], Estimate | None]
) -> Callable[[BranchResult], Estimate | None]:
    return lambda run: figure(run) if preset_is(run.spec) else None


def _relu(spec: BranchSpec) -> bool:
    return spec.function == "ReLU" and spec.margin > 0


def _smooth(spec: BranchSpec) -> bool:
    return spec.function != "ReLU" and spec.margin > 0


def _many(spec: BranchSpec) -> bool:
    return _smooth(spec) and spec.n_nets >= 50


def _one(of: str) -> Callable[[BranchResult], Estimate]:
    return lambda _run: Estimate.exact(of, 1.0, "by definition")


def _largest(run: BranchResult) -> Estimate | None:
    ratio, n = run.most(STRENGTHENED, NONE), run.spec.n_nets
    if not len(ratio):
        return None
    of = "largest ratio of regions over networks"
    left = f"{n - len(ratio)} of {n} that neither decides left out"
    return Estimate.exact(
        f"{of}, {left}", float(np.max(ratio)), "counted; undecided counts as more"
    )


CLAIMS = (
    Claim(
        "No input of 20,000 puts any number outside its bounds.",
        figure=lambda run: run.outside(),
        control=lambda run: Estimate.exact("inputs tried", 20_000.0 * run.spec.n_nets, "counted"),
        holds_when=AtMost(0.0),
        source=_CROWN,
    ),
    Claim(
        "Cutting where least area is left between the lines needs fewer regions than cutting "
        "anywhere.",
        figure=_for(_smooth, lambda run: run.ratio(AREA, RANDOM)),
        control=_one("at random over itself"),
        holds_when=FallsBelow(),
        source=_GENBAB,
    ),
    Claim(
        "It needs fewer than cutting at the middle.",
        figure=_for(_many, lambda run: run.ratio(AREA, MIDDLE)),
        control=_one("at the middle over itself"),
        holds_when=FallsBelow(),
        source=_GENBAB,
        preset=_MANY,
    ),
    Claim(
        "What a proved region teaches as it stands removes nothing: regions of one tree do not "
        "overlap.",
        figure=_for(_relu, lambda run: run.other_trees(RAW, NONE)),
        control=lambda run: run.other_trees(STRENGTHENED, NONE),
        holds_when=AtMost(0.0),
        source="closed form: of two parts one has the other sign",
        preset=_RELU,
    ),
    Claim(
        "Strengthened, by leaving out signs while the region is still proved, it needs fewer "
        "regions.",
        figure=_for(_relu, lambda run: run.ratio(STRENGTHENED, NONE)),
        control=lambda run: run.ratio(RAW, NONE),
        holds_when=FallsBelow(),
        source=_CUTS,
        preset=_RELU,
    ),
    Claim(
        "And on no network more.",
        figure=_for(_relu, _largest),
        control=_one("no cuts over itself"),
        holds_when=AtMost(1.0),
        source=f"{_CUTS}; a floor of ours",
        preset=_RELU,
    ),
    Claim(
        "And it takes less time.",
        figure=_for(_relu, lambda run: run.times(STRENGTHENED, NONE)),
        control=_one("no cuts over itself"),
        holds_when=FallsBelow(),
        source=f"{_CUTS}, whose bounds run side by side on a GPU",
        preset=_RELU,
    ),
)

EXPERIMENT = Experiment(
    spec=BranchSpec,
    frames=frames,
    card=Card(
        title="Proof by branch and bound",
        claim="Is the output above 0 for every input of a box? Regions are cut in two until lines "
        "around every function prove each; where to cut and what a proved region teaches are "
        "compared in regions and in seconds.",
        paper="Shi et al. 2025, Neural network verification with branch-and-bound for general "
        "nonlinearities; Zhou et al. 2024, Branch-and-bound inferred cutting planes",
        link="https://arxiv.org/abs/2405.21063",
    ),
    presets={
        "Where to cut: tanh": BranchSpec(),
        _RELU: BranchSpec(
            function="ReLU", n_nets=14, n_inputs=4, n_hidden=14, n_layers=2, reach=0.45,
            margin=0.6, limit=400,
        ),
        _MANY: BranchSpec(n_nets=50),
        "Where to cut: GELU": BranchSpec(function="GELU"),
        "Where to cut: sine": BranchSpec(function="sine"),
        "Where to cut: sigmoid": BranchSpec(function="sigmoid"),
        "Where to cut: products": BranchSpec(function="product", n_hidden=5),
        _FALSE: BranchSpec(margin=-0.01),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_nets * spec.limit * (
        0.03 if spec.function == "ReLU" else 0.006
    ),
    order=5,
)  # fmt: skip
