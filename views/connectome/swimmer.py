"""The swimmer on stage: worms in water, the circuit under the hand, and what each part is for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import numpy as np
import param
from panel.custom import JSComponent

from engines.connectome.experiments.bodies.swimmer import Swimmers
from engines.connectome.model import swimming_circuit
from engines.contract import Result, Spec
from engines.running.compute import Compute, Job
from views.kit.components import Timeline, stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.generic import GenericView
from views.kit.payload import payload
from views.kit.text import label


class SwimStage(JSComponent):
    """Plays a finished swim in the browser; tells what was pressed and pulled."""

    film = param.Bytes(default=b"", doc="What `film_payload` made.")
    clock_id = param.String(default="", doc="Names the clock shared with the timeline.")
    autoplay = param.Boolean(default=True, doc="Play as soon as a film comes.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome", "swimmer.js", shared=("base.js", "clock.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.connectome", "swimmer.css")]

    def __init__(
        self,
        on_cut: Callable[[str], None],
        on_push: Callable[[int, int, float], None],
        **params: Any,
    ) -> None:
        """``on_cut`` is told a cell or edge, ``on_push`` joint, step and torque."""
        super().__init__(**params)
        self._on_cut, self._on_push = on_cut, on_push

    def _handle_msg(self, data: Any) -> None:
        match data:
            case {"kind": "cut", "what": str(what)}:
                self._on_cut(what)
            case {
                "kind": "push",
                "joint": int(joint),
                "step": int(step),
                "torque": int() | float() as torque,
            }:
                self._on_push(joint, step, float(torque))


class SwimmerView(GenericView):
    """Press a cell or a synapse to cut it, pull a joint, turn the water; it swims on."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Push"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = SwimStage(self.cut, self.push, clock_id=clock, **wide)
        self.playing = Timeline(clock_id=clock, steppers=[], unit="step", **wide)
        knobs = [k for k in self.experiment.spec.model_fields if k != "seed"]
        self.controls.param.watch(self._turned, knobs)

    def stage(self) -> list[Any]:
        """Water and circuit, then the declared pictures."""
        return [self.canvas, *super().stage()]

    def timeline(self) -> list[Any]:
        """The clock of the swim."""
        return [self.playing]

    def show_result(self, result: Result, job: Job) -> None:
        """Send the swim once; the browser plays it."""
        super().show_result(result, job)
        if isinstance(result, Swimmers):
            self.canvas.film = film_payload(result)
            self.facts.sections = [swim_section(result), self._provenance()]

    def cut(self, what: str) -> None:
        """A cell or edge that was pressed is cut, or mended when it was named before."""
        names = swimming_circuit(self.controls.n_joints).index
        if not all(part in names for part in what.split("->")):
            return
        parts = [part.strip() for part in self.controls.lesion.split(",") if part.strip()]
        kept = [part for part in parts if part != what]
        self.controls.lesion = ", ".join(kept if len(kept) < len(parts) else [*parts, what])

    def push(self, joint: int, step: int, torque: float) -> None:
        """A joint was pulled at a step."""
        if 1 <= joint <= self.controls.n_joints and 0 <= step <= 9_600:
            bounded = round(max(-3.0, min(3.0, torque)), 2)
            self.controls.param.update(push_joint=joint, push_step=step, push_torque=bounded)

    def _turned(self, *_events: Any) -> None:
        # A swim takes less than a second, so it follows the hand.
        if self.result is not None and self.controls.spec_or_none() is not None:
            self.run()


def film_payload(result: Swimmers) -> bytes:
    """Rods, cells and joints through time, as the stage in the browser reads them."""
    n_worms, n_steps, n_ends, _ = result.points.shape
    spec = result.spec
    meta = {
        "n_worms": n_worms,
        "n_steps": n_steps,
        "n_ends": n_ends,
        "n_joints": spec.n_joints,
        "period": spec.period,
        "worms": list(result.worms),
        "speeds": [f"{s:.3f}" for s in result.speeds],
        "gone": [label(name) for name in result.gone],
    }
    arrays = {
        "points": result.points.astype(np.float32),
        "cells": np.round(255 * result.cells).astype(np.uint8),
        "angles": result.angles[0].astype(np.float32),
        "left": result.left,
    }
    return payload(meta, arrays)


def swim_section(result: Swimmers) -> dict[str, Any]:
    """Speeds, beside random lesions of as many cells."""
    pairs = zip(result.worms, result.speeds, strict=True)
    rows = [[label(name), f"{speed:.4f}"] for name, speed in pairs]
    note = "Body lengths per cycle, over the first five cycles from rest."
    if len(result.random):
        low, high = result.random.min(), result.random.max()
        mean = result.random.mean()
        rows.append([f"{len(result.random)} random lesions", f"{mean:.4f}"])
        note += f" Random lesions of {result.n_cut} cells give {low:.3f} to {high:.3f}."
    return {"title": "Speed", "rows": rows, "note": note}


VIEW = SwimmerView
