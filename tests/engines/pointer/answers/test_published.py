"""What tours and docs say in numbers is what is printed, or what is computed here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.pointer.answers.published import HULL_5_TO_50, markers
from engines.pointer.causal_readers.written import ceiling
from engines.pointer.networks import weights

ROOT = Path(__file__).parents[4]


def words(name: str) -> str:
    """Everything a tour says."""
    tour = json.loads((ROOT / "assets" / "tours" / f"{name}.json").read_text(encoding="utf-8"))
    return " ".join(step["text"] for step in tour["steps"])


def test_the_tour_of_accuracy_and_area_quotes_table_1():
    accuracy, area = HULL_5_TO_50[500]
    assert f"{100 * accuracy:.1f} % right and {100 * area:.1f} % covered" in words("accuracy-lies")


def test_the_tour_of_the_shuffle_quotes_the_ceiling():
    first, last, mean = ceiling(5, 8)[0], ceiling(5, 8)[-1], ceiling(5, 8).mean()
    said = f"{100 * first:.0f} % at the first place, {100 * last:.0f} % at the last"
    assert f"{said}, {100 * mean:.0f} % overall" in words("undo-a-shuffle")


def test_the_model_card_holds_the_numbers_of_the_headers():
    card = (ROOT / "docs" / "pointer.md").read_text(encoding="utf-8")
    for name, header in weights.headers().items():
        row = next(line for line in card.splitlines() if line.startswith(f"| `{name}`"))
        for n, told in header.metrics.items():
            right, error = 100 * told["accuracy"], 100 * told["accuracy error"]
            assert f" {n}: {right:.1f} ± {error:.1f} %" in row


def test_the_card_says_up_to_which_length_it_is_above_2015():
    ours = weights.headers()["hull-5-50"].metrics
    above = [
        n
        for n, (right, _) in HULL_5_TO_50.items()
        if str(n) in ours and ours[str(n)]["accuracy"] > right
    ]
    left = [n for n in HULL_5_TO_50 if str(n) not in ours]
    assert (above, left) == ([5, 10, 50, 100, 200], [500])
    said = "above the published accuracies of 2015 at 5, 10, 50, 100 and 200 points; at 500, where 2015 printed"
    card = " ".join((ROOT / "docs" / "pointer.md").read_text(encoding="utf-8").split())
    assert f"{said} {100 * HULL_5_TO_50[500][0]:.1f} %, it has not been measured" in card


def test_the_card_says_how_much_too_long_tours_of_fifty_cities_are():
    card = (ROOT / "docs" / "pointer.md").read_text(encoding="utf-8")
    gap = weights.headers()["tour-5-20"].metrics["50"]["gap"]
    assert f"its tours are {100 * gap:.0f} % too long" in card
    assert f"were {100 * markers('tour')[50][1]:.0f} % too long" in card


@pytest.mark.parametrize("n", [5, 10, 50, 100])
def test_the_bundled_hull_network_is_above_the_published_one(n):
    ours = weights.headers()["hull-5-50"].metrics[str(n)]
    assert ours["accuracy"] > HULL_5_TO_50[n][0]
    assert ours["area"] > 0.999


def test_the_bundled_tours_reach_the_targets_for_five_and_ten_cities():
    metrics = weights.headers()["tour-5-20"].metrics
    assert metrics["5"]["gap"] <= 0.002
    assert metrics["10"]["gap"] <= 0.01


def test_published_gaps_are_those_of_printed_lengths():
    assert markers("tour")[20][1] == pytest.approx(3.88 / 3.83 - 1)
    assert markers("sorting") == {}
