"""A text as HTML: headings that can be linked to, code in colours, links from page to page."""

from __future__ import annotations

import base64
import html
import posixpath
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from explorer.manual.contents import bytes_of, pages

_IMAGES = {".png": "image/png", ".svg": "image/svg+xml", ".webp": "image/webp"}
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")


@dataclass(frozen=True)
class Heading:
    """One heading of a page."""

    level: int
    text: str
    anchor: str


def html_from_markdown(text: str, file: str) -> str:
    """The text as HTML; ``file`` says where it lies, for its links and pictures.

    A link to a text that is no page of the manual (code, say) is shown without a link, because the
    manual is read where the project's folder is not.
    """
    tokens = _parser().parse(text)
    for token in tokens:
        if token.children:
            _led(token.children, posixpath.dirname(file))
    return _parser().renderer.render(tokens, _parser().options, {})


def headings(text: str) -> list[Heading]:
    """The headings of a text, down to the second level."""
    tokens = _parser().parse(text)
    return [
        Heading(int(opened.tag[1]), _plain(inline), str(opened.attrs["id"]))
        for opened, inline in pairwise(tokens)
        if opened.type == "heading_open" and opened.tag in ("h1", "h2")
    ]


def _plain(inline: Any) -> str:
    return "".join(token.content for token in inline.children if token.content)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options = {"html": False, "highlight": _coloured}
    made = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    return made.use(anchors_plugin, min_level=1, max_level=3)


def _coloured(code: str, language: str, _attributes: str) -> str:
    told = "pycon" if code.lstrip().startswith(">>>") else language
    try:
        return highlight(code, get_lexer_by_name(told or "text"), _FORMATTER)
    except ClassNotFound:
        return html.escape(code)


def _led(children: list[Any], folder: str) -> None:
    """Point links at pages and put pictures in; drop links that lead out of the manual."""
    dropping = False
    for token in children:
        if token.type == "image":
            token.attrs["src"] = picture(posixpath.normpath(posixpath.join(folder, _src(token))))
        elif token.type == "link_open":
            target = _target(str(token.attrs["href"]), folder)
            dropping = not target
            token.attrs["href"] = target
            token.hidden = dropping
        elif token.type == "link_close":
            token.hidden = dropping
    # The renderer writes even hidden tokens of one line, so those have to go.
    children[:] = [token for token in children if not token.hidden]


def _src(token: Any) -> str:
    return unquote(str(token.attrs["src"]))


def _target(href: str, folder: str) -> str:
    if href.startswith(("https://", "http://", "#")):
        return href
    path, _, anchor = href.partition("#")
    file = posixpath.normpath(posixpath.join(folder, path))
    by_file = {page.file: page for page in pages().values() if page.file}
    if file not in by_file:
        return ""
    return f"{by_file[file].slug}.html" + (f"#{anchor}" if anchor else "")


def picture(file: str) -> str:
    """A picture of the project as an address that holds it whole.

    Raises:
        FileNotFoundError: it was not bundled.
    """
    kind = _IMAGES[posixpath.splitext(file)[1]]
    return f"data:{kind};base64,{base64.b64encode(bytes_of(file)).decode()}"
