"""One task after the other: what later learning leaves of what was learnt before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import AtLeast, Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

ARMS = ("lateral circuit", "exact components", "random directions", "nothing kept")
_SOURCE = "Xiao et al. 2024; networks that do not spike, tasks and sizes are ours"
N_OJA = 6_000


class LateralSpec(Spec):
    """How many tasks, and what each leaves in the lateral circuits."""

    n_tasks: int = knob(
        5, label="Tasks", help="The same digits, their pixels in another order in each.",
        group="Tasks", ge=2, le=8,
    )  # fmt: skip
    n_epochs: int = knob(
        10, label="Epochs", help="Of every task; 1,400 digits, 50 at a time.", group="Tasks",
        ge=1, le=60,
    )  # fmt: skip
    n_pixels_kept: int = knob(
        12, label="Kept of pixels", help="Lateral cells that each task adds where pixels come in; "
        "there are 64 pixels.", group="Circuit", ge=1, le=32,
    )  # fmt: skip
    n_units_kept: int = knob(
        20, label="Kept of units", help="Lateral cells that each task adds between the two layers "
        "of 100 units.", group="Circuit", ge=1, le=50,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of every kind; intervals are over these.", group="Runs",
        ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws digits, orders and networks.", group="Runs")


@dataclass(frozen=True, eq=False)
class LateralFrame(Frame):
    """So far: ``right`` float64[arm, seed, after task, exam task], nan where nobody was yet."""

    right: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """What is known of the first task."""
        return (_first(self.right),) if np.isfinite(self.right).any() else ()


@dataclass(frozen=True, eq=False)
class Lateral(Result):
    """What was learnt and what was left.

    ``right`` float64[arm, seed, after task, exam task] share of digits told right; nan before a
    task was learnt. ``oja`` float64[seed, direction]: cosines between what a circuit of 5 cells
    found in 6,000 inputs of 50 units and their 5 first principal directions.
    """

    spec: LateralSpec
    right: np.ndarray
    oja: np.ndarray

    def ends(self, arm: str) -> np.ndarray:
        """float64[seed]: mean over tasks after the last one."""
        return self.right[ARMS.index(arm), :, -1].mean(axis=1)

    def of(self, arm: str) -> Estimate:
        """The same with its interval."""
        return mean_over(self.ends(arm), of=f"share right over all tasks, {arm}", unit="networks")

    def fresh(self, arm: str) -> np.ndarray:
        """float64[seed]: mean of every task just after it was learnt."""
        return np.einsum("stt->s", self.right[ARMS.index(arm)]) / self.spec.n_tasks

    def pictures(self) -> tuple[Picture, ...]:
        """Ends, the first task through the others, everything, numbers."""
        made = [self.of(arm) for arm in ARMS]
        ticks = tuple((float(k), arm) for k, arm in enumerate(ARMS))
        whiskers = np.array([e.low for e in made]), np.array([e.high for e in made])
        bars = Bars(
            "All tasks, after the last", np.array([e.value for e in made]), Axis("", ticks=ticks),
            Axis("share right"), ("kept", "exact", "control", "control"), whiskers=whiskers,
        )  # fmt: skip
        return (_first(self.right), bars, *self._maps(), self._angles(), self._table())

    def _maps(self) -> list[Heatmap]:
        n = self.spec.n_tasks
        ticks = tuple((k + 0.5, str(k + 1)) for k in range(n))
        return [
            Heatmap(
                f"Every task after each, {arm}", self.right[ARMS.index(arm)].mean(axis=0),
                Axis("exam in task", ticks=ticks), Axis("after task", ticks=ticks),
                Axis("share right"), square=True,
            )
            for arm in (ARMS[0], ARMS[3])
        ]  # fmt: skip

    def _angles(self) -> Bars:
        ticks = tuple((float(k), str(k + 1)) for k in range(self.oja.shape[1]))
        title = "Lateral circuit against principal directions"
        return Bars(title, self.oja.mean(axis=0), Axis("direction", ticks=ticks), Axis("cosine"),
                    whiskers=(self.oja.min(axis=0), self.oja.max(axis=0)))  # fmt: skip

    def _table(self) -> Table:
        fresh = [mean_over(self.fresh(arm), of=arm, unit="networks") for arm in ARMS]
        first = self.right[:, :, -1, 0].mean(axis=1)
        return Table(
            f"After {self.spec.n_tasks} tasks, mean of {self.spec.n_seeds} networks, 95 % t "
            "interval; chance is about 0.1",
            {
                "what is kept": ARMS,
                "all tasks at the end": tuple(str(self.of(arm)) for arm in ARMS),
                "each just after it was learnt": tuple(str(one) for one in fresh),
                "the first at the end": tuple(f"{one:.3f}" for one in first),
            },
        )


def _first(right: np.ndarray) -> Curves:
    """The first task after each of the others: mean, and every network behind."""
    first = right[:, :, :, 0]
    n_came = np.isfinite(first).sum(axis=1)
    total = np.nansum(first, axis=1)
    mean = np.where(n_came > 0, total / np.maximum(n_came, 1), np.nan)
    x = np.arange(1, right.shape[2] + 1, dtype=float)
    lines = {arm: mean[k] for k, arm in enumerate(ARMS)}
    clouds = {arm: first[k] for k, arm in enumerate(ARMS)}
    return Curves("What is left of the first task", x, lines, Axis("tasks learnt"),
                  Axis("share right"), clouds=clouds, large=True)  # fmt: skip


def frames(spec: LateralSpec) -> Iterator[LateralFrame | Lateral]:
    """A frame every epoch; all arms of a seed see the same digits in the same order."""
    from engines.connectome.memory import lateral as made_of

    shape = (len(ARMS), spec.n_seeds, spec.n_tasks, spec.n_tasks)
    right, oja = np.full(shape, np.nan), []
    kept = spec.n_pixels_kept, spec.n_units_kept
    for seed in range(spec.n_seeds):
        tasks = made_of.permuted(spec.n_tasks, spec.seed + seed)
        for arm, name in enumerate(ARMS):
            course = made_of.learn(
                tasks, name, kept=kept, n_epochs=spec.n_epochs, seed=spec.seed + seed
            )
            for now in course:
                if np.isfinite(now.right).any():
                    right[arm, seed, now.task] = now.right
                done = (seed * len(ARMS) + arm + now.fraction) / (spec.n_seeds * len(ARMS))
                yield LateralFrame(right.copy(), fraction=done)
        oja.append(made_of.agreement(spec.seed + seed, N_OJA))
    yield Lateral(spec, right, np.array(oja))


def _less(control: str) -> Callable[[Lateral], Estimate]:
    def less(found: Lateral) -> Estimate:
        both = paired(found.ends(control), found.ends(ARMS[0]), found.spec.seed)
        return both.estimate(f"{ARMS[0]} less {control}", "networks")

    return less


def _against(control: str, sentence: str, by: float = 0.0) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(ARMS[0]),
        control=lambda found: found.of(control),
        difference=_less(control),
        holds_when=Exceeds(by=by),
        source=_SOURCE,
    )


CLAIMS = (
    _against(
        "nothing kept", "What lateral circuits keep out of later learning is not forgotten.",
    ),
    _against("random directions", "It matters which directions are kept, not how many."),
    _against(
        "exact components",
        "A circuit that learns from a few inputs at a time keeps as much as exact components do: "
        "at most one digit in a hundred is lost.",
        by=-0.01,
    ),
    Claim(
        "The lateral circuit finds the principal directions.",
        figure=lambda found: mean_over(found.oja[:, -1], of="least cosine", unit="circuits"),
        control=lambda _found: Estimate.exact(
            "of random directions, squared mean", 5 / 50, "closed form: kept over all"
        ),
        holds_when=AtLeast(0.99),
        source="Oja 1989; a floor of our own",
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """What a circuit must find, and what a kept input must stay."""
    from engines.connectome.answers.networks.lateral import lateral_answers

    return lateral_answers()


EXPERIMENT = Experiment(
    spec=LateralSpec,
    frames=frames,
    card=Card(
        title="Learning without overwriting",
        claim="A network learns five tasks, one after the other, and sees none again. Lateral "
        "circuits learn what each layer heard and keep later learning out of it. What is left of "
        "the first task?",
        paper="Xiao et al. 2024, Hebbian learning based orthogonal projection for continual "
        "learning of spiking neural networks",
        link="https://arxiv.org/abs/2402.11984",
    ),
    presets={
        "Five tasks": LateralSpec(),
        "Thirty epochs": LateralSpec(n_epochs=30),
        "Break it: a single cell each": LateralSpec(n_pixels_kept=1, n_units_kept=1),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.006 * spec.n_epochs * spec.n_tasks * spec.n_seeds * len(ARMS) + 1.0,
    order=47,
)
