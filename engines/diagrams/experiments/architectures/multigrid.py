"""Kernels on coarser and coarser grids that learn to solve an equation, beside one grid."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import FallsBelow
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.multigrid.asked import CNN, CYCLES, FIXED, FLAT, WAVES, MultigridSpec
from engines.diagrams.multigrid.results import MultigridResult

_PAPER = (
    "He et al. 2023, MgNO: efficient parameterization of linear operators via multigrid, "
    "arXiv 2310.19809"
)
_LONG = "Ten times the steps"
_NETS_MIN = 10


def frames(spec: MultigridSpec) -> Iterator[ArmsFrame | MultigridResult]:
    """Errors as they fall, and the comparison last."""
    from engines.diagrams.multigrid.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Multigrid by sparse matrices, solutions of the equation, waves in closed form."""
    from engines.diagrams.multigrid.answers import answers

    return answers()


def _told(run: MultigridResult) -> bool:
    """Whether it is the edge, and at least the steps and networks, that claims are about.

    One or two V-cycles of four stay behind, so few networks say one thing or the other by seed.
    """
    spec = run.spec
    return spec.edge == "held at 0" and spec.n_steps >= 80 and spec.n_nets >= _NETS_MIN


def _less(sentence: str, other: str, source: str = _PAPER) -> Claim:
    """That V-cycles have less error than another arm, on right sides of few waves."""

    def figure(run: MultigridResult) -> Estimate | None:
        return run.error(CYCLES) if _told(run) else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.error(other),
        difference=lambda run: run.apart(other),
        holds_when=FallsBelow(),
        source=source,
    )


PRESETS = {
    "Poisson, held at 0": MultigridSpec(),
    "Poisson, periodic": MultigridSpec(edge="periodic"),
    _LONG: MultigridSpec(n_steps=800, n_nets=4),
}
CLAIMS = (
    _less("V-cycles that learn have less error than convolutions of as many parameters.", CNN),
    _less("They have less than a number for every wave (FNO), with the edge held at 0.", WAVES),
    _less("It is the coarse grids: they have less than sweeps on one grid.", FLAT,
          "a control of ours"),
    _less("They have less than as many cycles of multigrid, solved on the coarsest grid, of which "
          "nothing is learnt.",
          FIXED, "a control of ours"),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=MultigridSpec,
    frames=frames,
    card=Card(
        title="Grids within grids",
        claim="Two V-cycles smooth a field, solve what is left on a grid of half as many points, "
        "and add it; their kernels learn to solve Poisson's equation. Beside them as many "
        "parameters without coarse grids, in convolutions, in waves, and multigrid as it is known, "
        "which solves on the coarsest grid.",
        paper="He et al. 2023, MgNO: efficient parameterization of linear operators via multigrid",
        link="https://arxiv.org/abs/2310.19809",
        related=("diagrams/operator",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 3.0 + spec.n_steps * spec.n_nets * 3e-2,
    order=120,
)
