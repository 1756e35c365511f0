"""Ends its own process, before or after its first frame."""

import os
import time
from dataclasses import dataclass

from engines.contract import Card, Experiment, Frame, Result, Spec


class DieSpec(Spec):
    after_s: float = 0.0


@dataclass(frozen=True)
class NeverResult(Result):
    pass


def frames(spec):
    yield Frame(fraction=0.5)
    time.sleep(spec.after_s)
    os._exit(7)
    yield NeverResult()


EXPERIMENT = Experiment(DieSpec, frames, Card("die", "dies", "none"))
