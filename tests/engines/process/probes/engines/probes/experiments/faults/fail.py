"""Fails, as foreseen or not, or stops without a result."""

import os
from dataclasses import dataclass

from engines.contract import Card, Experiment, ExplorerError, Frame, Result, Spec
from engines.running import devices


class FailSpec(Spec):
    how: str = "foreseen"
    name: str = ""


@dataclass(frozen=True)
class FactResult(Result):
    fact: str


def frames(spec):
    yield Frame()
    if spec.how == "foreseen":
        raise ExplorerError("nine is too many; choose eight")
    if spec.how == "unforeseen":
        raise ValueError("secret path /etc/shadow")
    if spec.how == "environment":
        yield FactResult(os.environ.get(spec.name, "absent"))
    if spec.how == "device":
        yield FactResult(devices.current())


EXPERIMENT = Experiment(FailSpec, frames, Card("fail", "fails", "none"))
