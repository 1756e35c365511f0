"""The tree, the graph of its imports, and a sixth workbench in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    """Every import statement of the three packages, those inside functions too."""
    return grimp.build_graph(
        "engines", "views", "explorer", include_external_packages=True, cache_dir=None
    )


@pytest.fixture(scope="session")
def fresh() -> Callable[..., Any]:
    """``fresh(code, *folders)``: what ``code``, run in a new interpreter, prints as JSON last."""

    def run(code: str, *folders: Path, **environment: str) -> Any:
        paths = [*map(str, folders), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        env = {**os.environ, **environment, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=env,
            cwd=folders[0] if folders else ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4_000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def example() -> str:
    """The experiment that CONTRIBUTING.md shows, as it stands there."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


@pytest.fixture
def sixth(tmp_path: Path, example: str) -> Path:
    """A folder to put on the import path, with one more workbench and no view of it."""
    family = tmp_path / "sixth-tree" / "engines" / "sixth" / "experiments" / "walks"
    family.mkdir(parents=True)
    for folder in (family, family.parent, family.parent.parent):
        (folder / "__init__.py").touch()
    (family / "walk.py").write_text(example, encoding="utf-8")
    return tmp_path / "sixth-tree"


@pytest.fixture
def grown(tmp_path: Path, example: str) -> Path:
    """A copy of the whole tree with one more family of one file among the sorting experiments."""
    root = tmp_path / "grown-tree"
    for folder in ("engines", "views", "explorer", "assets"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    family = root / "engines" / "sorting" / "experiments" / "random_walks"
    family.mkdir()
    (family / "__init__.py").write_text('"""Walkers that toss coins."""\n', encoding="utf-8")
    (family / "walk.py").write_text(example, encoding="utf-8")
    return root
