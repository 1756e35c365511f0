"""Networks that begin small and learn to add: which frequency each neuron ends with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, InputError, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.mechanisms.mode_race import blow_up_times, modes, winners
from engines.lab.statistics import mean_over, paired

RULES = ("mode equations", "input² x output amplitude", "input amplitude")
BY_MODES, BY_SIZE, BY_INPUT = range(len(RULES))
HALF = 0.5
"""A neuron has a winner once one frequency holds more of its input's power than this."""
_EVERY = 20


class WinnerSpec(Spec):
    """Networks of squares that learn addition modulo a prime by plain descent on all sums."""

    p: int = knob(
        23, label="Modulus p", help="An odd prime; all p x p sums are learnt at once.",
        group="Network", ge=5, le=31, soft=(11, 31),
    )  # fmt: skip
    width: int = knob(
        256, label="Neurons", help="Of each network.", group="Network", ge=16, le=512,
        soft=(64, 512),
    )  # fmt: skip
    start: float = knob(
        0.02, label="Start", help="Standard deviation of the first weights; what is derived for "
        "small ones fails for large.", group="Network", gt=0, le=1, soft=(0.01, 0.5), log=True,
    )  # fmt: skip
    n_steps: int = knob(
        800, label="Steps", help="Of plain descent on the mean cross entropy.", group="Learning",
        ge=100, le=5_000, soft=(200, 2_000),
    )  # fmt: skip
    learning_rate: float = knob(
        1.0, label="Learning rate", help="Of plain descent.", group="Learning", gt=0, le=20,
        soft=(0.1, 5), log=True,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of different first weights; intervals are over these.",
        group="Learning", ge=3, le=12, soft=(3, 8),
    )  # fmt: skip
    shown: int = knob(
        1, label="Neuron", help="Of the first network's neurons with a winner, the one that is "
        "drawn; those first whose largest mode is not the one that is foretold.",
        group="Learning", ge=1, le=512, soft=(1, 60),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the first weights.", group="Learning")

    def model_post_init(self, _context: object) -> None:
        """Frequencies are told apart only modulo a prime."""
        if any(self.p % k == 0 for k in range(2, self.p)):
            raise SpecError(f"p must be a prime, got {self.p}; take 11, 13, 17, 19, 23, 29 or 31")


@dataclass(frozen=True, eq=False)
class WinnerFrame(Frame):
    """How far one network is: float64[moment] of shares of neurons with a winner."""

    steps: np.ndarray
    won: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Neurons with a winner so far."""
        lines = {"network": self.won}
        return (Curves("Neurons with a winner", self.steps.astype(float), lines, Axis("step"),
                       Axis("share of neurons")),)  # fmt: skip


@dataclass(frozen=True, eq=False)
class WinnerRun(Result):
    """First weights, what they predict, and what came."""

    spec: WinnerSpec
    steps: np.ndarray
    """int64[moment]."""
    shares: np.ndarray
    """float32[moment, frequency, neuron]: of the first network's input power."""
    won: np.ndarray
    """float64[network, moment]: share of neurons with a winner."""
    loss: np.ndarray
    """float64[network, moment]: in nats."""
    winner: np.ndarray
    """int64[network, neuron]: the strongest frequency at the end; 0 without a winner."""
    predicted: np.ndarray
    """int64[network, rule, neuron]: see `RULES`."""
    due: np.ndarray
    """float64[network, neuron]: step at which the mode equations blow up first."""
    seen: np.ndarray
    """float64[network, neuron]: moment at which a frequency first held half; nan if none."""

    @property
    def chance(self) -> float:
        """Of naming one of all frequencies."""
        return 2.0 / (self.spec.p - 1)

    def hits(self, rule: int) -> np.ndarray:
        """float64[network]: share of neurons with a winner whose winner a rule names."""
        with_winner = self.winner > 0
        right = (self.predicted[:, rule] == self.winner) & with_winner
        n = with_winner.sum(axis=1)
        return np.divide(right.sum(axis=1), n, out=np.full(len(n), np.nan), where=n > 0)

    def right(self, rule: int) -> Estimate | None:
        """The same, mean over networks; None where a network has no neuron with a winner."""
        found = self.hits(rule)
        if np.isnan(found).any():
            return None
        return mean_over(found, of=f"winners that {RULES[rule]} name", unit="networks")

    def more(self, rule: int, other: int) -> Estimate | None:
        """One rule less another, network by network."""
        a, b = self.hits(other), self.hits(rule)
        if np.isnan([a, b]).any():
            return None
        said = f"{RULES[rule]} less {RULES[other]}"
        return paired(a, b, self.spec.seed).estimate(said, "networks")

    def pictures(self) -> tuple[Picture, ...]:
        """One neuron's race, who is right, when, and the course of learning."""
        return (self._race(), self._rules(), self._quarters(), self._confusion(), self._course(),
                self._table())  # fmt: skip

    def _race(self) -> Curves:
        decided = self.winner[0] > 0
        agree = self.predicted[0, BY_MODES] == self.predicted[0, BY_SIZE]
        order = np.lexsort((self.seen[0], agree, ~decided))
        neuron = int(order[min(self.spec.shown, self.spec.width) - 1])
        share = self.shares[:, :, neuron].astype(float)
        best = np.argsort(-share.max(axis=0), kind="stable")[:4]
        lines = {f"frequency {k + 1}": share[:, k] for k in best}
        said = f"predicted: {self.predicted[0, BY_MODES, neuron]}"
        if self.predicted[0, BY_SIZE, neuron] != self.predicted[0, BY_MODES, neuron]:
            said += f", by size: {self.predicted[0, BY_SIZE, neuron]}"
        return Curves(f"Neuron {neuron}, {said}", self.steps.astype(float), lines, Axis("step"),
                      Axis("share of input power"))  # fmt: skip

    def _rules(self) -> Bars:
        found = [self.right(k) for k in range(len(RULES))]
        heights, low, high = (
            np.array([getattr(e, part) if e else np.nan for e in found] + [self.chance])
            for part in ("value", "low", "high")
        )
        names = ("modes", "size", "input", "chance")
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        return Bars("Winners that first weights foretell", np.nan_to_num(heights),
                    Axis("", ticks=ticks), Axis("share right"),
                    whiskers=(low, high))  # fmt: skip

    def _quarters(self) -> Curves:
        """Share of neurons with a winner in the first network, by when their first mode is due."""
        due = np.argsort(self.due[0], kind="stable")
        ahead = self.shares.max(axis=1) > HALF
        names = ("first quarter due", "second", "third", "last quarter due")
        lines = {
            name: ahead[:, part].mean(axis=1)
            for name, part in zip(names, np.array_split(due, len(names)), strict=True)
        }
        return Curves("Who is due to blow up first has a winner first", self.steps.astype(float),
                      lines, Axis("step"), Axis("share with a winner"))  # fmt: skip

    def _confusion(self) -> Heatmap:
        n = (self.spec.p - 1) // 2
        counts = np.zeros((n, n))
        there = self.winner > 0
        np.add.at(counts, (self.predicted[:, BY_MODES][there] - 1, self.winner[there] - 1), 1)
        ticks = tuple((k + 0.5, str(k + 1)) for k in range(n))
        return Heatmap("Mode equations against what came", counts, Axis("winner", ticks=ticks),
                       Axis("predicted", ticks=ticks), Axis("neurons"), square=True)  # fmt: skip

    def _course(self) -> Curves:
        lines = {
            "neurons with a winner": self.won.mean(axis=0),
            "loss over that of guessing": self.loss.mean(axis=0) / np.log(self.spec.p),
        }
        return Curves("Learning, mean of networks", self.steps.astype(float), lines, Axis("step"),
                      Axis("share"))  # fmt: skip

    def _table(self) -> Table:
        columns = {"network": tuple(str(k + 1) for k in range(len(self.winner)))}
        columns["neurons with a winner"] = tuple(str(int(n)) for n in (self.winner > 0).sum(axis=1))
        for rule, name in enumerate(RULES):
            columns[name] = tuple(f"{v:.3f}" for v in self.hits(rule))
        columns["frequencies that won"] = tuple(
            str(len(set(row[row > 0].tolist()))) for row in self.winner
        )
        return Table(
            f"Share of winners named from first weights; chance {self.chance:.3f}", columns
        )


def frames_of(spec: WinnerSpec) -> Iterator[WinnerFrame | WinnerRun]:
    """One network after the other, a frame every few steps, and the run last."""
    parts = []
    for k in range(spec.n_seeds):
        for now in _learnt(spec, k):
            if isinstance(now, WinnerFrame):
                yield now
            else:
                parts.append(now)
    steps = np.arange(0, spec.n_steps + 1, _EVERY)
    stacked = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    shares = stacked.pop("shares")[0]
    yield WinnerRun(spec, steps, shares, **stacked)


def _learnt(spec: WinnerSpec, network: int) -> Iterator[WinnerFrame | dict[str, np.ndarray]]:
    """One network: frames, and what was kept of it last."""
    import torch

    from engines.geometry.learning.networks import n_threads

    draw = torch.Generator().manual_seed((spec.seed + 1_000_003 * network) % 2**63)
    p, m = spec.p, spec.width
    theta = (torch.randn(p, m, generator=draw, dtype=torch.float64) * spec.start).requires_grad_()
    xi = (torch.randn(m, p, generator=draw, dtype=torch.float64) * spec.start).requires_grad_()
    first = theta.detach().numpy().copy(), xi.detach().numpy().copy()
    grid = torch.arange(p)
    wanted = ((grid[:, None] + grid) % p).ravel()
    shares, losses, steps = [], [], []
    for step in range(spec.n_steps + 1):
        with n_threads(1):
            hidden = ((theta[:, None] + theta[None]) ** 2).reshape(p * p, m)
            loss = torch.nn.functional.cross_entropy(hidden @ xi, wanted)
            if step % _EVERY == 0:
                shares.append(_shares(theta.detach().numpy()))
                losses.append(float(loss.detach()))
                steps.append(step)
                won = np.array([(s.max(axis=0) > HALF).mean() for s in shares])
                done = (network + step / spec.n_steps) / spec.n_seeds
                yield WinnerFrame(np.array(steps), won, fraction=done)
            slopes = torch.autograd.grad(loss, [theta, xi])
            with torch.no_grad():
                for weight, slope in zip((theta, xi), slopes, strict=True):
                    weight.sub_(slope, alpha=spec.learning_rate)
        if not np.isfinite(losses[-1]):
            raise InputError(
                f"network {network + 1} diverged by step {step}: take a learning rate below "
                f"{spec.learning_rate:g} or smaller first weights"
            )
    yield _kept(spec, first, np.stack(shares), np.array(losses), np.array(steps))


def _shares(theta: np.ndarray) -> np.ndarray:
    """float64[frequency, neuron]: of each neuron's input power."""
    power = np.abs(np.fft.rfft(theta, axis=0)[1:]) ** 2
    return power / np.maximum(power.sum(axis=0), 1e-300)


def _kept(
    spec: WinnerSpec, first: tuple[np.ndarray, np.ndarray], shares: np.ndarray, loss: np.ndarray,
    steps: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    largest = shares.max(axis=1)
    ahead = largest > HALF
    seen = np.where(ahead.any(axis=0), steps[ahead.argmax(axis=0)].astype(float), np.nan)
    said = winners(*first)
    due = blow_up_times(*modes(*first), spec.p).min(axis=0) / spec.learning_rate
    return {
        "shares": shares.astype(np.float32),
        "won": ahead.mean(axis=1),
        "loss": loss,
        "winner": np.where(ahead[-1], shares[-1].argmax(axis=0) + 1, 0),
        "predicted": np.stack([said[name] for name in RULES]),
        "due": due,
        "seen": seen,
    }
