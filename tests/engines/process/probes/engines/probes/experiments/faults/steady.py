"""Yields frames steadily for a while; says beforehand how long it takes, perhaps wrongly."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.contract import Card, Experiment, Frame, Result, Seed, Spec


class SteadySpec(Spec):
    n_frames: int = 10
    frame_s: float = 0.01
    n_bytes: int = 8
    said_s: float = 0.0
    diary: str = ""
    seed: Seed = 0


@dataclass(frozen=True)
class SteadyFrame(Frame):
    step: int
    payload: np.ndarray
    made_at: float


@dataclass(frozen=True)
class SteadyResult(Result):
    n_frames: int
    total: float


def frames(spec):
    write(spec.diary, "start")
    payload = np.zeros(spec.n_bytes, np.uint8)
    for step in range(spec.n_frames):
        yield SteadyFrame(step, payload, time.time(), fraction=step / spec.n_frames)
        time.sleep(spec.frame_s)
    write(spec.diary, "end")
    rng = np.random.Generator(np.random.Philox(spec.seed))
    yield SteadyResult(spec.n_frames, float(rng.random(spec.n_frames).sum()))


def write(diary, word):
    if diary:
        with Path(diary).open("a") as file:
            file.write(f"{word} {os.getpid()}\n")


EXPERIMENT = Experiment(
    SteadySpec, frames, Card("steady", "frames", "none"), seconds=lambda spec: spec.said_s
)
