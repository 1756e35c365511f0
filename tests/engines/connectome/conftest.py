"""What tests of this engine share, loaded by its place because tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_path = Path(__file__).with_name("graphs.py")
_spec = importlib.util.spec_from_file_location("connectome_graphs", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules["connectome_graphs"] = _module
_spec.loader.exec_module(_module)
