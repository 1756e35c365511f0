"""Stages of learning to add from part of the sums: memorise, sort frequencies, clean up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Estimate, Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.geometry.mechanisms.modular_addition import fourier
from engines.lab.statistics import mean_over, paired

ARMS = ("weight decay", "no decay")
DECAY, NONE = range(len(ARMS))
MARKS = (
    "memorised: 99 % of learnt sums",
    "sorted: half of the rise of the dominant share",
    "understood: 95 % of other sums",
)
MEMORISED, SORTED, UNDERSTOOD = range(len(MARKS))
CURVES = ("learnt sums", "other sums", "dominant share", "norm of weights")
LEARNT, OTHER, SHARE, NORM = range(len(CURVES))
_EVERY = 10


class StagesSpec(Spec):
    """Networks of squares that learn part of all sums modulo a prime."""

    p: Literal[11, 13, 17, 19, 23, 29, 31] = knob(
        23, label="Modulus p", help="A prime.", group="Task", widget="choice"
    )
    share: float = knob(
        0.8, label="Learnt", help="Share of all p x p sums that is learnt; the others are asked.",
        group="Task", ge=0.2, le=0.95, soft=(0.4, 0.95), step=0.05,
    )  # fmt: skip
    width: int = knob(96, label="Neurons", help="Squares.", group="Network", ge=16, le=256)
    n_seeds: int = knob(
        5, label="Networks", help="Of each group; the same first weights in both.",
        group="Network", ge=3, le=12,
    )  # fmt: skip
    n_steps: int = knob(
        1_200, label="Steps", help="Of AdamW on all learnt sums.", group="Learning", ge=100,
        le=10_000, soft=(300, 5_000), log=True,
    )  # fmt: skip
    learning_rate: float = knob(
        2e-3, label="Learning rate", help="Of AdamW.", group="Learning", gt=0, le=0.1,
        soft=(5e-4, 1e-2), log=True,
    )  # fmt: skip
    weight_decay: float = knob(
        1.0, label="Weight decay", help="Of the first group; the second has none.",
        group="Learning", gt=0, le=5, soft=(0.1, 2),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of weights and of which sums are learnt.",
                      group="Learning")  # fmt: skip


@dataclass(frozen=True, eq=False)
class StagesFrame(Frame):
    """The curves so far: float64[arm, moment, net, curve]."""

    steps: np.ndarray
    curves: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Both groups."""
        return tuple(course(self.steps, self.curves, arm) for arm in range(len(ARMS)))


@dataclass(frozen=True, eq=False)
class StagesRun(Result):
    """Curves of all networks."""

    spec: StagesSpec
    steps: np.ndarray
    """int64[moment]."""
    curves: np.ndarray
    """float64[arm, moment, net, curve], see `CURVES`."""

    def reached(self, arm: int) -> np.ndarray:
        """float64[mark, net]: the step of each mark; nan where it was not reached."""
        curves = self.curves[arm]
        rise = curves[0, :, SHARE] + 0.5 * (curves[-1, :, SHARE] - curves[0, :, SHARE])
        there = np.stack([
            curves[..., LEARNT] >= 0.99, curves[..., SHARE] >= rise, curves[..., OTHER] >= 0.95,
        ])  # fmt: skip
        first = self.steps[there.argmax(axis=1)].astype(float)
        return np.where(there.any(axis=1), first, np.nan)

    def when(self, mark: int) -> Estimate | None:
        """Step of a mark with decay, mean over networks; None where one did not reach all."""
        found = self.reached(DECAY)
        if np.isnan(found).any():
            return None
        return mean_over(found[mark], of=f"step, {MARKS[mark]}", unit="networks")

    def later(self, mark: int, other: int) -> Estimate | None:
        """Steps by which one mark comes after another, network by network."""
        found = self.reached(DECAY)
        if np.isnan(found).any():
            return None
        said = "steps in between"
        return paired(found[other], found[mark], self.spec.seed).estimate(said, "networks")

    def end(self, arm: int, curve: int) -> Estimate:
        """A curve at the end."""
        values = self.curves[arm, -1, :, curve]
        return mean_over(values, of=f"{CURVES[curve]}, {ARMS[arm]}", unit="networks")

    def kept(self, arm: int) -> Estimate:
        """Norm at the end over its largest."""
        norm = self.curves[arm, ..., NORM]
        said = f"norm at the end over its peak, {ARMS[arm]}"
        return mean_over(norm[-1] / norm.max(axis=0), of=said, unit="networks")

    def kept_less(self) -> Estimate:
        """The same with decay less without, network by network."""
        a, b = (self.curves[arm, -1, :, NORM] / self.curves[arm, ..., NORM].max(axis=0)
                for arm in (NONE, DECAY))  # fmt: skip
        return paired(a, b, self.spec.seed).estimate("with decay less without", "networks")

    def less(self, curve: int) -> Estimate:
        """A curve at the end without decay less that with decay, network by network."""
        a, b = self.curves[DECAY, -1, :, curve], self.curves[NONE, -1, :, curve]
        return paired(a, b, self.spec.seed).estimate("without decay less with", "networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Both groups, when marks were reached, and the norm."""
        norm = self.curves[..., NORM].mean(axis=2)
        lines = {name: norm[arm] for arm, name in enumerate(ARMS)}
        return (
            course(self.steps, self.curves, DECAY),
            course(self.steps, self.curves, NONE),
            self._marks(),
            Curves("Norm of the weights, mean of networks", _log(self.steps), lines,
                   _axis(self.steps), Axis("norm")),
            self._table(),
        )  # fmt: skip

    def _marks(self) -> Bars:
        found = self.reached(DECAY)
        rows = [mean_over(row, of="", unit="") if np.isfinite(row).all() else None for row in found]
        heights = np.array([e.value if e else 0.0 for e in rows])
        ends = tuple(
            np.array([getattr(e, k) if e else np.nan for e in rows]) for k in ("low", "high")
        )
        ticks = ((0.0, "memorised"), (1.0, "sorted"), (2.0, "understood"))
        return Bars("When, with decay: 95 % over networks", heights, Axis("", ticks=ticks),
                    Axis("step"), whiskers=(ends[0], ends[1]))  # fmt: skip

    def _table(self) -> Table:
        columns: dict[str, tuple[str, ...]] = {"": MARKS}
        for arm, name in enumerate(ARMS):
            found = self.reached(arm)
            columns[f"{name}, median step"] = tuple(
                f"{np.median(row):.0f}" if np.isfinite(row).all() else "not in all" for row in found
            )
            columns[f"{name}, reached"] = tuple(
                f"{int(np.isfinite(row).sum())} of {self.spec.n_seeds}" for row in found
            )
        return Table("Steps at which networks reach each mark", columns)


def _log(steps: np.ndarray) -> np.ndarray:
    return np.log10(steps + 1.0)


def _axis(steps: np.ndarray) -> Axis:
    marks = (0, 10, 100, 1_000, 10_000)
    ticks = tuple((float(np.log10(m + 1.0)), f"{m:,}") for m in marks if m <= steps[-1])
    return Axis("step, by its logarithm", ticks=ticks)


def course(steps: np.ndarray, curves: np.ndarray, arm: int) -> Curves:
    """What a group of networks does, mean with every network behind it."""
    n = curves.shape[1]
    lines = {CURVES[k]: curves[arm, :, :, k].mean(axis=1) for k in (LEARNT, OTHER, SHARE)}
    clouds = {CURVES[k]: curves[arm, :, :, k].T for k in (LEARNT, OTHER, SHARE)}
    return Curves(f"With {ARMS[arm]}" if arm == DECAY else "Without decay", _log(steps[:n]), lines,
                  _axis(steps), Axis("share"), {}, clouds)  # fmt: skip


def frames_of(spec: StagesSpec) -> Iterator[StagesFrame | StagesRun]:
    """All networks side by side, a frame every few steps, and the run last."""
    import torch

    from engines.geometry.learning.networks import n_threads

    p, m, n = spec.p, spec.width, spec.n_seeds
    draw = torch.Generator().manual_seed(spec.seed % 2**63)
    first = torch.randn(n, 2, p, m, generator=draw) * 0.1
    theta, xi = (first.repeat(2, 1, 1, 1)[:, k].clone() for k in (0, 1))
    xi = xi.mT.contiguous()
    groups = [slice(0, n), slice(n, 2 * n)]
    weights = [[w[g].clone().requires_grad_() for w in (theta, xi)] for g in groups]
    optimiser = torch.optim.AdamW(
        [{"params": w, "weight_decay": spec.weight_decay if k == DECAY else 0.0}
         for k, w in enumerate(weights)], spec.learning_rate,
    )  # fmt: skip
    grid = torch.arange(p)
    a, b = (v.ravel() for v in torch.meshgrid(grid, grid, indexing="ij"))
    order = torch.randperm(p * p, generator=draw)
    learnt, other = order.split([round(spec.share * p * p), p * p - round(spec.share * p * p)])
    wanted, steps = (a + b) % p, np.arange(0, spec.n_steps + 1, _EVERY)
    rows: list[np.ndarray] = []
    for step in range(spec.n_steps + 1):
        with n_threads(1):
            said = [(t[:, a] + t[:, b]) ** 2 @ x for t, x in weights]
            if step % _EVERY == 0:
                rows.append(np.stack([
                    _measured(w, s.detach(), wanted, learnt, other)
                    for w, s in zip(weights, said, strict=True)
                ]))  # fmt: skip
                yield StagesFrame(steps[: len(rows)], np.stack(rows, axis=1),
                                  fraction=step / spec.n_steps)  # fmt: skip
            optimiser.zero_grad()
            loss = sum(
                torch.nn.functional.cross_entropy(s[:, learnt].flatten(0, 1),
                                                  wanted[learnt].repeat(n), reduction="sum")
                for s in said
            ) / len(learnt)  # fmt: skip
            torch.as_tensor(loss).backward()
            optimiser.step()
    yield StagesRun(spec, steps, np.stack(rows, axis=1))


def _measured(weights: list, said, wanted, learnt, other) -> np.ndarray:  # noqa: ANN001 - torch
    """float64[net, curve] of one group."""
    right = (said.argmax(-1) == wanted).double().numpy()
    theta, xi = (w.detach().numpy() for w in weights)
    rows = []
    for net, hits in enumerate(right):
        found = fourier(theta[net], xi[net])
        share = float(np.median(found.share[found.used()]))
        norm = float(np.sqrt((theta[net] ** 2).sum() + (xi[net] ** 2).sum()))
        rows.append((hits[learnt].mean(), hits[other].mean(), share, norm))
    return np.array(rows)
