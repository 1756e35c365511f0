"""How attention learns from recordings, and what is read from it beside its rivals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from engines.connectome.attending import cells
from engines.connectome.attending.cells import N_CELLS, N_EXAM, Cells
from engines.connectome.attending.network import Attention
from engines.connectome.recordings.recovery import auc
from engines.connectome.recordings.shifting import shifted
from engines.lab.data.task import rng_of, seed_of
from engines.lab.training import (
    ArrayBatches,
    Rule,
    Training,
    evenly_spaced,
    run,
    seeds_apart,
    stack_from_seeds,
)

BATCH, RATE = 256, 0.02
_OTHERS = ~np.eye(N_CELLS, dtype=bool)


class Attending:
    """Networks that learn from recordings, and as many from the same recordings shifted."""

    def __init__(
        self, seed: int, n_recordings: int, n_bins: int, strength: float, density: float,
        n_heads: int,
    ) -> None:  # fmt: skip
        self.recordings = [
            cells.planted(seed_of(seed, k), n_bins + N_EXAM, strength, density)
            for k in range(n_recordings)
        ]
        learnt = [one.spikes[:n_bins] for one in self.recordings]
        turned = [shifted(one, rng_of(seed_of(seed, k), 32)) for k, one in enumerate(learnt)]
        self.learnt = _tokens(learnt)
        x = torch.cat([self.learnt, _tokens(turned)])
        y = torch.from_numpy(np.stack([*learnt, *turned]).astype(np.float32))
        self.exam = _tokens([one.spikes for one in self.recordings])[:, n_bins:]
        starts = seeds_apart(seed, n_recordings)
        stack = stack_from_seeds(lambda: Attention(N_CELLS, n_heads), [*starts, *starts])
        batches = ArrayBatches(x, y, BATCH, seed, own=True)
        self.training = Training(stack, batches, "logistic", Rule(learning_rate=RATE), exact=False)

    def __len__(self) -> int:
        return len(self.recordings)

    def learn(self, n_steps: int, n_looks: int) -> Iterator[tuple[int, np.ndarray | None]]:
        """Steps done; at looks also AUC float64[recording, (attention, carried)]."""
        marks = evenly_spaced(n_steps, n_looks)
        for pause in run(self.training, marks):
            yield pause.step, self.seen() if pause.scheduled else None

    def seen(self) -> np.ndarray:
        """AUC float64[recording, (attention, carried)] of planted couplings, now."""
        return np.stack([self.found(part) for part in self.read()], axis=1)

    def read(self, *, moved: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Attention and what it carries, float64[recording, to, from]; or of those ``moved``."""
        ahead = len(self) if moved else 0
        looked = [
            self._network(ahead + k).read_off(x) for k, x in enumerate(self.learnt[:, :N_EXAM])
        ]
        attention, carried = (np.stack([one[k].numpy() for one in looked]) for k in (0, 1))
        return attention.astype(float), carried.astype(float)

    def _network(self, k: int) -> Attention:
        made = self.training.stack.module(k)
        assert isinstance(made, Attention)
        return made

    def found(self, said: np.ndarray) -> np.ndarray:
        """AUC float64[recording] of sizes float64[recording, to, from], cells themselves aside."""
        return np.array([
            auc(np.abs(one)[_OTHERS], (cell.coupling != 0)[_OTHERS])
            for one, cell in zip(said, self.recordings, strict=True)
        ])  # fmt: skip

    def losses(self, silent: np.ndarray) -> np.ndarray:
        """float64[recording, cell]: nats per bin in the exam, while bool[cell] are not seen."""
        left = torch.from_numpy(np.repeat(~silent, cells.WINDOW).astype(np.float32))
        x = torch.cat([self.exam * left] * 2)
        says = self.training.outputs(x, own=True)[: len(self)].numpy()
        return np.stack([
            cells.log_loss(self.tested(one), drive)
            for one, drive in zip(self.recordings, says, strict=True)
        ])  # fmt: skip

    def hidings(self) -> np.ndarray:
        """float64[recording, to, from]: nats per bin that hiding one cell costs, not below 0."""
        whole, one = self.losses(np.zeros(N_CELLS, bool)), np.eye(N_CELLS, dtype=bool)
        costs = np.stack([self.losses(cell) - whole for cell in one], axis=2)
        return np.maximum(costs, 0.0)

    def rivals(self) -> Iterator[np.ndarray]:
        """Regressions float64[to, 1 + from], recording by recording, of what was learnt from."""
        for one in self.recordings:
            yield cells.regression(one.spikes[:-N_EXAM])

    def lagged(self) -> np.ndarray:
        """float64[recording, to, from] of what was learnt from."""
        return np.stack([cells.lagged(one.spikes[:-N_EXAM]) for one in self.recordings])

    def gains(self, weights: np.ndarray) -> np.ndarray:
        """Nats per spike above mean rates float64[recording, (attention, regression, plant)]."""
        ours, made = self.losses(np.zeros(N_CELLS, bool)), []
        for one, own, weight in zip(self.recordings, ours, weights, strict=True):
            regressed, plant, rates = foretold(one, weight).sum(axis=1)
            lost = rates - np.array([own.sum(), regressed, plant])
            made.append(lost / self.tested(one).mean(axis=0).sum())
        return np.array(made)

    def signed(self, said: np.ndarray) -> np.ndarray:
        """float64[recording]: share of planted couplings whose sign is right."""
        return np.array([
            (np.sign(one) == np.sign(cell.coupling))[cell.coupling != 0].mean()
            for one, cell in zip(said, self.recordings, strict=True)
        ])  # fmt: skip

    @staticmethod
    def tested(one: Cells) -> np.ndarray:
        """bool[bin, cell] of the exam."""
        return one.spikes[-N_EXAM:]


def _tokens(spikes: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack([cells.tokens(one) for one in spikes]))


def foretold(one: Cells, weight: np.ndarray) -> np.ndarray:
    """Nats per bin float64[model, cell] in the exam: the regression's, the plant's, a mean rate's.

    ``weight`` is the regression of what came before the exam.
    """
    exam, before = one.spikes[-N_EXAM:], one.spikes[:-N_EXAM]
    drive = cells.history(one.spikes)[-N_EXAM:] @ weight[:, 1:].T + weight[:, 0]
    rate = before.mean(axis=0).clip(1e-6, 1 - 1e-6)
    odds = (drive, *(np.log(p / (1.0 - p)) for p in (one.chance[-N_EXAM:], rate)))
    return np.stack([cells.log_loss(exam, np.broadcast_to(odd, exam.shape)) for odd in odds])
