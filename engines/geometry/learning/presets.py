"""Runs worth opening."""

from __future__ import annotations

from engines.geometry.learning.spec import StudioSpec

PRESETS = {
    "tanh or ReLU?": StudioSpec(),
    "Four points": StudioSpec(n_points=4),
    "No structure to use (c = 0)": StudioSpec(n_points=4, alignment=0.0),
    "Unstructured inputs (c = c_max)": StudioSpec(n_points=4, alignment=1.0),
    "Sixteen points, three layers": StudioSpec(n_points=16, depth=3, width=64, n_steps=3000),
    "Handwritten digits": StudioSpec(
        task="digits", width=64, learning_rate=0.2, frozen_readout=False, n_snapshots=60, n_seeds=1
    ),
}
