"""Makes the probe workbench visible to this process and to every worker it starts."""

import contextlib
import importlib
import os
import sys
from pathlib import Path

PROBES = str(Path(__file__).parent / "probes")


def forget_found_experiments():
    from engines.running import registry

    for cached in ("workbenches", "_modules", "experiment", "families", "code_version"):
        getattr(registry, cached).cache_clear()


@contextlib.contextmanager
def probes():
    import engines

    folder = str(Path(PROBES) / "engines")
    before = os.environ.get("PYTHONPATH")
    sys.path.append(PROBES)
    engines.__path__.append(folder)
    os.environ["PYTHONPATH"] = PROBES + (os.pathsep + before if before else "")
    importlib.invalidate_caches()
    forget_found_experiments()
    try:
        yield
    finally:
        sys.path.remove(PROBES)
        engines.__path__.remove(folder)
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
        forget_found_experiments()
