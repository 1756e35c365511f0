"""A film, or one moment of it, as the bytes that the stage reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.geometry.model import BARS_MAX, Film, FilmFrame, Moment
from views.kit.payload import payload
from views.kit.text import label

_KIND = ("tanh", "ReLU", "softplus", "linear")


def kinds_of(names: tuple[str, ...]) -> list[str]:
    """What decides a network's colour: its nonlinearity, else its name."""
    return [next((k for k in _KIND if n.startswith(k)), n) for n in names]


def film_bytes(
    film: Film,
    run: str,
    nets: tuple[str, ...] = (),
    measures: Mapping[str, np.ndarray] | None = None,
) -> bytes:
    """The whole film; ``measures`` are [net, snapshot] each."""
    values = list((measures or {}).values())
    meta = {
        "run": run,
        "tracks": [label(t) for t in film.tracks],
        "stimuli": [label(s) for s in film.stimuli],
        "labels": {label(n): [label(v) for v in values] for n, values in film.labels.items()},
        "moment_names": [label(n) for n in film.moment_names],
        "unit": film.unit,
        "layout": film.layout,
        "dissimilarity": film.dissimilarity,
        "notes": list(film.notes),
        "n_eigenvalues": film.spectra.shape[-1],
        "measure_names": list(measures or {}),
        **_named(nets, film.tracks),
    }
    arrays = {
        "moments_at": film.moments_at,
        "coords": film.coords,
        "share": film.share,
        "pairs": film.pairs,
        "in_rdm": film.in_rdm.astype(np.int32),
        "cluster": film.cluster.astype(np.int32),
        "spectra": film.spectra,
        "participation": film.participation,
        "values": np.stack(values).astype(np.float32) if values else np.zeros(0, np.float32),
    }
    return payload(meta, arrays)


def frame_bytes(frame: FilmFrame, run: str) -> bytes:
    """One moment of a film that still grows."""
    meta = {
        "run": run,
        "at": frame.moment_at,
        "tracks": list(frame.tracks),
        "stimuli": [label(s) for s in frame.stimuli],
        "labels": {label(n): [label(v) for v in values] for n, values in frame.labels.items()},
        "layout": "PCA",
        "dissimilarity": "correlation",
        "n_eigenvalues": frame.spectra.shape[-1],
        "measure_names": list(frame.measures),
        **_named(frame.nets, frame.tracks),
    }
    arrays = {
        "coords": frame.coords,
        "pairs": frame.pairs,
        "spectra": frame.spectra,
        "participation": frame.participation,
        "values": np.stack(list(frame.measures.values())).astype(np.float32),
    }
    return payload(meta, arrays)


def _named(nets: tuple[str, ...], tracks: tuple[str, ...]) -> dict[str, list]:
    kinds, of_tracks = kinds_of(nets), kinds_of(tracks)
    known = [kind if kind in kinds else tracks[k] for k, kind in enumerate(of_tracks)]
    whole = kinds if set(known) <= set(kinds) else [*kinds, *known]
    return {"nets": list(nets), "kinds": whole, "kindOfTrack": known}


def close_bytes(moment: Moment, at: int) -> bytes:
    """Bars, loop, TwoNN plot and tuning of the layers of one moment; ``at`` is its snapshot."""
    meta = {
        "at": at,
        "names": [label(layer.name) for layer in moment.layers],
        "loops": [layer.bars.loop.tolist() for layer in moment.layers],
        "n_units": [len(layer.units) for layer in moment.layers],
        "n_stimuli": len(moment.stimuli),
        "dimension": [
            layer.two_nn_dimension if np.isfinite(layer.two_nn_dimension) else None
            for layer in moment.layers
        ],
    }
    arrays = {}
    for k, layer in enumerate(moment.layers):
        bars = layer.bars
        for kind, spans, ends in (
            ("components", bars.bars0, bars.ends0),
            ("holes", bars.bars1, bars.ends1),
        ):
            arrays[f"{kind}{k}"] = spans[:BARS_MAX].astype(np.float32)
            arrays[f"{kind}Ends{k}"] = ends[:BARS_MAX].astype(np.int32)
        arrays[f"carried{k}"] = layer.carried.astype(np.float32)
        arrays[f"nearest{k}"] = layer.two_nn_points.astype(np.float32)
        arrays[f"whose{k}"] = layer.two_nn_stimuli.astype(np.int32)
        arrays[f"units{k}"] = layer.units
    return payload(meta, arrays)
