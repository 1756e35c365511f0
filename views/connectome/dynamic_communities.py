"""The view of `connectome/dynamic_communities`: the generic one, with animals of one's own."""

from __future__ import annotations

from typing import Any

from engines.connectome.opening.options import Opened
from engines.contract import Spec
from engines.running.compute import Compute
from views.connectome.own_recording import OwnRecording
from views.kit.generic import GenericView


class MotifsView(GenericView):
    """Motifs of a recording, which may be one's own."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.own = OwnRecording(self._take_own, self._complain)

    def extra_controls(self) -> dict[str, list[Any]]:
        """A recording of one's own."""
        return {"Own recording": [self.own.panel]}

    def _take_own(self, digest: str, opened: Opened | None) -> None:
        source = "planted" if opened is None else "own"
        self.controls.param.update(own_recording=digest, source=source, lesion="")
        self.run()


VIEW = MotifsView
