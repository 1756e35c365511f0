"""Of what a map is drawn, and how."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

N_NEAR = 10
"""Nearest neighbours that count."""


class MappingSpec(Spec):
    """Maps of one set of activations from several seeds, beside maps of normal clouds."""

    source: str = knob(
        "", label="Activations", help="Name of a set on this machine; pixels of digits when empty.",
        group="Activations", max_length=80,
    )  # fmt: skip
    layer: str = knob(
        "", label="Layer", help="Of the set, at its last moment; the last one when empty.",
        group="Activations", max_length=80,
    )  # fmt: skip
    n_stimuli: int = knob(
        300, label="Stimuli", help="So many at most, drawn at random.", group="Activations", ge=40,
        le=1_000, soft=(100, 600),
    )  # fmt: skip
    method: Literal["t-SNE", "UMAP"] = knob(
        "t-SNE", label="Map", help="UMAP where the package umap-learn is installed.", group="Map",
    )  # fmt: skip
    neighbours: float = knob(
        20.0, label="Neighbours", help="Perplexity of t-SNE, n_neighbors of UMAP.", group="Map",
        ge=2.0, le=100.0, soft=(5.0, 50.0),
    )  # fmt: skip
    n_groups: int = knob(
        10, label="Groups", help="That k-means looks for in every map.", group="Map", ge=2, le=30,
    )  # fmt: skip
    n_maps: int = knob(
        5, label="Maps", help="From as many seeds, each from places at random; intervals are over "
        "these.", group="Map", ge=5, le=30,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the draws and of the first map.", group="Map")
