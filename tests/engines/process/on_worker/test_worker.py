"""A worker's environment, warming up and facts."""

import os
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import pytest

from engines.process import here
from engines.process.on_worker import worker
from engines.running import registry


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("GITHUB_TOKEN", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("OPENAI_API_KEY", True),
        ("DB_PASSWORD", True),
        ("pgpassword_file", False),
        ("EXPLORER_TLS_KEY", True),
        ("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", True),
        ("PATH", False),
        ("KEYBOARD", False),
        ("PYTHONPATH", False),
        ("CUDA_VISIBLE_DEVICES", False),
        ("MONKEY_HOME", False),
    ],
)
def test_secrets_leave_the_environment_and_nothing_else(monkeypatch, name, secret):
    monkeypatch.setattr(worker.os, "environ", {name: "value"})
    worker.scrub_environment()
    assert (name not in worker.os.environ) == secret


def test_equal_code_has_equal_facts_and_a_difference_is_named():
    theirs = worker.facts()
    assert worker.differences(theirs) == ""
    assert "numpy is 1.0 there" in worker.differences({**theirs, "numpy": "1.0"})
    assert "the engines' code is missing there" in worker.differences(
        {name: theirs[name] for name in theirs if name != "the engines' code"}
    )


def test_warming_up_calls_what_lies_in_the_folder_and_survives_a_failure(monkeypatch, caplog):
    called = []
    package = types.ModuleType("engines.madeup")
    experiments = types.ModuleType("engines.madeup.experiments")
    warm = types.ModuleType("engines.madeup.experiments._warm")
    package.__path__ = experiments.__path__ = []
    warm.__spec__ = types.SimpleNamespace()
    warm.warm = lambda: called.append("madeup") or 1 / 0
    for module in (package, experiments, warm, types.ModuleType("torch")):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(registry, "workbenches", lambda: ("madeup",))
    monkeypatch.setattr(worker, "_QUIET_S", 0.01)
    monkeypatch.setattr(worker.job, "_ACTIVE", set())  # whatever other tests have left running
    worker._warm_up()
    assert called == ["madeup"]
    assert "could not warm up engines.madeup.experiments._warm" in caplog.text


def test_scratch_folders_of_killed_processes_are_taken_away(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    script = "import os; print(os.getpid())"
    gone = int(subprocess.check_output([sys.executable, "-c", script]))
    names = (f"neural-explorer-{gone}-x", f"neural-explorer-{os.getpid()}-x", "neural-explorer-y-x")
    for name in names:
        (tmp_path / name / "inside").mkdir(parents=True)
    made = Path(here.scratch_folder())
    assert {path.name for path in tmp_path.iterdir()} == {*names[1:], made.name}
    assert made.name.startswith(f"neural-explorer-{os.getpid()}-")
