"""The workbench in a notebook: executed from end to end, and alive in a real JupyterLab."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "sorting.ipynb"
# What JupyterLab itself and theme styles that the notebook can do without ask of the network.
HARMLESS = (r".*",)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "EXPLORER_CACHE": str(folder / "cache"),
        "EXPLORER_DATA": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_example_runs_and_says_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=150, kernel_name="python3").execute()
    printed = "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ())
    )
    assert "swaps, then sorted" in printed
    assert "quiescent with" in printed
    assert "peak_aggregation" in printed


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """A JupyterLab on the example; its address."""
    shutil.copy(NOTEBOOK, tmp_path / "sorting.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "ServerApp.port": port,
        "ServerApp.root_dir": tmp_path,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "test",
        "LabApp.news_url": None,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items() if value is not None]
    with (tmp_path / "lab.log").open("w") as log:
        process = subprocess.Popen(command, env=_environment(tmp_path), stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/lab/tree/sorting.ipynb?reset&token=test"
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token=test", process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab did not answer in a minute")


@pytest.mark.ui
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_an_array_sorts_itself_in_jupyterlab(lab: str, new_page: Callable[..., Any]) -> None:
    page = new_page(allow=HARMLESS)
    page.goto(lab)
    page.locator(".jp-Notebook").first.wait_for(timeout=60_000)
    idle = page.get_by_text("Python 3 (ipykernel) | Idle")
    idle.wait_for(timeout=90_000)  # before that there is no kernel to run anything
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.get_by_text("[1]:").first.wait_for(timeout=60_000, state="attached")
    idle.wait_for(timeout=120_000)
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => { panel.scrollTop = 0 }")
    page.locator(".nx-lane .nx-canvas").first.wait_for(timeout=60_000)
    value = page.locator(".nx-lane .nx-value").first
    first = value.inner_text()
    deadline = time.monotonic() + 30
    while value.inner_text() == first and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert value.inner_text() != first, "no frame changed in 30 s"
