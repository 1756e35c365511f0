"""How attention learns from recordings, and what is read from it beside its rivals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

    def __init__(self, seed: int, recordings: Sequence[Cells], n_heads: int) -> None:
        self.recordings, n_bins = recordings, len(recordings[0].spikes) - N_EXAM
        learnt = [one.spikes[:n_bins] for one in self.recordings]
        turned = [shifted(one, rng_of(seed_of(seed, k), 32)) for k, one in enumerate(learnt)]
        self.learnt = _tokens(learnt)
        x = torch.cat([self.learnt, _tokens(turned)])
        y = torch.from_numpy(np.stack([*learnt, *turned]).astype(np.float32))
        self.exam = _tokens([one.spikes for one in self.recordings])[:, n_bins:]
        starts = seeds_apart(seed, len(recordings))
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

    def found_within(self, said: np.ndarray) -> np.ndarray:
        """AUC float64[recording]: the mean over cells that hear, each with its own pairs.

        Attention is a share of what one cell hears, so that sizes of two of them need not compare.
        Cells that hear nobody, or everybody, are left out.
        """
        return np.array([
            np.nanmean([auc(np.abs(row)[others], (heard != 0)[others])
                        for row, heard, others in zip(one, cell.coupling, _OTHERS, strict=True)])
            for one, cell in zip(said, self.recordings, strict=True)
        ])  # fmt: skip

    @torch.no_grad()
    def lost(self, k: int, silent: np.ndarray) -> np.ndarray:
        """float64[cell]: nats per bin in the exam of the k-th, while bool[cell] are not seen."""
        left = torch.from_numpy(np.repeat(~silent, cells.WINDOW).astype(np.float32))
        drive = self._network(k)(self.exam[k] * left).numpy()
        return cells.log_loss(self.tested(self.recordings[k]), drive)

    def hidden(self, k: int) -> np.ndarray:
        """float64[to, from]: nats per bin that hiding one cell costs the k-th, not below 0."""
        whole, one = self.lost(k, np.zeros(N_CELLS, bool)), np.eye(N_CELLS, dtype=bool)
        return np.maximum(np.stack([self.lost(k, cell) - whole for cell in one], axis=1), 0.0)

    def rivals(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Regression [to, 1 + from] and lagged correlation [to, from], recording by recording."""
        for one in self.recordings:
            learnt = one.spikes[:-N_EXAM]
            yield cells.regression(learnt), cells.lagged(learnt)

    def gain(self, k: int, weight: np.ndarray) -> np.ndarray:
        """Nats per spike above mean rates float64[(attention, regression, plant)] of the k-th."""
        one, own = self.recordings[k], self.lost(k, np.zeros(N_CELLS, bool)).sum()
        regressed, plant, rates = foretold(one, weight).sum(axis=1)
        lost = rates - np.array([own, regressed, plant])
        return lost / self.tested(one).mean(axis=0).sum()

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
    # Of strong couplings a chance rounds to 1, whose log odds are infinite.
    chance = one.chance[-N_EXAM:].clip(1e-12, 1 - 1e-12)
    odds = (drive, *(np.log(p / (1.0 - p)) for p in (chance, rate)))
    return np.stack([cells.log_loss(exam, np.broadcast_to(odd, exam.shape)) for odd in odds])
