"""Masks: a click on the small map paints which group feeds which."""

from __future__ import annotations

from typing import Any

from bokeh.events import Tap

from engines.connectome.experiments.learning.masks import FEEDING
from engines.connectome.learning.masks import painted, text_of
from engines.contract import ExplorerError
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView


class MasksView(GenericView):
    """The generic view, with a map of groups that is painted by hand."""

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        drawn.figure.on_event(Tap, self._tap_on(drawn))
        return drawn

    def _tap_on(self, drawn: PictureFigure) -> Any:
        def tap(event: Any) -> None:
            title: Any = drawn.figure.title
            if title.text == FEEDING and event.x is not None and event.y is not None:
                self._paint(int(event.x), int(event.y))

        return tap

    def _paint(self, column: int, row: int) -> None:
        """Turn the cell that was clicked, and learn anew."""
        try:
            spec: Any = self.spec()
            feeds = painted(spec.feeds, spec.n_groups)
            if not (0 <= row < len(feeds) and 0 <= column < len(feeds)):
                return
            feeds[row, column] ^= True
            text = text_of(feeds)
            painted(text, spec.n_groups)
        except ExplorerError as error:
            self._complain(str(error))
            return
        self.take(spec.model_copy(update={"feeds": text}))
        self.run()


VIEW = MasksView
