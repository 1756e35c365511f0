"""Events and instructions are plain values."""

import dataclasses

import pytest

from engines.process.machine.events import Submitted, Ticked


def test_events_and_instructions_are_values():
    assert Submitted("a", "o", "v", "k") == Submitted("a", "o", "v", "k")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Ticked().anything = 1
