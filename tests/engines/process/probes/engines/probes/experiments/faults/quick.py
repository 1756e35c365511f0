"""Answers at once, with as many numbers as asked."""

import time
from dataclasses import dataclass

import numpy as np

from engines.contract import Card, Experiment, Result, Seed, Spec


class QuickSpec(Spec):
    n_values: int = 8
    seed: Seed = 0
    delay_s: float = 0.0


@dataclass(frozen=True)
class QuickResult(Result):
    values: np.ndarray


def frames(spec):
    if spec.delay_s:
        time.sleep(spec.delay_s)
    yield QuickResult(np.random.Generator(np.random.Philox(spec.seed)).random(spec.n_values))


EXPERIMENT = Experiment(QuickSpec, frames, Card("quick", "answers at once", "none"))
