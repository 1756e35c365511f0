"""What a memory of triples needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

N_ENTITIES, N_PREDICATES, N_TYPES = 20, 5, 4
N_UNITS = 16
"""Of the state that all symbols read and write."""
RATE = 0.03
"""Of Adam."""
EMBEDDED, AS_DRAWN = "embeddings learnt", "embeddings as drawn"
UNLEARNT, MARGINALS = "nothing learnt", "marginals alone"
ARMS = (EMBEDDED, AS_DRAWN, UNLEARNT, MARGINALS)
ROLES = ("subject", "predicate", "object")
SIZES = {"subject": N_ENTITIES, "predicate": N_PREDICATES, "object": N_ENTITIES}
TRIPLE = "triple"
APART, WITHIN = "divergence, nats", "share within 3 standard errors"
PLAN = Plan(ARMS, (*ROLES, TRIPLE), "what is drawn", (APART, WITHIN))
LEAST_EXPECTED = 5.0
"""Draws of a triple that must be expected for it to be counted; as usual for such counts."""


class TriplesSpec(Spec):
    """Worlds of 20 entities and 5 predicates, each learnt by a small network from triples."""

    n_triples: int = knob(
        5_000, label="Triples", help="That are learnt from, drawn from the world.",
        group="World", ge=100, le=1_000_000, log=True, soft=(500, 50_000),
    )  # fmt: skip
    n_draws: int = knob(
        1_000, label="Draws", help="Triples that each network draws from its memory.",
        group="Reading", ge=100, le=100_000, log=True, soft=(200, 20_000),
    )  # fmt: skip
    n_steps: int = knob(
        300, label="Steps", help="Changes of the weights, by Adam, on all triples at once.",
        group="Learning", ge=20, le=10_000, log=True, soft=(100, 2_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has a world of its own.", group="Learning",
        ge=2, le=40, soft=(4, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of worlds, triples, first weights and draws.",
                      group="World")  # fmt: skip
