"""A chain of rods in viscous water: forces, one step of time, and a circuit that pulls it."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part


@part
def _clamped(value: float) -> float:
    return min(max(value, 0.0), 1.0)


@kernel
def solved(matrix: np.ndarray, right: np.ndarray) -> None:
    """Overwrites ``right`` with the solution for a symmetric positive matrix (Cholesky)."""
    n = len(right)
    for j in range(n):
        for i in range(j, n):
            left = matrix[i, j]
            for k in range(j):
                left -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = np.sqrt(left) if i == j else left / matrix[j, j]
        for k in range(j):
            right[j] -= matrix[j, k] * right[k]
        right[j] /= matrix[j, j]
    for j in range(n - 1, -1, -1):
        for k in range(j + 1, n):
            right[j] -= matrix[k, j] * right[k]
        right[j] /= matrix[j, j]


@kernel
def lever_arms(state: np.ndarray, along: np.ndarray, across: np.ndarray) -> None:
    """How fast each rod's middle moves along and across itself, per unit of every coordinate.

    Args:
        state: float64[3 + joint]: centre x, centre y, heading of the first rod, joint angles.
        along: float64[rod, 3 + joint], overwritten.
        across: float64[rod, 3 + joint], overwritten.
    """
    n_rods = len(state) - 2
    cos, sin, angle = np.empty(n_rods), np.empty(n_rods), state[2]
    for j in range(n_rods):
        if j:
            angle += state[2 + j]
        cos[j], sin[j] = np.cos(angle), np.sin(angle)
    for k in range(n_rods):
        along[k, 0], along[k, 1] = cos[k], sin[k]
        across[k, 0], across[k, 1] = -sin[k], cos[k]
        x = y = 0.0
        for j in range(n_rods - 1, -1, -1):
            # Of the middle of all rods, rod j moves a share; the centre itself stays.
            share = (1.0 if j < k else 0.5 if j == k else 0.0) - (n_rods - j - 0.5) / n_rods
            x -= sin[j] * share
            y += cos[j] * share
            along[k, 2 + j] = x * cos[k] + y * sin[k]
            across[k, 2 + j] = y * cos[k] - x * sin[k]


@kernel
def velocity(
    state: np.ndarray, torque: np.ndarray, water: np.ndarray, room: np.ndarray, out: np.ndarray
) -> None:
    """Velocity at which drag, elastic joints and muscles balance: overwrites ``out``.

    Args:
        state: float64[3 + joint].
        torque: float64[joint], of the muscles.
        water: float64[4]: drag along and across a rod, stiffness and damping of a joint.
        room: float64[3, n, n] that is overwritten, n at least 3 + joint.
        out: float64[3 + joint].
    """
    n, n_rods = len(state), len(state) - 2
    slip, push, stiffness, damping = water
    along, across, drag = room[0, :n_rods, :n], room[1, :n_rods, :n], room[2, :n, :n]
    lever_arms(state, along, across)
    for a in range(n):
        for b in range(a + 1):
            total = 0.0
            for k in range(n_rods):
                total += slip * along[k, a] * along[k, b] + push * across[k, a] * across[k, b]
            if b >= 2:  # A rod that turns about its own middle is braked too.
                total += push / 12.0 * (n_rods - (a - 2))
            drag[a, b] = total
    for a in range(n):
        out[a] = 0.0
        if a >= 3:
            drag[a, a] += damping
            out[a] = torque[a - 3] - stiffness * state[a]
    solved(drag, out)


@kernel
def moved(
    state: np.ndarray, torque: np.ndarray, water: np.ndarray, n_parts: int, room: np.ndarray
) -> None:
    """One unit of time by the midpoint rule in ``n_parts``: overwrites ``state``."""
    n, h = len(state), 1.0 / n_parts
    speed, middle = np.empty(n), np.empty(n)
    for _ in range(n_parts):
        velocity(state, torque, water, room, speed)
        for a in range(n):
            middle[a] = state[a] + 0.5 * h * speed[a]
        velocity(middle, torque, water, room, speed)
        for a in range(n):
            state[a] += h * speed[a]


@kernel
def swum(
    weights: np.ndarray,
    water: np.ndarray,
    hand: np.ndarray,
    gain: float,
    period: int,
    n_parts: int,
    states: np.ndarray,
    cells: np.ndarray,
) -> None:
    """The circuit of Bhattasali et al. 2022 swims; overwrites ``states`` and ``cells``.

    Args:
        weights: float64[joint, side, 3]: what each B neuron hears (the clock in the first joint,
            stretch elsewhere), what it says to the muscle of its side, and of the other.
        water: float64[4], see `velocity`.
        hand: float64[4]: joint that is pushed (-1: none), first step, last step, torque.
        gain: torque of a muscle that pulls with all it has.
        period: steps of the clock, half for each side.
        n_parts: parts of a step.
        states: float64[step + 1, 3 + joint]; the first row is where it starts.
        cells: float64[step, joint, side, 2]: B neurons and muscles.
    """
    n_joints = len(weights)
    n = n_joints + 3
    state, torque, room = states[0].copy(), np.zeros(n_joints), np.zeros((3, n, n))
    for step in range(len(cells)):
        for i in range(n_joints):
            for side in range(2):
                sign = 1.0 if side == 0 else -1.0
                if i == 0:
                    heard = 1.0 if (step % period < period // 2) == (side == 0) else 0.0
                else:
                    heard = _clamped(sign * state[2 + i])
                cells[step, i, side, 0] = _clamped(weights[i, side, 0] * heard)
            for side in range(2):
                own, other = cells[step, i, side, 0], cells[step, i, 1 - side, 0]
                pull = weights[i, side, 1] * own + weights[i, 1 - side, 2] * other
                cells[step, i, side, 1] = _clamped(pull)
            torque[i] = gain * (cells[step, i, 0, 1] - cells[step, i, 1, 1])
        if hand[0] >= 0 and hand[1] <= step < hand[2]:
            torque[int(hand[0])] += hand[3]
        moved(state, torque, water, n_parts, room)
        states[step + 1] = state


@kernel
def swum_by_perceptron(
    weights: np.ndarray,
    n_hidden: int,
    water: np.ndarray,
    gain: float,
    period: int,
    n_parts: int,
    states: np.ndarray,
) -> None:
    """A perceptron with the same clock and the same joints to feel; overwrites ``states``.

    Args:
        weights: float64[hidden * (joint + 3) + joint * (hidden + 1)]: tanh units over joint
            angles, both phases of the clock and a constant; then torques, tanh again.
        n_hidden: hidden units.
        water: float64[4], see `velocity`.
        gain: largest torque.
        period: steps of the clock.
        n_parts: parts of a step.
        states: float64[step + 1, 3 + joint].
    """
    n = states.shape[1]
    n_joints = n - 3
    state, torque, room = states[0].copy(), np.zeros(n_joints), np.zeros((3, n, n))
    hidden, wide = np.zeros(n_hidden), n_joints + 3
    first = n_hidden * wide
    for step in range(len(states) - 1):
        up = 1.0 if step % period < period // 2 else 0.0
        for h in range(n_hidden):
            at = h * wide
            total = weights[at] * up + weights[at + 1] * (1.0 - up) + weights[at + 2]
            for i in range(n_joints):
                total += weights[at + 3 + i] * state[3 + i]
            hidden[h] = np.tanh(total)
        for i in range(n_joints):
            at = first + i * (n_hidden + 1)
            total = weights[at]
            for h in range(n_hidden):
                total += weights[at + 1 + h] * hidden[h]
            torque[i] = gain * np.tanh(total)
        moved(state, torque, water, n_parts, room)
        states[step + 1] = state
