"""What a film of activations is asked for."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.geometry.measures.rdm_kinds import Dissimilarity

Layout = Literal["PCA, one basis", "PCA, aligned", "MDS", "t-SNE", "UMAP"]
MAPS = ("t-SNE", "UMAP")


class FilmSpec(Spec):
    """How a set of activations is laid out and compared."""

    source: str = knob(
        "", label="Activations", help="Name of a set on this machine.", max_length=80
    )
    layers: tuple[str, ...] = knob(
        (), label="Layers", help="Which, at most 12; the first ones when empty.", max_length=12
    )
    layout: Layout = knob(
        "PCA, one basis",
        label="Layout",
        help="One basis for all moments, each moment's own turned to the moment before, or one map "
        "of all moments; UMAP where the package umap-learn is installed.",
    )
    dissimilarity: Dissimilarity = knob(
        "correlation", label="Dissimilarity", help="Between two stimuli, over units."
    )
    over: Literal["snapshots", "layers"] = knob(
        "snapshots", label="Time is", help="What the scrubber runs through.", widget="hidden"
    )
    seed: Seed = knob(0, label="Seed", help="Of t-SNE and UMAP; its stability is told.")
