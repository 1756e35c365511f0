"""Graph files: GraphML, GEXF, GML, Pajek, and the three kinds of JSON that networkx writes."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.parsers import expat

import pandas as pd

from engines.boundary.labels import label
from engines.connectome.importing import edges
from engines.connectome.importing.finishing import finished
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError


def graph_file(
    title: str, data: bytes, options: ImportOptions, kind: str
) -> tuple[Connectome, ImportReport]:
    """GraphML, GEXF, GML or Pajek, by its ending.

    Raises:
        InputError: what is wrong with it.
    """
    import networkx as nx

    if kind in (".graphml", ".gexf"):
        _refuse_declarations(title, data)
    try:
        match kind:
            case ".graphml":
                graph = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
            case ".gexf":
                graph = nx.read_gexf(io.BytesIO(data))
            case ".gml":
                graph = nx.parse_gml(data.decode("utf-8", "replace"), label="id")
            case _:
                graph = nx.parse_pajek(data.decode("utf-8", "replace"))
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' is no {KINDS[kind]}: {error}") from error
    return _from_graph(title, graph, options)


def _refuse_declarations(title: str, data: bytes) -> None:
    """InputError where an XML file has a DOCTYPE, whatever its encoding."""

    def declared(*_: object) -> None:
        raise InputError(
            f"'{title}' declares a DOCTYPE, whose entities could grow without bound; remove it"
        )

    def begun(*_: object) -> None:
        raise StopIteration  # nothing can be declared after the first element

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, begun
    try:
        parser.Parse(data, True)
    except StopIteration:
        return
    except expat.ExpatError as error:
        raise InputError(f"'{title}' is no XML: {error}") from error


KINDS = {".graphml": "GraphML", ".gexf": "GEXF", ".gml": "GML", ".net": "Pajek network"}


def json_graph(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    """Node-link, adjacency or Cytoscape JSON, by its keys."""
    import networkx as nx

    try:
        document = json.loads(data)
        if "elements" in document:
            graph = nx.cytoscape_graph({"data": [], "directed": True, **document})
        elif "adjacency" in document:
            graph = nx.adjacency_graph(document)
        else:
            graph = nx.node_link_graph(document, edges="links" if "links" in document else "edges")
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(
            f"'{title}' is no node-link (nodes and links), adjacency or Cytoscape JSON: {error}"
        ) from error
    return _from_graph(title, graph, options)


def _labelled(graph: Any) -> tuple[Any, list[str]]:
    """The graph with its labels as names where every node has its own; ids become a column."""
    import networkx as nx

    for key in ("label", "name"):
        names = {node: label(data.get(key, "")) for node, data in graph.nodes(data=True)}
        apart = len(set(names.values())) == len(names) > 0 and all(names.values())
        if apart and any(names[node] != label(node) for node in names):
            named = nx.relabel_nodes(graph, names)
            nx.set_node_attributes(named, {names[n]: label(n) for n in names}, "id")
            return named, [f"Names are the nodes' {key}s; their ids are in the column 'id'."]
    return graph, []


def _from_graph(title: str, graph: Any, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    graph, notes = _labelled(graph)
    rows = [
        (str(u), str(v), str(d.get("weight", 1)), str(d.get("layer", options.layer_name)))
        for u, v, d in graph.edges(data=True)
    ]
    frame: Any = pd.DataFrame(rows, columns=["pre", "post", "weight", "layer"], dtype=object)
    if not graph.is_directed():
        swapped = frame.rename(columns={"pre": "post", "post": "pre"})
        frame = pd.concat([frame, swapped[frame["pre"] != frame["post"]]], ignore_index=True)
        notes.append("The graph is undirected; every edge runs both ways.")
    parts = edges.layers_from_frame(frame, options)
    names, layers, said, refused, n_refused = parts
    lonely = [label(n) for n in graph.nodes if label(n) not in set(names)]
    if lonely:
        notes.append(f"{len(lonely):,} nodes have no edge and are kept.")
    whole = (*names, *lonely), layers, said, refused, n_refused
    found, report = finished(title, "a graph", len(rows), whole, [], notes)
    texts = _node_texts(graph, found)
    return Connectome(found.name, found.neurons, found.layers, found.provenance, texts), report


def _node_texts(graph: Any, found: Connectome) -> dict[str, tuple[str, ...]]:
    named = {label(node): data for node, data in graph.nodes(data=True)}
    keys = {k for data in named.values() for k, v in data.items() if isinstance(v, str)}
    told = {
        label(key): tuple(label(named.get(n, {}).get(key, "")) for n in found.neurons)
        for key in sorted(keys)
    }
    return {**found.columns, **told}
