"""Branch and bound: verdicts against brute force, trees, cuts, the page's result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.diagrams import branch
from engines.diagrams.bounding.asked import NONE, RAW, STRENGTHENED, BranchSpec
from engines.diagrams.bounding.points import areas, point
from engines.diagrams.bounding.results import PROVED, UNKNOWN, BranchFrame, BranchResult
from engines.diagrams.bounding.running import network, search_of, tree_of
from engines.diagrams.bounding.search import Search, Split
from engines.diagrams.bounding.trees import KINDS, Tree
from engines.diagrams.experiments.proving.branch import CLAIMS, EXPERIMENT

SMALL: dict[str, Any] = {"n_nets": 2, "limit": 41}
RELU = BranchSpec(function="ReLU", n_nets=2, n_inputs=3, n_hidden=8, n_layers=2, reach=0.6,
                  margin=0.3, limit=300)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> tuple[list[BranchFrame], BranchResult]:
    *frames, last = EXPERIMENT.frames(BranchSpec(**SMALL))
    assert isinstance(last, BranchResult)
    return [frame for frame in frames if isinstance(frame, BranchFrame)], last


def searched(spec: BranchSpec, k: int, way: str) -> Search:
    search = search_of(spec, network(spec, k)[0], way)
    for _ in search.steps():
        pass
    return search


@pytest.mark.parametrize("function", ["tanh", "ReLU", "GELU", "product"])
def test_a_counterexample_is_one_and_a_proof_has_none(function):
    """20,000 inputs say whether there is one, and the network itself what it is there."""
    for margin, verdict in ((-0.05, "false"), (1.0, "proved")):
        spec = BranchSpec(function=function, margin=margin, n_inputs=2, n_hidden=6, reach=0.5)
        net, x = network(spec, 0)
        search = searched(spec, 0, spec.ways[0])
        assert search.verdict == verdict
        assert (net.values({"x": x})["y"].min() > 0.0) == (verdict == "proved")
        if verdict == "false":
            place = search.counterexample
            assert place is not None
            assert (np.abs(place) <= spec.reach).all()
            assert net.values({"x": place[None]})["y"][0, 0] <= 0.0


def test_regions_that_are_not_cut_cover_the_box_and_their_bounds_hold():
    """Every sampled input is in a region left over, and its output is not below that bound."""
    spec = RELU.replace(limit=31)
    net, x = network(spec, 1)
    search = searched(spec, 1, NONE)
    values = net.values({"x": x[:2_000]})
    found = np.zeros(2_000, int)
    for region, verdict in zip(search.regions, search.verdicts, strict=True):
        inside = np.ones(2_000, bool)
        for split in region.splits:
            number = values[split.wire][:, split.unit]
            inside &= number >= split.at if split.above else number <= split.at
        assert (values["y"][inside, 0] >= region.bound - 1e-6).all()
        if KINDS[verdict] != "cut in two":
            found += inside
    assert (found >= 1).all()


def test_cuts_hide_no_counterexample():
    """Inputs with an output at or below 0 fulfil every cut that was learnt."""
    spec = RELU.replace(margin=-0.02, limit=61)
    net, x = network(spec, 0)
    search = search_of(spec, net, STRENGTHENED)
    steps = search.steps()
    while not search.learnt and next(steps, "end") != "end":
        pass
    values = net.values({"x": x})
    bad = values["y"][:, 0] <= 0.0
    assert bad.any()
    for cut in search.learnt:
        holds = [(values[w][bad, k] >= 0.0) == on for w, k, on in cut]
        assert not np.all(holds, axis=0).any()


def test_what_a_strengthened_cut_says_is_proved_by_itself():
    """The part of the box with its signs alone: lines or program have nothing at or below 0."""
    search = searched(RELU.replace(limit=61), 2, STRENGTHENED)
    cuts = dict(zip(search.literals, search.learnt, strict=True))
    shorter = [cut for k, cut in cuts.items() if len(cut) < len(search.regions[k].splits)]
    assert len(shorter) > 5
    for cut in shorter:
        region = tuple(Split(wire, unit, 0.0, on) for wire, unit, on in cut)
        known, clamps = search.known([region])
        lines = np.inf if known.empty[0] else float(known.last[0][0, 0])
        assert max(lines, search.program.least(known, 0, clamps).least) > 0.0


def test_raw_cuts_look_at_the_same_regions_and_strengthened_ones_at_no_more():
    for k in range(2):
        plain, raw, strong = (searched(RELU, k, way) for way in (NONE, RAW, STRENGTHENED))
        assert tree_of(plain).same(tree_of(raw))
        assert raw.learnt
        assert len(strong.regions) <= len(plain.regions)
        assert strong.verdict == plain.verdict == "proved"
        assert min(map(len, strong.learnt)) < max(map(len, raw.learnt))


def test_the_point_of_least_area_is_the_best_of_many():
    """By brute force over a finer grid; of an odd function on an even interval it is 0."""
    rng = np.random.default_rng(0)
    at = point("tanh", -1.0, 3.0, "least area", rng)
    place = np.linspace(-0.99, 2.99, 999)
    every = areas("tanh", -1.0, 3.0, place)
    assert areas("tanh", -1.0, 3.0, np.array([at]))[0] <= every.min() * 1.01
    assert point("tanh", -2.0, 2.0, "least area", rng) == pytest.approx(0.0, abs=1e-9)
    assert point("tanh", 1.0, 2.0, "at 0", rng) == 1.5


def test_a_tree_is_drawn_with_leaves_one_apart_and_read_from_the_root():
    tree = Tree(
        parent=np.array([-1, 0, 0, 2, 2]),
        bound=np.array([-1.0, 0.5, -0.5, np.inf, 0.2]),
        verdict=np.array([3, 1, 3, 2, 1]),
        wire=np.array([-1, 0, 0, 1, 1]),
        unit=np.array([-1, 4, 4, 2, 2]),
        at=np.array([np.nan, 0.0, 0.0, 0.5, 0.5]),
        above=np.array([False, False, True, False, True]),
        cut=np.zeros(5, int),
    )
    across, up = tree.place()
    np.testing.assert_allclose(across, [0.75, 0, 1.5, 1, 2])
    np.testing.assert_allclose(up, [-1, 0.12, -0.5, 0.12, 0.12])
    assert tree.splits(4) == ["layer 1, unit 5 ≥ 0", "layer 2, unit 3 ≥ 0.5"]
    np.testing.assert_allclose(tree.course()[[0, 2, 4]], [-1.0, -0.5, 0.2])
    assert tree.nearest(1.9, 0.2) == 4
    assert tree.first(3).verdict.tolist() == [3, 1, 0]


def test_no_input_is_outside_and_trees_fit_their_counts(run):
    frames, result = run
    assert frames
    assert result.outside().value == 0.0
    for each in result.reach:
        assert (each.lines[:, 0] <= each.sampled[:, 0]).all()
        assert (each.lines[:, 1] >= each.sampled[:, 1]).all()
        assert (each.intervals[:, 1] - each.intervals[:, 0] >= np.ptp(each.lines, 1) - 1e-6).all()
    assert (result.n_regions <= 41).all()
    assert (np.diff([frame.fraction for frame in frames]) >= 0).all()
    assert [len(one.pictures()) for one in (frames[-1], result)] == [2, 5]
    assert result.moments()[-1].fraction == 1.0


def test_claims_ask_for_the_networks_they_are_about(run):
    _, result = run
    found = [finding.sentence for finding in EXPERIMENT.findings(result)]
    assert "No input of 20,000 puts any number outside its bounds." in found
    assert not any("Strengthened" in sentence for sentence in found)
    assert len(CLAIMS) == 7


def test_a_network_that_one_way_alone_decides_can_refute_that_none_needs_more(run):
    """Regions by hand: undecided is more than the limit let it look at, undecided by both unsaid."""
    _, result = run
    tree = result.trees[0][0]

    def of(regions: list[tuple[int, int]], verdict: list[tuple[int, int]]) -> BranchResult:
        trees = tuple(tuple(tree.first(n) for n in each) for each in regions)
        spec = BranchSpec(function="ReLU", margin=0.6, n_nets=len(regions), limit=41)
        plain, strong = spec.ways.index(NONE), spec.ways.index(STRENGTHENED)
        every = [[each[0]] * len(spec.ways) for each in trees]
        said = np.full((len(regions), len(spec.ways)), UNKNOWN)
        for k, each in enumerate(trees):
            every[k][plain], every[k][strong] = each
            said[k, [plain, strong]] = verdict[k]
        return replace(result, spec=spec, trees=tuple(map(tuple, every)), verdict=said)

    claim = next(one for one in CLAIMS if one.sentence == "And on no network more.")
    assert len(tree.parent) >= 11
    none = of(
        [(11, 9), (11, 5), (11, 11)], [(PROVED, PROVED), (UNKNOWN, PROVED), (UNKNOWN, UNKNOWN)]
    )
    np.testing.assert_allclose(none.most(STRENGTHENED, NONE), [9 / 11, 5 / 12])
    found = claim.finding(none)
    assert found is not None
    assert (found.word, found.figure.value) == ("holds", pytest.approx(9 / 11))
    assert found.figure.of.endswith("1 of 3 that neither decides left out")
    more = of([(11, 9), (11, 11)], [(PROVED, PROVED), (PROVED, UNKNOWN)])
    found = claim.finding(more)
    assert found is not None
    assert (found.word, found.figure.value) == ("differs", pytest.approx(12 / 11))
    assert found.figure.of.endswith("0 of 2 that neither decides left out")
    assert claim.finding(of([(11, 11)] * 2, [(UNKNOWN, UNKNOWN)] * 2)) is None


def test_in_a_notebook_a_comparison_is_one_call():
    found = branch(function="ReLU", n_nets=2, n_hidden=4, limit=21)
    assert found.proved(NONE) == found.proved(RAW)


def test_half_of_a_square_is_cut_off_at_the_middle():
    """Between a parabola and its chord lies width³ / 6: two equal halves have least together."""
    rng = np.random.Generator(np.random.Philox(0))
    for low, high in ((-1.0, 3.0), (0.5, 0.75), (-4.0, -1.0)):
        assert point("square", low, high, "least area", rng) == pytest.approx((low + high) / 2)
