"""Moments of a training that are kept, so that a scrubber can stand on each of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.boundary.store import Store, result_key
from engines.contract import InputError
from engines.lab.training.snapshot import unpacked
from engines.lab.training.stack import Stack
from engines.lab.training.training import Training


@dataclass(eq=False)
class Checkpoints:
    """Snapshots by step, in memory, and in a store as well where there is one.

    ``name`` tells the run from others in the store, say the digest of its spec.
    """

    name: str = ""
    store: Store | None = None
    held: dict[int, bytes] = field(default_factory=dict)

    def keep(self, training: Training) -> None:
        """Keep this moment; one that is kept already stays."""
        if training.step in self.held:
            return
        data = self.held[training.step] = training.snapshot()
        if self.store is not None:
            key = self._key(training.step)
            self.store.save(key, self.store.put(key, data))

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps of the moments that are kept, in order."""
        return tuple(sorted(self.held))

    def at(self, step: int) -> bytes:
        """The snapshot of the last kept moment that is not after this step.

        Raises:
            InputError: none is that early.
        """
        earlier = [kept for kept in self.steps if kept <= step]
        if not earlier:
            raise InputError(f"no moment is kept at step {step} or before; there are: {self.steps}")
        return self.held[earlier[-1]]

    def rewind(self, training: Training, step: int) -> None:
        """Put a training back to the last kept moment that is not after this step."""
        training.restore(self.at(step))

    def stack_at(self, training: Training, step: int) -> Stack:
        """The networks of a kept moment, apart from those that learn."""
        held, _ = unpacked(self.at(step))
        stack = training.stack.copy()
        stack.weights.copy_(held["weights"])
        for name, value in stack.buffers.items():
            value.copy_(held[f"buffer.{name}"])
        return stack

    def found(self, step: int) -> bytes | None:
        """The snapshot of this very step, from memory or store; None if damaged or gone."""
        if step in self.held or self.store is None:
            return self.held.get(step)
        stored = self.store.get(self._key(step))
        return None if stored is None else stored.data

    def _key(self, step: int) -> str:
        return result_key(f"lab training {self.name}", str(step), "cpu")
