"""The manual as pages: served by the app, or written to a folder."""

from __future__ import annotations

import html
from functools import lru_cache
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from pygments.formatters import HtmlFormatter
from tornado.web import HTTPError, RequestHandler

from engines.boundary.whole import write_whole
from explorer.manual.contents import HOME, Page, pages, text_of
from explorer.manual.made import family_page, home_page, workbench_page
from explorer.manual.rendering import headings, html_from_markdown
from views.kit.assets import asset
from views.kit.components import stylesheet
from views.kit.esm import esm
from views.kit.theme import css

_PAGE = """<!doctype html>
<html lang="en" class="{where}"><head><meta charset="utf-8">
<title>{title} · Neural Explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="{icon}">
<style>{style}</style></head>
<body><nav aria-label="Pages of the manual"><a class="nx-brand" href="{home}">Neural Explorer</a>
<input type="search" placeholder="Filter pages" aria-label="Filter pages">
{listed}
<button type="button" class="nx-theme">Light or dark</button></nav>
<main>{body}</main><script>{script}</script></body></html>
"""


def page_text(slug: str, *, in_app: bool) -> str:
    """One page as HTML, whole: styles and pictures are in it.

    Raises:
        KeyError: no such page.
    """
    page = pages()[slug]
    return _PAGE.format(
        title=html.escape(page.title),
        icon="data:image/svg+xml," + quote(asset("icons/mark.svg").read_text(encoding="utf-8")),
        style=_style(),
        where="nx-in-app" if in_app else "nx-in-files",
        home="../" if in_app else f"{HOME}.html",
        listed=_listed(slug),
        body=_body(slug),
        script=esm("explorer", "manual.js"),
    )


@lru_cache(maxsize=1)
def _style() -> str:
    coloured = HtmlFormatter(style="default", classprefix="hl-").get_style_defs("pre")
    dark = HtmlFormatter(style="github-dark", classprefix="hl-")
    nightly = dark.get_style_defs(":root[data-theme=dark] pre")
    return css() + coloured + nightly + stylesheet("explorer", "manual.css")


@lru_cache(maxsize=256)
def _body(slug: str) -> str:
    page = pages()[slug]
    if page.family is not None:
        return family_page(page.family)
    if not page.file:
        return home_page() if slug == HOME else workbench_page(slug)
    return html_from_markdown(text_of(page.file), page.file)


@lru_cache(maxsize=256)
def _words(page: Page) -> str:
    """What the filter looks at besides titles."""
    if page.family is not None:
        return " ".join((page.family.sentence, *page.family.members))
    found = headings(text_of(page.file)) if page.file else []
    return " ".join(heading.text for heading in found)


def _listed(slug: str) -> str:
    groups: dict[str, list[str]] = {}
    for page in pages().values():
        here = ' aria-current="page"' if page.slug == slug else ""
        link = f'<a href="{page.slug}.html"{here}>{html.escape(page.title)}</a>'
        words = html.escape(f"{page.title} {_words(page)}".lower())
        groups.setdefault(page.group, []).append(f'<li data-words="{words}">{link}</li>')
    return "".join(
        f"<section><h2>{html.escape(group)}</h2><ul>{''.join(links)}</ul></section>"
        for group, links in groups.items()
    )


class ManualHandler(RequestHandler):
    """Answers with a page of the manual."""

    def get(self, slug: str) -> None:
        """The page.

        Raises:
            HTTPError: 404, there is none of this name.
        """
        if slug not in pages():
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(page_text(slug, in_app=True))


PATTERNS = [(r"/manual/([a-z0-9-]{1,80})\.html", ManualHandler)]


def write(folder: Path, out: TextIO) -> int:
    """Write every page to a folder; it opens from there in any browser. The exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    for slug in pages():
        write_whole(folder / f"{slug}.html", page_text(slug, in_app=False).encode())
    out.write(f"{len(pages())} pages are in {folder}; open {HOME}.html\n")
    return 0
