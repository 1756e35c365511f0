"""Maps there and back, the task by hand, and what a run finds."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.geometry.aligning.answers import by_hand, every_pair
from engines.geometry.aligning.found import BENT, FRESH, HELD, LEARNT, NEURONS, SEEN, Found
from engines.geometry.aligning.interchange import Aligned, Frozen, best_units, reached
from engines.geometry.aligning.maps import Couplings, Rotation
from engines.geometry.aligning.result import AlignmentRun
from engines.geometry.aligning.spec import N_NUMBERS, AlignmentSpec
from engines.geometry.aligning.task import alphabet, examples, interchanges
from engines.geometry.experiments.mechanisms.alignment import CLAIMS, EXPERIMENT

TINY = AlignmentSpec(n_seeds=3, n_steps=30, n_learnt=60, n_blocks=1, n_taken=8)


@pytest.fixture(scope="module")
def run() -> AlignmentRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, AlignmentRun)
    return found


@settings(deadline=None)
@given(st.integers(2, 20), st.integers(1, 6), st.integers(0, 1_000))
def test_maps_are_undone_whatever_their_weights(n, n_blocks, seed):
    torch.manual_seed(seed)
    h = torch.randn(7, n, dtype=torch.float64)
    for way in (Rotation(n).double(), Couplings(n, n_blocks).double()):
        with torch.no_grad():
            for value in way.parameters():
                value.copy_(0.2 * torch.randn_like(value))
            torch.testing.assert_close(way.back(way.there(h)), h, atol=1e-9, rtol=1e-9)


def test_a_rotation_is_scipys_of_the_same_generator():
    """(I + A)^-1 (I - A) by matrix functions of scipy.linalg, for I + A and I - A commute."""
    linalg = pytest.importorskip("scipy.linalg")
    torch.manual_seed(0)
    way, one = Rotation(6).double(), np.eye(6)
    turned = (way.free - way.free.T).detach().numpy()
    wanted = linalg.expm(linalg.logm(one - turned) - linalg.logm(one + turned))
    np.testing.assert_allclose(way.matrix().detach().numpy(), wanted.real, atol=1e-9)


def test_the_answer_due_is_the_causal_models():
    """By hand from the symbols: left pair of the source against right pair of the base."""
    known = alphabet(8, 3)
    x, due = interchanges(known, 400, np.random.default_rng(0))
    symbols = x.reshape(400, 8, N_NUMBERS)
    left_source = (symbols[:, 4] == symbols[:, 5]).all(axis=1)
    right_base = (symbols[:, 2] == symbols[:, 3]).all(axis=1)
    np.testing.assert_array_equal(due, left_source == right_base)
    assert abs(due.mean() - 0.5) < 0.1
    own = (symbols[:, 0] == symbols[:, 1]).all(axis=1) == right_base
    assert abs((own == due).mean() - 0.5) < 0.1  # the base alone does not tell


@pytest.mark.parametrize("n", [4, 8, 33])
def test_pairs_held_out_are_never_seen(n):
    known = alphabet(n, 1)
    for equal in (False, True):
        seen, held = ({tuple(p) for p in known.pairs[k, equal]} for k in (False, True))
        assert not seen & held
        assert len(seen) + len(held) == (n if equal else n * (n - 1))
        assert len(held) == round(0.25 * (len(seen) + len(held)))
    x, y = examples(known, 200, np.random.default_rng(0), held=True)
    assert x.shape == (200, 4 * N_NUMBERS)
    assert set(y.tolist()) == {0, 1}


def test_the_neuron_that_is_the_variable_is_taken_and_no_other():
    pair, due = every_pair()
    units = best_units(by_hand(), pair, due, 3)
    assert units.tolist() == [True, False, False]
    assert reached(by_hand(), units, pair, due) == 1.0
    assert reached(by_hand(), torch.tensor([False, True, False]), pair, due) == 0.5
    assert reached(by_hand(), torch.zeros(3, dtype=torch.bool), pair, due) == 0.5


@pytest.mark.parametrize("depth", [1, 2])
def test_units_that_are_taken_are_those_of_every_trial_in_full(depth):
    """Brute force: at each step every unit not yet taken is taken, and the whole network asked."""
    rng = np.random.default_rng(depth)
    layers = [(torch.from_numpy(rng.normal(size=(b, a))), torch.from_numpy(rng.normal(size=b)))
              for a, b in ((4, 7), (7, 7), (7, 2))]  # fmt: skip
    frozen, pair = Frozen(layers, depth), torch.from_numpy(rng.normal(size=(150, 8)))
    due = torch.from_numpy(rng.integers(0, 2, 150))
    ways, taken = [], torch.zeros(7, dtype=torch.bool)
    for _ in range(4):
        tried = [taken | (torch.arange(7) == k) for k in range(7) if not taken[k]]
        taken = max(tried, key=lambda units: reached(frozen, units, pair, due))
        ways.append(taken)
    wanted = max(ways, key=lambda units: reached(frozen, units, pair, due))
    assert best_units(frozen, pair, due, 4).tolist() == wanted.tolist()


def test_chance_is_what_maps_on_pairs_held_out_are_held_against(run):
    (claim,) = (c for c in CLAIMS if "more than chance" in c.sentence)
    control = claim.control(run)
    assert control is not None
    assert (control.value, control.low, control.high) == (0.5, 0.5, 0.5)


def test_taking_everything_gives_the_source_and_its_answer():
    frozen, (pair, _) = by_hand(), every_pair()
    source = pair.chunk(2, dim=-1)[1]
    with torch.no_grad():
        said = Aligned(frozen, Rotation(3), 3)(pair)
        torch.testing.assert_close(said, frozen.answer(frozen.held(source)), atol=1e-5, rtol=1e-5)


def test_a_run_judges_every_map_in_both_networks(run):
    found: Found = run.found
    assert found.course.shape == (3, len(found.step), 2, 2, 3)
    assert np.isfinite(found.course).all()
    # Neurons are chosen, not learnt: no step changes them.
    assert (found.course[NEURONS] == found.course[NEURONS, :1]).all()
    gap = found.course[BENT, -1, SEEN, LEARNT] - found.course[BENT, -1, HELD, LEARNT]
    np.testing.assert_array_equal(found.lost(BENT, LEARNT), gap)
    assert abs(found.answers(FRESH).value - 0.5) < 0.15
    assert len(run.pictures()) == 4
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, AlignmentRun)
    assert again.found.course.tobytes() == found.course.tobytes()


def test_claims_are_asked_where_they_can_be_answered(run):
    asked = [claim.figure(run) is not None for claim in CLAIMS]
    assert asked == [True, False, True, True, False, False]
    for claim in CLAIMS:
        assert not claim.preset or claim.preset in EXPERIMENT.presets


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
