"""The bundled weights are at least as good as the table of floors says, on fresh instances."""

from __future__ import annotations

import pytest
import torch

from engines.pointer.bundled.floors import FLOORS, measured


def told(floor):
    return f"{floor.weights}: {floor.score} at {floor.n}"


@pytest.mark.parametrize("floor", FLOORS, ids=told)
def test_bundled_weights_reach_their_floor(floor):
    torch.set_num_threads(1)
    found = measured(floor)
    assert floor.reached(found), (
        f"{floor.score} of {floor.weights} at n = {floor.n} is {found:.4g}, floor {floor.bound:g}"
    )
