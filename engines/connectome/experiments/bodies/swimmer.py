"""A body made of rods and four weights that swims before it has learned anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from engines.connectome.bodies.spec import BodySpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.contract.sending import Activations, Gift

N_RANDOM = 20
PUSH_STEPS = 15
_CROSSED = "class:DB -> class:MV, class:VB -> class:MD"
_SCANNED = {"nothing": "", "the drive": "AVB", "all stretch": "role:sensory", "crossed": _CROSSED}


class SwimmerSpec(BodySpec):
    """Which circuit swims, what is cut, and where a hand pushes."""

    weights: Literal["all 1", "random", "random without signs"] = knob(
        "all 1",
        label="Weights",
        help="Untrained: all 1 in size; drawn from 0 to 1 with the circuit's signs; or from -1 to "
        "1 without them.",
        group="Circuit",
    )
    seed: Seed = knob(0, label="Seed", help="Draws weights and random lesions.", group="Circuit")
    push_joint: int = knob(
        0, label="Joint", help="Which joint a hand pushes; 0 is none.", group="Push", ge=0, le=16
    )
    push_step: int = knob(
        150, label="At step", help="When the push begins; it lasts 15 steps.", group="Push",
        ge=0, le=9_600,
    )  # fmt: skip
    push_torque: float = knob(
        2.0, label="Torque", help="Above 0 bends to the dorsal side.", group="Push", ge=-3, le=3
    )

    @model_validator(mode="after")
    def _joint_is_there(self) -> Self:
        if self.push_joint > self.n_joints:
            raise ValueError(
                f"a hand cannot push joint {self.push_joint} of {self.n_joints}; choose one that "
                "is there, or 0 for none"
            )
        return self


@dataclass(frozen=True, eq=False)
class SwimmerFrame(Frame):
    """Speeds without each part, as far as they are known."""

    lost: tuple[str, ...] = ()
    speeds: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def pictures(self) -> tuple[Picture, ...]:
        """Who is needed, so far."""
        return (needed(self.lost, self.speeds),)


@dataclass(frozen=True, eq=False)
class Swimmers(Result):
    """Trajectories and speeds. The lesioned worm comes first, the whole one second if both swim.

    ``points`` float32[worm, step, end, 2]: rods' ends, head first, in rods; ``cells``
    float32[worm, step, joint, side, 2]: B neurons and muscles from 0 to 1; ``angles``
    float32[worm, step, joint]; ``speeds`` float64[worm] and ``scanned`` float64[loss] in body
    lengths per cycle; ``random`` float64[lesion]: of as many cells as the lesion cuts.
    """

    spec: SwimmerSpec
    worms: tuple[str, ...]
    points: np.ndarray
    cells: np.ndarray
    angles: np.ndarray
    left: np.ndarray
    """uint8[joint, side, 3]: which weights the lesion leaves."""
    speeds: np.ndarray
    isotropic: float
    """Speed where drag is the same in all directions."""
    lost: tuple[str, ...]
    scanned: np.ndarray
    random: np.ndarray
    gone: tuple[str, ...]
    """Cells that the lesion names."""

    @property
    def n_cut(self) -> int:
        """How many cells the lesion names."""
        return len(self.gone)

    def pictures(self) -> tuple[Picture, ...]:
        """How far, who is needed, and the lesion beside random ones."""
        return (self.ways(), needed(self.lost, self.scanned), self.table())

    def gives(self) -> tuple[Gift, ...]:
        """Every worm's cells through time."""
        return tuple(
            Gift(f"Cells of {worm}", Activations, partial(self.as_activations, k))
            for k, worm in enumerate(self.worms)
        )

    def as_activations(self, worm: int) -> Activations:
        """Steps are the stimuli; neurons, muscles and joints the units of three layers."""
        cells = self.cells[worm]
        layers = {
            "B neurons": cells[..., 0].reshape(len(cells), -1),
            "muscles": cells[..., 1].reshape(len(cells), -1),
            "joint angles": self.angles[worm][-len(cells) :],  # after each step, not before all
        }
        phase = tuple(str(k % self.spec.period) for k in range(len(cells)))
        stimuli = tuple(f"step {k}" for k in range(len(cells)))
        return Activations(f"{self.worms[worm]}, swimming", layers, stimuli, {"phase": phase})

    def ways(self) -> Curves:
        """Distance of the middle from the start, in body lengths."""
        middle = 0.5 * (self.points[:, :, 1:] + self.points[:, :, :-1]).mean(axis=2)
        far = np.hypot(*np.moveaxis(middle - middle[:, :1], 2, 0)) / (self.spec.n_joints + 1)
        lines = {name: far[k].astype(float) for k, name in enumerate(self.worms)}
        x = np.arange(far.shape[1]) / self.spec.period
        return Curves("Way", x, lines, Axis("cycle"), Axis("distance", "body lengths"))

    def table(self) -> Table:
        """Speeds in numbers."""
        rows = {name: f"{s:.4f}" for name, s in zip(self.worms, self.speeds, strict=True)}
        rows["where drag is equal in all directions"] = f"{self.isotropic:.4f}"
        if len(self.random):
            low, high = self.random.min(), self.random.max()
            name = f"{len(self.random)} random lesions of {self.n_cut} cells"
            rows[name] = f"{self.random.mean():.4f} ({low:.4f} to {high:.4f})"
        title = "Body lengths per cycle, first five cycles"
        return Table(title, {"worm": tuple(rows), "speed": tuple(rows.values())})


def needed(lost: tuple[str, ...], speeds: np.ndarray) -> Bars:
    """Speed without each part of the whole circuit."""
    ticks = tuple((float(k), name) for k, name in enumerate(lost))
    y = Axis("lengths/cycle")
    return Bars("Speed of the whole circuit without", speeds, Axis("lost", ticks=ticks), y)


def drawn_weights(spec: SwimmerSpec) -> np.ndarray:
    """float64[joint, side, 3]: the circuit before any lesion."""
    from engines.connectome.bodies.circuit import CONSTANT, drawn, unshared

    rng = np.random.Generator(np.random.Philox(spec.seed))
    untrained = spec.weights == "all 1"
    shared = CONSTANT if untrained else drawn(rng, signs=spec.weights == "random")
    return unshared(shared, spec.n_joints)


def frames(spec: SwimmerSpec) -> Iterator[SwimmerFrame | Swimmers]:
    """Swims of the lesioned and the whole worm, then of one loss after the other."""
    from engines.connectome.bodies import circuit, swimming
    from engines.connectome.wiring import selection

    n, weights = spec.n_joints, drawn_weights(spec)

    def alone(lesion: str, **changed: float) -> float:
        body = spec.replace(**changed) if changed else spec
        made = swimming.swim(weights * circuit.left_over(n, lesion), body)
        return swimming.speed(made.states, body)

    hand = np.array([spec.push_joint - 1.0, spec.push_step, spec.push_step + PUSH_STEPS,
                     spec.push_torque])  # fmt: skip
    left = circuit.left_over(n, spec.lesion)
    swims = [swimming.swim(weights * left, spec, n_cycles=spec.n_cycles, hand=hand)]
    if spec.lesion:
        swims.append(swimming.swim(weights, spec, n_cycles=spec.n_cycles))
    losses = _SCANNED | {f"B of {i}": f"DB{i}, VB{i}" for i in range(1, n + 1)}
    if n == 1:
        losses.pop("all stretch")
    scanned: list[float] = []
    for k, lesion in enumerate(losses.values()):
        scanned.append(alone(lesion))
        so_far = tuple(losses)[: k + 1]
        yield SwimmerFrame(so_far, np.array(scanned), fraction=(k + 1) / (len(losses) + N_RANDOM))
    cells = circuit.circuit(n)
    gone = tuple(cells.neurons[k] for k in selection.lesion(cells, spec.lesion)[0])
    random = []
    for k, lesion in enumerate(random_lesions(spec, len(gone))):
        random.append(alone(lesion))
        done = (len(losses) + k + 1) / (len(losses) + N_RANDOM)
        yield SwimmerFrame(tuple(losses), np.array(scanned), fraction=done)
    worms = ("lesioned", "whole") if spec.lesion else ("whole",)
    yield Swimmers(
        spec=spec,
        worms=worms,
        points=np.stack([swimming.points(s.states) for s in swims]).astype(np.float32),
        cells=np.stack([s.cells for s in swims]).astype(np.float32),
        angles=np.stack([s.states[:, 3:] for s in swims]).astype(np.float32),
        left=left.astype(np.uint8),
        speeds=np.array([swimming.speed(s.states, spec) for s in swims]),
        isotropic=alone("", drag_ratio=1.0),
        lost=tuple(losses),
        scanned=np.array(scanned),
        random=np.array(random),
        gone=gone,
    )


def random_lesions(spec: SwimmerSpec, n_cut: int) -> list[str]:
    """Texts that cut as many cells, drawn from the seed; none where nothing or all is cut."""
    from engines.connectome.bodies.circuit import circuit

    names = circuit(spec.n_joints).neurons
    if not 0 < n_cut < len(names):
        return []
    rng = np.random.Generator(np.random.Philox([spec.seed, n_cut]))
    return [", ".join(rng.choice(names, n_cut, replace=False)) for _ in range(N_RANDOM)]


def untouched(result: Swimmers) -> bool:
    """Whether the run is the untrained whole circuit in water, as the claims are about."""
    spec = result.spec
    return spec == SwimmerSpec(n_cycles=spec.n_cycles, seed=spec.seed)


def start_speed(result: Swimmers) -> Estimate | None:
    """The untrained circuit."""
    if not untouched(result):
        return None
    return Estimate.exact("body lengths per cycle, untrained", result.speeds[0])


def nowhere(result: Swimmers) -> Estimate:
    """The same strokes in water that resists equally in all directions."""
    return Estimate.exact("the same, drag equal in all directions", result.isotropic)


def uncrossed(result: Swimmers) -> Estimate:
    """Without inhibition of the other side."""
    place = result.lost.index("crossed")
    return Estimate.exact("without inhibition of the other side", result.scanned[place])


CLAIMS = (
    Claim(
        "The circuit swims before any training.",
        figure=start_speed,
        control=nowhere,
        holds_when=Exceeds(by=0.05),
        source="Bhattasali, Zador & Engel 2022, Neural circuit architectural priors for embodied "
        "control; body and water are ours",
    ),
    Claim(
        "Inhibition of the other side's muscle makes it swim faster.",
        figure=start_speed,
        control=uncrossed,
        holds_when=Exceeds(),
        source="the circuit of Bhattasali, Zador & Engel 2022; the sentence is ours",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Theorems of swimming where inertia is nothing."""
    from engines.connectome.answers.bodies import body_answers

    return body_answers()


EXPERIMENT = Experiment(
    spec=SwimmerSpec,
    frames=frames,
    card=Card(
        title="Swimmer",
        claim="Four weights, a clock and a chain of rods swim before they have learned anything: "
        "cut a cell, push a joint, change the water.",
        paper="Bhattasali, Zador & Engel 2022, Neural circuit architectural priors for embodied "
        "control",
        link="https://arxiv.org/abs/2201.05242",
    ),
    presets={
        "It swims": SwimmerSpec(),
        "Without its drive (AVB)": SwimmerSpec(lesion="AVB"),
        "Without stretch": SwimmerSpec(lesion="role:sensory"),
        "Random weights without signs": SwimmerSpec(weights="random without signs"),
        "Eleven joints in thick water": SwimmerSpec(n_joints=11, drag_ratio=10.0, gain=0.6),
        "Break it: drag equal in all directions": SwimmerSpec(drag_ratio=1.0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda _spec: 1.0,
    order=25,
)
