"""How the bundled networks of larger boards are trained, on whatever device there is.

``python -m engines.pointer.bundled.boards "9 x 9" PATH --seconds 450``. Puzzles are made by
background processes while the network learns; the rate falls along a cosine of the time that is
left, so a run ends well whenever it must. The file is written every minute and at the end.
"""

from __future__ import annotations

import argparse
import logging
import math
import multiprocessing
import os
import queue
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.boundary.whole import write_whole
from engines.pointer.boards.making import held_out, puzzles, random_grids
from engines.pointer.boards.network import RelationalNet, read, step_loss
from engines.pointer.boards.shape import SHAPES, Shape
from engines.pointer.boards.solving import needs
from engines.pointer.boards.weights import packed

_LOG = logging.getLogger("board weights")
_CHUNK = 512
_TEST_SEED = 1_000_003
READ_AT = (1, 2, 4, 8, 16, 32, 64)
"""Steps after which test boards are read."""
_NEEDS = ("naked singles", "hidden singles", "search")


@dataclass(frozen=True)
class BoardRecipe:
    """Everything that training needs; time decides how many updates there are."""

    shape: str = "9 x 9"
    d_hidden: int = 128
    absolute: bool = False
    n_steps: int = 16
    batch: int = 512
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    clip: float = 1.0
    n_warm: int = 200
    minimal_share: float = 0.5
    """Of boards no given of which can be missed; the others have more, up to ``most_givens``."""
    most_givens: float = 0.62
    """As a share of the cells."""
    seed: int = 0
    seconds: float = 450.0


def make_puzzles(shape: Shape, seed: int, n_grids: int) -> tuple[np.ndarray, np.ndarray]:
    """Minimal puzzles and their grids, none of them held out: int8[puzzle, cell] each."""
    grids = random_grids(shape, n_grids, seed)
    grids = grids[~held_out(shape, grids)]
    return puzzles(shape, grids, 0, seed + 1), grids


def _worker(shape: Shape, seed: int, out: Any) -> None:
    os.nice(10)
    while True:
        out.put(make_puzzles(shape, seed, _CHUNK))
        seed += 2


class Pool:
    """Puzzles on the device: filled from behind, drawn from at random."""

    def __init__(self, shape: Shape, recipe: BoardRecipe, device: str, room: int) -> None:
        self.shape, self.recipe, self.device = shape, recipe, device
        self.boards = torch.zeros(2, room, shape.n_cells, dtype=torch.int8, device=device)
        self.n_made, self.room = 0, room
        self.random = torch.Generator(device).manual_seed(recipe.seed)

    def add(self, made: tuple[np.ndarray, np.ndarray]) -> None:
        """Minimal puzzles and their grids; the oldest go where the room is full."""
        n = len(made[0])
        at = (torch.arange(self.n_made, self.n_made + n) % self.room).to(self.device)
        for k in range(2):
            self.boards[k, at] = torch.from_numpy(made[k]).to(self.device)
        self.n_made += n

    def draw(self, n: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Boards and answers int64[board, cell], turned over and relabelled at random."""
        device, random = self.device, self.random
        pick = torch.randint(min(self.n_made, self.room), (n,), generator=random, device=device)
        board, answer = (self.boards[k, pick].long() for k in range(2))
        board = self._with_more(board, answer)
        if self.shape.box_rows == self.shape.box_columns:
            turned = torch.rand(n, 1, generator=random, device=device) < 0.5
            board, answer = (torch.where(turned, self._turned(x), x) for x in (board, answer))
        names = torch.rand(n, self.shape.n, generator=random, device=device).argsort(dim=1) + 1
        names = torch.cat([torch.zeros_like(names[:, :1]), names], dim=1)
        return names.gather(1, board), names.gather(1, answer)

    def _turned(self, boards: torch.Tensor) -> torch.Tensor:
        n = self.shape.n
        return boards.view(-1, n, n).transpose(1, 2).reshape(-1, n * n)

    def _with_more(self, board: torch.Tensor, answer: torch.Tensor) -> torch.Tensor:
        """Givens put back at random: to a number drawn evenly, but for the minimal share."""
        n, n_cells = board.shape
        device, random = self.device, self.random
        given = (board > 0).sum(dim=1).float()
        most = self.recipe.most_givens * n_cells
        wanted = given + torch.rand(n, generator=random, device=device) * (most - given)
        minimal = torch.rand(n, generator=random, device=device) < self.recipe.minimal_share
        wanted = torch.where(minimal, given, wanted).long()
        order = torch.rand(n, n_cells, generator=random, device=device) - (board > 0).float()
        place = order.argsort(dim=1).argsort(dim=1)
        return torch.where(place < wanted[:, None], answer, board)


class Makers:
    """Processes that make puzzles for a pool."""

    def __init__(self, shape: Shape, seed: int, n: int) -> None:
        self.shape, self.seed = shape, seed
        kinds = multiprocessing.get_all_start_methods()
        # A fork has the kernels already; no worker touches the accelerator.
        context: Any = multiprocessing.get_context("fork" if "fork" in kinds else "spawn")
        self.out = context.Queue(maxsize=64)
        self.workers = [
            context.Process(
                target=_worker, args=(shape, seed + (k + 1) * 10**7, self.out), daemon=True
            )
            for k in range(n)
        ]
        for worker in self.workers:
            worker.start()

    def fill(self, pool: Pool, n_most: int = 8) -> None:
        """What is ready, without waiting."""
        for _ in range(n_most):
            try:
                pool.add(self.out.get_nowait())
            except queue.Empty:
                return

    def stop(self) -> None:
        """No more."""
        for worker in self.workers:
            worker.terminate()


def tests(shape: Shape, n: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Held-out puzzles and their grids: minimal ones, and with givens put back."""
    grids = random_grids(shape, 12 * n, _TEST_SEED)
    grids = grids[held_out(shape, grids)][:n]
    minimal = puzzles(shape, grids, 0, _TEST_SEED)
    rng = np.random.Generator(np.random.Philox(_TEST_SEED))
    found = {"minimal": (minimal, grids)}
    for share in (0.34, 0.4, 0.5, 0.62):
        n_givens = round(share * shape.n_cells)
        more = minimal.copy()
        for k, board in enumerate(more):
            blank = rng.permutation(np.flatnonzero(board == 0))
            add = blank[: max(n_givens - int((board > 0).sum()), 0)]
            board[add] = grids[k, add]
        found[f"{n_givens} givens"] = (more, grids)
    return found


def scores(net: RelationalNet, n: int) -> dict[str, dict[str, dict[str, float]]]:
    """Share of held-out boards solved whole after so many steps, by givens and by need."""
    found: dict[str, dict[str, dict[str, float]]] = {"givens": {}, "needs": {}}
    shape = net.shape
    for name, (boards, grids) in tests(shape, n).items():
        right = (read(net, boards, max(READ_AT)) == grids).all(axis=2)
        if name == "minimal":
            n_givens, need = (boards > 0).sum(axis=1), needs(shape, boards)
            for k in np.unique(n_givens):
                found["givens"][f"minimal, {k}"] = _shares(right[:, n_givens == k])
            for k, word in enumerate(_NEEDS):
                if (need == k).any():
                    found["needs"][word] = _shares(right[:, need == k])
        found["givens"][name] = _shares(right)
    return found


def _shares(right: np.ndarray) -> dict[str, float]:
    shares = {str(k): round(float(right[k - 1].mean()), 5) for k in READ_AT}
    return {**shares, "n": right.shape[1]}


class Run:
    """A network, its optimiser, and the time it has."""

    def __init__(self, recipe: BoardRecipe, device: str) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        shape = SHAPES[recipe.shape]
        self.net = RelationalNet(shape, recipe.d_hidden, absolute=recipe.absolute).to(device)
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.n_done, self.began = 0, time.monotonic()

    @property
    def spent(self) -> float:
        """Share of the time that is gone."""
        return (time.monotonic() - self.began) / self.recipe.seconds

    def update(self, pool: Pool) -> torch.Tensor:
        """One batch; the loss, on the device."""
        recipe = self.recipe
        rate = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(self.spent, 1.0)))
        rate *= min(1.0, (self.n_done + 1) / recipe.n_warm)
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate
        boards, answers = pool.draw(recipe.batch)
        kind = self.device.split(":")[0]
        with torch.autocast(kind, torch.bfloat16, enabled=kind == "cuda"):
            loss = step_loss(self.net(boards, recipe.n_steps), answers)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), recipe.clip)
        self.optimizer.step()
        self.n_done += 1
        return loss.detach()

    def write(self, path: Path, metrics: dict[str, Any], pool: Pool) -> None:
        """The file, whole."""
        told = {
            **asdict(self.recipe),
            "n_updates": self.n_done, "n_puzzles": pool.n_made, "device": self.device,
        }  # fmt: skip
        write_whole(path, packed(self.net, told, metrics))


def learn(recipe: BoardRecipe, path: Path, device: str, n_makers: int, n_tested: int) -> Run:
    """Train for the time there is, and write the file with its scores."""
    shape = SHAPES[recipe.shape]
    make_puzzles(shape, recipe.seed, 16)  # compiled before others ask for it
    makers = Makers(shape, recipe.seed, n_makers)
    pool = Pool(shape, recipe, device, 3_000_000 if device != "cpu" else 300_000)
    while pool.n_made < 20 * recipe.batch:
        pool.add(makers.out.get())
    run = Run(recipe, device)
    told = written = time.monotonic()
    while run.spent < 1.0:
        makers.fill(pool)
        loss = run.update(pool)
        now = time.monotonic()
        if now - told > 10.0:
            told = now
            _LOG.info(
                "%.0f %%, %d updates, %d puzzles, loss %.4f",
                100 * run.spent, run.n_done, pool.n_made, float(loss),
            )  # fmt: skip
        if now - written > 60.0:
            written = now
            run.write(path, {}, pool)
    makers.stop()
    run.write(path, {}, pool)
    run.net.eval()
    half = {n: v.half().to(v.dtype) for n, v in run.net.state_dict().items()}
    run.net.load_state_dict(half)
    metrics = scores(run.net, n_tested)
    run.write(path, metrics, pool)
    for name, part in metrics.items():
        for key, shares in part.items():
            _LOG.info("%s, %s: %s", name, key, shares)
    return run


def learn_four(path: Path) -> None:
    """The 4 x 4 network: 450 updates of grids that are not among the 72 held out."""
    from engines.pointer.boards.learning import FOUR, Learner, boards_of, learnt, relational, split

    recipe = BoardRecipe(FOUR, 48, n_steps=8, batch=64, learning_rate=3e-3, seconds=0.0)
    parts, net = split(recipe.seed), relational(recipe.d_hidden, "relative", recipe.seed)
    learner = Learner(net, 450, recipe.learning_rate)
    for _ in learnt(learner, parts.learnt, recipe.batch, recipe.n_steps, recipe.seed):
        pass
    givens = {}
    for n in range(4, 9):
        boards, grids = boards_of(net.shape, parts.held_out, 1000, n, _TEST_SEED)
        right = (read(net, boards, max(READ_AT)) == grids).all(axis=2)
        givens[f"{n} asked"] = _shares(right)
    _LOG.info("%s", givens)
    told = {**asdict(recipe), "n_updates": learner.n_updates, "device": "cpu"}
    write_whole(path, packed(net.eval(), told, {"givens": givens}))


def main(words: list[str] | None = None) -> None:
    """Read the options, train, write."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("shape", choices=sorted(SHAPES))
    asked.add_argument("path", type=Path)
    asked.add_argument("--seconds", type=float, default=450.0)
    asked.add_argument("--width", type=int, default=128)
    asked.add_argument("--batch", type=int, default=512)
    asked.add_argument("--steps", type=int, default=16)
    asked.add_argument("--rate", type=float, default=1e-3)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--makers", type=int, default=max((os.cpu_count() or 2) - 2, 1))
    asked.add_argument("--tested", type=int, default=4000)
    asked.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    found = asked.parse_args(words)
    if found.shape == "4 x 4":
        learn_four(found.path)
        return
    torch.set_float32_matmul_precision("high")
    recipe = BoardRecipe(
        shape=found.shape, d_hidden=found.width, n_steps=found.steps, batch=found.batch,
        learning_rate=found.rate, seed=found.seed, seconds=found.seconds,
    )  # fmt: skip
    learn(recipe, found.path, found.device, found.makers, found.tested)


if __name__ == "__main__":
    main()
