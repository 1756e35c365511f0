"""Draws the rooms of every engine and the arrows between them: ``python docs/rooms.py``.

Pictures go to ``docs/images/rooms-*.svg``; the list of rooms goes between two marks into
``docs/<workbench>.md``, and that of ``engines`` itself into ``ARCHITECTURE.md``. A test draws
everything again and compares.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp
import networkx as nx

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 140, 34, 20, 46, 16
THREAD = 12
"""Width that an arrow takes where it passes a floor."""
BEGIN, END = "<!-- rooms: python docs/rooms.py -->", "<!-- end of rooms -->"


@dataclass(frozen=True)
class Room:
    """A folder of an engine, or a file that lies loose at its top."""

    name: str
    sentence: str
    is_folder: bool


def import_graph() -> grimp.ImportGraph:
    """Every import statement of ``engines``; those in functions and for type checkers count."""
    sys.path.insert(0, str(ROOT))
    try:
        return grimp.build_graph("engines", cache_dir=None, exclude_type_checking_imports=False)
    finally:
        sys.path.remove(str(ROOT))


def workbenches(graph: grimp.ImportGraph) -> list[str]:
    """Engines that have a page among the docs."""
    children = (name.partition(".")[2] for name in graph.find_children("engines"))
    return sorted(name for name in children if (ROOT / "docs" / f"{name}.md").exists())


def arrows(graph: grimp.ImportGraph, package: str) -> nx.DiGraph:
    """Room to room, by the name of the child of ``package`` that both ends lie in."""
    found, start = nx.DiGraph(), len(package) + 1
    for child in graph.find_children(package):
        found.add_node(child[start:])
        for module in {child, *graph.find_descendants(child)}:
            for other in graph.find_modules_directly_imported_by(module):
                end = other[start:].partition(".")[0]
                if other.startswith(f"{package}.") and end != child[start:]:
                    found.add_edge(child[start:], end)
    return found


def house(graph: grimp.ImportGraph) -> nx.DiGraph:
    """The rooms of ``engines`` itself, with all workbenches as one."""
    found = arrows(graph, "engines")
    engines = {name for name in found if f"engines.{name}.experiments" in graph.modules}
    merged = nx.relabel_nodes(found, dict.fromkeys(engines, "workbenches"))
    merged.remove_edges_from(list(nx.selfloop_edges(merged)))
    return merged


def sentence_of(path: Path) -> str:
    """The first paragraph of a module's docstring, on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def room(package: str, name: str) -> Room:
    """What a room is called, and what it says of itself."""
    folder = ROOT.joinpath(*package.split("."), name)
    if name == "workbenches":
        return Room(name, "The engines of the workbenches: none imports another.", is_folder=True)
    if folder.is_dir():
        return Room(name, sentence_of(folder / "__init__.py"), is_folder=True)
    return Room(name, sentence_of(folder.with_suffix(".py")), is_folder=False)


def floors(found: nx.DiGraph) -> dict[str, int]:
    """How many arrows at most lie under every room: 0 stands on the ground."""
    level: dict[str, int] = {}
    for name in reversed(list(nx.lexicographical_topological_sort(found))):
        level[name] = 1 + max((level[other] for other in found[name]), default=-1)
    return level


def threaded(found: nx.DiGraph) -> tuple[nx.DiGraph, dict[str, int]]:
    """Arrows that no others imply, cut at every floor they pass; and the floor of every piece."""
    plain = nx.transitive_reduction(found)
    level, cut = floors(found), nx.DiGraph()
    cut.add_nodes_from(sorted(plain))
    for above, below in sorted(plain.edges):
        chain = [above]
        for floor in range(level[above] - 1, level[below], -1):
            chain.append(f"{above} > {below} @ {floor}")
            level[chain[-1]] = floor
        nx.add_path(cut, [*chain, below])
    return cut, level


def ordered(cut: nx.DiGraph, level: dict[str, int]) -> list[list[str]]:
    """Floors from the top, each sorted so that arrows cross little (mean of neighbours)."""
    rows = [sorted(n for n in cut if level[n] == f) for f in range(max(level.values()), -1, -1)]
    for sweep in range(24):
        downwards = sweep % 2 == 0
        for row in rows if downwards else rows[::-1]:
            place = {name: x for each in rows for name, x in middles(each).items()}
            near = cut.predecessors if downwards else cut.successors
            means = {}
            for name in row:
                others = [place[other] for other in near(name)]
                means[name] = sum(others) / len(others) if others else place[name]
            row.sort(key=lambda name: (means[name], name))
    return rows


def breadth(name: str) -> int:
    """A box, or the thread of an arrow that passes."""
    return THREAD if "@" in name else WIDTH


def middles(row: list[str]) -> dict[str, float]:
    """Where the middle of every box of a floor is; the floor's middle is 0."""
    total = sum(map(breadth, row)) + ACROSS * (len(row) - 1)
    place, x = {}, -total / 2
    for name in row:
        place[name] = x + breadth(name) / 2
        x += breadth(name) + ACROSS
    return place


def style() -> str:
    """The product's colours, light and dark."""
    tokens = json.loads((ROOT / "assets/theme/tokens.json").read_text(encoding="utf-8"))

    def rules(look: dict[str, str]) -> str:
        return (
            f".ground{{fill:{look['ground']}}}"
            f".box{{fill:{look['surface']};stroke:{look['line-strong']}}}"
            f".top{{fill:{look['accent-ground']};stroke:{look['accent']}}}"
            f".name{{fill:{look['ink']}}}"
            f".arrow{{stroke:{look['ink-3']}}}.head{{fill:{look['ink-3']}}}"
        )

    family = tokens["type"]["family"]
    return (
        f"text{{font-family:{family};text-anchor:middle}}"
        ".name{font-size:13px;font-weight:600}"
        ".arrow{fill:none;stroke-width:1.2}.loose{stroke-dasharray:4 3}"
        f"{rules(tokens['light'])}"
        f"@media(prefers-color-scheme:dark){{{rules(tokens['dark'])}}}"
    )


def svg(package: str, found: nx.DiGraph) -> str:
    """Rooms as boxes on floors, arrows from who imports to what is imported."""
    cut, level = threaded(found)
    rows = ordered(cut, level)
    width = max(max(middles(row).values()) + breadth(row[-1]) / 2 for row in rows) * 2 + 2 * MARGIN
    height = len(rows) * (HEIGHT + DOWN) - DOWN + 2 * MARGIN
    at = {
        name: (width / 2 + x, MARGIN + number * (HEIGHT + DOWN))
        for number, row in enumerate(rows)
        for name, x in middles(row).items()
    }
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{described(found)}">',
        f"<style>{style()}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>',
        f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
        *(curve(at, above, below) for above, below in sorted(cut.edges)),
        *(box(room(package, name), *at[name]) for name in sorted(found)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def described(found: nx.DiGraph) -> str:
    """The arrows in words, for those who do not see them."""
    rows = (f"{a} uses {', '.join(sorted(found[a]))}" for a in sorted(found) if found[a])
    return escape("Rooms and arrows: " + "; ".join(rows) + ".")


def curve(at: dict[str, tuple[float, float]], above: str, below: str) -> str:
    """One piece of an arrow, from floor to floor; a thread goes straight through its own."""
    (x, y), (to_x, to_y) = at[above], at[below]
    start = y + HEIGHT
    bend = (to_y - start) / 2
    head = "" if "@" in below else ' marker-end="url(#head)"'
    through = f"M{x:.0f} {y} L{x:.0f} {start}" if "@" in above else f"M{x:.0f} {start}"
    bent = f"{x:.0f} {start + bend:.0f} {to_x:.0f} {to_y - bend:.0f} {to_x:.0f} {to_y}"
    return f'<path class="arrow" d="{through} C{bent}"{head}/>'


def box(drawn: Room, x: float, y: float) -> str:
    """A room; loose files at the top are dashed, experiments stand out."""
    look = "top" if drawn.name in ("experiments", "workbenches") else "box"
    look += "" if drawn.is_folder else " loose"
    return (
        f'<rect class="{look}" x="{x - WIDTH / 2:.0f}" y="{y}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="6"/><text class="name" x="{x:.0f}" y="{y + 22}">'
        f"{escape(drawn.name)}</text>"
    )


def listed(package: str, found: nx.DiGraph, picture: str, beside: str) -> str:
    """What stands between the marks: the picture, and every room with its sentence."""
    level = floors(found)
    names = sorted(found, key=lambda name: (-level[name], name))
    rows = [f"| `{name}` | {room(package, name).sentence.replace('``', '`')} |" for name in names]
    told = (
        "An arrow goes from who imports to what is imported, down only. Arrows that others imply "
        "are not\ndrawn; a dashed box is a single file."
    )
    picture = f"![Rooms of {package} and their arrows]({beside}{picture})"
    return "\n".join(
        (BEGIN, picture, "", told, "", "| room | what it holds |", "|---|---|", *rows, END)
    )


def renewed(page: str, between: str) -> str:
    """A page with the text between its marks replaced."""
    if BEGIN not in page or END not in page:
        raise SystemExit(f"a page of the docs needs the marks {BEGIN!r} and {END!r} under ## Rooms")
    return page.partition(BEGIN)[0] + between + page.partition(END)[2]


def files() -> Iterator[tuple[Path, str]]:
    """Every picture and page as it should be."""
    graph = import_graph()
    drawn = [("engines", house(graph), ROOT / "ARCHITECTURE.md", "docs/images/")]
    for name in workbenches(graph):
        page = ROOT / "docs" / f"{name}.md"
        drawn.append((f"engines.{name}", arrows(graph, f"engines.{name}"), page, "images/"))
    for package, found, page, beside in drawn:
        text = page.read_text(encoding="utf-8")
        if BEGIN not in text:
            continue
        picture = f"rooms-{package.rpartition('.')[2]}.svg"
        yield ROOT / "docs" / "images" / picture, svg(package, found)
        yield page, renewed(text, listed(package, found, picture, beside))


def main() -> None:
    """Write whatever has changed."""
    for path, text in files():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} is new\n")


if __name__ == "__main__":
    main()
