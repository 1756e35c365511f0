"""Known answers of many seeds at once: plain torch, and interventions that leave no trace."""

from __future__ import annotations

from engines.contract import KnownAnswer
from engines.geometry.experiments.training._stacked_run import build_of, training_of
from engines.geometry.experiments.training._stacked_spec import StackedSpec
from engines.lab.data.catalog import task_of

_SPEC = StackedSpec(n_seeds=4, width=32, n_steps=60)


def _differing() -> float:
    """Networks any of whose weights is not plain torch's to the bit."""
    import torch
    from torch import nn

    task = task_of(_SPEC.task, _SPEC.seed)
    training = training_of(_SPEC, task)
    training.advance(_SPEC.n_steps)
    n = 0
    for net in range(_SPEC.n_seeds):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(net)
            module = build_of(_SPEC, task)
        optimiser = torch.optim.Adam(module.parameters(), _SPEC.learning_rate)
        for step in range(_SPEC.n_steps):
            x, y = training.batches.batch(step)
            cost = nn.functional.cross_entropy(module(x), y)
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
        ours = training.stack.one(net)
        n += not all(torch.equal(ours[name], v) for name, v in module.named_parameters())
    return float(n)


def _left_behind() -> float:
    """Bytes of the outputs that differ once an intervention is taken out of the list again."""
    from engines.lab.interventions.activations import outputs
    from engines.lab.interventions.spec import without
    from engines.lab.interventions.text import parsed

    task = task_of("ring", 0)
    training = training_of(StackedSpec(task="ring", n_seeds=4, width=16), task)
    training.advance(20)
    x = training.batches.batch(0)[0]
    done = parsed("noise 0 sd=0.3; ablate 1:3; prune share=0.3 by=random")
    back = outputs(training.stack, x, without(done, 1))
    never = outputs(training.stack, x, parsed("noise 0 sd=0.3; prune share=0.3 by=random"))
    return float((back != never).sum())


def answers() -> tuple[KnownAnswer, ...]:
    """Both are zero by what is promised."""
    from torch import __version__

    plain = f"torch {__version__}: module, backward, torch.optim.Adam, one seed after the other"
    return (
        KnownAnswer("networks of 4 that differ by a bit", plain, 0.0, 0.0, _differing),
        KnownAnswer("numbers changed by an intervention undone", "definition", 0.0, 0.0,
                    _left_behind),
    )  # fmt: skip
