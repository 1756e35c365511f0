"""How often weights are pruned, and how the networks learn in between."""

from __future__ import annotations

from engines.contract import Seed, Spec, SpecError, knob

WIDTHS = (64, 300, 100, 10)
ARMS = ("ticket", "re-initialised", "random mask")
TICKET, AGAIN, DEALT = range(len(ARMS))
EARLY = 25
"""Steps after which it is asked who learns fast."""


class TicketSpec(Spec):
    """Networks 64-300-100-10 that read digits and are pruned round by round."""

    n_rounds: int = knob(
        6, label="Rounds", help="Of learning, pruning and going back to the first weights.",
        group="Pruning", ge=1, le=20, soft=(2, 16), marks={6: "a quarter", 15: "a 28th"},
    )  # fmt: skip
    share: float = knob(
        0.2, label="Pruned", help="Of the weights of both hidden layers that are left, in each "
        "round; the output layer loses half of this share. Biases stay.", group="Pruning", gt=0,
        le=0.8, soft=(0.1, 0.5), step=0.05,
    )  # fmt: skip
    every: int = knob(
        6, label="Controls", help="After every so many rounds the ticket is held against its "
        "controls; always after the last.", unit="rounds", group="Pruning", ge=1, le=20,
        soft=(1, 6),
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", help="Of Adam in each round, on batches of 64.", group="Learning",
        ge=2 * EARLY, le=5_000, soft=(100, 1_600), log=True,
    )  # fmt: skip
    learning_rate: float = knob(
        1.2e-3, label="Learning rate", help="Of Adam.", group="Learning", gt=0, le=0.1,
        soft=(3e-4, 1e-2), log=True,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", help="Networks side by side; intervals are over these.",
        group="Learning", ge=3, le=16, soft=(3, 10),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of weights, batches and random masks.",
                      group="Learning")  # fmt: skip

    def model_post_init(self, _context: object) -> None:
        """Every layer keeps a weight per output, and a run ends within minutes."""
        left = (1.0 - self.share) ** self.n_rounds
        if left < 0.002:
            raise SpecError(
                f"after {self.n_rounds} rounds of {self.share:.0%} a share of {left:.2g} is left, "
                "which empties the second hidden layer of units; 0.002 is the least: take fewer "
                "rounds or a smaller share"
            )
        work = self.n_steps * self.n_seeds * (self.n_rounds + 1 + 2 * len(self.checked))
        if work > 300_000:
            raise SpecError(
                f"{self.n_rounds} rounds of {self.n_steps:,} steps with {self.n_seeds} seeds take "
                "longer than a page should; take fewer of one of them"
            )

    @property
    def checked(self) -> tuple[int, ...]:
        """Rounds after which the ticket is held against its controls."""
        found = {k for k in range(1, self.n_rounds + 1) if k % self.every == 0}
        return tuple(sorted(found | {self.n_rounds}))
