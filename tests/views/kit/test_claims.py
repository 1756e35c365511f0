"""A chip per claim: its word, and the figures it rests on in one picture."""

from dataclasses import dataclass

import pytest

from engines.contract import Claim, Estimate, Result
from engines.contract.claims import Exceeds, Near
from views.kit.claims import Claims, chip


@dataclass(frozen=True)
class Heights(Result):
    ours: float
    asked: bool = True


def figure(result: Heights) -> Estimate | None:
    if not result.asked:
        return None
    return Estimate("height", result.ours, result.ours - 1, result.ours + 1, 12, "plants", "t", 3)


MORE = Exceeds()


def claim(rule=MORE, **more) -> Claim:
    return Claim("Water helps.", figure, lambda _r: Estimate.exact("dry", 5.0), rule, **more)


def test_before_a_run_every_claim_waits():
    shown = Claims((claim(), claim(preset="Wet")))
    assert shown.visible
    assert [(c["mark"], c["says"]) for c in shown.chips] == 2 * [("untested", "not run yet")]
    assert "“Wet” tests it" in shown.chips[1]["rule"]
    assert not Claims(()).visible


@pytest.mark.parametrize(
    ("ours", "mark", "says"),
    [
        (9.0, "holds", "holds"),
        (5.5, "unseen", "no difference seen at n = 12 plants"),
        (1.0, "differs", "differs"),
    ],
)
def test_a_result_gives_every_claim_its_word(ours, mark, says):
    shown = Claims((claim(),))
    shown.judge(Heights(ours))
    (found,) = shown.chips
    assert (found["mark"], found["says"]) == (mark, says)


def test_a_run_with_other_settings_tests_nothing():
    shown = Claims((claim(),))
    shown.judge(Heights(9.0))
    shown.judge(Heights(9.0, asked=False))
    assert shown.chips[0]["says"] == "not tested here"
    assert shown.chips[0]["elsewhere"]


def test_both_figures_and_the_control_stand_on_one_scale():
    found = claim(Near(0.5), published=2.0).finding(Heights(9.0))
    assert found is not None
    shown = chip(found)
    assert shown["mark"] == "differs"
    ours, published, control = shown["figures"]
    assert [f["name"] for f in shown["figures"]] == ["ours", "published", "control"]
    assert 0 < published["at"] < control["at"] < ours["low"] < ours["at"] < ours["high"] < 1
    assert ours["text"] == "9 [8, 10], n = 12 plants"
    assert ours["how"] == "height; t; seed 3"
    assert published["text"] == "2"


def test_a_difference_is_told_but_not_drawn_on_the_scale_of_its_parts():
    paired = claim(difference=lambda _r: Estimate("more", 4.0, 3.0, 5.0, 12, "plants"))
    found = paired.finding(Heights(9.0))
    assert found is not None
    assert chip(found)["figures"][-1] == {
        "name": "difference", "text": "4 [3, 5], n = 12 plants", "how": "more",
    }  # fmt: skip


def test_while_a_run_is_judged_no_old_word_stands_beside_its_picture():
    shown = Claims((claim(),))
    shown.judge(Heights(9.0))
    shown.wait()
    assert [(c["mark"], c["says"]) for c in shown.chips] == [("untested", "being judged")]
    shown.tell(shown.findings(Heights(1.0)))
    assert shown.chips[0]["mark"] == "differs"
