"""Pages without a session: our components with fixed values, on screen at once.

A page of panel first loads some megabytes of scripts and opens a websocket. A page that only shows
what is known beforehand needs neither; its components are the same, with a model that stays still.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from panel.custom import JSComponent
from tornado.web import RequestHandler

from views.kit.assets import asset

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="{icon}">
<style>body{{margin:0}}
.nx-top{{position:sticky;top:0;z-index:5;background:var(--nx-surface);padding:0 16px;
border-bottom:1px solid var(--nx-line);display:flex}}
.nx-top>:first-child{{flex:1;min-width:0}}
main{{padding:24px 40px}}</style></head>
<body><header class="nx-top" id="nx-top"></header><main id="nx-main"></main><div id="nx-over"></div>
{scripts}</body></html>"""

_MOUNT = """
const host = document.createElement("div")
const root = host.attachShadow({{mode: "open"}})
root.append(Object.assign(document.createElement("style"), {{textContent: {style}}}))
document.getElementById({place}).append(host)
render({{el: root, model: {{...{values}, on() {{}}, send_msg() {{}}, get_child: () => []}}}})
"""

Part = tuple[str, type[JSComponent], dict[str, Any]]
"""Where it stands ("top", "main", "over"), the component, and its values."""


def plain_page(title: str, parts: Iterable[Part]) -> str:
    """The text of a page that shows these components."""
    icon = "data:image/svg+xml," + quote(asset("icons/mark.svg").read_text(encoding="utf-8"))
    scripts = "\n".join(_script(*part) for part in parts)
    return _PAGE.format(title=html.escape(title), icon=icon, scripts=scripts)


def _script(place: str, component: type[JSComponent], values: dict[str, Any]) -> str:
    own = set(component.param) - set(JSComponent.param)
    shown = {name: component.param[name].default for name in own} | values
    mount = _MOUNT.format(
        style=_literal("\n".join(component._stylesheets)),
        place=_literal(f"nx-{place}"),
        values=_literal({k: v for k, v in shown.items() if not isinstance(v, bytes)}),
    )
    return f'<script type="module">{component._esm}{mount}</script>'


def _literal(value: Any) -> str:
    """JSON that no text in it can end early, wherever in a page's script it stands."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


class PlainHandler(RequestHandler):
    """Answers with a text that is made anew for every request."""

    def initialize(self, made: Callable[[], str], kind: str = "text/html") -> None:
        """``made`` gives the text."""
        self._made, self._kind = made, kind

    def get(self) -> None:
        """The page."""
        self.set_header("Content-Type", f"{self._kind}; charset=utf-8")
        self.write(self._made())
