"""The wheel holds everything, and what is installed from it starts far from this tree."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import urllib.request
import venv
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 50
FOLDERS = ("engines", "views", "explorer", "assets", "docs")
GUIDES = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md")
"""Texts beside the packages that the manual shows."""
WORD = re.compile(r"http://127\.0\.0\.1:\d+/\S*")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def shipped_sources() -> set[str]:
    """Every file of the three packages, by its place in the wheel; bundled files lie in the app."""
    skipped = {"__pycache__", ".ipynb_checkpoints"}
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not skipped & set(path.parts):
                name = path.relative_to(ROOT).as_posix()
                own = {"assets": f"explorer/{name}", "docs": f"explorer/assets/{name}"}
                found.add(own.get(folder, name))
    return found | {f"explorer/assets/{name}" for name in GUIDES}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as ``python -m build`` does, from a copy, so that this tree stays as it is."""
    source = tmp_path_factory.mktemp("source") / "tree"
    source.mkdir()
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "launch.py", *GUIDES):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(source)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """Every file in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the wheel, and our libraries from this one."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False)
    scripts = "Scripts" if os.name == "nt" else "bin"
    interpreter = home / scripts / Path(sys.executable).name
    interpreter = interpreter if interpreter.exists() else home / scripts / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--quiet"]
    command = [*pip, "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment())
    assert done.returncode == 0, done.stderr[-2_000:]
    (site,) = {*home.glob("lib/python*/site-packages"), *home.glob("Lib/site-packages")}
    # Read after the environment's own packages, and its .pth files are not followed.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return interpreter


def clean_environment() -> dict[str, str]:
    """This one without what would let this tree be found."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment to start the app in, with folders of its own."""
    folders = {"EXPLORER_CACHE": str(tmp_path / "c"), "EXPLORER_DATA": str(tmp_path / "d")}
    return {**clean_environment(), **folders, "PYTHONUNBUFFERED": "1"}


def run(python: Path, *arguments: str, cwd: Path) -> str:
    """What this command prints."""
    command = [str(python), *arguments]
    done = subprocess.run(command, cwd=cwd, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def test_the_wheel_holds_every_file(names):
    ours = {name for name in names if ".dist-info/" not in name}
    assert ours == shipped_sources() | {"launch.py"}
    for end in (".js", ".css", ".json", ".svg"):
        assert any(name.endswith(end) for name in ours)


def test_the_wheel_carries_licence_and_script(wheel, names):
    (entry,) = (name for name in names if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        assert "neural-explorer = launch:main" in archive.read(entry).decode()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_packages_are_those_of_the_wheel(python, tmp_path):
    code = (
        "import engines, views, explorer, launch\n"
        "from engines.running import registry\nfrom views.kit.assets import asset\n"
        "import explorer.app\n"
        "for name in registry.all_names(): registry.experiment(name)\n"
        "for m in (engines, views, explorer, launch): print(m.__file__)\n"
        "print(asset('theme/tokens.json'))\n"
    )
    told = run(python, "-c", code, cwd=tmp_path).splitlines()
    assert len(told) == 5
    assert all(Path(line).is_relative_to(python.parents[1]) for line in told), told


def test_help_of_module_and_script(python, tmp_path):
    script = python.with_name("neural-explorer" + (".exe" if os.name == "nt" else ""))
    assert script.exists()
    command = [script, "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True)
    for told in (run(python, "-m", "explorer", "--help", cwd=tmp_path), done.stdout.decode()):
        assert "--port" in told
        assert "--no-browser" in told


def test_the_installed_app_serves_a_page(python, elsewhere, tmp_path):
    command = [str(python), "-m", "explorer", "--port", "0", "--no-browser"]
    with (tmp_path / "stderr.txt").open("w") as log:
        app = subprocess.Popen(
            command, cwd=tmp_path, env=elsewhere, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        url = printed_url(app)
        assert page_at(url).startswith("<!DOCTYPE html>")
    except BaseException:
        sys.stderr.write((tmp_path / "stderr.txt").read_text()[-4_000:])
        raise
    finally:
        app.terminate()
        try:
            app.wait(15)
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait(15)


def printed_url(app: subprocess.Popen[str]) -> str:
    """The address that stands on a line of its own."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert app.stdout is not None
        with app.stdout:
            for line in app.stdout:
                lines.put(line.strip())
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    while line := lines.get(timeout=START_SECONDS):
        if WORD.fullmatch(line):
            return line
    raise AssertionError("the app ended without printing an address")


def page_at(url: str) -> str:
    """The page behind a token address, as a browser that keeps cookies gets it."""
    jar = urllib.request.HTTPCookieProcessor(CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
    with opener.open(url, timeout=20) as answer:
        return answer.read().decode().lstrip()


def test_the_installed_app_writes_its_manual(python, tmp_path):
    told = run(python, "-m", "explorer", "manual", str(tmp_path / "manual"), cwd=tmp_path)
    assert "open index.html" in told
    assert "pointer network" in (tmp_path / "manual" / "glossary.html").read_text().lower()
