"""Connectomes: real wiring diagrams, measured against nulls, lesioned and stimulated.

>>> worm = load("varshney2011")
>>> worm.n_neurons, worm.layer("chemical").n_edges
(279, 2194)
>>> measure("varshney2011", n_nulls=0).value("directed edges")
2990.0
"""

from engines.connectome.api import graph, measure
from engines.connectome.catalog import NAMES, catalogue, load
from engines.connectome.connectome import Connectome, Layer, Provenance
from engines.connectome.spec import MeasuresSpec, WiringSpec

__all__ = [
    "NAMES",
    "Connectome",
    "Layer",
    "MeasuresSpec",
    "Provenance",
    "WiringSpec",
    "catalogue",
    "graph",
    "load",
    "measure",
]
