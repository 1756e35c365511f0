"""Learning to swim: the search climbs known hills, and racers keep what they promise."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from engines.connectome.bodies.evolving import evolve, ranked
from engines.connectome.bodies.racers import RACERS, scorer, signed, started
from engines.connectome.bodies.spec import WaterSpec
from engines.connectome.experiments.bodies import race
from engines.contract import SpecError


def test_the_search_climbs_a_hill_whose_top_is_known():
    top = np.array([0.4, -0.7, 0.1])
    rng = np.random.default_rng(0)
    search = evolve(lambda x: -float(((x - top) ** 2).sum()), np.zeros(3), population=16, rng=rng)
    *_, (n_episodes, centre) = islice(search, 8 * 150)
    assert n_episodes == 16 * 150
    np.testing.assert_allclose(centre, top, atol=0.08)


def test_ranks_know_only_the_order():
    assert ranked(np.array([3.0, -1.0, 1e9])).tolist() == [0.0, -0.5, 0.5]
    assert ranked(np.zeros(4)).tolist() == [0.0] * 4


def test_a_flat_hill_moves_nobody():
    search = evolve(lambda _x: 1.0, np.ones(2), population=4, rng=np.random.default_rng(0))
    *_, (_, centre) = islice(search, 20)
    assert centre.tolist() == [1.0, 1.0]


def test_signs_stay_whatever_the_search_asks():
    assert signed(np.array([-1.0, 2.0, -3.0, 4.0])).tolist() == [0.0, 2.0, 0.0, 0.0]
    spec = WaterSpec()
    asked = np.array([1.0, 1.0, 1.0, 5.0])
    assert scorer("circuit", spec)(asked) == scorer("circuit", spec)(asked * [1, 1, 1, 0])


def test_untrained_racers_differ_as_the_prototype_found():
    # Measured by an independent prototype: 79 % of random signed weights swim, 20 % of unsigned.
    spec, rng = WaterSpec(), np.random.default_rng(3)
    swam = {
        racer: np.mean([scorer(racer, spec)(started(racer, spec, rng)) > 1e-4 for _ in range(60)])
        for racer in RACERS[:2]
    }
    assert 0.6 < swam["circuit"] < 0.95
    assert 0.05 < swam["without signs"] < 0.4


def test_a_race_repeats_and_small_ones_are_refused():
    spec = race.RaceSpec(n_episodes=32, period=20)
    first, again = (race.EXPERIMENT.result(spec) for _ in range(2))
    assert isinstance(first, race.Race)
    assert isinstance(again, race.Race)
    assert np.array_equal(first.speeds, again.speeds)
    assert np.isfinite(first.speeds).all()
    assert first.n_weights == (4, 4, 16 * 8 + 5 * 17)
    with pytest.raises(SpecError, match="3"):
        race.RaceSpec(n_seeds=2)
