"""Declared pictures as figures: valid documents, the right numbers, labelled axes."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.models import ColorBar, HoverTool
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Points, Table
from views.kit.figures import PictureFigure, layer_names, table_from_picture

TIME, SHARE = Axis("time", "ms"), Axis("share", "%")
X = np.arange(5.0)
CURVES = Curves(
    "Order", X, {"mean": X**2, "other": -X}, TIME, SHARE, {"mean": (X**2 - 1, X**2 + 1)}
)
PICTURES = {
    "curves": CURVES,
    "one curve": Curves("One", X, {"only": X}, TIME, SHARE),
    "no point": Curves("None", X[:0], {"only": X[:0]}, TIME, SHARE),
    "curves with holes": Curves("Holes", X, {"only": np.full(5, np.nan)}, TIME, SHARE),
    "bars": Bars("Cells", X, TIME, SHARE, ("a", "b", "a", "b", "c")),
    "plain bars": Bars("Counts", X, TIME, SHARE, x=10.0 * X),
    "one bar": Bars("One", X[:1], TIME, SHARE),
    "no bar": Bars("None", X[:0], TIME, SHARE),
    "points": Points("Cloud", np.stack([X, X**2], 1), TIME, SHARE, ("a", "b", "a", "b", "c")),
    "no point in a cloud": Points("None", np.zeros((0, 2)), TIME, SHARE),
    "heatmap": Heatmap("RDM", np.arange(6.0).reshape(2, 3), TIME, SHARE, Axis("d", "a.u.")),
    "flat heatmap": Heatmap("Flat", np.ones((3, 3)), TIME, SHARE, Axis("d")),
    "empty heatmap": Heatmap("None", np.zeros((0, 4)), TIME, SHARE, Axis("d")),
    "heatmap of nan": Heatmap("nan", np.full((2, 2), np.nan), TIME, SHARE, Axis("d")),
    "a cloud of runs": Curves(
        "Runs", X, {"mean": X}, TIME, SHARE, clouds={"mean": np.stack([X - 1, X + 1])}
    ),
    "named places": Points(
        "Kinds", np.stack([X, X], 1), Axis("time", "ms", ((0.0, "one"), (3.0, "two"))), SHARE
    ),
    "a square map": Heatmap("Sheet", np.eye(4), TIME, SHARE, Axis("d"), square=True),
    "square points": Points("Sheet", np.stack([X, 2 * X], 1), TIME, SHARE, square=True),
    "lines over a map": Heatmap(
        "Field",
        np.eye(4),
        TIME,
        SHARE,
        Axis("d"),
        square=True,
        over={"a way": np.array([[0.5, 1.0], [3.0, 2.0]]), "nowhere": np.full((1, 2), np.nan)},
    ),
    "diverging": Heatmap("Sign", np.array([[-1.0, 3.0]]), TIME, SHARE, Axis("d"), diverging=True),
}


def columns(made: PictureFigure) -> list[dict]:
    return [dict(r.data_source.data) for r in made.figure.renderers]


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_picture_is_a_valid_document(picture, caplog):
    made = PictureFigure(picture)
    document = Document()
    document.add_root(made.figure)
    with caplog.at_level(logging.WARNING, "bokeh"):
        document.validate()
        sent = document.to_json()
    assert caplog.records == []
    assert sent.content["roots"]
    made.update(picture)


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_axes_are_labelled_with_their_units(picture):
    figure = PictureFigure(picture).figure
    assert figure.xaxis[0].axis_label == "time (ms)"
    assert figure.yaxis[0].axis_label == "share (%)"
    assert figure.title.text == picture.title
    assert figure.select_one(HoverTool).tooltips


@pytest.mark.parametrize(
    ("name", "visible"),
    [("curves", True), ("one curve", False), ("bars", True), ("points", True)],
)
def test_there_is_a_legend_only_for_more_than_one_layer(name, visible):
    (legend,) = PictureFigure(PICTURES[name]).figure.legend
    assert legend.visible is visible


@pytest.mark.parametrize("name", ["plain bars", "heatmap"])
def test_what_has_no_layers_has_no_legend(name):
    assert list(PictureFigure(PICTURES[name]).figure.legend) == []


def test_curves_show_their_lines_and_bands():
    lines = [c for c in columns(PictureFigure(CURVES)) if "y" in c]
    bands = [c for c in columns(PictureFigure(CURVES)) if "low" in c]
    np.testing.assert_array_equal(lines[0]["y"], X**2)
    np.testing.assert_array_equal(lines[1]["y"], -X)
    np.testing.assert_array_equal(bands[0]["high"] - bands[0]["low"], np.full(5, 2.0))
    assert len(bands) == 1


@given(
    kinds=st.lists(st.sampled_from("abc"), min_size=1, max_size=30),
    start=st.floats(-100.0, 100.0),
    gap=st.floats(0.5, 20.0),
)
@settings(max_examples=40, deadline=None)
def test_every_bar_stands_once_at_its_place_and_none_touch(kinds, start, gap):
    heights = np.arange(len(kinds)) + 1.0
    x = start + gap * np.arange(len(kinds))
    drawn = columns(PictureFigure(Bars("", heights, TIME, SHARE, tuple(kinds), x=x)))
    found = {(a, b) for c in drawn for a, b in zip(c["x"], c["top"], strict=True)}
    assert found == set(zip(x, heights, strict=True))
    assert sum(len(c["x"]) for c in drawn) == len(kinds)
    if len(kinds) > 1:
        assert all((c["width"] < gap).all() for c in drawn)


def test_the_first_row_of_a_heatmap_is_at_the_top():
    made = PictureFigure(PICTURES["heatmap"])
    assert made.figure.y_range.flipped
    assert made.figure.select_one(ColorBar).title == "d (a.u.)"


def test_diverging_colours_are_centred_on_zero():
    mapper = PictureFigure(PICTURES["diverging"]).figure.select_one(ColorBar).color_mapper
    assert (mapper.low, mapper.high) == (-3.0, 3.0)


def test_a_figure_takes_new_numbers_without_new_models():
    made = PictureFigure(CURVES)
    models = {model.id for model in made.figure.references()}
    later = Curves("Later", X, {"mean": X, "other": X}, TIME, SHARE, {"mean": (X - 1, X + 1)})
    assert made.fits(later)
    made.update(later)
    assert {model.id for model in made.figure.references()} == models
    assert made.figure.title.text == "Later"
    assert [c["y"].tolist() for c in columns(made) if "y" in c] == [X.tolist(), X.tolist()]


@pytest.mark.parametrize(
    "other",
    [
        Curves("More", X, {"mean": X, "third": X}, TIME, SHARE, CURVES.bands),
        Curves("No band", X, {"mean": X, "other": X}, TIME, SHARE),
        Curves("Other axis", X, dict(CURVES.lines), TIME, Axis("share"), CURVES.bands),
        PICTURES["bars"],
        Table("Numbers", {"x": X}),
    ],
    ids=lambda picture: picture.title,
)
def test_a_figure_does_not_fit_what_it_would_show_wrongly(other):
    assert not PictureFigure(CURVES).fits(other)


def test_a_heatmap_with_other_colours_does_not_fit():
    made = PictureFigure(Heatmap("", np.array([[-1.0, 3.0]]), TIME, SHARE, Axis("d")))
    assert not made.fits(PICTURES["diverging"])


def test_layers_are_the_kinds_that_occur():
    assert layer_names(PICTURES["bars"]) == ("a", "b", "c")
    assert layer_names(PICTURES["plain bars"]) == ("",)


def test_tables_keep_their_columns():
    table = table_from_picture({"name": ("a", "b"), "mean": np.array([1.5, 2.5])})
    assert list(table.columns) == ["name", "mean"]
    assert table["mean"].tolist() == [1.5, 2.5]


def test_single_runs_are_drawn_behind_their_mean():
    made = PictureFigure(PICTURES["a cloud of runs"])
    cloud, mean = made.figure.renderers
    assert [list(y) for y in cloud.data_source.data["ys"]] == [(X - 1).tolist(), (X + 1).tolist()]
    assert cloud.glyph.line_color == mean.glyph.line_color
    assert cloud.glyph.line_width < mean.glyph.line_width


def test_places_can_have_names():
    axis = PictureFigure(PICTURES["named places"]).figure.xaxis[0]
    assert axis.ticker.ticks == [0.0, 3.0]
    assert axis.major_label_overrides == {0.0: "one", 3.0: "two"}


@pytest.mark.parametrize(("n", "leans"), [(4, False), (16, True)])
def test_names_of_places_lean_where_they_would_overlap(n, leans):
    ticks = tuple((float(k), "AVAL") for k in range(n))
    bars = Bars("b", np.ones(n), Axis("lost", ticks=ticks), Axis("y"))
    axis = PictureFigure(bars).figure.xaxis[0]
    assert isinstance(axis.major_label_orientation, float) is leans


def test_kinds_have_marks_of_their_own_beside_their_colours():
    marks = [r.glyph.marker for r in PictureFigure(PICTURES["points"]).figure.renderers]
    assert len(set(marks)) == len(marks) == 3


@pytest.mark.parametrize(
    ("name", "width", "height"), [("a square map", 260, 260), ("square points", 130, 260)]
)
def test_square_pictures_have_one_scale(name, width, height):
    made = PictureFigure(PICTURES[name])
    assert made.aspect == width / height
    assert (made.figure.frame_width, made.figure.frame_height) == (width, height)


def test_a_long_legend_has_lines():
    names = {f"a long name of line {k}": X for k in range(5)}
    legend = PictureFigure(Curves("Many", X, names, TIME, SHARE)).figure.above[-1]
    assert legend.nrows == 3


@pytest.mark.parametrize(
    ("y", "seen"), [(np.full(3, np.nan), False), (np.array([np.nan, 1.0, np.nan]), True)]
)
def test_a_picture_of_nothing_is_not_drawn(y, seen):
    """bokeh complains of axes without a range once for every painting."""
    empty = Curves("c", np.arange(3.0), {"l": np.full(3, np.nan)}, Axis("x"), Axis("y"))
    made = PictureFigure(empty)
    assert not made.figure.visible
    made.update(Curves("c", np.arange(3.0), {"l": y}, Axis("x"), Axis("y")))
    assert made.figure.visible is seen
