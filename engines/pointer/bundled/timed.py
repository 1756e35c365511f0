"""Bundled weights of long trainings on one GPU, each within minutes of a clock.

``python -m engines.pointer.bundled.timed tour-5-100 --seconds 540 --out FOLDER`` learns and writes
``FOLDER/<name>.safetensors``; ``--after FILE`` goes on from such a file, and ``--ship FILE`` scores
one on this machine and puts it among the bundled weights. A run by the clock is not the same
twice: what is shipped says how it was made (`MADE`).
"""

from __future__ import annotations

import argparse
import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engines.boundary.whole import write_whole
from engines.pointer.bundled.labelled import KINDS, chunks
from engines.pointer.bundled.recipes import EVALUATION_SEED, TIMED, metrics
from engines.pointer.networks.base import previous_from_targets
from engines.pointer.networks.set_pointer import SetPointer
from engines.pointer.networks.weights import Header, digest, save, shipped_folder
from engines.pointer.training.policy_gradient import drawn
from engines.pointer.training.policy_gradient import loss_of as policy_loss

_LOG = logging.getLogger("timed training")
_PEAK, _CLIP, _WARM_STEPS = 1e-3, 1.0, 500
_KEPT_MEAN, _MEAN_EVERY = 0.95, 10
"""The weights that are written are a running mean over some two hundred steps."""
_POOL = 200_000
_TOLD_EVERY_S = 20.0


@dataclass(frozen=True)
class Plan:
    """What one file of weights learns, and from what."""

    kind: str
    """Of `labelled.KINDS`."""
    d_features: int
    n_encoder: int
    n_decoder: int
    batch_points: int
    """Points of a batch, over all its instances."""
    n_given: int
    n_workers: int
    own: tuple[int, ...] = ()
    """Numbers of cities of tours of its own, in the second half of the time."""
    exact_products: bool = False
    """Without tensor cores' 10 bits, where the third decimal of a coordinate decides."""


_OWN_NUMBERS = (10, 20, 20, 35, 50, 50, 50, 75, 100, 100)
PLANS: Mapping[str, Plan] = {
    "tour-5-100": Plan(
        "tour", 2, 6, 2, 26_000, 1, 9, own=(10, 20, 20, 35, 50, 50, 50, 75, 100, 100)
    ),
    "hull-5-50-long": Plan("hull", 2, 3, 2, 12_000, 0, 3, exact_products=True),
    "path-10-100": Plan("path", 4, 4, 2, 26_000, 1, 8),
}
MADE: Mapping[str, str] = {
    "hull-5-50-long": "470 s of one H200, shared with another training; every example seen once",
    "tour-5-100": "on one H200, shared with other trainings: 264 s on 261,696 labelled tours, "
    "turned, mirrored and begun elsewhere, then 1,250 s on 42 million tours of its own",
}
"""How the bundled files were made."""
_OWN_ROWS = 8_192
"""Tours drawn for one step of learning from one's own."""
_OWN_ANSWERS = 32


@dataclass(frozen=True)
class Hours:
    """How a training spends its time."""

    labelled: float
    """Seconds with labels."""
    own: float
    """Seconds with answers of its own, after that."""
    own_rates: tuple[float, float]
    """Learning rate at the beginning and at the end of those."""
    n_workers: int = 0
    """Processes that label; 0 for those of the plan."""


class Learner:
    """A network, its optimizer, and steps that are captured once for each number of points."""

    def __init__(self, plan: Plan, device: str) -> None:
        torch.manual_seed(0)
        self.plan, self.device = plan, device
        self.net = SetPointer(
            d_features=plan.d_features, n_encoder=plan.n_encoder, n_decoder=plan.n_decoder
        ).to(device)
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.rate = torch.tensor(0.0, device=device)
        on_gpu = device == "cuda"
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), lr=self.rate if on_gpu else 0.0, betas=(0.9, 0.98),
            weight_decay=0.01, capturable=on_gpu,
        )  # fmt: skip
        for parameter in self.net.parameters():
            parameter.grad = torch.zeros_like(parameter)
        self._captured: dict[object, Callable[..., Tensor]] = {}
        self.n_steps = self.n_examples = self.n_own = 0

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Begin with these weights."""
        self.net.load_state_dict({k: v.float() for k, v in tensors.items()})
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}

    def labelled(self, features: Tensor, targets: Tensor) -> Tensor:
        """One step on features[instance, point, feature] and targets int64[instance, step]."""
        self.n_examples += len(features)
        return self._step(("labelled", *features.shape), self._labelled_loss, features, targets)

    def own(self, n: int) -> Tensor:
        """One step on tours of its own through n uniform cities; their mean length."""
        n_answers = min(n, _OWN_ANSWERS)
        n_instances = _OWN_ROWS // n_answers
        self.n_own += n_instances * n_answers
        return self._step(("own", n), lambda: self._own_loss(n_instances, n_answers, n))

    def _labelled_loss(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        previous = previous_from_targets(targets, n_points=features.shape[1])
        logits = self.net(features, previous)[:, self.plan.n_given :]
        taught = targets[:, self.plan.n_given :].flatten()
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), taught, ignore_index=-1)
        return loss, loss

    def _own_loss(self, n_instances: int, n_answers: int, n: int) -> tuple[Tensor, Tensor]:
        points = torch.rand(n_instances, n, 2, device=self.device)
        begins = torch.rand(n_instances, n, device=self.device).argsort(-1)[:, :n_answers]
        found = drawn(self.net, points, begins)
        # As many nats whatever the number of cities, and lengths of one size.
        return policy_loss(self.net, points, found) / n**0.5, found.lengths.mean()

    def _step(
        self, key: object, loss: Callable[..., tuple[Tensor, Tensor]], *inputs: Tensor
    ) -> Tensor:
        def whole(*given: Tensor) -> Tensor:
            self.optimizer.zero_grad(set_to_none=False)
            value, told = loss(*given)
            value.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), _CLIP, foreach=True)
            self.optimizer.step()
            return told.detach()

        if self.device == "cuda":
            if key not in self._captured:
                self._captured[key] = _captured(whole, inputs)
            told = self._captured[key](*inputs)
        else:
            told = whole(*inputs)
        self.n_steps += 1
        if self.n_steps % _MEAN_EVERY == 0:
            for name, now in self.net.state_dict().items():
                self.mean[name].lerp_(now, 1 - _KEPT_MEAN)
        return told

    def at_rate(self, rate: float) -> None:
        """The learning rate of the steps that follow."""
        self.rate.fill_(rate)
        if self.device != "cuda":
            for group in self.optimizer.param_groups:
                group["lr"] = rate


class Captured:
    """A step whose kernels are launched together; its inputs keep their shapes."""

    pool = None

    def __init__(self, step: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> None:
        self.inputs = tuple(x.clone() for x in inputs)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                step(*self.inputs)
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, pool=Captured.pool):
            self.told = step(*self.inputs)
        Captured.pool = Captured.pool or self.graph.pool()

    def __call__(self, *inputs: Tensor) -> Tensor:
        """What the step told of these inputs."""
        for here, given in zip(self.inputs, inputs, strict=True):
            here.copy_(given)
        self.graph.replay()
        return self.told.clone()


def _captured(step: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> Callable[..., Tensor]:
    try:
        return Captured(step, inputs)
    except RuntimeError as error:
        _LOG.warning("not captured, launched one by one: %s", error)
        return step


class Pool:
    """Labelled instances on the device, by their number of points."""

    def __init__(self, kind: str, device: str, n_features: int) -> None:
        self.turning, self.device = KINDS[kind].turning, device
        self.rows: dict[int, Tensor] = {}
        self.count: dict[int, int] = {}
        self.n_features = n_features

    def add(self, n: int, chunk: np.ndarray) -> None:
        """Keep a chunk; the oldest ones go when there is no more room."""
        if n not in self.rows:
            self.rows[n] = torch.empty(_POOL, n, self.n_features, device=self.device)
            self.count[n] = 0
        at = self.count[n] % (_POOL - _POOL % len(chunk))
        self.rows[n][at : at + len(chunk)] = torch.from_numpy(chunk).to(self.device)
        self.count[n] += len(chunk)

    def batch(self, n: int, size: int) -> tuple[Tensor, Tensor]:
        """Random instances, turned, mirrored and begun anywhere; targets int64[instance, step]."""
        there = min(self.count[n], _POOL)
        chosen = self.rows[n][torch.randint(there, (size,), device=self.device)]
        order = torch.arange(n, device=self.device).expand(size, n)
        if self.turning:
            order = (order + torch.randint(n, (size, 1), device=self.device)) % n
        flags = torch.rand(3, size, 1, device=self.device) < 0.5
        mirrored = flags[0] ^ flags[1] ^ flags[2]
        if self.turning:
            # A mirrored tour goes clockwise: walk it backwards.
            order = torch.where(mirrored, (order[:, :1] * 2 - order) % n, order)
        rows = chosen.gather(1, order[..., None].expand(-1, -1, chosen.shape[2]))
        x, y = rows[..., 0], rows[..., 1]
        x, y = torch.where(flags[0], 1 - x, x), torch.where(flags[1], 1 - y, y)
        x, y = torch.where(flags[2], y, x), torch.where(flags[2], x, y)
        features = torch.cat([x[..., None], y[..., None], rows[..., 2:]], dim=-1)
        return features, torch.arange(n, device=self.device).expand(size, n).contiguous()


def arriving(kind: str, n_workers: int) -> queue.Queue[tuple[int, np.ndarray]]:
    """Chunks as they come, read by a thread of its own."""
    found: queue.Queue[tuple[int, np.ndarray]] = queue.Queue(256)

    def read() -> None:
        for item in chunks(kind, n_workers, seed=time.time_ns() % 2**32):
            found.put(item)

    threading.Thread(target=read, daemon=True).start()
    return found


def learned(name: str, learner: Learner, hours: Hours) -> Iterator[str]:
    """Learn until the time is over; a line about every twenty seconds."""
    plan = PLANS[name]
    pool = Pool(plan.kind, learner.device, plan.d_features)
    rng, told_at = np.random.default_rng(0), 0.0
    sums: dict[tuple[str, int], list[Tensor]] = {}
    coming = arriving(plan.kind, hours.n_workers or plan.n_workers) if hours.labelled else None
    began = time.monotonic()
    while (spent := time.monotonic() - began) < hours.labelled + hours.own:
        if coming and spent < hours.labelled:
            warm = min(1.0, (learner.n_steps + 1) / _WARM_STEPS)
            cosine = 0.5 * (1 + math.cos(math.pi * spent / hours.labelled))
            learner.at_rate(_PEAK * warm * (0.01 + 0.99 * cosine))
            n, told = _taught(plan, learner, pool, coming, rng)
            sums.setdefault(("nats", n), []).append(told)
        else:
            first, last = hours.own_rates
            learner.at_rate(first + (last - first) * (spent - hours.labelled) / hours.own)
            n = int(rng.choice(plan.own))
            sums.setdefault(("length", n), []).append(learner.own(n))
        if spent - told_at > _TOLD_EVERY_S:
            told_at = spent
            means = (f"{k} {n}: {torch.stack(sums[k, n]).mean():.4f}" for k, n in sorted(sums))
            counts = f"{learner.n_examples} of {sum(pool.count.values())} labels"
            yield f"{spent:.0f} s, {counts}, {learner.n_own} own; {', '.join(means)}"
            sums = {}


def _taught(
    plan: Plan, learner: Learner, pool: Pool, coming: queue.Queue[tuple[int, np.ndarray]],
    rng: np.random.Generator,
) -> tuple[int, Tensor]:  # fmt: skip
    """One step on labels: hulls as they come, once; tours and paths again and again."""
    if plan.kind == "hull":
        n, chunk = coming.get()
        return n, learner.labelled(*hull_batch(chunk, learner.device))
    while not pool.rows or not coming.empty():
        pool.add(*coming.get())
    n = int(rng.choice(list(pool.rows)))
    return n, learner.labelled(*pool.batch(n, max(64, plan.batch_points // n)))


def hull_batch(chunk: np.ndarray, device: str) -> tuple[Tensor, Tensor]:
    """Features and targets of a chunk of `hull_example`."""
    rows = torch.from_numpy(chunk).to(device)
    return rows[..., :2].contiguous(), rows[..., 2].long()


def ship(name: str, tensors: Mapping[str, Tensor]) -> None:
    """Score weights as they are shipped, in half precision, and write their file."""
    halves = {k: v.half() for k, v in tensors.items()}
    recipe = TIMED[name]
    header = Header(
        recipe,
        recipe.n_examples,
        metrics(recipe, halves),
        EVALUATION_SEED,
        digest(halves),
        MADE[name],
    )
    save(shipped_folder() / f"{name}.safetensors", halves, header)
    _LOG.info("%s: %s", name, header.metrics)


def main(arguments: list[str] | None = None) -> None:
    """Learn one plan and write its file."""
    from safetensors.torch import load_file
    from safetensors.torch import save as packed

    asked = argparse.ArgumentParser()
    asked.add_argument("name", choices=PLANS)
    asked.add_argument("--seconds", type=float, default=540.0, help="with labels")
    asked.add_argument("--own-seconds", type=float, default=0.0, help="with its own answers")
    asked.add_argument("--own-rates", type=float, nargs=2, default=(2e-4, 0.0))
    asked.add_argument("--workers", type=int, default=0)
    asked.add_argument("--out", type=Path, default=Path())
    asked.add_argument("--after", type=Path)
    asked.add_argument("--ship", type=Path)
    given = asked.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if given.ship:
        ship(given.name, load_file(given.ship))
        return
    plan = PLANS[given.name]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_float32_matmul_precision("highest" if plan.exact_products else "high")
    learner = Learner(plan, device)
    if given.after:
        learner.restore(load_file(given.after))
    path = given.out / f"{given.name}.safetensors"

    def keep() -> None:
        tensors = {k: v.detach().cpu().contiguous() for k, v in learner.mean.items()}
        write_whole(path, packed(tensors))

    first, last = given.own_rates
    hours = Hours(
        given.seconds, given.own_seconds if plan.own else 0.0, (first, last), given.workers
    )
    for line in learned(given.name, learner, hours):
        _LOG.info("%s: %s", given.name, line)
        keep()
    keep()


if __name__ == "__main__":
    main()
