"""Modules of torch that race as they are drawn."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engines.contract import InputError
from engines.diagrams import race
from engines.diagrams.learning.entrants import contestant
from engines.diagrams.learning.modules import entrant_from_module
from engines.diagrams.learning.prices import matched, price
from engines.diagrams.learning.spec import WIDE, race_of
from engines.lab.data.catalog import task_of


def convolution() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 10)
    )


class Letters(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed, self.out = nn.Embedding(29, 4), nn.Linear(48, 29)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.out(self.embed(tokens).flatten(1))


class Silent(nn.Module):
    def forward(self, _x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError


class Asks(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.no_such_thing


class Decides(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :10] if x.sum() > 0 else x[:, 1:11]


MODULES = {
    "rows": (lambda: nn.Sequential(nn.Linear(64, 9), nn.Tanh(), nn.Linear(9, 10)), "digits"),
    "pictures": (convolution, "digits"),
    "tokens": (Letters, "characters"),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_races_with_as_many_parameters_and_flops_as_it_has(name):
    """Against torch's own count of both, forward and backward."""
    build, task = MODULES[name]
    module = build().train()
    data = task_of(task, 0)
    one = contestant(entrant_from_module(module, task), data, 64)
    assert module.training, "it is as it was"
    cost = price(one)
    assert cost.parameters == sum(value.numel() for value in module.parameters())
    x = torch.zeros(1, *one.input_shape)
    x = x.long() if data.n_tokens else x.requires_grad_()
    with FlopCounterMode(display=False) as counter:
        module(x).sum().backward()
    assert cost.flops == counter.get_total_flops()


def test_a_module_and_a_text_race_and_a_convolution_is_sized_by_flops():
    found = race(convolution(), WIDE, n_steps=50, n_seeds=2, learning_rates="0.003", match="FLOPs",
                 control=False)  # fmt: skip
    assert [one.name for one in found.entered] == ["Sequential", "Wide"]
    first, wide = found.entered
    assert abs(wide.flops / first.flops - 1) <= 0.03
    conv = contestant(entrant_from_module(convolution(), "digits"), task_of("digits", 0), 64)
    assert matched(conv, 3 * first.flops, "FLOPs").chosen == {"c1": 18}, "all of it grows with c1"


@pytest.mark.parametrize(
    ("module", "task", "said"),
    [
        (nn.Linear(64, 7), "digits", r"gives b x 64 and wants b x 10; b x 64: the module gives b x 7"),
        (nn.Linear(60, 10), "digits", r"7x64 and 60x10.* Add a layer such as nn\.Linear"),
        (nn.Linear(3, 2), "characters", r"gives b x 12 in 29 and wants b x 29"),
        (nn.LSTM(8, 10), "digits", "the module gives tuple"),
        (Silent(), "digits", "b x 64: RuntimeError"),
        (Asks(), "digits", "no attribute 'no_such_thing'"),
        (Decides(), "digits", "decides by the values of a tensor"),
    ],
)  # fmt: skip
def test_a_module_that_does_not_fit_is_told_what_the_task_gives_and_wants(module, task, said):
    with pytest.raises(InputError, match=said):
        entrant_from_module(module, task)


def test_a_module_without_weights_has_nothing_to_train():
    module = nn.Sequential(nn.Flatten(), nn.AdaptiveAvgPool1d(10))
    with pytest.raises(InputError, match="nothing to train"):
        race(module, n_steps=50, n_seeds=2)


def test_what_is_no_module_cannot_race():
    with pytest.raises(InputError, match="a int cannot race; give a text"):
        race(5)  # type: ignore[arg-type]


def test_a_second_of_a_name_gets_the_next_number():
    made = entrant_from_module(nn.Linear(64, 10), "digits", {"Linear"})
    assert made.name == "Linear 2"
    assert [one.name for one in race_of(WIDE).entrants] == ["Wide", "Wide 2"]


def test_how_many_examples_a_module_was_read_with_is_no_size_of_a_text():
    one = contestant(entrant_from_module(nn.Linear(64, 10), "digits"), task_of("digits", 0), 64)
    assert one.otherwise == ""
