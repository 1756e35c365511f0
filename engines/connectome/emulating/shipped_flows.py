"""Almost-linear networks that learnt Lorenz's flow, and the command that made them.

``python -m engines.connectome.emulating.shipped_flows`` trains them anew and writes
``assets/connectome/nets/almost-linear.safetensors`` (equal bytes on one kind of processor).
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

import numpy as np

from engines.connectome.emulating.almost_linear import Nets, drawn, learn
from engines.connectome.emulating.flows import lorenz
from engines.connectome.wiring.bundled_tables import bundled

N_RECTIFIED = (0, 1, 2, 3, 4, 6, 8)
N_SEEDS, N_LEARNING, SEED = 5, 10_000, 0
N_RECORDED, NOISE = 5_000, 0.05
"""Steps to learn from; deviation of what is added to them, in deviations of the attractor."""
FILE = "nets/almost-linear.safetensors"
_PARTS = ("own", "weight", "bias", "guess", "n_rectified")


def recorded(seed: int) -> np.ndarray:
    """float64[step, 3]: the noisy samples that networks of this seed learn from."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**43]))
    clean = lorenz(rng, 1, N_RECORDED)[0]
    return clean + NOISE * rng.standard_normal(clean.shape)


@lru_cache(maxsize=1)
def shipped_flows() -> Nets:
    """The bundled networks [number of rectified units x seed], their checksum looked at.

    Raises:
        FileNotFoundError: they were not bundled.
        InputError: their bytes are not those that ``SHA256SUMS`` names.
    """
    from safetensors.numpy import load

    held = load(bundled(FILE).read_bytes())
    return Nets(*(held[part] for part in _PARTS))


def main() -> None:
    """Train by the recipe and write the file."""
    from safetensors.numpy import save

    from engines.boundary.whole import write_whole

    logging.basicConfig(level=logging.INFO)
    nets = drawn(N_RECTIFIED, N_SEEDS, SEED)
    for step in learn(recorded(SEED), nets, N_LEARNING, SEED):
        nets = step.nets
        if step.number % 500 == 0:
            mean = step.error.reshape(-1, N_SEEDS).mean(axis=1).round(4)
            logging.getLogger(__name__).info("step %d: %s", step.number, mean)
    held = {part: np.ascontiguousarray(getattr(nets, part)) for part in _PARTS}
    recipe = json.dumps({"n_rectified": N_RECTIFIED, "n_seeds": N_SEEDS, "n_steps": N_LEARNING,
                         "seed": SEED, "n_recorded": N_RECORDED, "noise": NOISE})  # fmt: skip
    about = {"recipe": recipe, "made by": "engines.connectome.emulating.shipped_flows"}
    folder = Path(__file__).parents[3] / "assets" / "connectome"
    write_whole(folder / FILE, save(held, about))


if __name__ == "__main__":
    main()
