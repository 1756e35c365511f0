"""The shared data types of the connectome workbench: what a view needs, no heavy import."""

from engines.connectome.bodies.circuit import circuit as swimming_circuit
from engines.connectome.drawing.spec import LayoutSpec
from engines.connectome.drawing.wiring import ORDERS, Drawing, Wiring
from engines.connectome.dynamics.activity import Activity, ActivityFrame
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.large.large import Large, LargeFrame
from engines.connectome.large.raster import Raster, RasterFrame
from engines.connectome.large.spec import LargeSpec, RasterSpec
from engines.connectome.measures import motifs
from engines.connectome.measures.motif_instances import Instances
from engines.connectome.measures.paths import Paths
from engines.connectome.measures.spec import InstancesSpec, MeasuresSpec, PathSpec
from engines.connectome.nulls.measured import Measured, Measures, MeasuresFrame, shown
from engines.connectome.wiring.connectome import LAYERS, Connectome, Layer, Provenance
from engines.connectome.wiring.spec import WiringSpec

__all__ = [
    "LAYERS",
    "ORDERS",
    "Activity",
    "ActivityFrame",
    "Connectome",
    "Drawing",
    "Instances",
    "InstancesSpec",
    "Large",
    "LargeFrame",
    "LargeSpec",
    "Layer",
    "LayoutSpec",
    "Measured",
    "Measures",
    "MeasuresFrame",
    "MeasuresSpec",
    "PathSpec",
    "Paths",
    "Provenance",
    "Raster",
    "RasterFrame",
    "RasterSpec",
    "StimulusSpec",
    "Wiring",
    "WiringSpec",
    "motifs",
    "shown",
    "swimming_circuit",
]
