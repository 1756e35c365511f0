"""Recording any torch module: once, or again and again during your own training.

>>> import torch
>>> from engines.geometry.record import Recorder
>>> net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
>>> recorder = Recorder(net, torch.randn(6, 4), layers=["1"], folder=None)
>>> recorder.snapshot(step=0)
>>> recorder.close().layer("1").shape
(1, 6, 8)
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.contract import InputError
from engines.geometry import library
from engines.geometry.store import ActivationSet, ActivationWriter


class Recorder:
    """Takes snapshots of a module's layers on the same inputs.

    Args of the constructor:
        module: any module; it is not changed, and its mode (train, eval) is kept.
        inputs: what is passed to it, stimuli first; a tuple for several arguments.
        layers: names as ``module.named_modules()`` gives them; every leaf when empty.
        name: keep the set in the library under this name, so that the page can open it.
        folder: or write here; None for a temporary folder.
        stimuli: ids; numbers when empty.
        labels: columns about the stimuli.

    Raises:
        InputError: a layer that is not there, or whose output is no tensor with a row per stimulus.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        inputs: Any,
        layers: Sequence[str] = (),
        *,
        name: str = "",
        folder: str | Path | None = None,
        stimuli: Sequence[str] = (),
        labels: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Runs the module once to see the shapes."""
        self.module, self.inputs = module, inputs if isinstance(inputs, tuple) else (inputs,)
        known = dict(module.named_modules())
        self.layers = tuple(layers) or tuple(n for n, m in known.items() if not any(m.children()))
        missing = [n for n in self.layers if n not in known]
        if missing:
            there = ", ".join(repr(n) for n in list(known)[1:13])
            raise InputError(f"the module has no layer {missing[0]!r}; there are: {there}")
        self._name = name
        self._writing = (
            library.fresh_folder(name)
            if name
            else Path(folder or tempfile.mkdtemp(prefix="activations-"))
        )
        first = self._values()
        n = len(next(iter(first.values())))
        self._writer = ActivationWriter(
            self._writing,
            {layer: value.shape[1] for layer, value in first.items()},
            list(stimuli) or [str(k) for k in range(n)],
            labels=labels,
            provenance={"title": name or type(module).__name__, "recorded": "torch module"},
        )

    def snapshot(self, **columns: float) -> None:
        """Record the layers now; ``columns`` (step=, loss=) say when."""
        self._writer.append(self._values(), **columns)

    def close(self) -> ActivationSet:
        """Finish, and open what was recorded."""
        opened = self._writer.close()
        return library.publish(self._writing, self._name) if self._name else opened

    def _values(self) -> dict[str, np.ndarray]:
        kept: dict[str, np.ndarray] = {}
        known = dict(self.module.named_modules())
        handles = [known[n].register_forward_hook(_keeper(n, kept)) for n in self.layers]
        trained = {m: m.training for m in self.module.modules()}
        try:
            self.module.eval()
            with torch.no_grad():
                self.module(*self.inputs)
        finally:
            for handle in handles:
                handle.remove()
            for part, mode in trained.items():
                part.training = mode
        silent = [n for n in self.layers if n not in kept]
        if silent:
            raise InputError(f"layer {silent[0]!r} did not run on these inputs")
        return {n: kept[n] for n in self.layers}


def _keeper(name: str, kept: dict[str, np.ndarray]) -> Any:
    def keep(_module: torch.nn.Module, _inputs: Any, output: Any) -> None:
        value = output[0] if isinstance(output, tuple) else output
        if not isinstance(value, torch.Tensor) or value.ndim < 2:
            raise InputError(f"layer {name!r} gives no tensor with a row per stimulus")
        kept[name] = value.detach().float().flatten(1).cpu().numpy()

    return keep


def record(
    module: torch.nn.Module, inputs: Any, layers: Sequence[str] = (), **options: Any
) -> ActivationSet:
    """One snapshot of a module's layers; options as of `Recorder`."""
    recorder = Recorder(module, inputs, layers, **options)
    recorder.snapshot()
    return recorder.close()
