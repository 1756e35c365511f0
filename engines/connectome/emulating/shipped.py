"""The trained networks that come with the product, and the command that made them.

``python -m engines.connectome.emulating.shipped`` trains them anew and writes
``assets/connectome/nets/emulator-<seed>.safetensors`` (equal bytes on one kind of processor).
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

import numpy as np

from engines.connectome.emulating.network import Emulator
from engines.connectome.wiring.bundled_tables import bundled

SEEDS = (0, 2, 3)
"""Of four that were trained alike; from seed 1 it grew without end."""
RECIPE = {"n_units": 50, "n_channels": 10, "n_steps": 700}
_PARTS = ("recurrent", "entry", "out")


def _name(seed: int) -> str:
    return f"nets/emulator-{seed}.safetensors"


@lru_cache(maxsize=len(SEEDS))
def shipped(seed: int = SEEDS[0]) -> Emulator:
    """The network of `RECIPE` from this seed, its checksum looked at.

    Raises:
        FileNotFoundError: it was not bundled.
        InputError: its bytes are not those that ``SHA256SUMS`` names.
    """
    from safetensors.numpy import load

    held = load(bundled(_name(seed)).read_bytes())
    return Emulator(*(held[part] for part in _PARTS))


def write(net: Emulator, seed: int, folder: Path) -> None:
    """Write a network's file with its recipe."""
    from safetensors.numpy import save

    from engines.boundary.whole import write_whole

    held = {part: np.ascontiguousarray(getattr(net, part)) for part in _PARTS}
    recipe = json.dumps({**RECIPE, "seed": seed})
    about = {"recipe": recipe, "made by": "engines.connectome.emulating.shipped"}
    write_whole(folder / _name(seed), save(held, about))


def main() -> None:
    """Train by the recipe and write the files."""
    from engines.connectome.emulating.learning import learn

    logging.basicConfig(level=logging.INFO)
    for seed in SEEDS:
        net = None
        for step in learn(**RECIPE, seed=seed):
            net = step.net
            if step.number % 50 == 0:
                logging.getLogger(__name__).info("step %d: %.3f", step.number, step.loss)
        assert net is not None
        write(net, seed, Path(__file__).parents[3] / "assets" / "connectome")


if __name__ == "__main__":
    main()
