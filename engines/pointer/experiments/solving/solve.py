"""Draw points, drag one, and see where the network points, beside the exact answer."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.contract.sending import Places
from engines.pointer.instances.sent import spec_from_places
from engines.pointer.model import SolveSpec


def frames(spec: SolveSpec) -> Iterator[Frame | Result]:
    """One answer; raises InputError for points or weights that cannot be used."""
    from engines.pointer.answering.answer import answered

    yield answered(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Solvers against other solvers and published means."""
    from engines.pointer.answers.known import solver_answers

    return solver_answers()


EXPERIMENT = Experiment(
    spec=SolveSpec,
    frames=frames,
    card=Card(
        title="Points and pointers",
        claim="A network answers by pointing at its input, one point after another; drag a point "
        "and see where it looks.",
        paper="Vinyals, Fortunato & Jaitly 2015, Pointer networks",
        link="https://arxiv.org/abs/1506.03134",
    ),
    presets={
        "Hull of 12": SolveSpec(),
        "Hull of 50": SolveSpec(n_points=50),
        "Hull of 500": SolveSpec(n_points=500),
        "Nearly on a line": SolveSpec(distribution="near-collinear", n_points=20),
        "Tour of 10": SolveSpec(task="tour", n_points=10),
        "Tour of 20, every trick": SolveSpec(
            task="tour", n_points=20, starts=True, symmetries=True, polish=True
        ),
        "Sorting": SolveSpec(task="sorting", n_points=10),
    },
    takes={Places: spec_from_places},
    known_answers=known_answers,
    order=0,
)
