"""Takes memory, 20 MB at a time, and never gives it back."""

import time
from dataclasses import dataclass

import numpy as np

from engines.contract import Card, Experiment, Frame, Result, Spec


class HogSpec(Spec):
    megabytes: int = 20_000


@dataclass(frozen=True)
class HogResult(Result):
    n_blocks: int


def frames(spec):
    blocks = []
    for _ in range(spec.megabytes // 20):
        blocks.append(np.ones(20_000_000, np.uint8))
        yield Frame(fraction=20 * len(blocks) / spec.megabytes)
        time.sleep(0.005)
    yield HogResult(len(blocks))


EXPERIMENT = Experiment(HogSpec, frames, Card("hog", "hogs", "none"))
