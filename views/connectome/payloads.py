"""Wiring, drawings and numbers as the bytes that the stage in the browser reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.connectome.model import Activity, Drawing, Raster, Wiring
from views.kit.payload import payload
from views.kit.text import label


def wiring_payload(wiring: Wiring) -> bytes:
    """Neurons, what is known of them, and every edge."""
    columns = {name: [label(value) for value in values] for name, values in wiring.columns.items()}
    meta = {
        "name": wiring.name,
        "neurons": [label(name) for name in wiring.neurons],
        "columns": columns,
        "layer_names": [label(name) for name in wiring.layer_names],
        "unit": wiring.provenance.unit,
    }
    arrays = {
        "pre": wiring.pre,
        "post": wiring.post,
        "weight": wiring.weight,
        "layer": wiring.layer,
        "cut": wiring.cut.astype(np.uint8),
        "lesioned": (wiring.lesioned | wiring.outside).astype(np.uint8),
        "in_degree": wiring.in_degree.astype(np.float32),
        "out_degree": wiring.out_degree.astype(np.float32),
        "in_strength": wiring.in_strength.astype(np.float32),
        "out_strength": wiring.out_strength.astype(np.float32),
        "position": wiring.position_um.astype(np.float32),
    }
    return payload(meta, arrays)


def drawing_payload(drawing: Drawing) -> bytes:
    """Layouts, orders, communities and neurites."""
    meta = {
        "n": len(drawing.community),
        "layouts": list(drawing.layouts),
        "orders": list(drawing.orders),
    }
    arrays = {
        **{f"layout {name}": xy for name, xy in drawing.layouts.items()},
        **{f"order {name}": order for name, order in drawing.orders.items()},
        "community": drawing.community,
        "segments": drawing.segment_um,
        "segment_neuron": drawing.segment_neuron,
    }
    return payload(meta, arrays)


def numbers_payload(
    n_neurons: int, members: np.ndarray, per_neuron: Mapping[str, np.ndarray]
) -> bytes:
    """Measured columns of the table; nan for neurons that are not part of the graph."""
    if not per_neuron:
        return b""
    arrays = {}
    for name, values in per_neuron.items():
        full = np.full(n_neurons, np.nan, np.float32)
        full[members] = values
        arrays[name] = full
    return payload({"n": n_neurons, "names": list(arrays)}, arrays)


def activity_payload(activity: Activity) -> bytes:
    """Activity of every neuron through time, with the range its colours span."""
    shown = activity.mean[:, activity.alive & ~activity.target]
    if not shown.size:
        shown = activity.mean
    low = min(0.0, float(shown.min(initial=0.0)))
    high = float(shown.max(initial=0.0)) or 1.0
    meta = {
        "n": activity.mean.shape[1],
        "n_bins": len(activity.times_ms),
        "low": low,
        "high": high,
        "label": f"activity ({activity.unit})" if activity.unit else "activity",
    }
    arrays = {
        "values": activity.mean.astype(np.float32),
        "times": activity.times_ms.astype(np.float32),
    }
    return payload(meta, arrays)


def raster_payload(raster: Raster, status: str) -> bytes:
    """Counts on a log scale as bytes, and the window they show."""
    spec = raster.spec
    meta = {
        "columns": spec.columns,
        "rows": spec.rows,
        "window": [spec.left, spec.bottom, spec.width, spec.height],
        "share": raster.share,
        "status": status,
        "n_inside": int(raster.neurons.sum()),
    }
    arrays = {
        "edges": _log_bytes(raster.edges),
        "neurons": (raster.neurons > 0).astype(np.uint8),
        "focus": (255 * (raster.focus > 0)).astype(np.uint8),
    }
    return payload(meta, arrays)


def _log_bytes(counts: np.ndarray) -> np.ndarray:
    """uint8: 0 for the emptiest pixels of the window, 255 for the densest."""
    logs = np.log1p(counts)
    low, top = np.quantile(logs, (0.02, 0.999)) if logs.size else (0.0, 0.0)
    return np.clip(255.0 * (logs - low) / max(top - low, 1e-9), 0, 255).astype(np.uint8)
