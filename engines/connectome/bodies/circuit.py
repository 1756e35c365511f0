"""The swimming circuit of Bhattasali, Zador & Engel 2022 as a connectome that can be lesioned.

Per joint two B neurons and two muscles. A clock drives the first joint; every other B neuron feels
how far the joint before it is bent to its side, excites the muscle of its side and inhibits the
other. Four numbers are shared by all joints.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.connectome.wiring import selection
from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges

SIDES = ("D", "V")
SHARED = ("clock", "stretch", "own side", "other side")
"""What the four shared weights say."""
CONSTANT = np.array([1.0, 1.0, 1.0, -1.0])
"""The untrained circuit: every weight is 1 in size."""


@lru_cache(maxsize=8)
def circuit(n_joints: int) -> Connectome:
    """Cells ``AVB-D``, ``DB1``, ``VB1``, ``MD1`` ... and stretch receptors ``SD1`` ....

    ``SD1`` feels joint 1 and tells ``DB2``. In the worm stretch is thought to be felt by the B
    neurons themselves (Wen et al. 2012), and AVB drives them; here a clock stands for that drive.
    """
    names = [f"AVB-{side}" for side in SIDES]
    classes, roles = ["AVB", "AVB"], ["interneuron", "interneuron"]
    edges: list[tuple[str, str, float]] = []
    for i in range(1, n_joints + 1):
        for side in SIDES:
            names += [f"{side}B{i}", f"M{side}{i}"]
            classes += [f"{side}B", f"M{side}"]
            roles += ["motor", "muscle"]
            if i < n_joints:
                names.append(f"S{side}{i}")
                classes.append(f"S{side}")
                roles.append("sensory")
            heard = f"AVB-{side}" if i == 1 else f"S{side}{i - 1}"
            other = SIDES[1 - SIDES.index(side)]
            edges += [
                (heard, f"{side}B{i}", 1.0),
                (f"{side}B{i}", f"M{side}{i}", 1.0),
                (f"{side}B{i}", f"M{other}{i}", -1.0),
            ]
    place = {name: k for k, name in enumerate(names)}
    pre = np.array([place[sender] for sender, _, _ in edges])
    post = np.array([place[receiver] for _, receiver, _ in edges])
    weight = np.array([weight for _, _, weight in edges])
    said = Provenance(
        "Swimming circuit",
        "Bhattasali, Zador & Engel 2022, Neural circuit architectural priors",
        counts=f"{n_joints} joints",
        synthetic=True,
        unit="weight",
    )
    columns = {"class": tuple(classes), "role": tuple(roles)}
    layers = (layer_from_edges("chemical", pre, post, weight),)
    return Connectome("the swimming circuit", tuple(names), layers, said, columns)


def drawn(rng: np.random.Generator, *, signs: bool) -> np.ndarray:
    """float64[4]: random shared weights, with the circuit's signs or with any."""
    return CONSTANT * rng.uniform(0.0, 1.0, 4) if signs else rng.uniform(-1.0, 1.0, 4)


def unshared(shared: np.ndarray, n_joints: int) -> np.ndarray:
    """float64[joint, side, 3] from the four shared weights, as `kernels.body.swum` takes them."""
    weights = np.empty((n_joints, 2, 3))
    weights[:, :, 0], weights[:, :, 1], weights[:, :, 2] = shared[1], shared[2], shared[3]
    weights[0, :, 0] = shared[0]
    return weights


def left_over(n_joints: int, lesion: str) -> np.ndarray:
    """float64[joint, side, 3]: 1 for every weight that a lesion leaves, 0 for those cut.

    Raises:
        InputError: the lesion names a cell that is not there.
    """
    made = circuit(n_joints)
    cells, edges = selection.lesion(made, lesion)
    gone = {made.neurons[k] for k in cells}
    cut = {(made.neurons[i], made.neurons[j]) for i, j in edges}
    left = np.ones((n_joints, 2, 3))
    for i in range(n_joints):
        for k, side in enumerate(SIDES):
            other = SIDES[1 - k]
            b = f"{side}B{i + 1}"
            heard = f"AVB-{side}" if i == 0 else f"S{side}{i}"
            ends = ((heard, b), (b, f"M{side}{i + 1}"), (b, f"M{other}{i + 1}"))
            for at, (pre, post) in enumerate(ends):
                if pre in gone or post in gone or (pre, post) in cut:
                    left[i, k, at] = 0.0
    return left
