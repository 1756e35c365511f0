"""A run as files: what spreadsheets, numpy and other sessions read."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from engines.sorting.model import ALGOTYPES, CellTrace, Trajectory
from views.kit.text import csv_text

ITEMS = (
    {"id": "csv", "label": "CSV", "title": "The curves along the run, one row per swap"},
    {"id": "npz", "label": "NPZ", "title": "The whole trajectory as numpy arrays"},
    {
        "id": "cell",
        "label": "Cell CSV",
        "title": "The moves of the selected cell, one row per swap",
    },
    {"id": "gif", "label": "GIF", "title": "The run as an animated picture of a hundred frames"},
    {"id": "movie", "label": "Movie", "title": "The run as a film of ten seconds, MP4 or WebM"},
    {"id": "json", "label": "JSON", "title": "The spec, which repeats this run anywhere"},
)


def stem(trajectory: Trajectory) -> str:
    """What the names of a run's files begin with."""
    return f"sorting-{trajectory.spec.digest()[:8]}"


def saved(trajectory: Trajectory, kind: str) -> tuple[str, bytes]:
    """File name and content of a run as CSV, NPZ or JSON."""
    name = stem(trajectory)
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


def saved_moves(trajectory: Trajectory, trace: CellTrace) -> tuple[str, bytes]:
    """File name and CSV of one cell's moves: one row per swap it took part in."""
    table = pd.DataFrame(trace.columns())
    return f"{stem(trajectory)}-cell-{trace.spec.cell}.csv", csv_text(table).encode()


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
