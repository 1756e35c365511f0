"""What a look beyond what was learnt needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

ROUTER, ROUTER_BOTH, LSTM = "router of modules", "router that sees both addends", "LSTM"
INDUCED, TRANSLATOR = "grammar that is found", "LSTM to LSTM"
LEARNT, HELD, BEYOND = "learnt", "held out, as large", "larger"
RIGHT = "share exactly right"
CONDITIONS = (LEARNT, HELD, BEYOND)
SUMS = Plan((ROUTER, ROUTER_BOTH, LSTM), CONDITIONS, "what is asked", (RIGHT,))
COMMANDS = Plan((INDUCED, TRANSLATOR), CONDITIONS, "what is asked", (RIGHT,))

TOP = 9
"""Largest addend, and the largest sum that is learnt."""
N_HELD_SUMS = 10
N_HIDDEN = {"sums": 16, "commands": 64}
RATE = {"sums": 0.05, "commands": 0.01}
"""Of Adam: what answered most held-out examples, of three rates each, with seeds of their own."""

LONGEST = 22
"""Actions of the longest command that is learnt."""
BATCH = 64


class BeyondSpec(Spec):
    """Sums by modules, or commands by rules, beside recurrent networks that learn the same."""

    system: Literal["sums", "commands"] = knob(
        "sums", label="Task", help="Sums up to 9, then up to 18; or commands of up to 22 actions, "
        "then up to 48.", group="Task",
    )  # fmt: skip
    n_steps: int = knob(
        240, label="Steps", help="Of networks, by Adam: on all sums that are learnt, or on 64 "
        "commands each.", group="Learning", ge=20, le=20_000, log=True, soft=(100, 3_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has first weights and held-out examples of "
        "its own.", group="Learning", ge=2, le=40, soft=(3, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of first weights and of what is held out.",
                      group="Learning")  # fmt: skip

    @property
    def plan(self) -> Plan:
        """What is compared."""
        return SUMS if self.system == "sums" else COMMANDS
