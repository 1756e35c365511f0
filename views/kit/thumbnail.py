"""The small moving picture of a workbench's card: one question, and its answer in a loop."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.contract import Spec
from engines.running.compute import Compute, Job
from views.kit.components import tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker


def looping_script(package: str, *names: str) -> str:
    """A component's script on top of ``loop.js``; its last file calls ``playOn``."""
    return tokens_script() + esm(package, *names, shared=("base.js", "clock.js", "loop.js"))


class LoopingPicture(JSComponent):
    """Asks for its answer at once; shows a quiet ground until the engine has it."""

    picture = param.Bytes(default=b"", doc="What `packed` made; empty until the answer has come.")

    question: ClassVar[Spec]
    __abstract = True

    _stylesheets: ClassVar[list[str]] = [":host { width: 100%; height: 100%; }"]

    def __init__(self, compute: Compute, owner: str) -> None:
        super().__init__(sizing_mode="stretch_both")
        self._asker = Asker(compute, owner, type(self).__module__, self._hear)
        self._asker.ask(self.question)

    @abstractmethod
    def packed(self, result: Any) -> bytes:
        """The payload of the question's result."""

    def _hear(self, job: Job) -> None:
        if job.result is not None:
            self.picture = self.packed(job.result)
