"""What the 2024 paper claims, each with its control: from its numbers, and from pairs of runs."""

from __future__ import annotations

from collections.abc import Callable

from engines.contract import Claim, Estimate
from engines.contract.claims import Alike, Exceeds, FallsBelow, Near
from engines.lab.statistics import mean_over
from engines.sorting.ensembles.pairs import MEASURES, Condition, Pair
from engines.sorting.paper import samples
from engines.sorting.paper.conditions import Condition as Printed
from engines.sorting.paper.page import PaperPage
from engines.sorting.paper.targets import PAPER

_HOW = "mean, percentile bootstrap over runs, 10,000 draws"

# From the page of all numbers ------------------------------------------------------------------


def _row(target: str) -> Callable[[PaperPage], Estimate | None]:
    """Our figure of a printed number; None where the page was run for another one only."""

    def figure(page: PaperPage) -> Estimate | None:
        found = {row.target: row for row in page.rows}.get(target)
        return None if found is None else _estimate(target, found.ours, page)

    return figure


def _estimate(of: str, ours: samples.Estimate, page: PaperPage) -> Estimate:
    n, seed = page.spec.n_runs, page.spec.seed
    return Estimate(of, ours.value, ours.low, ours.high, n, "runs", _HOW, seed)


def _permuted(target: str) -> Callable[[PaperPage], Estimate | None]:
    """The same number of the same runs with algotype labels permuted."""

    def control(page: PaperPage) -> Estimate | None:
        found = {row.target: row for row in page.rows}.get(target)
        said = "mean over the same runs, labels permuted"
        return None if found is None else Estimate.exact(
            "labels permuted", found.ours.null, said
        )  # fmt: skip

    return control


def _clusters(first: str, second: str, peak: float) -> Claim:
    target = f"{Printed((first, second)).text}, peak aggregation"
    return Claim(
        f"{first.capitalize()} and {second} cells in one array gather with their own kind on "
        "the way.",
        figure=_row(target),
        control=_permuted(target),
        holds_when=Near(0.02),
        source=f"{PAPER}, pages 13-14",
        published=peak,
    )


def _gratifies(algorithm: str, printed: float) -> Claim:
    damaged, whole = Printed((algorithm,), n_frozen=3).text, Printed((algorithm,)).text
    return Claim(
        f"{algorithm.capitalize()} cells delay gratification more when three of them are frozen.",
        figure=_row(f"gratification, {damaged}"),
        control=_row(f"gratification, {whole}"),
        holds_when=Exceeds(),
        source=f"{PAPER}, figure 7",
        published=printed,
    )


def _fewer_errors(algorithm: str, printed: float) -> Claim:
    cell = Printed((algorithm,), n_frozen=3).text
    program = Printed((algorithm,), traditional=True, n_frozen=3).text
    return Claim(
        f"With three immovable cells, {algorithm} as cells ends with fewer errors than the "
        "program.",
        figure=_row(f"error, {cell}"),
        control=_row(f"error, {program}"),
        holds_when=FallsBelow(),
        source=f"{PAPER}, figure 5",
        published=printed,
    )


PAGE: tuple[Claim, ...] = (
    _clusters("bubble", "selection", 0.72),
    _clusters("bubble", "insertion", 0.65),
    _clusters("selection", "insertion", 0.69),
    _gratifies("bubble", 0.37),
    _gratifies("insertion", 1.19),
    _fewer_errors("bubble", 5.37),
    _fewer_errors("selection", 2.91),
    Claim(
        "Bubble cells leave 2.64 errors when three of them are frozen but may be moved.",
        figure=_row(f"error, {Printed(('bubble',), n_frozen=3, movable=True).text}"),
        control=_row(f"error, {Printed(('bubble',), True, 3, True).text}"),
        holds_when=Near(0.3),
        source=f"{PAPER}, figure 5",
        published=2.64,
    ),
)
"""Claims that the page of all numbers tests."""

# From two conditions on the same permutations --------------------------------------------------


def _numbers(condition: Condition, measure: str) -> Estimate:
    values = condition.numbers[list(MEASURES).index(measure)]
    return mean_over(values, of=f"{MEASURES[measure]}, {condition.name}", unit="runs")


def _b_less_a(pair: Pair, measure: str) -> Estimate:
    found = pair.difference(measure)
    said = "mean paired difference, bootstrap over runs"
    n, seed = pair.spec.n_runs, pair.spec.run.seed
    name = f"{MEASURES[measure]}, B less A"
    return Estimate(name, found.mean, found.low, found.high, n, "runs", said, seed)


def _bubbles(pair: Pair, change: str) -> bool:
    """Whether the pair is whole bubble cells and this change of them."""
    run = pair.spec.run
    alone = {share.algotype for share in run.algotypes} == {"bubble"} and not run.n_frozen
    return alone and pair.spec.other is None and pair.spec.change == change


def _mixed(pair: Pair) -> bool:
    named = {share.algotype for share in pair.spec.run.algotypes}
    return named == {"bubble", "selection"} and not pair.spec.run.n_frozen


def _own_kind(pair: Pair) -> Estimate:
    """Peak aggregation less that with permuted labels, run by run."""
    at = list(MEASURES)
    own, null = (pair.a.numbers[at.index(name)] for name in ("peak_aggregation", "null_peak"))
    return mean_over(own - null, of="peak aggregation less that of permuted labels", unit="runs")


PAIR: tuple[Claim, ...] = (
    Claim(
        "Bubble sort as cells makes as many swaps as the program.",
        figure=lambda p: _numbers(p.a, "n_swaps") if _bubbles(p, "traditional control") else None,
        control=lambda p: _numbers(p.b, "n_swaps"),
        holds_when=Alike(74.0),  # 3 % of n (n - 1) / 4
        source=f"{PAPER}, page 13",
        published=2448.8,
        difference=lambda p: _b_less_a(p, "n_swaps").turned(),
    ),
    Claim(
        "Bubble sort as cells needs fewer swaps and comparisons than the program.",
        figure=lambda p: (
            _numbers(p.a, "n_paper_steps") if _bubbles(p, "traditional control") else None
        ),
        control=lambda p: _numbers(p.b, "n_paper_steps"),
        holds_when=FallsBelow(),
        source=f"{PAPER}, figure 4",
        published=4900.0,
        difference=lambda p: _b_less_a(p, "n_paper_steps").turned(),
    ),
    Claim(
        "Frozen cells make bubble cells delay gratification more.",
        figure=lambda p: _numbers(p.b, "dg_net") if _bubbles(p, "three immovable cells") else None,
        control=lambda p: _numbers(p.a, "dg_net"),
        holds_when=Exceeds(),
        source=f"{PAPER}, figure 7",
        published=0.37,
        difference=lambda p: _b_less_a(p, "dg_net"),
        preset="Three broken cells",
    ),
    Claim(
        "Bubble and selection cells in one array gather with their own kind on the way.",
        figure=lambda p: _numbers(p.a, "peak_aggregation") if _mixed(p) else None,
        control=lambda p: _numbers(p.a, "null_peak"),
        holds_when=Exceeds(),
        source=f"{PAPER}, page 13",
        published=0.72,
        difference=_own_kind,
        preset="Do species matter?",
    ),
)
"""Claims that a pair of conditions tests."""
