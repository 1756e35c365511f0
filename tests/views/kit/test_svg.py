"""Pictures without a browser: places by hand, the same bytes twice, no text that runs."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Points, Table
from views.kit.svg import svg_from_picture

X, Y = Axis("time", "s"), Axis("height", "m")
EVIL = "<script>alert(1)</script>"


def marks(text: str, tag: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(text)
    return [each.attrib for each in root.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_a_line_goes_through_its_corners_and_breaks_where_a_number_is_missing():
    y = np.array([0.0, 1.0, np.nan, 1.0, 0.0])
    drawn = svg_from_picture(Curves("A", np.arange(5.0), {"one": y}, X, Y))
    (path,) = (m["d"] for m in marks(drawn, "path"))
    places = np.array(re.findall(r"([\d.]+) ([\d.]+)", path), float)
    assert path.count("M") == 2
    # Mirrored about the middle of the axes, x at 76 to 620 and y at 344 up to 54.
    np.testing.assert_allclose(places[:, 0] + places[::-1, 0], 76 + 620)
    np.testing.assert_allclose(places[0, 1] + places[1, 1], 54 + 344)


def test_bars_stand_on_zero_and_their_heights_are_in_proportion():
    drawn = svg_from_picture(Bars("B", np.array([1.0, 2.0, -1.0]), X, Y))
    rects = [m for m in marks(drawn, "rect") if m.get("fill", "").startswith("#")][1:]
    heights = [float(m["height"]) for m in rects]
    np.testing.assert_allclose(heights, [heights[0], 2 * heights[0], heights[0]], atol=0.02)
    feet = [float(m["y"]) + float(m["height"]) for m in rects[:2]]
    np.testing.assert_allclose([*feet, float(rects[2]["y"])], feet[0], atol=0.02)


def test_one_scale_is_one_scale_and_row_zero_is_at_the_top():
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    drawn = svg_from_picture(Points("P", corners, X, Y, square=True))
    a, b, c = ((float(m["cx"]), float(m["cy"])) for m in marks(drawn, "circle"))
    np.testing.assert_allclose(b[0] - a[0], 2 * (a[1] - c[1]), atol=1.0)
    heat = svg_from_picture(Heatmap("H", np.eye(2), X, Y, Axis("value")))
    ticks = [float(t) for t in re.findall(r'y="([\d.]+)" font-size="11" text-anchor="end"', heat)]
    assert ticks == sorted(ticks)


def test_text_of_strangers_is_text_and_equal_pictures_are_equal_bytes():
    made = [
        Curves(EVIL, np.arange(3.0), {EVIL: np.arange(3.0), "b": np.ones(3)}, Axis(EVIL), Y),
        Bars(EVIL, np.ones(2), X, Axis(EVIL), kind=(EVIL, "b")),
        Points(EVIL, np.ones((2, 2)), X, Y, kind=(EVIL, "b")),
        Heatmap(EVIL, np.ones((2, 3)), Axis(EVIL, ticks=((0.5, EVIL),)), Y, Axis(EVIL)),
    ]
    for picture in made:
        drawn = svg_from_picture(picture)
        assert not marks(drawn, "script")
        assert "<script" not in drawn
        assert svg_from_picture(picture) == drawn


def test_nothing_finite_is_no_picture():
    nothing = np.full(3, np.nan)
    assert svg_from_picture(Curves("A", np.arange(3.0), {"a": nothing}, X, Y)) == ""
    assert svg_from_picture(Bars("B", nothing, X, Y)) == ""
    assert svg_from_picture(Points("P", np.zeros((0, 2)), X, Y)) == ""
    assert svg_from_picture(Table("T", {"a": np.ones(2)})) == ""


def test_lines_over_a_map_lie_in_its_columns_and_rows():
    over = {"way": np.array([[0.0, 0.0], [4.0, 2.0]]), "dot": np.array([[2.0, 1.0]])}
    drawn = svg_from_picture(Heatmap("C", np.zeros((2, 4)), X, Y, Axis("d"), over=over))
    first, second, middle = (
        np.array([float(m["cx"]), float(m["cy"])]) for m in marks(drawn, "circle")
    )
    image = marks(drawn, "image")[0]
    np.testing.assert_allclose(first, [float(image["x"]), float(image["y"])])
    size = np.array([float(image["width"]), float(image["height"])])
    np.testing.assert_allclose(second - first, size, atol=0.02)
    np.testing.assert_allclose(middle, (first + second) / 2, atol=0.02)
