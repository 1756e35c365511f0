"""A label from a file is text wherever the app shows one: tried in a browser, place by place.

Each place is opened with the content security policy switched off, so that escaping must do it
alone, and with it on. Places known to run their text are opened too: they show that the payload
would be noticed, and that the policy alone stops it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import holoviews as hv
import networkx as nx
import numpy as np
import pandas as pd
import panel as pn
import panel_material_ui as pmui
import pytest
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure
from sorting_page import address

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Points
from engines.diagrams.drawing.files import file_from_drawing
from engines.diagrams.drawing.picture import drawing
from engines.diagrams.specs.drawing import DrawSpec
from engines.running import registry
from engines.sorting.model import SortSpec
from explorer.enginemenu import EngineMenu
from explorer.header import Header
from explorer.home import HomeCard
from explorer.sessionlist import SessionList
from explorer.sessions import SavedPage, Session, Step, session_to_bytes
from views.diagrams.components import DiagramAxes, DiagramEditor, DiagramStage
from views.kit import components
from views.kit.claims import Claims
from views.kit.figures import PictureFigure
from views.kit.svg import svg_from_picture
from views.kit.text import (
    escaped,
    notify,
    safe_columns,
    sentence_pane,
    text_pane,
    typography,
)
from views.kit.workbench import Group

pytestmark = [
    pytest.mark.ui,
    # bokeh's own use of pandas, in the server's thread
    pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning"),
]

Mark = Callable[..., str]
"""Gives a new payload at every call: ``mark()`` where the page writes it as text or attribute,
``mark(drawn=True)`` where it is drawn on a canvas or opened on demand."""
Place = Callable[[Mark], Any]
POSITIONS = 105
"""At least so many places of a label are tried."""


def payload(number: int) -> str:
    """A label that leaves its number in ``window.fired`` if anything of it runs."""
    return f"""'"><img src=x onerror=fired.push({number})>**b**"""


class Marks:
    """Payloads of one page, numbered; ``seen`` are those that its text or attributes must hold."""

    def __init__(self) -> None:
        self.n = 0
        self.seen: list[int] = []

    def __call__(self, *, drawn: bool = False) -> str:
        self.n += 1
        if not drawn:
            self.seen.append(self.n)
        return payload(self.n)


def nothing(*_args: Any) -> None:
    """A callback that is never needed."""


def table(mark: Mark) -> Any:
    frame = pd.DataFrame({mark(): [mark(), "b"], "n": [1.0, 2.0]})
    frame = frame.set_index(pd.Index([mark(), "second"], name=mark()))
    return pn.widgets.Tabulator(safe_columns(frame), width=900)


def titled(mark: Mark) -> Any:
    heatmap = Heatmap(
        mark(drawn=True), np.eye(2), Axis(mark(drawn=True)), Axis(mark(drawn=True)),
        Axis(mark(drawn=True)),
    )  # fmt: skip
    return pn.pane.Bokeh(PictureFigure(heatmap).figure, width=600)


def lines(mark: Mark) -> Any:
    curves = Curves(
        mark(drawn=True), np.arange(3.0), {mark(drawn=True): np.arange(3.0)},
        Axis(mark(drawn=True), mark(drawn=True)), Axis(mark(drawn=True), mark(drawn=True)),
    )  # fmt: skip
    return pn.pane.Bokeh(PictureFigure(curves).figure, width=600)


def bars(mark: Mark) -> Any:
    ticks = ((0.0, mark(drawn=True)), (1.0, mark(drawn=True)))
    kinds = (mark(drawn=True), mark(drawn=True))
    drawn = Bars(mark(drawn=True), np.ones(2), Axis("a", ticks=ticks), Axis("b"), kinds)
    return pn.pane.Bokeh(PictureFigure(drawn).figure, width=600)


def points(mark: Mark) -> Any:
    kinds = (mark(drawn=True), mark(drawn=True))
    drawn = Points(mark(drawn=True), np.eye(2), Axis("a"), Axis("b"), kinds)
    return pn.pane.Bokeh(PictureFigure(drawn).figure, width=600)


def hover(mark: Mark) -> Any:
    source = ColumnDataSource({"x": [0], "y": [0], "name": [mark(drawn=True)]})
    made = figure(width=600, height=200, tools="")
    made.scatter("x", "y", size=200, source=source)
    made.add_tools(HoverTool(tooltips=[(mark(drawn=True), "@name")]))
    return pn.pane.Bokeh(made)


def graph(mark: Mark) -> Any:
    text = mark(drawn=True)
    network = nx.path_graph(["first", text, "third"])
    drawn = hv.Graph.from_networkx(network, {"first": (-1, 0), text: (0, 0), "third": (1, 0)})
    return pn.pane.HoloViews(drawn.opts(node_size=200, height=200, width=600), backend="bokeh")


def notice(mark: Mark) -> Any:
    text = mark()
    pn.state.onload(lambda: notify(text, "error", duration_ms=60_000))
    return pmui.Button(label="notices")


def posted(mark: Mark) -> Any:
    notices = components.Notices()
    notices.post(mark(), bad=True)
    notices.post(mark())
    return notices


def facts(mark: Mark) -> Any:
    section = {
        "title": mark(),
        "columns": [mark(), "n"],
        "rows": [
            [mark(), {"text": mark(), "title": mark()}],
            [{"text": mark(), "action": "a"}, "2"],
        ],
        "sentence": mark(),
        "actions": [{"id": "a", "label": mark(), "title": mark()}],
        "links": [(mark(), "#")],
        "note": mark(),
    }
    return components.Facts(nothing, sections=[section], width=600)


def heading(mark: Mark) -> Any:
    def member() -> dict[str, Any]:
        return {"title": mark(), "claim": mark(drawn=True), "href": "#", "active": True}

    family = {
        "title": mark(), "sentence": mark(drawn=True), "active": True,
        "members": [member(), member()],
    }  # fmt: skip
    related = [{"title": mark(drawn=True), "why": mark(drawn=True), "href": "#"}]
    return components.Heading(
        title=mark(), detail=mark(), families=[family], related=related, width=600
    )


def chips(mark: Mark) -> Any:
    made = Claims(())
    figure = {"name": mark(drawn=True), "text": mark(drawn=True), "how": mark(drawn=True),
              "low": 0.1, "at": 0.2, "high": 0.3}  # fmt: skip
    made.visible = True
    made.chips = [{"mark": "holds", "says": "holds", "sentence": mark(), "rule": mark(drawn=True),
                   "source": mark(drawn=True), "figures": [figure]}]  # fmt: skip
    return made


def link(mark: Mark) -> dict[str, Any]:
    return {"title": mark(), "href": "#", "active": False}


def sessions(mark: Mark) -> Any:
    made = SessionList(None)
    made.rows = [{"id": "a", "here": False, "title": mark(), "detail": mark(), "saved": "now"}]
    made.said = mark()
    return made


def kept_runs(mark: Mark) -> Any:
    run = {"id": "a", "title": mark(drawn=True), "sentence": mark(drawn=True), "fraction": 0.5,
           "href": "#", "active": True}  # fmt: skip
    return EngineMenu(nothing, runs=[run])


NOTED = """def A(x: b p) -> b c
  y: b c = Linear[W](x)
  note y "{}"
"""


def diagram(mark: Mark) -> Any:
    """What a text may say freely: its call-outs; and what is told of an operation."""
    drawn = drawing(DrawSpec(text=NOTED.format(mark().replace('"', "'"))))
    assert drawn.scene, drawn.mistakes
    cards = json.loads(drawn.cards)
    cards["y"]["title"] = mark(drawn=True)
    return DiagramStage(nothing, scene=drawn.scene, cards=json.dumps(cards), note=mark(),
                        alt=mark(), link_id="d", width=600)  # fmt: skip


def editor(mark: Mark) -> Any:
    mistake = {"line": 1, "col": 1, "length": 1, "code": mark(), "message": mark(), "hint": mark()}
    return DiagramEditor(nothing, text=mark(), mistakes=[mistake], link_id="d", width=600)


def axes(mark: Mark) -> Any:
    rows = [
        {"axis": mark(), "said": "", "size": 3, "free": True},
        {"axis": mark(), "said": mark(), "size": 3, "free": False},
    ]
    return DiagramAxes(nothing, rows=rows, link_id="d", width=600)


def broken() -> Any:
    raise ValueError(payload(99))


GROUPS: dict[str, list[Place]] = {
    "panes": [
        lambda mark: text_pane(mark()),
        lambda mark: sentence_pane(mark(), "error"),
        lambda mark: typography(mark(), variant="h6"),
        lambda mark: pmui.Card("a", title=escaped(mark())),
        lambda mark: pmui.Tabs(*[(escaped(mark()), said) for said in "ab"]),
        table,
    ],
    "notices": [notice, posted],
    "our components": [
        lambda mark: components.RunBar(
            nothing, sentence=mark(), status=mark(drawn=True), width=600
        ),
        facts,
        lambda mark: components.Downloads(
            nothing, items=[{"id": "a", "label": mark(), "title": mark()}]
        ),
        heading,
        lambda mark: components.Upload(
            nothing, label=mark(), placeholder=mark(), note=mark(drawn=True), filename=mark(drawn=True)
        ),
        lambda mark: Group(title=mark()),
        chips,
    ],
    "page": [
        lambda mark: Header(
            nothing, links=[link(mark)],
            engine={"tone": "bad", "text": mark(), "detail": mark(drawn=True)}, width=900,
        ),
        lambda mark: HomeCard(
            title=mark(), sentence=mark(), href="#", tours=[{**link(mark), "sentence": mark()}]
        ),
        sessions,
        kept_runs,
    ],
    "diagrams": [diagram, editor, axes],
    "choices": [
        lambda mark: pmui.Select(label=mark(), options=[mark(drawn=True), "b"], value="b"),
        lambda mark: pmui.CheckBoxGroup(label=mark(), options=[mark(), "b"]),
        lambda mark: pmui.RadioButtonGroup(label=mark(), options=[mark(), "b"]),
        lambda mark: pn.widgets.Select(label=mark(), options=[mark(), "b"]),
        lambda mark: pn.Tabs(*[(mark(), said) for said in "ab"]),
    ],
    "inputs": [
        lambda mark: pmui.Button(label=mark(), description=mark(drawn=True)),
        lambda mark: pmui.Chip(label=mark()),
        lambda mark: pmui.Switch(label=mark(), description=mark(drawn=True)),
        lambda mark: pmui.TextInput(
            label=mark(), placeholder=mark(), value=mark(), description=mark(drawn=True)
        ),
        lambda mark: pmui.EditableIntSlider(label=mark(), description=mark(drawn=True), end=9),
        lambda mark: pn.widgets.TextInput(label=mark(), value=mark(drawn=True)),
    ],
    "plots": [hover, graph, titled, lines, bars, points],
}  # fmt: skip
HOVERED = 2
"""The first plots have a mark in their middle and a tooltip."""
RUNNING: dict[str, Callable[[str], Any]] = {
    "pane": pn.pane.HTML,
    "words": pn.pane.Markdown,
    "alert": pn.pane.Alert,
    "static": lambda p: pn.widgets.StaticText(value=p),
    "header": lambda p: pn.widgets.Tabulator(pd.DataFrame({p: [1]}), width=900),
    "card": lambda p: pmui.Card("a", title=p),
}
EXPORTED: dict[str, Callable[[str], bytes]] = {
    "svg of a diagram": lambda p: _exported(p, "svg"),
    "page of a diagram": lambda p: _exported(p, "html"),
    "svg of a picture": lambda p: svg_from_picture(
        Curves(p, np.arange(3.0), {p: np.arange(3.0)}, Axis(p), Axis(p))
    ).encode(),
}  # fmt: skip


def _exported(text: str, kind: str) -> bytes:
    drawn = drawing(DrawSpec(text=NOTED.format(text.replace('"', "'"))))
    return file_from_drawing(drawn, kind)[1]


def _page(places: list[Place]) -> Callable[[], Any]:
    def build() -> Any:
        mark = Marks()
        return pn.Column(*[place(mark) for place in places], pn.pane.HTML("all is drawn"))

    return build


def _marks(name: str) -> Marks:
    """The payloads of a page, numbered as when it is built."""
    mark = Marks()
    if name != "notices":  # a notice waits for a page
        for place in GROUPS[name]:
            place(mark)
        return mark
    for _ in range(3):
        mark()
    return mark


def _slug(name: str) -> str:
    return "with-" + name.replace(" ", "-")


@pytest.fixture(scope="module")
def server(serve):
    pn.extension("tabulator")
    hv.extension("bokeh")
    safe = {f"/{_slug(name)}": _page(places) for name, places in GROUPS.items()}
    running = {
        f"/runs-{name}": _page([lambda mark, place=place: place(mark())])
        for name, place in RUNNING.items()
    }
    with serve({**safe, **running, "/broken": broken}) as running_server:
        yield running_server


@pytest.fixture(scope="module")
def visitors(browser, server):
    """Two pages that hold the key: one without the policy, one with it."""
    contexts = [browser.new_context(bypass_csp=bypass) for bypass in (True, False)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.add_init_script("window.fired = []")
        page.goto(server.guard.url("/healthz"))
    yield pages
    for context in contexts:
        context.close()


def _open(visitors, server, path: str) -> None:
    for page in visitors:  # the second loads while the first is looked at
        page.goto(f"http://127.0.0.1:{server.port}{path}", wait_until="commit")


def _look_at_text(page, number: int) -> None:
    mark = f"fired.push({number})"
    attributes = ("value", "aria-label", "placeholder", "title")
    seen = page.get_by_text(mark)
    for attribute in attributes:
        seen = seen.or_(page.locator(f'[{attribute}*="{mark}"]'))
    seen.first.wait_for(state="attached")


def _look_at_plot(page, number: int) -> None:
    """Move over the plot's middle, where each has a mark, and read its tooltip."""
    plot = page.locator(".bk-Figure").nth(number)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    for share in (0.4, 0.47):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.45 * box["height"])
    page.locator(".bk-Tooltip").get_by_text("fired.push(").first.wait_for()


@pytest.mark.parametrize("name", GROUPS)
def test_promise_5_a_label_is_text(name, server, visitors):
    _open(visitors, server, f"/{_slug(name)}")
    for page in visitors:
        page.get_by_text("all is drawn").wait_for()
        for number in _marks(name).seen:
            _look_at_text(page, number)
        for number in range(HOVERED if name == "plots" else 0):
            _look_at_plot(page, number)
        for opener in page.locator("[role=combobox], [data-testid*=Help], .bk-icon").all():
            opener.hover(force=True)
        page.wait_for_timeout(100)
        assert page.evaluate("fired") == []


@pytest.mark.usefixtures("server")
def test_so_many_positions_are_tried():
    """The rows of measurements from which the rule came had about so many."""
    assert sum(_marks(name).n for name in GROUPS) >= POSITIONS


@pytest.mark.parametrize("name", EXPORTED)
def test_promise_5_an_exported_picture_runs_nothing_when_it_is_opened(name, visitors, tmp_path):
    ending = "html" if "page" in name else "svg"
    path = tmp_path / f"exported.{ending}"
    path.write_bytes(EXPORTED[name](payload(1)))
    free, _guarded = visitors
    free.goto(path.as_uri())
    free.wait_for_timeout(150)
    assert free.evaluate("fired") == []


@pytest.mark.parametrize("name", RUNNING)
def test_promise_5_what_runs_labels_is_noticed_and_the_policy_stops_it(name, server, visitors):
    free, guarded = visitors
    _open(visitors, server, f"/runs-{name}")
    free.wait_for_function("fired.length > 0")
    guarded.get_by_text("all is drawn").wait_for()
    guarded.locator("img[src=x]").first.wait_for(state="attached")
    guarded.wait_for_timeout(200)
    assert guarded.evaluate("fired") == []


def test_promise_10_a_broken_page_shows_a_sentence_and_no_detail(server, visitors, caplog):
    _open(visitors, server, "/broken")
    for page in visitors:
        page.get_by_text("To report it, give error").wait_for()
        assert page.get_by_text("fired.push").count() == 0
        assert page.get_by_text("Traceback").count() == 0
        assert page.evaluate("fired") == []
    assert caplog.text.count("ValueError") >= 2


def _session(workbench: str, leaf: str, fields: dict[str, Any]) -> bytes:
    """A session file full of payloads, made as the product makes its own."""
    experiment = f"{workbench}/{leaf}"
    way = {"experiment": "sorting/run", "thing": payload(901), "spec": SortSpec().to_json()}
    told = {name: value for name, value in fields.items() if value is not None}
    if "origin" in registry.experiment(experiment).spec.model_fields:
        told["origin"] = json.dumps([way, {**way, "experiment": payload(902)}])
    change = Step(fields={name: [value, None] for name, value in told.items()},
                  selection={payload(905): [payload(906), payload(907)]})  # fmt: skip
    page = SavedPage(
        experiment=experiment,
        fields={payload(900): 1, **told},
        selection={payload(903): payload(904), "colour": payload(908), "page": payload(909)},
        past=[change],
        future=[change],
    )
    session = Session(workbench=workbench, title=payload(910), app_version=payload(911)[:64],
                      pages=[page])  # fmt: skip
    return session_to_bytes(session)


SESSIONS = {
    "sorting": ("run", {"value_mode": "own", "own_values": [payload(1), payload(2)], "seed": payload(3)}),
    "connectome": ("explore", {"lesion": payload(4), "own": payload(5), "null": payload(6)}),
    "geometry": ("files", {"title": payload(7), "path": payload(8), "upload": payload(9)}),
    "pointer": ("solve", {"weights": payload(10), "task": payload(11)}),
    "diagrams": ("write", {"text": f"def {payload(12)}", "shown": payload(13)}),
}  # fmt: skip


@pytest.mark.timeout(180)
@pytest.mark.parametrize("bypass", [True, False], ids=["policy off", "policy on"])
def test_promise_5_a_session_file_that_is_opened_is_text(bypass, new_page, app_url):
    page = new_page(bypass_csp=bypass)
    page.add_init_script("window.fired = []")
    for workbench, (leaf, fields) in SESSIONS.items():
        page.goto(address(app_url, f"/{workbench}", f"x={leaf}"))
        page.locator("input[type=file][accept='.json,.zip']").set_input_files(
            {"name": f"{payload(99)}.json", "mimeType": "application/json",
             "buffer": _session(workbench, leaf, fields)}
        )  # fmt: skip
        # The setting that this version does not have is told by the name that the file gives it.
        page.get_by_text("fired.push(900)").first.wait_for(timeout=60_000)
        page.locator("body").click(position={"x": 700, "y": 885})
        for keys in ("Control+z", "Control+y"):
            page.keyboard.press(keys)
            page.wait_for_timeout(400)
        assert page.evaluate("window.fired") == []
