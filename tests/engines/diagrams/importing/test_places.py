"""Where calls stand: a diagram says the same on any machine."""

from __future__ import annotations

import sys

import torch

from engines.diagrams import Diagram
from engines.diagrams.importing.models import MLP
from engines.diagrams.importing.places import imported_path


def test_files_of_packages_are_told_by_their_import_path():
    """What lies below an entry of `sys.path` is known by how it is imported."""
    diagram = Diagram.from_torch(MLP(4, 3, 2), (torch.zeros(2, 4),))
    origins = {node.origin for _, _, node in diagram.graph.walk() if node.origin}
    assert origins
    assert all(o.startswith("engines/diagrams/importing/models.py:") for o in origins)


def test_the_nearest_entry_decides_and_other_files_stay_whole(tmp_path, monkeypatch):
    """Site-packages lie below an environment that may itself be on the path."""
    site = tmp_path / "lib"
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(site)])
    imported_path.cache_clear()
    assert imported_path(str(site / "pkg" / "m.py")) == "pkg/m.py"
    assert imported_path("/elsewhere/m.py") == "/elsewhere/m.py"
    imported_path.cache_clear()
