"""The trained graph network that comes with the product, and the command that made it.

``python -m engines.connectome.passing.shipped`` trains it anew and writes
``assets/connectome/nets/ways.safetensors`` (equal bytes on one kind of processor).
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

from engines.connectome.passing.block import GraphNetwork
from engines.connectome.wiring.bundled_tables import bundled

NAME = "nets/ways.safetensors"
RECIPE = {"n_training": 1_400, "seed": 1}


@lru_cache(maxsize=1)
def shipped() -> GraphNetwork:
    """The network of `RECIPE`, its checksum looked at.

    Raises:
        FileNotFoundError: it was not bundled.
        InputError: its bytes are not those that ``SHA256SUMS`` names.
    """
    from safetensors.torch import load

    net = GraphNetwork()
    net.load_state_dict(load(bundled(NAME).read_bytes()))
    return net.eval()


def main() -> None:
    """Train by the recipe and write the file."""
    from safetensors.torch import save

    from engines.boundary.whole import write_whole
    from engines.connectome.passing.learning import learn

    logging.basicConfig(level=logging.INFO)
    net = None
    for step in learn(**RECIPE):
        net = step.net
        if step.number % 50 == 0:
            logging.getLogger(__name__).info("step %d: %.4f", step.number, step.loss)
    assert net is not None
    about = {"recipe": json.dumps(RECIPE), "made by": "engines.connectome.passing.shipped"}
    place = Path(__file__).parents[3] / "assets" / "connectome" / NAME
    write_whole(place, save(net.state_dict(), about))


if __name__ == "__main__":
    main()
