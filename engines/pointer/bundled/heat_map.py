"""How the bundled heat map was trained: ``python -m engines.pointer.bundled.heat_map [PATH]``.

Tours of 200 uniform cities by greedy edges, 2-opt, Or-opt and windows are the labels: an edge
between neighbours is in the tour or not. Less than two minutes of one core.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path

import numpy as np
import torch

from engines.boundary.whole import write_whole
from engines.pointer.dividing.heat import FORMAT, NAME, EdgeHeat, digest, edge_features
from engines.pointer.dividing.instances import asset_folder
from engines.pointer.dividing.methods import Method, steps
from engines.pointer.dividing.neighbours import neighbour_lists

N_CITIES, N_TOURS, BATCH, N_EPOCHS, LEARNING_RATE, SEED = 200, 500, 10, 12, 4e-3, 2024
RECIPE = {
    "n_cities": N_CITIES, "n_tours": N_TOURS, "batch": BATCH, "n_epochs": N_EPOCHS,
    "learning_rate": LEARNING_RATE, "seed": SEED,
}  # fmt: skip
"""Everything that training needs."""
_LOG = logging.getLogger(__name__)
_SHIFT = 1_000_000
"""Seeds of training, apart from those of any page."""


def example(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edge features, neighbours and labels float32[city, neighbour] of one labelled instance."""
    points = np.random.Generator(np.random.Philox(key=[seed, n])).random((n, 2))
    near = neighbour_lists(points)
    *_, last = steps(points, Method("greedy edge", polish=True, n_stages=4), seed)
    beside = np.empty((n, 2), np.int64)
    beside[last.after, 0] = np.roll(last.after, -1)
    beside[last.after, 1] = np.roll(last.after, 1)
    label = (near[:, :, None] == beside[:, None, :]).any(axis=2)
    return edge_features(points, near), near.astype(np.int64), label.astype(np.float32)


def joined(examples: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, ...]:
    """Instances as one graph of several parts."""
    n = len(examples[0][1])
    near = [near + k * n for k, (_, near, _) in enumerate(examples)]
    edges, labels = ([e[i] for e in examples] for i in (0, 2))
    return tuple(torch.from_numpy(np.concatenate(x)) for x in (edges, near, labels))


def trained() -> tuple[EdgeHeat, list[float]]:
    """The network, and its loss after every epoch."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    first = SEED + _SHIFT
    data = [example(first + k, N_CITIES) for k in range(N_TOURS)]
    net, batch = EdgeHeat(), BATCH
    optimizer = torch.optim.Adam(net.parameters(), LEARNING_RATE)
    n_steps = N_EPOCHS * (len(data) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    rng, losses = np.random.default_rng(SEED), []
    for _ in range(N_EPOCHS):
        total, order = 0.0, rng.permutation(len(data))
        for k in range(0, len(data) - batch + 1, batch):
            edges, near, label = joined([data[i] for i in order[k : k + batch]])
            logits = net(edges, near)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * batch / len(data)
        losses.append(total)
    return net.eval(), losses


def main() -> None:
    """Train, and write the file with its header."""
    from safetensors.torch import save

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    began = time.process_time()
    net, losses = trained()
    tensors = {name: value.detach().half() for name, value in net.state_dict().items()}
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else asset_folder() / "heat" / NAME
    header = {
        "format": FORMAT,
        "recipe": json.dumps(RECIPE, sort_keys=True),
        "loss": f"{losses[-1]:.4f}",
        "sha256": digest(tensors),
    }
    write_whole(path, save(tensors, header))
    spent = time.process_time() - began
    _LOG.info("%s: loss by epoch %s, %.0f CPU-s", path.name, np.round(losses, 4), spent)


if __name__ == "__main__":
    main()
