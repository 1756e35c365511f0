"""What is asked of thousands of cities: where they lie, how they are divided and conquered."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.pointer.model import Metric, Point

CITIES_MAX = 10_000
EXACT_WINDOW_MAX = 12
LKH_MAX = 2_000
"""Above, one run of LKH takes minutes in which nothing can be stopped."""
Start = Literal[
    "greedy edge",
    "nearest neighbour",
    "space-filling",
    "random order",
    "heat map",
    "heat map, shuffled",
    "own tour",
]
Conquer = Literal["local search", "exact", "network"]


class ThousandsSpec(Spec):
    """A tour of many cities by dividing, conquering and reuniting."""

    n_cities: int = knob(
        1_000, label="Cities", help="How many are drawn.", group="Cities", ge=8, le=CITIES_MAX,
        soft=(200, 5_000), log=True,
    )  # fmt: skip
    distribution: Literal["uniform", "clustered", "a280"] = knob(
        "uniform",
        label="Where they lie",
        help="Uniform, in clusters, or the 280 holes of a drilled plate, whose optimum, 2,579, is "
        "published in TSPLIB.",
        group="Cities",
        widget="choice",
    )
    points: tuple[Point, ...] = knob(
        (),
        label="Own cities",
        help="Rows of two numbers, or cities of a TSPLIB file; none: drawn as above.",
        group="Cities",
        widget="hidden",
    )
    metric: Metric = knob(
        "plane",
        label="Metric",
        help="How own cities are measured: in the plane, or as a TSPLIB file says.",
        group="Cities",
        widget="hidden",
    )
    own_tour: tuple[int, ...] = knob(
        (),
        label="Own tour",
        help="Of a TSPLIB tour file: cities from 0, where the start is an own tour.",
        group="Cities",
        widget="hidden",
    )
    seed: Seed = knob(0, label="Seed", help="Draws cities, kicks and controls.", group="Cities")
    start: Start = knob(
        "greedy edge",
        label="Start",
        help="The tour that is divided: shortest edges first, always to the nearest city, along "
        "Hilbert's curve, in any order, by a learnt heat map (shuffled: its control), or as a tour "
        "file says.",
        group="Divide",
    )
    polish: bool = knob(
        True,
        label="2-opt and Or-opt first",
        help="The whole tour is improved before it is divided.",
        group="Divide",
    )
    window: int = knob(
        100, label="Window", help="Cities of a stretch that is solved by itself.", group="Divide",
        ge=8, le=500, soft=(20, 200), when={"conquer": ("local search",)},
    )  # fmt: skip
    exact_window: int = knob(
        11, label="Exact window", help="Cities of a stretch that is solved exactly.",
        group="Divide", ge=4, soft=(4, EXACT_WINDOW_MAX), le=CITIES_MAX,
        when={"conquer": ("exact",)},
    )  # fmt: skip
    network_window: int = knob(
        20, label="Network's window", help="Cities of a stretch that a network answers; it was "
        "taught 10 to 100, and is weak above 20.",
        group="Divide", ge=5, le=100, when={"conquer": ("network",)},
    )  # fmt: skip
    shifted: bool = knob(
        True,
        label="Shift the cuts",
        help="Every stage cuts elsewhere. Off: always at the same places, the control.",
        group="Divide",
    )
    n_stages: int = knob(
        10, label="Stages", help="How often the tour is divided.", group="Divide", ge=1, le=40
    )
    conquer: Conquer = knob(
        "local search",
        label="Conquer",
        help="Local search: 2-opt, Or-opt and kicks. Exact: Held and Karp's programme, to 12. "
        "Network: a pointer network that was taught paths between two ends.",
        group="Conquer",
        widget="choice",
    )
    n_kicks: int = knob(
        25,
        label="Kicks",
        help="Random changes of each window that are repaired and kept where they help.",
        group="Conquer",
        ge=0,
        le=1_000,
        soft=(0, 200),
        when={"conquer": ("local search",)},
    )
    n_instances: int = knob(
        5,
        label="Instances",
        help="As many sets of cities are drawn to compare the methods; 1 leaves claims untested.",
        group="Compare",
        ge=1,
        le=20,
    )
    lkh: bool = knob(
        False,
        label="Ask LKH",
        help="Reference lengths by Lin-Kernighan-Helsgaun, where elkai is installed; some ten "
        "seconds for each set of a thousand cities.",
        group="Compare",
    )
    shown: int = knob(
        0, label="Window to open", help="Counted from 1 along the tour; 0 for the one that gained "
        "most.", group="Picture", ge=0, le=CITIES_MAX,
    )  # fmt: skip

    @property
    def window_used(self) -> int:
        """Cities of a window, as it is conquered."""
        return {"exact": self.exact_window, "network": self.network_window}.get(
            self.conquer, self.window
        )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.points) > CITIES_MAX:
            raise SpecError(
                f"Own cities: at most {CITIES_MAX:,}, got {len(self.points):,}; leave some out"
            )
        if self.conquer == "exact" and self.exact_window > EXACT_WINDOW_MAX:
            raise SpecError(
                f"Exact window: Held-Karp to {EXACT_WINDOW_MAX} cities, local search above; "
                f"got {self.exact_window}"
            )
        if self.start == "own tour" and not self.own_tour:
            raise SpecError("Start: there is no own tour; bring a TSPLIB tour file first")
        if self.own_tour and sorted(self.own_tour) != list(range(len(self.own_tour))):
            raise SpecError("Own tour: every city from 0 on must come once")
        if self.metric in ("GEO", "EXPLICIT"):
            raise SpecError(
                f"Metric: windows are solved in the plane, and {self.metric} distances are none; "
                "open the file in Points and pointers"
            )
        return self
