"""What is on stage as files."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from engines.connectome.model import Measures, Wiring
from views.kit.text import csv_text

ITEMS = (
    {"id": "neurons", "label": "Neurons CSV", "title": "The table: one row per neuron"},
    {"id": "edges", "label": "Edges CSV", "title": "One row per directed edge and layer"},
    {"id": "matrix", "label": "Matrix CSV", "title": "Weights summed over layers, row sends"},
    {"id": "measures", "label": "Measures CSV", "title": "Every measure and its nulls"},
    {"id": "graphml", "label": "GraphML", "title": "For Gephi, Cytoscape, networkx"},
    {"id": "npz", "label": "NPZ", "title": "Everything as numpy arrays"},
    {"id": "json", "label": "JSON", "title": "The spec, which repeats this run anywhere"},
)


def neuron_table(wiring: Wiring, measures: Measures | None) -> pd.DataFrame:
    """One row per neuron: what is known and measured."""
    columns: dict[str, object] = {"neuron": wiring.neurons, **wiring.columns}
    if len(wiring.position_um):
        columns |= {f"{axis}_um": wiring.position_um[:, k] for k, axis in enumerate("xyz")}
    columns |= {
        "in_degree": wiring.in_degree.astype(int),
        "out_degree": wiring.out_degree.astype(int),
        "in_weight": wiring.in_strength,
        "out_weight": wiring.out_strength,
        "lesioned": wiring.lesioned,
    }
    table = pd.DataFrame(columns)
    for name, values in (measures.per_neuron if measures else {}).items():
        full = np.full(wiring.n_neurons, np.nan)
        full[measures.members] = values  # type: ignore[union-attr]
        table[name] = full
    return table


def edge_table(wiring: Wiring) -> pd.DataFrame:
    """One row per directed edge and layer that is shown."""
    kept = ~wiring.cut
    names = np.array(wiring.neurons, object)
    layers = np.array(wiring.layer_names, object)
    return pd.DataFrame(
        {
            "pre": names[wiring.pre[kept]],
            "post": names[wiring.post[kept]],
            "layer": layers[wiring.layer[kept]],
            "weight": wiring.weight[kept].astype(float),
        }
    )


def matrix_table(wiring: Wiring) -> pd.DataFrame:
    """Weights summed over layers; row sends, column receives."""
    matrix = np.zeros((wiring.n_neurons, wiring.n_neurons))
    kept = ~wiring.cut
    np.add.at(matrix, (wiring.pre[kept], wiring.post[kept]), wiring.weight[kept])
    return pd.DataFrame(matrix, index=list(wiring.neurons), columns=list(wiring.neurons))


def measures_table(measures: Measures) -> pd.DataFrame:
    """One row per measure."""
    return pd.DataFrame(
        {
            "measure": measures.names,
            "value": measures.values,
            "null_mean": measures.null_mean,
            "null_sd": measures.null_sd,
            "z": measures.z,
            "p": measures.p,
            "n_nulls": measures.n_nulls,
            "convention": measures.conventions,
            "undefined_because": measures.why,
        }
    )


def graphml(wiring: Wiring, measures: Measures | None) -> bytes:
    """A directed multigraph: weights and layers on edges, the table's columns on neurons."""
    import networkx as nx

    made = nx.MultiDiGraph(name=wiring.name, source=wiring.provenance.source)
    for row in neuron_table(wiring, measures).to_dict("records"):
        name = row.pop("neuron")
        made.add_node(name, **{k: v for k, v in row.items() if v == v and v != ""})
    for row in edge_table(wiring).itertuples(index=False):
        made.add_edge(row.pre, row.post, weight=float(row.weight), layer=row.layer)  # type: ignore[arg-type]
    stream = io.BytesIO()
    nx.write_graphml_xml(made, stream)
    return stream.getvalue()


def npz(wiring: Wiring, measures: Measures | None) -> bytes:
    """Neurons, edges and measured columns; no pickled object."""
    kept = ~wiring.cut
    arrays = {
        "neurons": np.array(wiring.neurons),
        "pre": wiring.pre[kept],
        "post": wiring.post[kept],
        "weight": wiring.weight[kept],
        "layer": wiring.layer[kept],
        "layer_names": np.array(wiring.layer_names),
        "lesioned": wiring.lesioned,
        "position_um": wiring.position_um,
        "source": np.array(wiring.provenance.source),
        "spec_json": np.array(wiring.spec.to_json()),
    }
    for name, values in wiring.columns.items():
        arrays[f"column {name}"] = np.array(values)
    if measures is not None:
        arrays["measure_names"] = np.array(measures.names)
        arrays["measure_values"] = measures.values
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def saved(
    kind: str, wiring: Wiring, measures: Measures | None, spec_json: str
) -> tuple[str, bytes] | None:
    """File name and content of one of ITEMS; None when it needs measures that have not come."""
    name = f"connectome-{wiring.name}-{wiring.spec.digest()[:8]}"
    match kind:
        case "neurons":
            return f"{name}-neurons.csv", csv_text(neuron_table(wiring, measures)).encode()
        case "edges":
            return f"{name}-edges.csv", csv_text(edge_table(wiring)).encode()
        case "matrix":
            return f"{name}-matrix.csv", csv_text(matrix_table(wiring), index=True).encode()
        case "measures":
            if measures is None:
                return None
            return f"{name}-measures.csv", csv_text(measures_table(measures)).encode()
        case "graphml":
            return f"{name}.graphml", graphml(wiring, measures)
        case "npz":
            return f"{name}.npz", npz(wiring, measures)
        case _:
            return f"{name}.json", spec_json.encode()
