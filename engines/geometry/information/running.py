"""The run: each group learns, and every moment is read by every estimator."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.geometry.information.learning import Look, learning, task_of
from engines.geometry.information.pictures import InformationFrame, InformationRun
from engines.geometry.information.planes import on_range, plane
from engines.geometry.information.reading import Reading
from engines.geometry.information.spec import (
    ARMS,
    ESTIMATORS,
    HIDDEN,
    RANGE,
    WIDTHS,
    InformationSpec,
)
from engines.lab.training import log_spaced


def frames_of(spec: InformationSpec) -> Iterator[InformationFrame | InformationRun]:
    """A frame per moment and between, and the run last."""
    reading = _empty(spec)
    n = len(reading.steps)
    frame = InformationFrame(reading, n, fraction=0.0)
    for arm in range(len(ARMS)):
        task, looks = task_of(arm, spec.seed), []
        labels = np.concatenate([task.y, task.y_test])
        for fraction, look in learning(arm, spec, task):
            done = (arm + 0.9 * fraction) / len(ARMS)
            if look is None:
                yield InformationFrame(frame.reading, n, fraction=done)
                continue
            for _ in _read(reading, arm, len(looks), look, labels):
                yield InformationFrame(frame.reading, n, fraction=done)
            looks.append(look.values)
            frame = InformationFrame(_copied(reading), n, fraction=done)
            yield frame
        for _ in _read_range(reading, arm, looks, labels):
            yield InformationFrame(frame.reading, n, fraction=(arm + 0.95) / len(ARMS))
    yield InformationRun(reading)


def _empty(spec: InformationSpec) -> Reading:
    steps = np.array(log_spaced(spec.n_steps, spec.n_moments))
    n, nets = len(steps), spec.n_seeds
    return Reading(
        spec,
        steps,
        np.full((len(ARMS), len(ESTIMATORS), n, nets, len(HIDDEN), 2), np.nan, np.float32),
        np.full((len(ARMS), n, nets, 2), np.nan),
        np.full((len(ARMS), n, nets, len(WIDTHS) - 1), np.nan),
    )


def _copied(reading: Reading) -> Reading:
    """As it is now; a frame does not change once it is sent."""
    return Reading(reading.spec, reading.steps, reading.information.copy(), reading.scores.copy(),
                   reading.signal.copy())  # fmt: skip


def _read(
    reading: Reading, arm: int, moment: int, look: Look, labels: np.ndarray
) -> Iterator[None]:
    """Fill in one moment of one group, layer by layer."""
    spec = reading.spec
    reading.scores[arm, moment], reading.signal[arm, moment] = look.scores, look.signal
    for layer, values in enumerate(look.values):
        for net in range(spec.n_seeds):
            reading.information[arm, :, moment, net, layer] = plane(
                values[net], labels, n_bins=spec.n_bins, width=spec.width
            )
            yield


def _read_range(
    reading: Reading, arm: int, looks: list[tuple[np.ndarray, ...]], labels: np.ndarray
) -> Iterator[None]:
    """Fill in what needs the whole run of a group."""
    for layer in range(len(HIDDEN)):
        for net in range(reading.spec.n_seeds):
            values = np.stack([look[layer][net] for look in looks])
            reading.information[arm, RANGE, :, net, layer] = on_range(
                values, labels, reading.spec.n_bins
            )
            yield
