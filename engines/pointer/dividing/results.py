"""What a run over thousands of cities shows: its stages, and every method's gap against time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.courses import Courses
from engines.pointer.dividing.pictures import (
    comparison,
    gap_against_time,
    notes,
    tour_in_windows,
    window_before_and_after,
)
from engines.pointer.instances.tour_files import tour_text


@dataclass(frozen=True, eq=False)
class StageFrame(Frame):
    """A tour before and after a stage, and what all methods have reached."""

    spec: ThousandsSpec
    points: np.ndarray
    """float64[city, 2]."""
    name: str
    """start, polish, or stage 1, 2 ..."""
    before: np.ndarray
    """int64[city]."""
    after: np.ndarray
    """int64[city]."""
    begins: np.ndarray
    """int64[window]: at which places of the tour windows begin."""
    saved: np.ndarray
    """float64[window]."""
    length: float
    courses: Courses
    shown: int = 0
    """The window that is opened, counted from 1; 0 for the one that gained most."""

    def pictures(self) -> tuple[Picture, ...]:
        """The tour, one window, the courses, the comparison, and what was noted."""
        return (
            tour_in_windows(self),
            gap_against_time(self.courses),
            window_before_and_after(self),
            comparison(self.courses),
        )


@dataclass(frozen=True, eq=False)
class Thousands(Result):
    """The tour, how it came about, and how others fared."""

    spec: ThousandsSpec
    title: str
    points: np.ndarray
    """float64[city, 2] in their own coordinates."""
    names: tuple[str, ...]
    """What was done, step by step."""
    tours: np.ndarray
    """int32[step, city]."""
    begins: np.ndarray
    """int64[step, window]: at which places windows begin."""
    saved: np.ndarray
    """float64[step, window]: what each was shortened by."""
    lengths: np.ndarray
    """float64[step], as the metric measures."""
    courses: Courses
    notices: tuple[str, ...]

    @property
    def tour(self) -> np.ndarray:
        """The last tour: int64[city]."""
        return self.tours[-1].astype(np.int64)

    @property
    def gap(self) -> float:
        """Share by which it is longer than the reference; nan where all lie on one place."""
        return float(self.courses.last[0, 0])

    @property
    def tour_file(self) -> str:
        """The last tour as a TSPLIB tour file."""
        return tour_text(self.title, self.tour, float(self.lengths[-1]))

    def moments(self) -> tuple[Frame, ...]:
        """A moment for each step."""
        return tuple(self.moment(k) for k in range(len(self.names)))

    def moment(self, k: int) -> StageFrame:
        """The tour after step ``k``."""
        return StageFrame(
            self.spec, self.points, self.names[k], self.tours[max(k - 1, 0)], self.tours[k],
            self.begins[k], self.saved[k], float(self.lengths[k]), self.courses, self.spec.shown,
            fraction=(k + 1) / len(self.names),
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """The last tour, the window that gained most in any stage, and the tables."""
        tour, gaps, window, bars = self.moment(len(self.names) - 1).pictures()
        if not self.spec.shown:
            most = int(np.argmax(self.saved.max(axis=1)))
            window = window_before_and_after(self.moment(most))
        return (tour, gaps, window, bars, *notes(self.courses, self.notices))
