"""Where singles fail: a hard board above the shares."""

from __future__ import annotations

from engines.contract import Result
from engines.pointer.boards.results import Singles
from engines.running.compute import Job
from views.pointer.boards import BoardView


class SinglesView(BoardView):
    """The board that took longest, and all of them as shares."""

    def show_result(self, result: Result, job: Job) -> None:
        """Say how many need search, and how many of those are solved."""
        super().show_result(result, job)
        if isinstance(result, Singles):
            hard = result.need == 2
            solved = 100 * result.solved[-1, hard].mean() if hard.any() else float("nan")
            self.heading.detail = (
                f"{100 * hard.mean():.1f} % of {len(hard):,} boards need search; the network "
                f"solves {solved:.1f} % of those after {len(result.solved)} steps"
            )


VIEW = SinglesView
