"""Many networks learn together, each to the bits it has alone; rules apart from the networks.

Names are found when they are asked for, so that a rule can be read without loading torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engines.lab.training.batches import ArrayBatches, Batches, OrderedBatches, arrays
    from engines.lab.training.checkpoints import Checkpoints
    from engines.lab.training.constraints import Constraints
    from engines.lab.training.rule import Rule
    from engines.lab.training.running import Pause, run
    from engines.lab.training.schedule import evenly_spaced, log_spaced
    from engines.lab.training.stack import Stack, seeds_apart, stack_from_seeds, stack_of
    from engines.lab.training.training import Training, one_thread, outputs_of

_MODULES = {
    "batches": ("ArrayBatches", "Batches", "OrderedBatches", "arrays"),
    "checkpoints": ("Checkpoints",),
    "constraints": ("Constraints",),
    "rule": ("Rule",),
    "running": ("Pause", "run"),
    "schedule": ("evenly_spaced", "log_spaced"),
    "stack": ("Stack", "seeds_apart", "stack_from_seeds", "stack_of"),
    "training": ("Training", "one_thread", "outputs_of"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "ArrayBatches",
    "Batches",
    "Checkpoints",
    "Constraints",
    "OrderedBatches",
    "Pause",
    "Rule",
    "Stack",
    "Training",
    "arrays",
    "evenly_spaced",
    "log_spaced",
    "one_thread",
    "outputs_of",
    "run",
    "seeds_apart",
    "stack_from_seeds",
    "stack_of",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for."""
    if name not in _PLACES:
        raise AttributeError(f"{__name__} has no {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
