"""Reads the source of every view: no text but ours reaches what runs markup.

Which panes, titles and headers run it was found by trying each in a browser;
``tests/ui/test_injection.py`` does so again for those that are used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOOR = ROOT / "views" / "kit" / "text.py"
SOURCES = sorted({*ROOT.glob("views/**/*.py"), *ROOT.glob("explorer/**/*.py")} - {DOOR})
SCRIPTS = sorted({*ROOT.glob("views/**/*.js"), *ROOT.glob("explorer/**/*.js")})

RUN_THEIR_TEXT = frozenset(
    [
        "Str",
        "Markdown",
        "HTML",
        "Alert",
        "StaticText",
        "LaTeX",
        "Div",
        "Typography",
        "TooltipIcon",
        "ChatMessage",
        "SVG",
    ]
)
RUN_THEIR_TITLE = frozenset(["Card", "Accordion", "MultiChoice", "DiscreteSlider", "Number"])
RUN_THEIR_HEADERS = frozenset(["Tabulator", "DataFrame", "Table", "DataTable"])
TEXTS = frozenset(
    [
        "object",
        "objects",
        "text",
        "value",
        "title",
        "name",
        "header",
        "label",
        "user",
        "titles",
        "options",
    ]
)
SAFE_TEXT = frozenset({"escaped", "escaped_markdown"})
SCRIPT_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    r"|dangerouslySetInnerHTML|createContextualFragment|DOMParser"
)


def sinks(source: str) -> Iterator[str]:
    """A sentence for each place where text that is not ours could run."""
    for node in ast.walk(ast.parse(source)):
        for what in (*_calls(node), *_words(node), *_assignments(node)):
            yield f"line {getattr(node, 'lineno', 0)}: {what}; use views/kit/text.py"


def _calls(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = _last_name(node.func)
    named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    given = list(node.args) if name in RUN_THEIR_TEXT else []
    if name in RUN_THEIR_TEXT | RUN_THEIR_TITLE:
        given += [value for key, value in named.items() if key in TEXTS]
    if any(not _is_ours(value) for value in given):
        yield f"{name} runs the text it is given"
    if name in RUN_THEIR_HEADERS and not _has_safe_columns(node, named):
        yield f"{name} runs its headers, give it safe_columns(...)"
    for key in ("escape", "encode", "sanitize_html"):
        if key in named and not (name == "to_csv" or _is_true(named[key])):
            yield f"{key}= turns off the escaping of {name}"


def _has_safe_columns(node: ast.Call, named: dict[str, ast.expr]) -> bool:
    is_pandas = _last_name(getattr(node.func, "value", node.func)) in ("pd", "pandas")
    data = named.get("value", node.args[0] if node.args else None)
    is_safe = data is None or (
        isinstance(data, ast.Call) and _last_name(data.func) == "safe_columns"
    )
    return is_pandas or (is_safe and "titles" not in named)


def _words(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{safe}" in node.value:
        yield "{safe} in a tooltip runs the cell"
    if isinstance(node, ast.Attribute | ast.Name) and _last_name(node) == "HTMLTemplateFormatter":
        yield "HTMLTemplateFormatter runs its cells"
    if isinstance(node, ast.Attribute) and node.attr == "notifications":
        owner = _last_name(node.value)
        if owner == "state":
            yield "notifications may run their text"
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if _constant(key) in ("type", "formatter") and _constant(value) == "html":
                yield "the html formatter runs its cells"


def _assignments(node: ast.AST) -> Iterator[str]:
    """``pane.object = f"..."`` of a pane that runs markup; figures are not written so."""
    if not isinstance(node, ast.Assign):
        return
    targets = [t.attr for t in node.targets if isinstance(t, ast.Attribute)]
    is_text = isinstance(node.value, ast.JoinedStr | ast.BinOp)
    if "object" in targets and is_text and not _is_ours(node.value):
        yield "a pane may run the text that is set"


def _is_ours(value: ast.expr) -> bool:
    """A constant, or made of constants and escaped text."""
    if isinstance(value, ast.JoinedStr):
        return all(_is_ours(part) for part in value.values)
    if isinstance(value, ast.FormattedValue):
        return _is_ours(value.value)
    if isinstance(value, ast.BinOp):
        return _is_ours(value.left) and _is_ours(value.right)
    if isinstance(value, ast.IfExp):
        return _is_ours(value.body) and _is_ours(value.orelse)
    if isinstance(value, ast.Call):
        return _last_name(value.func) in SAFE_TEXT
    return isinstance(value, ast.Constant)


def _last_name(node: ast.expr | None) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", "")


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_true(node: ast.expr) -> bool:
    return _constant(node) is True


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_promise_5_no_view_hands_text_to_what_runs_it(path):
    found = list(sinks(path.read_text(encoding="utf-8")))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_promise_5_no_script_of_ours_writes_markup(path):
    found = SCRIPT_SINKS.findall(path.read_text(encoding="utf-8"))
    assert not found, found


BAD = [
    "pn.pane.Markdown(name)",
    "pn.pane.Str(object=name)",
    "pn.pane.HTML(f'<b>{name}</b>')",
    "pn.pane.Alert('a' + name)",
    "pmui.Typography(name.upper())",
    "pmui.Card(a, title=name)",
    "pn.widgets.StaticText(value=name)",
    "Div(text=name)",
    "pn.widgets.Tabulator(frame)",
    "hv.Table(frame)",
    "pn.widgets.Tabulator(safe_columns(frame), titles={'a': name})",
    "pn.state.notifications.error(name)",
    "HoverTool(tooltips='@x{safe}')",
    "pn.widgets.Tabulator(safe_columns(f), formatters={'a': {'type': 'html'}})",
    "HTMLTemplateFormatter(template='<%= value %>')",
    "pn.pane.DataFrame(frame, escape=False)",
    "pane.object = f'<b>{name}</b>'",
]
GOOD = [
    "pn.pane.Markdown('# constant')",
    "pn.pane.HTML(f'<b>{escaped(name)}</b>')",
    "pmui.Card(a, title=escaped(name))",
    "pmui.Typography('a' if bold else 'b')",
    "pn.widgets.Tabulator(safe_columns(frame))",
    "pd.DataFrame({'a': [1]})",
    "pmui.Select(label=name, options=names)",
    "text_pane(name)",
    "pane.object = figure",
]


@pytest.mark.parametrize("source", BAD)
def test_the_reader_finds_each_sink(source):
    assert list(sinks(source))


@pytest.mark.parametrize("source", GOOD)
def test_the_reader_lets_safe_text_pass(source):
    assert not list(sinks(source))


PICKLES = re.compile(
    r"\bimport pickle\b|pickle\.loads?\b|allow_pickle\s*=\s*True|torch\.jit\.load|weights_only\s*=\s*False"
    r"|yaml\.load\b|shell\s*=\s*True|\bmarshal\b|\bdill\b|\bcloudpickle\b|\bshelve\b|\bjoblib\.load"
)
ALL_SOURCES = sorted(
    path for folder in ("engines", "views", "explorer") for path in ROOT.glob(f"{folder}/**/*.py")
)


def test_promise_6_no_pickle_yaml_or_shell_anywhere():
    found = [
        f"{path.relative_to(ROOT)}: {match}"
        for path in ALL_SOURCES
        for match in PICKLES.findall(path.read_text(encoding="utf-8"))
    ]
    assert not found
