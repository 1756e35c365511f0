"""Swimming where inertia is nothing: balances of force, theorems, symmetries, published lesions."""

from __future__ import annotations

import numpy as np
import pytest

from engines.connectome.answers.bodies import farthest, swam
from engines.connectome.bodies.circuit import CONSTANT, circuit, left_over, unshared
from engines.connectome.bodies.spec import BodySpec
from engines.connectome.bodies.swimming import points, speed, swim, water
from engines.connectome.experiments.bodies.swimmer import EXPERIMENT, Swimmers, SwimmerSpec
from engines.connectome.kernels.body import solved, swum_by_perceptron, velocity
from engines.contract import InputError, SpecError


def swam_speed(lesion: str = "", **fields) -> float:
    made, spec = swam(lesion, **fields)
    return speed(made.states, spec)


def ran(lesion: str = "") -> Swimmers:
    result = EXPERIMENT.result(SwimmerSpec(lesion=lesion))
    assert isinstance(result, Swimmers)
    return result


def ends(state: np.ndarray) -> np.ndarray:
    return points(state[None])[0]


def forces(state: np.ndarray, rate: np.ndarray, slip: float, push: float):
    """Middle, force and torque of every rod, from positions a moment before and after."""
    h = 1e-6
    before, after = ends(state - h * rate), ends(state + h * rate)
    now = ends(state)
    middle = 0.5 * (now[1:] + now[:-1])
    moved = (0.5 * (after[1:] + after[:-1]) - 0.5 * (before[1:] + before[:-1])) / (2 * h)
    rods = now[1:] - now[:-1]
    along = (moved * rods).sum(axis=1, keepdims=True) * rods
    turning = np.cumsum(rate[2:])
    return middle, -slip * along - push * (moved - along), -push / 12 * turning


def test_drag_muscles_and_elastic_joints_balance():
    # Newton's laws without inertia, from positions alone: no net force or torque, and what water
    # does to all rods behind a joint is what the joint does.
    rng = np.random.default_rng(0)
    n, (slip, push, stiffness, damping) = 5, (1.0, 2.0, 1.0, 0.05)
    state, torque = rng.normal(0, 0.6, n + 3), rng.normal(0, 1, n)
    rate = np.zeros(n + 3)
    given = np.array([slip, push, stiffness, damping])
    velocity(state, torque, given, np.zeros((3, n + 3, n + 3)), rate)
    middle, force, twist = forces(state, rate, slip, push)
    np.testing.assert_allclose(force.sum(axis=0), 0, atol=1e-7)
    for joint in range(n):
        arm = middle[joint + 1 :] - ends(state)[joint + 1]
        by_water = (arm[:, 0] * force[joint + 1 :, 1] - arm[:, 1] * force[joint + 1 :, 0]).sum()
        by_water += twist[joint + 1 :].sum()
        by_joint = torque[joint] - stiffness * state[3 + joint] - damping * rate[3 + joint]
        assert by_water + by_joint == pytest.approx(0, abs=1e-6)
    whole = (middle[:, 0] * force[:, 1] - middle[:, 1] * force[:, 0] + twist).sum()
    assert whole == pytest.approx(0, abs=1e-6)


def test_the_solver_is_numpys():
    rng = np.random.default_rng(1)
    half = rng.normal(size=(8, 8))
    matrix, right = half @ half.T + np.eye(8), rng.normal(size=8)
    ours = right.copy()
    solved(matrix.copy(), ours)
    np.testing.assert_allclose(ours, np.linalg.solve(matrix, right), rtol=1e-10)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_theorems_of_viscous_swimming(answer):
    assert answer.verdict().reproduced


def test_a_mirrored_worm_swims_the_mirrored_way():
    # The clock begins on the dorsal side; half a period later everything is mirrored.
    made, spec = swam(n_cycles=12)
    half = spec.period // 2
    late = made.states[-1 - spec.period :, 3:]
    np.testing.assert_allclose(late[half:], -late[: half + 1], atol=1e-6)
    turned = made.states[-1, 2] - made.states[-1 - spec.period, 2]
    assert turned == pytest.approx(0, abs=1e-6)


# Measured by an independent prototype of this body (numpy, its own solver). Its unit of time and the
# five cycles from rest are our reading of it, chosen by the first figure; the others test the body.
LESIONS = {
    "": 0.102, "AVB": 0.0, "DB1, VB1": 0.0, "role:sensory": 0.012, "DB2, VB2": 0.013,
    "DB3, VB3": 0.054, "DB4, VB4": 0.086, "DB5, VB5": 0.095,
    "class:DB->class:MV, class:VB->class:MD": 0.102,
}  # fmt: skip


@pytest.mark.parametrize(("lesion", "published"), LESIONS.items())
def test_lesions_slow_it_as_the_prototype_found(lesion, published):
    assert swam_speed(lesion) == pytest.approx(published, abs=0.0015)


@pytest.mark.parametrize(("ratio", "published"), [(1.2, 0.009), (5.0, 0.111), (30.0, 0.204)])
def test_drag_across_makes_it_fast_as_the_prototype_found(ratio, published):
    assert swam_speed(drag_ratio=ratio, gain=0.6) == pytest.approx(published, rel=0.05)


@pytest.mark.parametrize(("n_joints", "published"), [(2, 0.021), (5, 0.042), (11, 0.013)])
def test_length_matters_as_the_prototype_found(n_joints, published):
    assert swam_speed(n_joints=n_joints, gain=0.6) == pytest.approx(published, abs=0.002)


def test_a_perceptron_cannot_swim_where_drag_is_equal_either():
    spec = BodySpec(drag_ratio=1.0)
    weights = np.random.default_rng(2).normal(0, 2, 16 * 8 + 5 * 17)
    states = np.zeros((301, 8))
    swum_by_perceptron(weights, 16, water(spec), 0.8, 60, 8, states)
    assert np.abs(states[:, 3:]).max() > 0.2
    assert np.hypot(*states[:, :2].T).max() < 1e-12


def test_a_lesion_cuts_the_weights_it_names_and_no_other():
    assert left_over(5, "").all()
    cut = left_over(5, "DB2->MV2")
    assert cut[1, 0, 2] == 0
    assert cut.sum() == 29
    assert left_over(5, "VB3").sum() == 30 - 3
    assert left_over(5, "MD1").sum() == 30 - 2
    assert left_over(5, "class:AVB").sum() == 28
    assert len(circuit(5).layer("chemical").weight) == 30
    with pytest.raises(InputError, match="AVX"):
        left_over(5, "AVX")


def test_a_push_acts_only_from_its_moment_on():
    spec = SwimmerSpec(push_joint=3, push_step=100)
    weights = unshared(CONSTANT, 5)
    pushed = swim(weights, spec, hand=np.array([2.0, 100, 115, 2.0])).states
    alone = swim(weights, spec).states
    assert np.array_equal(pushed[:101], alone[:101])
    assert np.abs(pushed[110] - alone[110]).max() > 0.1


def test_equal_specs_give_equal_bytes_and_a_lesion_leaves_the_whole_worm_as_it_was():
    first, again = ran(lesion="DB3"), ran(lesion="DB3")
    assert np.array_equal(first.points, again.points)
    assert np.array_equal(first.random, again.random)
    assert first.worms == ("lesioned", "whole")
    whole = ran()
    assert np.array_equal(first.points[1], whole.points[0])


def test_what_cannot_be_is_refused_with_a_sentence():
    with pytest.raises(SpecError, match="joint 7 of 5"):
        SwimmerSpec(push_joint=7)
    with pytest.raises(SpecError):
        SwimmerSpec(drag_ratio=0.0)
    assert farthest(swam(gain=0.0)[0]) == 0.0
