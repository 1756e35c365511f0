"""A run as files: what spreadsheets, numpy and other sessions read."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from engines.sorting.model import ALGOTYPES, Trajectory
from views.kit.text import csv_text

ITEMS = (
    {"id": "csv", "label": "CSV", "title": "The curves along the run, one row per swap"},
    {"id": "npz", "label": "NPZ", "title": "The whole trajectory as numpy arrays"},
    {"id": "json", "label": "JSON", "title": "The spec, which repeats this run anywhere"},
)


def saved(trajectory: Trajectory, kind: str) -> tuple[str, bytes]:
    """File name and content of one of ITEMS."""
    name = f"sorting-{trajectory.spec.digest()[:8]}"
    match kind:
        case "csv":
            return f"{name}.csv", csv_text(trajectory_table(trajectory)).encode()
        case "npz":
            return f"{name}.npz", npz_bytes(trajectory)
        case _:
            return f"{name}.json", trajectory.spec.to_json().encode()


def trajectory_table(trajectory: Trajectory) -> pd.DataFrame:
    """One row per step: the swap that led there and the measures after it."""
    t = trajectory
    first = np.array([-1])
    return pd.DataFrame(
        {
            "step": np.arange(t.n_steps + 1),
            "left_position": np.concatenate([first, t.left]),
            "right_position": np.concatenate([first, t.right_of(slice(None))]),
            "activation": np.concatenate([[0], t.activation]),
            "sortedness_percent": t.sortedness(),
            "aggregation": t.aggregation(),
            "monotonicity_error": t.errors,
        }
    )


def npz_bytes(trajectory: Trajectory) -> bytes:
    """Every array of the trajectory, and the spec as JSON text in ``spec_json``."""
    t = trajectory
    arrays = {name: value for name, value in vars(t).items() if isinstance(value, np.ndarray)}
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        allow_pickle=False,
        **arrays,
        spec_json=np.array(t.spec.to_json()),
        algotype_names=np.array(ALGOTYPES),
        stop=np.array(t.stop),
    )
    return stream.getvalue()
