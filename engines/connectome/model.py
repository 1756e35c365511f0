"""The shared data types of the connectome workbench: what a view needs, no heavy import."""

from engines.connectome import motifs
from engines.connectome.activity import Activity, ActivityFrame
from engines.connectome.connectome import LAYERS, Connectome, Layer, Provenance
from engines.connectome.instances import Instances
from engines.connectome.large import Large, LargeFrame, Raster, RasterFrame
from engines.connectome.large_spec import LargeSpec, RasterSpec
from engines.connectome.measured import Measured, Measures, MeasuresFrame, shown
from engines.connectome.paths import Paths
from engines.connectome.spec import (
    InstancesSpec,
    LayoutSpec,
    MeasuresSpec,
    PathSpec,
    WiringSpec,
)
from engines.connectome.stimulus import StimulusSpec
from engines.connectome.wiring import ORDERS, Drawing, Wiring

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
]
