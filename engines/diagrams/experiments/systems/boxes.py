"""Boxes of differential equations, wired by typed ports and nested; a wire may be cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost
from engines.diagrams.systems.asked import SystemsSpec
from engines.diagrams.systems.library import CELLS, HARES, THERMOSTAT
from engines.diagrams.systems.results import SystemsFrame, SystemsResult

_PAPER = (
    "Vagner, Spivak and Lerman 2015, Algebras of open dynamical systems on the operad of wiring "
    "diagrams, arXiv 1408.1598"
)


def frames(spec: SystemsSpec) -> Iterator[SystemsFrame | SystemsResult]:
    """Trajectories as they come, and what they are held against last."""
    from engines.diagrams.systems.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Laws, one box, what stays the same, closed forms."""
    from engines.diagrams.systems.answers import answers

    return answers()


_LONGEST = 40.0
"""Errors of solvers grow with time: 5e-9 at 200."""


def _apart(value: float, of: str) -> Estimate | None:
    """A largest distance; None where there is none."""
    return None if np.isnan(value) else Estimate.exact(of, value, "largest over all times")


def _less(run: SystemsResult) -> Estimate | None:
    return _apart(run.cut_apart, "largest distance, with one wire less")


CLAIMS = (
    Claim(
        "Two boxes that are wired are the one box that they make: their trajectories agree to "
        "1e-9 over a time of 40.",
        figure=lambda run: _apart(run.one_apart, "largest distance, two boxes less one")
        if run.spec.duration <= _LONGEST else None,
        control=lambda run: _apart(
            run.near_apart, "largest distance, one rate off by a millionth"
        ),
        holds_when=AtMost(1e-9),
        source=_PAPER,
    ),
    Claim(
        "Substituting one wiring in another keeps the laws in every random case: which goes first "
        "does not matter, and a box that only holds a box changes nothing.",
        figure=lambda run: Estimate.exact(
            "share of random wirings that keep the laws", run.lawful / run.spec.n_wirings, "counted"
        )
        if run.spec.n_wirings >= 500 else None,
        control=lambda run: Estimate.exact(
            "share, where wires from a part to itself are lost",
            run.forgetful / run.spec.n_wirings, "counted",
        ),
        holds_when=AtLeast(1.0),
        source=_PAPER,
    ),
    Claim(
        "A system of systems runs as its boxes do at one level, to 1e-9.",
        figure=lambda run: _apart(run.nested_apart, "largest distance, nested less one level")
        if run.n_systems else None,
        control=_less,
        holds_when=AtMost(1e-9),
        source=_PAPER,
        preset="A room and its thermostat",
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=SystemsSpec,
    frames=frames,
    card=Card(
        title="Boxes within boxes",
        claim="A box holds a differential equation and has ports with types. Wired boxes are a box "
        "again, which is wired to others; press a wire to cut it, and see what each state does.",
        paper="Vagner, Spivak and Lerman 2015, Algebras of open dynamical systems on the operad of "
        "wiring diagrams",
        link="https://arxiv.org/abs/1408.1598",
    ),
    presets={
        "Hares and foxes": SystemsSpec(text=HARES),
        "Foxes without hares": SystemsSpec(text=HARES, cut=("f.food",), duration=6.0),
        "A room and its thermostat": SystemsSpec(text=THERMOSTAT, duration=15.0),
        "Two nerve cells and a clock": SystemsSpec(text=CELLS, duration=120.0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_wirings * 1e-3 + spec.duration * 0.02,
    order=140,
)
"""Boxes of equations: wired, nested, cut."""
