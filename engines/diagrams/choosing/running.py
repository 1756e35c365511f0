"""The run: a stack for every kind of network, in each of which all formulas are learnt at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import watched
from engines.diagrams.choosing.asked import (
    ALL,
    ARMS,
    BATCH,
    BEST,
    FIXED,
    GATE,
    N_EXAM,
    N_KNOWN,
    N_LEARNT,
    PLAN,
    RATES,
    TASKS,
    ChoosingSpec,
)
from engines.diagrams.choosing.networks import keep_one, network
from engines.diagrams.choosing.results import ChoosingResult
from engines.lab.data.rules import formula
from engines.lab.training import OrderedBatches, Rule, Training, one_thread, stack_of
from engines.running import devices

_LAYERS = ("0", "1")


@dataclass(eq=False)
class Own:
    """Examples of every network's own formula; network k of each sees the same points.

    ``x`` is [example, in], ``y`` is [task, example, out].
    """

    places: OrderedBatches
    """Of x and of places in y."""
    y: Tensor
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets [task times net, example, ...]."""
        x, places = self.places.batch(step)
        return x.repeat(len(self.y), 1, 1), self.y[:, places].flatten(0, 1)


@dataclass(eq=False)
class Comparison:
    """Points and networks of a run."""

    spec: ChoosingSpec
    trainings: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw points and everybody's first weights."""
        spec, device = self.spec, devices.current()
        tasks = [formula(name, spec.seed, n=N_LEARNT, n_test=N_KNOWN + N_EXAM) for name in TASKS]

        def told(values: np.ndarray) -> Tensor:
            return torch.from_numpy(values).to(device)

        # Every formula in units of its own spread, so that one learning rate is as long for all.
        spread = np.array([task.y_test.std() for task in tasks], np.float32)[:, None, None]
        y = told(np.stack([task.y for task in tasks]) / spread)
        self.x_test = told(tasks[0].x_test)
        self.y_test = told(np.stack([task.y_test for task in tasks]) / spread)
        places = OrderedBatches(told(tasks[0].x), torch.arange(N_LEARNT, device=device), BATCH,
                                spec.n_nets, spec.seed)  # fmt: skip
        self.trainings = {
            name: Training(stack_of(self._made(name), device), Own(places, y), "squared error",
                           Rule(learning_rate=spec.rate_factor * RATES[name]), exact=False)
            for name in (GATE, ALL, *FIXED)
        }  # fmt: skip

    def _made(self, name: str) -> list[torch.nn.Module]:
        made: list[torch.nn.Module] = []
        with torch.random.fork_rng(devices=[]):
            for _ in TASKS:
                for k in range(self.spec.n_nets):
                    torch.manual_seed((self.spec.seed + k) % 2**63)
                    made.append(network(name, 2, self.spec.n_hidden, 1))
        return made

    def errors(self, name: str) -> np.ndarray:
        """float64[validation or exam, task, net]: root mean square, in spreads of the target."""
        training, n = self.trainings[name], self.spec.n_nets
        with one_thread():
            said = training.outputs(self.x_test).double().unflatten(0, (len(TASKS), n))
        square = (said - self.y_test[:, None]).square()[..., 0].split((N_KNOWN, N_EXAM), -1)
        found = torch.stack([part.mean(-1).sqrt() for part in square]).cpu().numpy()
        return np.where(training.alive.reshape(len(TASKS), n), found, np.nan)

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[1, arm, task, net]; half way, every node keeps one basis."""
        gated = self.trainings[GATE]
        if gated.step >= self.spec.n_steps // 2 and not self.chosen():
            for layer in _LAYERS:
                keep_one(gated.stack.parameters, gated.stack.buffers, layer)
        found = {}
        for name in self.trainings:
            found[name] = self.errors(name)
            yield
        fixed = np.stack([found[name] for name in FIXED])
        best = np.nanargmin(np.where(np.isnan(fixed[:, 0]), np.inf, fixed[:, 0]), axis=0)
        exam = {name: values[1] for name, values in found.items()}
        exam[BEST] = np.take_along_axis(fixed[:, 1], best[None], axis=0)[0]
        return np.stack([exam[name] for name in ARMS])[None]

    def chosen(self) -> bool:
        """Whether every node has kept one basis."""
        return bool((self.trainings[GATE].stack.buffers["0.kept"].sum(-1) == 1).all())

    def shares(self) -> np.ndarray:
        """float64[task, basis]: share of nodes that kept a basis, all layers and networks."""
        buffers = self.trainings[GATE].stack.buffers
        kept = torch.cat([buffers[f"{layer}.kept"] for layer in _LAYERS], 1)
        shares = kept.double().unflatten(0, (len(TASKS), -1)).mean((1, 2))
        return (shares / shares.sum(-1, keepdim=True)).cpu().numpy()

    def n_parameters(self) -> tuple[int, ...]:
        """Of each arm after the choice: a gate leaves one basis a node, and is itself gone."""
        count = {name: training.stack.n_parameters for name, training in self.trainings.items()}
        return tuple(count[FIXED[0] if name in (GATE, BEST) else name] for name in ARMS)


def frames_of(spec: ChoosingSpec) -> Iterator[ArmsFrame | ChoosingResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    steps = (0, spec.n_steps // 8, spec.n_steps // 4, spec.n_steps // 2, 3 * spec.n_steps // 4,
             spec.n_steps)  # fmt: skip
    trainings = list(made.trainings.values())
    for frame in watched(PLAN, trainings, spec.n_steps, made.look, steps=steps):
        yield frame
    assert frame is not None
    looks: Looks = frame.looks
    yield ChoosingResult(spec, looks, made.shares(), made.n_parameters())
