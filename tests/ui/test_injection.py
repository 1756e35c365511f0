"""A label from a file is text wherever the app shows one: tried in a browser, place by place.

Each place is opened with the content security policy switched off, so that escaping must do it
alone, and with it on. Places known to run their text are opened too: they show that the payload
would be noticed, and that the policy alone stops it.
"""

from __future__ import annotations

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

from engines.contract.pictures import Axis, Heatmap
from explorer.header import Header
from explorer.home import HomeCard
from views.kit import components
from views.kit.figures import PictureFigure
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

Place = Callable[[str], Any]


def payload(number: int) -> str:
    """A label that leaves its number in ``window.fired`` if anything of it runs."""
    return f"""'"><img src=x onerror=fired.push({number})>**b**"""


def nothing(*_args: Any) -> None:
    """A callback that is never needed."""


def table(text: str) -> Any:
    frame = pd.DataFrame({text: [text, "b"], "n": [1.0, 2.0]})
    frame = frame.set_index(pd.Index([text, "second"], name=text))
    return pn.widgets.Tabulator(safe_columns(frame), width=900)


def picture(text: str) -> Any:
    heatmap = Heatmap(text, np.eye(2), Axis(text), Axis(text), Axis(text))
    return pn.pane.Bokeh(PictureFigure(heatmap).figure, width=600)


def hover(text: str) -> Any:
    source = ColumnDataSource({"x": [0], "y": [0], "name": [text]})
    made = figure(width=600, height=200, tools="")
    made.scatter("x", "y", size=200, source=source)
    made.add_tools(HoverTool(tooltips=[("name", "@name")]))
    return pn.pane.Bokeh(made)


def graph(text: str) -> Any:
    network = nx.path_graph(["first", text, "third"])
    drawn = hv.Graph.from_networkx(network, {"first": (-1, 0), text: (0, 0), "third": (1, 0)})
    return pn.pane.HoloViews(drawn.opts(node_size=200, height=200, width=600), backend="bokeh")


def notice(text: str) -> Any:
    pn.state.onload(lambda: notify(text, "error", duration_ms=60_000))
    return pmui.Button(label="notices")


def posted(text: str) -> Any:
    notices = components.Notices()
    notices.post(text, bad=True)
    return notices


def facts(text: str) -> Any:
    section = {
        "title": text,
        "columns": [text, "n"],
        "rows": [[text, "1"]],
        "sentence": text,
        "actions": [{"id": "a", "label": text}],
        "note": text,
    }
    return components.Facts(nothing, sections=[section], width=600)


def heading(text: str) -> Any:
    member = {"title": text, "claim": text, "href": "#", "active": True}
    family = {"title": text, "sentence": text, "active": True, "members": [member, member]}
    related = [{"title": text, "why": text, "href": "#"}]
    return components.Heading(
        title=text, detail=text, families=[family], related=related, width=600
    )


def links(text: str) -> list[dict[str, Any]]:
    return [{"title": text, "href": "#", "active": False}]


def broken() -> Any:
    raise ValueError(payload(99))


GROUPS: dict[str, list[Place]] = {
    "panes": [
        text_pane,
        lambda p: sentence_pane(p, "error"),
        lambda p: typography(p, variant="h6"),
        lambda p: pmui.Card("a", title=escaped(p)),
        lambda p: pmui.Tabs((escaped(p), "a")),
        table,
    ],
    "notices": [notice, posted],
    "our components": [
        lambda p: components.RunBar(nothing, sentence=p, status=p, width=600),
        facts,
        lambda p: components.Downloads(nothing, items=[{"id": "a", "label": p, "title": p}]),
        heading,
        lambda p: components.Upload(nothing, label=p, placeholder=p, note=p, filename=p),
        lambda p: Group(title=p),
    ],
    "page": [
        lambda p: Header(
            nothing, links=links(p), engine={"tone": "bad", "text": p, "detail": p}, width=900
        ),
        lambda p: HomeCard(title=p, sentence=p, href="#", tours=[{**links(p)[0], "sentence": p}]),
    ],
    "choices": [
        lambda p: pmui.Select(label=p, options=[p, "b"], value=p),
        lambda p: pmui.CheckBoxGroup(label=p, options=[p, "b"]),
        lambda p: pmui.RadioButtonGroup(label=p, options=[p, "b"]),
        lambda p: pn.widgets.Select(label=p, options=[p, "b"]),
        lambda p: pn.Tabs((p, "a")),
    ],
    "inputs": [
        lambda p: pmui.Button(label=p, description=p),
        lambda p: pmui.Chip(label=p),
        lambda p: pmui.Switch(label=p, description=p),
        lambda p: pmui.TextInput(label=p, placeholder=p, value=p, description=p),
        lambda p: pmui.EditableIntSlider(label=p, description=p, end=9),
        lambda p: pn.widgets.TextInput(label=p, value=p),
    ],
    "plots": [picture, hover, graph],
}
RUNNING: dict[str, Place] = {
    "pane": pn.pane.HTML,
    "header": lambda p: pn.widgets.Tabulator(pd.DataFrame({p: [1]}), width=900),
    "card": lambda p: pmui.Card("a", title=p),
}


def _page(places: list[Place]) -> Callable[[], Any]:
    def build() -> Any:
        shown = [place(payload(number)) for number, place in enumerate(places)]
        return pn.Column(*shown, pn.pane.HTML("all is drawn"))

    return build


def _slug(name: str) -> str:
    return "with-" + name.replace(" ", "-")


@pytest.fixture(scope="module")
def server(serve):
    pn.extension("tabulator")
    hv.extension("bokeh")
    safe = {f"/{_slug(name)}": _page(places) for name, places in GROUPS.items()}
    running = {f"/runs-{name}": _page([place]) for name, place in RUNNING.items()}
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
    page.locator(".bk-Tooltip").get_by_text(f"fired.push({number})").first.wait_for()


@pytest.mark.parametrize("name", GROUPS)
def test_promise_5_a_label_is_text(name, server, visitors):
    _open(visitors, server, f"/{_slug(name)}")
    for page in visitors:
        page.get_by_text("all is drawn").wait_for()
        look_at = _look_at_plot if name == "plots" else _look_at_text
        for number in range(len(GROUPS[name])):
            look_at(page, number)
        for opener in page.locator("[role=combobox], [data-testid*=Help], .bk-icon").all():
            opener.hover(force=True)
        page.wait_for_timeout(100)
        assert page.evaluate("fired") == []


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
