"""Train a network and watch it: loss, right answers, validity, the plateau of 2015."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.pointer.bundled.recipes import RECIPES
from engines.pointer.model import Network, Recipe, TrainSpec


def frames(spec: TrainSpec) -> Iterator[Frame | Result]:
    """One frame per batch; the result names the weights."""
    from engines.pointer.training.session import frames_of

    yield from frames_of(spec)


def seconds(spec: TrainSpec) -> float:
    """A guess: processor seconds of one core for this many points, steps and width."""
    recipe = spec.recipe
    n = (recipe.n_min + recipe.n_max) / 2
    return recipe.n_seen * n * (recipe.network.d_model / 64) ** 1.5 / 12_000


def known_answers() -> tuple[KnownAnswer, ...]:
    """Fused teacher forcing, equivariance, the shipped weights and their floors."""
    from engines.pointer.answers.known import network_answers
    from engines.pointer.bundled.floors import floor_answers

    return (*network_answers(), *floor_answers())


_HULL_OF_5 = Recipe(task="hull", n_min=5, n_max=5, n_examples=60_000)
_OF_2015 = Network(kind="Ptr-Net", d_model=128)

EXPERIMENT = Experiment(
    spec=TrainSpec,
    frames=frames,
    card=Card(
        title="Training",
        claim="A set pointer learns the hull of five points in half a minute; the LSTM of 2015 "
        "sits on a plateau first. Run one after the other to see both curves.",
        paper="Vinyals, Fortunato & Jaitly 2015, Pointer networks",
        link="https://arxiv.org/abs/1506.03134",
    ),
    presets={
        "Set pointer, hull of 5": TrainSpec(recipe=_HULL_OF_5),
        "Ptr-Net, hull of 5: the plateau": TrainSpec(
            recipe=_HULL_OF_5.replace(network=_OF_2015, canonical=False, learning_rate=2e-3)
        ),
        "Ptr-Net, every setting of 2015": TrainSpec(
            recipe=Recipe(
                task="hull",
                n_min=5,
                n_max=50,
                canonical=False,
                network=Network(kind="Ptr-Net", d_model=256),
                n_examples=10_000_000,
                optimizer="sgd",
                learning_rate=1.0,
            )
        ),
        "seq2seq with attention, hull of 5": TrainSpec(
            recipe=_HULL_OF_5.replace(
                network=Network(kind="seq2seq", d_model=128), canonical=False, learning_rate=2e-3
            )
        ),
        "Sorting, 5 to 10": TrainSpec(
            recipe=Recipe(task="sorting", n_min=5, n_max=10, n_examples=40_000)
        ),
        "Tour of 5": TrainSpec(recipe=Recipe(task="tour", n_min=5, n_max=5, n_examples=60_000)),
        "Delaunay of 5": TrainSpec(
            recipe=Recipe(task="delaunay", n_min=5, n_max=5, n_examples=80_000)
        ),
        "Undo a permutation of 5": TrainSpec(
            recipe=Recipe(task="inverse", n_min=5, n_max=5, n_examples=40_000)
        ),
        "One fixed permutation of 8": TrainSpec(
            recipe=Recipe(task="permutation", n_min=8, n_max=8, n_examples=40_000)
        ),
        **{f"Train the bundled {k} again": TrainSpec(recipe=r) for k, r in RECIPES.items()},
    },
    known_answers=known_answers,
    seconds=seconds,
    order=10,
)
