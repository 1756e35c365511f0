"""Layers that give or take a single number: torch's own modules are run beside their diagrams."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engines.diagrams.importing.result import circuit_from_torch
from engines.diagrams.running.verify import verify

CASES = {
    "one output": (nn.Linear(5, 1), (4, 5)),
    "one input": (nn.Linear(1, 4), (4, 1)),
    "one of each": (nn.Linear(1, 1), (4, 1)),
    "one output without bias": (nn.Linear(5, 1, bias=False), (4, 5)),
    "a perceptron of one output": (
        nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)),
        (8, 6),
    ),
    "one channel": (nn.Conv1d(1, 1, 3, padding=1), (2, 1, 9)),
    "a picture of one channel": (nn.Conv2d(1, 1, 1), (2, 1, 5, 5)),
    "a norm of one": (nn.LayerNorm(1), (4, 1)),
    "one unit that remembers": (nn.GRU(3, 1, batch_first=True), (2, 5, 3)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_of_one_number_is_equal(name):
    module, shape = CASES[name]
    inputs = (torch.randn(*shape, generator=torch.Generator().manual_seed(0)),)
    assert verify(module, circuit_from_torch(module, inputs)).verdict.startswith("equal on")


def test_a_table_of_single_numbers_is_opaque_by_name_and_equal():
    module = nn.Embedding(5, 1)
    found = verify(module, circuit_from_torch(module, (torch.tensor([[0, 4, 2]]),)))
    assert found.verdict == "equal, 1 operation opaque"
