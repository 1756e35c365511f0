"""What the documents show is true: examples run, links lead somewhere, options exist."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from engines.running import registry
from explorer.command import parser

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
WITH_EXAMPLES = [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
COMMAND = re.compile(r"^python (?:launch\.py|-m explorer)[^#\n]*", re.MULTILINE)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.timeout(300)  # a page's examples compile most kernels of a workbench
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=place)
def test_examples_give_what_they_show(page):
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert failed == 0
    assert tried > 0


def test_every_workbench_page_has_an_example():
    assert {page.stem for page in WITH_EXAMPLES} >= set(
        filter(registry.listed, registry.workbenches())
    )


def test_the_readme_runs():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (plain,) = [block for block in blocks(text) if "engines.sorting" in block]
    exec(compile(plain, "README.md", "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_links_lead_somewhere(page):
    # What stands in code is no link, whatever it looks like.
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    named = LINK.findall(prose)
    assert not [name for name in named if not (page.parent / name).exists()]


def test_commands_of_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = COMMAND.findall(text)
    assert commands
    for command in commands:
        words = [
            w for w in shlex.split(command) if w not in ("python", "launch.py", "-m", "explorer")
        ]
        parser().parse_args(words)


def test_every_environment_variable_is_in_the_readme():
    sources = [p for d in ("engines", "views", "explorer") for p in ROOT.glob(f"{d}/**/*.py")]
    pattern = re.compile(r"EXPLORER_[A-Z_]*[A-Z]")
    used = {name for p in sources for name in pattern.findall(p.read_text(encoding="utf-8"))}
    told = set(pattern.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert used <= told | {"EXPLORER_TLS"}


def test_every_fault_that_is_told_is_tried():
    told = re.findall(r"`(test_\w+)`", (ROOT / "docs/trust.md").read_text(encoding="utf-8"))
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py")]
    there = {name for text in sources for name in re.findall(r"def (test_\w+)\(", text)}
    assert len(told) > 15
    assert not [name for name in told if name not in there]


def test_no_page_calls_a_sampled_equality_a_proof():
    for page in PAGES:
        assert not re.search(
            r"prove[dn]? equal|proof of equality", page.read_text(encoding="utf-8")
        )
