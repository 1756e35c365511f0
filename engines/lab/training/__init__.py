"""Many networks learn together, each to the bits it has alone; rules apart from the networks.

Names are found when they are asked for, so that a rule can be read without loading torch.
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from engines.lab.training.batches import ArrayBatches, Batches, OrderedBatches, arrays
    from engines.lab.training.checkpoints import Checkpoints
    from engines.lab.training.constraints import Constraints
    from engines.lab.training.rule import Rule
    from engines.lab.training.running import Pause, run
    from engines.lab.training.schedule import evenly_spaced, log_spaced
    from engines.lab.training.stack import Stack, seeds_apart, stack_from_seeds, stack_of
    from engines.lab.training.training import Training, one_thread, outputs_of

__getattr__, __dir__, __all__ = offered(__name__)
