"""A diagram as JSON and back; what is read is checked like a text."""

from __future__ import annotations

import json
from typing import Any

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.language.writing import text_from_circuit

VERSION = 1
JSON_MAX = 20_000_000


def json_from_circuit(diagram: Circuit) -> str:
    """The operations as a tree, for other programs, and the text they are read from."""
    form = {
        "format": "neural-circuit-diagram",
        "version": VERSION,
        "text": text_from_circuit(diagram),
        "sizes": {name: value.code() for name, value in diagram.sizes.items()},
        "derived": {name: value.code() for name, value in diagram.derived.items()},
        "groups": {name: list(axes) for name, axes in diagram.groups.items()},
        "graph": _graph(diagram.graph),
    }
    return json.dumps(form, indent=1, ensure_ascii=False)


def _graph(graph: Graph) -> dict[str, Any]:
    return {
        "name": graph.name,
        "inputs": [_value(v) for v in graph.inputs],
        "operations": [_node(node) for node in graph.nodes],
        "outputs": list(graph.outputs),
    }


def _node(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": node.kind,
        "takes": list(node.args),
        "gives": [_value(v) for v in node.outs],
    }
    if node.name:
        found["label"] = node.name
    if node.attrs:
        found["attributes"] = {key: _plain(value) for key, value in node.attrs.items()}
    if node.body is not None:
        found["body"] = _graph(node.body)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Poly):
        return {"size": value.code()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def _value(value: Value) -> dict[str, Any]:
    return {"name": value.name, "axes": list(value.axes), "dtype": value.dtype}


def circuit_from_json(data: str | bytes) -> Circuit:
    """The diagram of a JSON form.

    Raises:
        DiagramError: it is no such form, is of a later version, or its text and its tree disagree.
    """
    if len(data) > JSON_MAX:
        raise problem("too-long", f"the file has more than {JSON_MAX:,} bytes")
    try:
        form = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise problem("json", f"this is no JSON: {error}") from None
    if not isinstance(form, dict) or form.get("format") != "neural-circuit-diagram":
        raise problem("json", "this JSON is no diagram", 'its "format" must say so')
    if form.get("version") != VERSION or not isinstance(form.get("text"), str):
        raise problem("json", f"version {form.get('version')} cannot be read; {VERSION} can")
    diagram = circuit_from_text(form["text"])
    if _graph(diagram.graph) != form.get("graph"):
        raise problem("json", "the text and the tree of this file are different diagrams")
    return diagram
