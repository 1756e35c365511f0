"""Boxes within boxes: laws of wirings, texts, runs, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.diagrams import boxes_wired
from engines.diagrams.experiments.systems.boxes import EXPERIMENT
from engines.diagrams.systems.answers import answers
from engines.diagrams.systems.boxes import flat, nested_slopes, slopes, start_of, state_names
from engines.diagrams.systems.chances import a_face, a_wiring, is_associative, keeps_units
from engines.diagrams.systems.formulas import formula
from engines.diagrams.systems.laying import laid
from engines.diagrams.systems.library import CELLS, HARES, THERMOSTAT
from engines.diagrams.systems.picture import picture
from engines.diagrams.systems.text import plan_from_text
from engines.diagrams.systems.wirings import NOTHING, Face, Wiring, alone, substituted

TEXTS = (HARES, CELLS, THERMOSTAT)
SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@given(SEEDS)
def test_substitution_is_associative_and_has_units(seed):
    rng = np.random.default_rng(seed)
    assert is_associative(rng, substituted)
    assert keeps_units(rng, substituted)


@given(SEEDS)
def test_substitution_keeps_types(seed):
    rng = np.random.default_rng(seed)
    whole = a_wiring(rng, a_face(rng))
    assert not whole.misfits()
    place = int(rng.integers(len(whole.parts)))
    assert not substituted(whole, place, a_wiring(rng, whole.parts[place])).misfits()


def test_misfits_are_told():
    face = Face(("hare",), ("fox",))
    wrong = Wiring(face, (face,), (((0, 0),),), ((-1, 0),))
    assert wrong.misfits() == ["input 0 of part 0", "output 0"]
    with pytest.raises(ValueError, match="part 0"):
        substituted(alone(face), 0, alone(Face((), ())))


def test_a_part_may_feed_itself_through_its_own_parts():
    """A loop outside goes to the part inside that gives what the loop reads."""
    face = Face(("a",), ("a",))
    loop = Wiring(Face((), ()), (face,), (((0, 0),),), ())
    chain = Wiring(face, (face, face), (((-1, 0),), ((0, 0),)), ((1, 0),))
    assert substituted(loop, 0, chain).feeds == (((1, 0),), ((0, 0),))
    assert substituted(Wiring(Face((), ()), (face,), ((NOTHING,),), ()), 0, chain).feeds == (
        (NOTHING,), ((0, 0),),
    )  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(TEXTS), SEEDS)
def test_one_level_has_the_slopes_of_all_levels(text, seed):
    system = laid(plan_from_text(text))[0]
    wiring, boxes = flat(system)
    at = np.random.default_rng(seed).standard_normal(len(start_of(system)))
    assert not wiring.misfits()
    np.testing.assert_array_equal(slopes(wiring, boxes, at), nested_slopes(system, at))


def test_states_are_named_by_the_path_of_their_box():
    system = laid(plan_from_text(THERMOSTAT))[0]
    assert state_names(system) == ("room.t", "reg/c.seen", "reg/c.total", "reg/h.heat")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("h.x -> f.food", "f.y -> f.food"), r"line 11: f.y gives fox and f.food wants hare"),
        (("h.x -> f.food", "h.z -> f.food"), r"line 11: there is no 'z' among the outputs of h"),
        (("h.x -> f.food", "k.x -> f.food"), r"line 11: meadow has no part 'k'"),
        (("f.y -> h.foxes", "h.x -> f.food"), r"line 12: f.food has a wire already"),
        (("h: hares", "h: hare"), r"line 9: nothing above is called 'hare'"),
        (("x*foxes", "x*wolves"), r"line 3: nothing here is called 'wolves'"),
        (("1.1*x", "open(x)"), r"line 3: 'open\(x\)' cannot stand in a formula"),
        (("1.1*x", "x.real"), r"line 3: 'x.real' cannot stand"),
        (("1.1*x", "1.1*)"), r"line 3: .* is no formula"),
        (("-> (x: hare)", "-> (foxes: fox)"), r"output 'foxes' of 'hares' is no state"),
        (("from 10", "from 10\n  x = 2"), r"line 4: there are two called 'x'"),
        (("from 10", ""), r"line 3: .* is no line of a box"),
        (("from 10", "from 1e999"), r"states of 'hares' must begin with numbers"),
        (("system meadow() -> ()", "box meadow() -> ()"), r"line 9: 'h: hares' is no line of a box"),
        (("box foxes(food: hare)", "box hares(food: hare)"), r"line 5: there are two called 'hares'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(change, said):
    with pytest.raises(InputError, match=said):
        laid(plan_from_text(HARES.replace(*change)))


def test_what_grows_by_doubling_is_refused_at_once():
    lines = ["box one() -> (x: n)", "  x' = -x from 1", "system s0() -> ()", "  a: one"]
    for k in range(1, 40):
        lines += [f"system s{k}() -> ()", f"  a: s{k - 1}", f"  b: s{k - 1}"]
    with pytest.raises(InputError, match="60 boxes in 12 levels"):
        plan_from_text("\n".join(lines))


def test_a_cut_that_names_no_wire_is_refused():
    with pytest.raises(InputError, match=r"there is no wire to 'f\.grass'"):
        boxes_wired(HARES, cut=("f.grass",))


@pytest.mark.parametrize("text", ["9**9**9", "1e308*10 - 1e999", "(0-1)**0.5", "1/(1-1)"])
def test_slopes_that_are_no_numbers_end_the_run(text):
    run = boxes_wired(f"box a() -> ()\n  x' = {text} from 1\nsystem s() -> ()\n  a: a",
                      n_wirings=10)  # fmt: skip
    assert run.states[0, 0] == 1.0
    assert np.isnan(run.states[0, 1:]).all()


def test_a_run_that_leaves_all_bounds_says_when():
    """x' = x² from 1 is infinite at 1."""
    run = boxes_wired("box a() -> ()\n  x' = x**2 from 1\nsystem s() -> ()\n  a: a", n_wirings=10)
    assert run.ended == pytest.approx(1.0, abs=run.times[1])


def test_stiff_equations_are_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("engines.diagrams.systems.running._STEPS_MAX", 200)
    with pytest.raises(InputError, match="shorten the duration"):
        boxes_wired("box a() -> ()\n  x' = -1e6*x from 1\nsystem s() -> ()\n  a: a",
                    duration=1_000.0, n_wirings=10)  # fmt: skip


_SIDE = """box clock() -> (k: n)
  k' = 0*k from -5000
box lag(off: n) -> (x: n)
  x' = -(5000 + off)*x - x + 1 from 0
system all() -> ()
  c: clock
  l: lag
  c.k -> l.off
"""


@pytest.mark.parametrize("cut", [(), ("l.off",)])
def test_only_the_run_itself_may_be_too_long(monkeypatch, cut):
    """With the wire it is slow and stays so; without it, 5,000 times faster."""
    monkeypatch.setattr("engines.diagrams.systems.running._STEPS_MAX", 500)
    if cut:
        with pytest.raises(InputError, match="too many steps"):
            boxes_wired(_SIDE, cut=cut, duration=10.0, n_wirings=10)
        return
    run = boxes_wired(_SIDE, duration=10.0, n_wirings=10)
    assert np.isfinite(run.states).all()
    assert np.isnan(run.cut_apart)
    # A cut run is shown although the whole one needs too many steps.
    stiff = _SIDE.replace("(5000 + off)", "(0 - off)")
    run = boxes_wired(stiff, cut=("l.off",), duration=10.0, n_wirings=10)
    assert np.isfinite(run.states).all()
    assert np.isnan(run.whole).all()


def test_one_box_is_a_claim_of_a_time_of_forty_and_a_millionth_is_seen():
    run = boxes_wired(HARES, n_wirings=10)
    (found,) = EXPERIMENT.findings(run)
    assert run.one_apart < 1e-9 < 1e-6 < found.control.value < 1e-2
    assert not EXPERIMENT.findings(boxes_wired(HARES, duration=41.0, n_wirings=10))


def test_frames_come_by_the_clock(monkeypatch):
    monkeypatch.setattr("engines.diagrams.systems.running._FRAMES", 1)
    spec = EXPERIMENT.spec(n_wirings=10, duration=1.0)
    few = sum(1 for _ in EXPERIMENT.frames(spec))
    monkeypatch.setattr("engines.diagrams.systems.running._FRAME_S", 0.0)
    assert sum(1 for _ in EXPERIMENT.frames(spec)) > few + 50


def test_more_formulas_than_run_in_time_are_refused():
    body = "".join(f"\n  x{k}' = -x{k} from 1" for k in range(60))
    parts = "".join(f"\n  a{k}: a" for k in range(9))
    with pytest.raises(InputError, match="500 states and names"):
        plan_from_text(f"box a() -> (){body}\nsystem s() -> (){parts}")


@pytest.mark.parametrize(("said", "value"), [(".5", 0.5), ("+1", 1.0), ("-.5e1", -5.0), ("2.", 2)])
def test_a_state_begins_with_any_number(said, value):
    text = f"box a() -> ()\n  x' = +x from {said}\nsystem s() -> ()\n  a: a"
    assert start_of(laid(plan_from_text(text))[0]) == value


@pytest.mark.parametrize("text", [
    "box a() -> (if: n)\n  x' = x from 1", "box a(lambda: n) -> ()\n  x' = x from 1",
    "box a() -> ()\n  if' = 1 from 1", "box a() -> ()\n  x' = x from 1\n  True = 2",
])  # fmt: skip
def test_a_reserved_word_is_said_to_be_one(text):
    with pytest.raises(InputError, match=r"line \d: the word '\w+' is reserved"):
        plan_from_text(f"{text}\nsystem s() -> ()\n  a: a")


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_formulas_compute_as_they_read(x, y):
    of, read = formula("-x**2 + exp(x)/y - 3*sin(y)", {"x", "y", "z"})
    assert of({"x": x, "y": y}) == pytest.approx(-(x**2) + np.exp(x) / y - 3 * np.sin(y))
    assert read == {"x", "y"}


@pytest.mark.parametrize("text", TEXTS)
def test_every_wire_is_drawn_once_and_boxes_of_a_frame_do_not_meet(text):
    wires = laid(plan_from_text(text))[1]
    drawn = picture(text, (wires[0].key,))
    assert sorted(one["key"] for one in drawn["wires"]) == sorted(one.key for one in wires)
    assert [one["key"] for one in drawn["wires"] if one["cut"]] == [wires[0].key]
    assert all(box["x"] >= 1 and box["x"] + box["wide"] <= drawn["width"] for box in drawn["boxes"])
    assert all(
        box["y"] >= 1 and box["y"] + box["high"] <= drawn["height"] for box in drawn["boxes"]
    )
    inner = [box for box in drawn["boxes"] if not box["frame"]]
    ends = sorted((box["x"], box["x"] + box["wide"]) for box in inner)
    assert all(a[1] < b[0] for a, b in pairwise(ends))


def test_a_run_holds_its_claims():
    found = {f.sentence: f.word for f in EXPERIMENT.findings(boxes_wired(HARES))}
    assert list(found.values()) == ["holds", "holds"]
    nested = EXPERIMENT.findings(boxes_wired(THERMOSTAT, duration=15.0))
    assert [f.word for f in nested] == ["holds", "holds"]
    assert not EXPERIMENT.findings(boxes_wired(HARES, cut=("f.food",), duration=2.0, n_wirings=10))


def test_a_cut_wire_brings_nothing():
    run = boxes_wired(HARES, cut=("h.foxes",), duration=2.0, n_wirings=10)
    np.testing.assert_allclose(run.state("h.x"), 10.0 * np.exp(1.1 * run.times), rtol=1e-9)
    with pytest.raises(KeyError, match=r"h\.y"):
        run.state("h.y")
