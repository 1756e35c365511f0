"""The bundled weights, and the command that makes them.

``python -m engines.pointer.bundled.recipes hull-5-50`` trains one recipe (all of them without a
name) and writes ``assets/pointer/<name>.safetensors``. An interrupted run goes on where it was.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping

import numpy as np

from engines.pointer.model import Network, Recipe
from engines.pointer.networks.weights import (
    Header,
    digest,
    halved,
    net_from_tensors,
    save,
    shipped_folder,
    trained_folder,
)

logger = logging.getLogger("pointer weights")

_SMALL = Network(d_model=64)
_FULL = Network(d_model=128)
RECIPES: Mapping[str, Recipe] = {
    "sorting-5-20": Recipe(
        task="sorting", n_min=5, n_max=20, n_examples=50_000, batch=64, network=_SMALL
    ),
    "hull-5-50": Recipe(
        task="hull",
        n_min=5,
        n_max=50,
        n_examples=1_200_000,
        n_polish=1_400_000,
        n_short=600_000,
        batch=64,
        network=_FULL,
    ),
    "tour-5-20": Recipe(
        task="tour", n_min=5, n_max=20, n_examples=800_000, batch=64, network=_FULL
    ),
    # The network of 2015 beside the others: where order matters, and after its plateau.
    "lstm-hull-5": Recipe(
        task="hull",
        n_min=5,
        n_max=5,
        n_examples=400_000,
        batch=64,
        learning_rate=2e-3,
        network=Network(kind="Ptr-Net", d_model=128),
    ),
}
TIMED: Mapping[str, Recipe] = {
    "hull-5-50-long": Recipe(
        task="hull", n_min=5, n_max=50, n_examples=11_776_512, batch=512, clip=1.0, network=_FULL
    ),
    "tour-5-100": Recipe(
        task="tour",
        n_min=5,
        n_max=100,
        n_examples=9_780_580,
        batch=1_651,
        clip=1.0,
        network=Network(d_model=128, n_encoder=6),
    ),
}
"""What was learned by the clock on a GPU (`engines.pointer.bundled.timed`): not the same twice.

Batches of tours had some 26,000 cities, whatever their number; their mean size is given."""


def tested_at(recipe: Recipe) -> tuple[int, ...]:
    """Numbers of points at which a header has scores."""
    if recipe.n_max == 5:
        return (5, 10)
    longest = {"sorting": 50, "hull": 200, "tour": max(50, recipe.n_max)}[recipe.task]
    return tuple(n for n in (5, 10, 20, 50, 100, 200) if n <= longest)


EVALUATION_SEED = 2015
N_INSTANCES = 1000
_SAVE_EVERY_S = 60.0


def ship(name: str) -> None:
    """Train one recipe and write its file."""
    from engines.pointer.tasks import task_named
    from engines.pointer.training.teacher_forcing import Training
    from engines.pointer.training.unfinished import keep_state, state_from_file

    recipe = RECIPES[name]
    training = Training(task_named(recipe.task, canonical=recipe.canonical), recipe)
    kept = trained_folder() / f"shipping-{recipe.digest()[:12]}.state"
    if kept.exists():
        training.restore(state_from_file(kept))
    saved, losses = time.monotonic(), []
    while training.n_steps_done < training.n_steps:
        losses.append(training.step().loss)
        if time.monotonic() - saved > _SAVE_EVERY_S:
            saved = time.monotonic()
            keep_state(kept, training.state())
            done = training.n_steps_done * recipe.batch
            logger.info(
                "%s: %d examples, loss %.4f, %.0f cpu-s",
                name, done, np.mean(losses[-200:]), time.process_time(),
            )  # fmt: skip
    keep_state(kept, training.state())
    tensors = halved(training.net)
    header = Header(
        recipe, recipe.n_seen, metrics(recipe, tensors), EVALUATION_SEED, digest(tensors)
    )
    save(shipped_folder() / f"{name}.safetensors", tensors, header)
    logger.info("%s: %s", name, header.metrics)


def metrics(recipe: Recipe, tensors: Mapping[str, object]) -> dict[str, dict[str, float]]:
    """Scores of the weights as they are shipped, by number of points."""
    from engines.pointer.tasks import task_named
    from engines.pointer.training.evaluation import instances, means, scores

    task = task_named(recipe.task, canonical=recipe.canonical)
    net = net_from_tensors(recipe, tensors, recipe.task)
    found = {}
    for n in tested_at(recipe):
        points = instances(task, n, N_INSTANCES, EVALUATION_SEED)
        found[str(n)] = {**means(scores(net, task, points)), "instances": float(N_INSTANCES)}
    return found


def main(names: list[str]) -> None:
    """Ship the recipes of these names, or all."""
    import torch

    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for name in names or RECIPES:
        ship(name)


if __name__ == "__main__":
    main(sys.argv[1:])
