"""An answer as bytes for the canvas: points, lines and the pointer at every step."""

from __future__ import annotations

import numpy as np

from engines.pointer.answering.results import Answer
from views.kit.payload import payload
from views.kit.text import label

_END = 2**31 - 1
"""Later than any answer: the cursor goes to its end."""


def scene(answer: Answer, start: int | None = _END) -> bytes:
    """What the stage draws; works for every task that says how its answers are drawn.

    ``start`` is the step the cursor goes to, None to leave it where it is.
    """
    probabilities = np.ascontiguousarray(answer.distributions, np.float32)
    entropy = answer.entropy
    wrong = sorted({point for _, points in answer.violations for point in points})
    maps = answer.maps if answer.maps is not None else np.zeros((0, 0, 0, 0), np.float32)
    meta = {
        "n_layers": maps.shape[0],
        "n_heads": maps.shape[1],
        "n": len(answer.points),
        "n_steps": len(answer.choices),
        "start": start,
        "drawing": answer.drawing,
        "title": label(answer.title),
        "exact": answer.exact,
        "reference_name": label(answer.reference_name),
        "violated": [label(sentence) for sentence, _ in answer.violations],
    }
    arrays = {
        "points": answer.points.astype(np.float32),
        "answer": answer.answer.astype(np.int32),
        "choices": answer.choices.astype(np.int32),
        "reference": answer.reference.astype(np.int32),
        "targets": answer.targets.astype(np.int32),
        "polished": answer.polished.astype(np.int32),
        "wrong": np.array(wrong, np.int32),
        "probability": probabilities,
        "maps": np.ascontiguousarray(maps, np.float32),
        "entropy": entropy.astype(np.float32),
    }
    return payload(meta, arrays)
