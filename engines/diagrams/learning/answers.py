"""Known answers of the race: what needs no race to be known."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.contract import KnownAnswer
from engines.diagrams.learning.course import RaceResult
from engines.diagrams.learning.presets import PRESETS
from engines.diagrams.learning.spec import Entrant, RaceSpec

LINE = """def Line(x: b p) -> b c
  y: b c = Linear+[W](x)
"""
_SHORT = {"n_steps": 60, "learning_rates": "0.003", "match": "nothing", "control": False}


def raced(spec: RaceSpec) -> RaceResult:
    """A race to its end, in this process."""
    from engines.diagrams.learning.racing import frames_of

    *_, last = frames_of(spec)
    assert isinstance(last, RaceResult)
    return last


def _against_itself() -> float:
    one = Entrant()
    found = raced(RaceSpec(entrants=(one, one.replace(name="Again")), n_seeds=5, **_SHORT))
    return float(np.abs(found.course.held_out[0] - found.course.held_out[1]).max())


def _other_weights() -> float:
    """|t| at the last budget of two stacks that differ in first weights alone."""
    found = raced(RaceSpec(entrants=(Entrant(),), n_seeds=20, **{**_SHORT, "control": True}))
    last = (found.course.held_out[1] - found.course.held_out[0])[-1]
    return float(abs(last.mean()) / (last.std(ddof=1) / len(last) ** 0.5))


def _least_squares() -> float:
    """Mean squared error of a line after learning, less that of least squares."""
    from engines.diagrams.learning.racing import Race
    from engines.lab.training import Rule, Training, arrays, stack_from_seeds

    spec = RaceSpec(
        entrants=(Entrant(name="Line", text=LINE),), task="formula x y", n_steps=3_000, n_seeds=3,
        learning_rates="0.01", match="nothing", control=False, batch=512,
    )  # fmt: skip
    race = Race(spec)
    (racer,) = race.line_up()
    x, y = race.task.x[race.kept], race.task.y[race.kept]
    stack = stack_from_seeds(racer.contestant.module, range(spec.n_seeds))
    training = Training(stack, arrays(x, y), race.task.loss, Rule(learning_rate=0.01), exact=False)
    training.advance(spec.n_steps)
    whole = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    best = np.linalg.lstsq(whole, y.astype(np.float64), rcond=None)
    loss = race.loss(racer, training, race.kept)
    return float(np.abs(loss - best[1].sum() / len(x)).max())


def counted(preset: str) -> float:
    """FLOPs by torch's counter less ours, over all entrants, forward and backward."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from engines.diagrams.learning.prices import price
    from engines.diagrams.learning.racing import Race

    race, off = Race(PRESETS[preset]), 0.0
    for racer in race.line_up():
        module = racer.contestant.module()
        x: torch.Tensor = torch.zeros(1, *racer.contestant.input_shape)
        x = x.long() if race.task.n_tokens else x.requires_grad_()
        with FlopCounterMode(display=False) as counter:
            module(x).sum().backward()
        off += abs(counter.get_total_flops() - price(racer.contestant).flops)
    return off


def apart_from_alone(preset: str) -> tuple[int, float]:
    """Stacked networks against plain torch, one by one, after 20 steps.

    How many weights are not the same to the bit, and the largest difference.
    """
    import torch
    from torch.nn import functional as fn

    from engines.diagrams.learning.racing import Race

    race, n, largest = Race(PRESETS[preset]), 0, 0.0
    for racer in race.line_up():
        training = race.training(racer, (0.003,), [0, 1, 2])
        training.advance(20)
        for net in range(3):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(net)
                module = racer.contestant.module()
            optimiser = torch.optim.Adam(module.parameters(), 0.003)
            for step in range(20):
                x, y = training.batches.batch(step)
                optimiser.zero_grad()
                fn.cross_entropy(module(x[net]), y[net]).backward()
                optimiser.step()
            ours = training.stack.one(net)
            for name, value in module.named_parameters():
                n += int((ours[name] != value).sum())
                largest = max(largest, float((ours[name] - value.detach()).abs().max()))
    return n, largest


def _differing() -> float:
    return float(apart_from_alone(next(iter(PRESETS)))[0])


def answers() -> tuple[KnownAnswer, ...]:
    """Each with where the number comes from."""
    first = next(iter(PRESETS))
    return (
        KnownAnswer("largest difference of an entrant to itself, 5 seeds", "definition", 0.0, 0.0,
                    _against_itself),
        KnownAnswer("|t| of two stacks with other first weights, 20 seeds",
                    "Student's t: beyond 4 once in 1,300", 0.0, 4.0, _other_weights),
        KnownAnswer("loss of a line less that of numpy.linalg.lstsq", "least squares, numpy", 0.0,
                    1e-5, _least_squares),
        KnownAnswer("FLOPs of the entrants less torch's counter",
                    "torch.utils.flop_counter, forward and backward", 0.0, 0.0,
                    partial(counted, first)),
        KnownAnswer("weights that differ from networks one after the other",
                    "torch: module, autograd, one seed at a time", 0.0, 0.0,
                    _differing),
    )  # fmt: skip
