"""The view of `connectome/scan`: the declared pictures, and beside them whose neurons were lost."""

from __future__ import annotations

from typing import Any

from engines.connectome.experiments.lesions.scan import Scan
from engines.contract import Result
from engines.running.compute import Job
from views.kit.generic import GenericView
from views.kit.text import label


class ScanView(GenericView):
    """The generic view with the scanned connectome's card."""

    def show_result(self, result: Result, job: Job) -> None:
        """The ranking, and what was scanned."""
        super().show_result(result, job)
        if isinstance(result, Scan):
            self.facts.sections = [scanned_section(result), self._provenance()]


def scanned_section(scan: Scan) -> dict[str, Any]:
    """Which wiring it was, and how many of its neurons were cut out in turn."""
    spec, said = scan.spec, scan.provenance
    rows = [
        ["neurons cut out", f"{len(scan.names):,}"],
        ["who", label(spec.scanned)],
        ["damage to", spec.measure],
        ["layers", ", ".join(spec.layers)],
    ]
    rows += [["lesioned before", label(spec.lesion)]] if spec.lesion else []
    rows += [["stimulated", label(spec.targets)]] if spec.measure.startswith("response") else []
    return {"title": label(said.title), "rows": rows, "sentence": label(said.source, 300)}


VIEW = ScanView
