"""What an intervention may need beside the network it changes: other runs and earlier moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from engines.contract import InputError
from engines.lab.training.stack import Stack


@dataclass(eq=False)
class Run:
    """Networks, and the inputs they are given; None for those of the run that is changed."""

    stack: Stack
    x: Tensor | None = None


@dataclass(eq=False)
class Others:
    """Other runs by name, and the networks at an earlier step."""

    runs: Mapping[str, Run] = field(default_factory=dict)
    at_step: Callable[[int], Stack] | None = None

    def run(self, name: str) -> Run:
        """The run of this name.

        Raises:
            InputError: there is none.
        """
        if name not in self.runs:
            there = ", ".join(self.runs) or "none"
            raise InputError(f"there is no run {name!r} to take from; there are: {there}")
        return self.runs[name]

    def moment(self, step: int) -> Stack:
        """The networks at the last kept moment that is not after this step.

        Raises:
            InputError: no moments were kept.
        """
        if self.at_step is None:
            raise InputError("no earlier moments are kept, so nothing can be rewound")
        return self.at_step(step)
