"""Disappears into C with the interpreter lock held: no flag, no heartbeat, no exception."""

import ctypes
import time
from dataclasses import dataclass

from engines.contract import Card, Experiment, Frame, Result, Spec


class HangSpec(Spec):
    seconds: int = 60


@dataclass(frozen=True)
class HangResult(Result):
    slept: int


def frames(spec):
    yield Frame(fraction=0.1)
    time.sleep(0.1)  # long enough for the frame to leave
    ctypes.PyDLL(None).sleep(spec.seconds)
    yield HangResult(spec.seconds)


EXPERIMENT = Experiment(HangSpec, frames, Card("hang", "hangs", "none"))
