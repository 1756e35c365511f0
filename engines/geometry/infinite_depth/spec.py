"""Which points are learnt, and how deep the networks are."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob


class InfiniteDepthSpec(Spec):
    """Infinitely wide networks of three activations learn labels of points on a sphere."""

    n_learnt: int = knob(
        200, label="Points learnt", help="On the eighth of a sphere where no coordinate is "
        "negative.", group="Points", ge=20, le=600, soft=(50, 400),
    )  # fmt: skip
    flipped: float = knob(
        0.2, label="Labels flipped", help="This share of what is learnt says the other class.",
        group="Points", ge=0.0, le=0.45,
    )  # fmt: skip
    depth: int = knob(
        3_000, label="Layers", help="Of the deepest networks.", group="Networks", ge=100,
        le=20_000, soft=(300, 10_000), log=True,
    )  # fmt: skip
    exponent: float = knob(
        2.0, label="Exponent", help="With which votes fall off with distance, by the activation's "
        "slope; on a sphere's surface 2 is the one that can learn everything.", group="Networks",
        ge=1.2, le=8.0, soft=(1.2, 6.0),
    )  # fmt: skip
    n_sets: int = knob(
        10, label="Sets", help="Of points and labels; intervals are over these.", group="Points",
        ge=5, le=100, soft=(10, 50),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of points and labels.", group="Points")

    @property
    def depths(self) -> tuple[int, ...]:
        """At which networks are asked: ten layers, thirty, a hundred ... and the deepest."""
        round_ones = (k * 10**power for power in range(1, 5) for k in (1, 3))
        return (*(depth for depth in round_ones if depth < self.depth), self.depth)
