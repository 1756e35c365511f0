"""The next frame: ridge held against scikit-learn, masks kept, nulls of equal degrees, claims."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from engines.connectome.experiments.activity.next_step import (
    CLAIMS,
    EXPERIMENT,
    OWN,
    WIRING,
    NextStepSpec,
)
from engines.connectome.foretelling.cases import own_case, persons_case, planted_case
from engines.connectome.foretelling.ridge import (
    Frames,
    by_mask,
    explained,
    foretold,
    persistence,
    ridge,
)
from engines.connectome.opening import kept
from engines.connectome.opening.options import Animal, Opened
from engines.contract import InputError

RNG = np.random.default_rng(0)


def frames(n: int = 60, n_neurons: int = 5) -> Frames:
    return Frames(RNG.standard_normal((n, n_neurons)) + 3.0, RNG.standard_normal((n, n_neurons)))


@pytest.mark.parametrize("dense", [True, False])
def test_ridge_is_that_of_scikit_learn(dense):
    train, strength = frames(), 7.0
    mask = np.ones((5, 5), bool) if dense else RNG.random((5, 5)) < 0.5
    mask[0] = [True, False, True, False, False]
    weight = ridge(train, mask, np.array([strength]))[0]
    says = foretold(train, weight, train)
    for to in range(5):
        seen = train.now[:, mask[to]]
        model = Ridge(alpha=strength).fit(seen, train.then[:, to])
        np.testing.assert_allclose(weight[to, mask[to]], model.coef_, atol=1e-10)
        np.testing.assert_allclose(says[:, to], model.predict(seen), atol=1e-10)
    assert np.all(weight[~mask] == 0.0)


def test_a_linear_step_is_foretold_whole():
    turn = RNG.standard_normal((4, 4))
    now = RNG.standard_normal((200, 4))
    pairs = Frames(now, now @ turn.T)
    found = by_mask(pairs.first(100), pairs.last(50), np.ones((4, 4), bool), np.array([1e-9]))
    assert found.r2 == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(found.weight, turn, atol=1e-6)
    oracle = LinearRegression().fit(pairs.now[:100], pairs.then[:100])
    np.testing.assert_allclose(found.weight, oracle.coef_, atol=1e-6)


def test_r2_is_one_for_the_truth_and_zero_for_the_mean():
    then = RNG.standard_normal((40, 3))
    assert explained(then, then) == 1.0
    assert explained(then, np.tile(then.mean(axis=0), (40, 1))) == pytest.approx(0.0)
    assert persistence(Frames(then, then)) == 1.0


def test_the_strength_is_chosen_without_the_test():
    train, test = frames(), frames(20)
    one = by_mask(train, test, np.ones((5, 5), bool))
    other = by_mask(train, Frames(test.now, -9 * test.then), np.ones((5, 5), bool))
    assert one.strength == other.strength
    np.testing.assert_array_equal(one.weight, other.weight)


def test_wirings_beside_keep_every_degree():
    case = planted_case("varshney2011", 0, n_frames=60, memory=0.3, coupling=1.5, n_nulls=3)
    assert case.traces.shape == (60, 279)
    for null in case.nulls:
        np.testing.assert_array_equal(null.sum(axis=0), case.mask.sum(axis=0))
        np.testing.assert_array_equal(null.sum(axis=1), case.mask.sum(axis=1))
        assert np.mean(null & case.mask) < 0.6 * np.mean(case.mask)
    person = persons_case(1, 3, 0)
    pairs = person.mask[np.triu_indices(94, 1)].mean()
    whole = planted_share(1)
    assert pairs == pytest.approx(whole / 2, rel=0.02)  # the stronger half of the tracts
    for null in person.nulls:
        np.testing.assert_array_equal(null, null.T)
        np.testing.assert_array_equal(null.sum(axis=0), person.mask.sum(axis=0))


def planted_share(person: int) -> float:
    from engines.connectome.wiring.catalogue import load

    wiring = load(f"human_{person}")
    matrix = wiring.layers[0].matrix(wiring.n_neurons).toarray()
    return float((matrix[np.triu_indices(94, 1)] > 0).mean())


def test_a_lesion_of_inputs_costs_and_leaves_others_foretold():
    spec = NextStepSpec(n_recordings=3, n_nulls=3, lesion="role:interneuron")
    found = EXPERIMENT.result(spec)
    assert found.left[0] < found.r2[0, -1, WIRING]
    assert found.n_silent > 50
    assert len(found.left) == 9
    assert found.r2[:, -1, WIRING].mean() > found.r2[:, -1, OWN].mean()
    assert "beyond its degrees" in found.verdict
    assert CLAIMS[0].figure(found) is not None
    assert [p.title for p in found.pictures()]


def test_people_are_no_claim_but_a_sentence():
    found = EXPERIMENT.result(NextStepSpec(source="people", n_nulls=3))
    assert all(claim.figure(found) is None for claim in CLAIMS)
    assert "a person's next frame beyond its degrees" in found.verdict


def test_an_own_worm_is_foretold_on_the_neurons_that_are_known(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    case = planted_case("varshney2011", 0, n_frames=300, memory=0.3, coupling=1.5, n_nulls=1)
    names = (*case.names[:25], "17", "x")
    one = Animal("a", names, case.traces[:, :27], np.arange(300.0), np.ones(27, bool))
    digest = kept.keep(Opened("w.csv", "traces", (one,)))
    own = own_case(digest, 1, 0.0, "varshney2011", 2, 0)
    assert own.names == case.names[:25]
    np.testing.assert_array_equal(own.mask, case.mask[:25, :25])
    found = EXPERIMENT.result(NextStepSpec(source="own", own_recording=digest, n_nulls=3))
    assert found.r2.shape[0] == 1
    assert "beside the mean of wirings of its degrees" in found.verdict
    assert found.pictures()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: by_mask(frames(5), frames(), np.ones((5, 5), bool)), "at least 10"),
        (lambda: EXPERIMENT.result(NextStepSpec(lesion="all")), "no neuron is left"),
        (lambda: EXPERIMENT.result(NextStepSpec(lesion="XYZ")), "XYZ"),
        (lambda: EXPERIMENT.result(NextStepSpec(source="own")), "open a file of your own first"),
    ],
)
def test_what_cannot_be_foretold_says_why(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_the_known_answers_hold(answer):
    assert answer.verdict().reproduced
