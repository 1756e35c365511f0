"""Small random graphs for hypothesis, and the same graph for networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engines.connectome.wiring.graph import Graph, graph_from_matrix


@st.composite
def matrices(draw, low: int = 2, high: int = 12, weights: tuple[int, ...] = (0, 0, 1, 2, 5)):
    n = draw(st.integers(low, high))
    matrix = draw(hnp.arrays(np.int8, (n, n), elements=st.sampled_from(weights))).astype(float)
    np.fill_diagonal(matrix, 0.0)
    return matrix


def directed(graph: Graph) -> nx.DiGraph:
    return nx.from_scipy_sparse_array(graph.directed, create_using=nx.DiGraph)


def undirected(graph: Graph) -> nx.Graph:
    return nx.from_scipy_sparse_array(graph.undirected)


def of(matrix: np.ndarray) -> Graph:
    return graph_from_matrix(matrix)
