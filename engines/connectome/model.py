"""The shared data types of the connectome workbench: what a view needs, no heavy import."""

from engines.connectome.connectome import LAYERS, Connectome, Layer, Provenance
from engines.connectome.measured import Measured, Measures, MeasuresFrame, shown
from engines.connectome.spec import LayoutSpec, MeasuresSpec, WiringSpec
from engines.connectome.wiring import ORDERS, Drawing, Wiring

__all__ = [
    "LAYERS",
    "ORDERS",
    "Connectome",
    "Drawing",
    "LayoutSpec",
    "Layer",
    "Measured",
    "Measures",
    "MeasuresFrame",
    "MeasuresSpec",
    "Provenance",
    "Wiring",
    "WiringSpec",
    "shown",
]
