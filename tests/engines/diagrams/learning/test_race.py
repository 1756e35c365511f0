"""Diagrams that race: entrants checked, sized to one price, trained as alone, judged in pairs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engines.contract import InputError, SpecError
from engines.diagrams import LIBRARY, Diagram, race
from engines.diagrams.experiments.training.race import CLAIMS, EXPERIMENT
from engines.diagrams.learning import answers, racing
from engines.diagrams.learning.course import RaceFrame, RaceResult
from engines.diagrams.learning.entrants import contestant
from engines.diagrams.learning.pacing import ENOUGH, N_REPEATS, TIME_MISS_MAX, Pace, pace, paced
from engines.diagrams.learning.presets import PRESETS
from engines.diagrams.learning.prices import matched, price
from engines.diagrams.learning.racing import Race
from engines.diagrams.learning.spec import (
    DEEP,
    WIDE,
    Entrant,
    RaceSpec,
    budgets_of,
    named,
    rates_from_text,
)
from engines.diagrams.learning.verdicts import in_words, verdict
from engines.lab.data.catalog import task_of

FIRST = next(iter(PRESETS))
SHORT = {"n_steps": 50, "n_seeds": 3, "learning_rates": "0.003"}
CONVOLUTION = PRESETS["Convolution or dense"].entrants[1].text


@pytest.fixture(scope="module")
def short() -> RaceResult:
    return race(WIDE, DEEP, WIDE, task="digits", match="nothing", **SHORT)


def in_digits(text: str):
    return contestant(Entrant(text=text), task_of("digits", 0), 64)


# Entrants ------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_lines_up_within_three_percent_of_its_first(preset):
    spec = PRESETS[preset]
    racers = Race(spec).line_up()
    first = price(racers[0].contestant)
    for racer in racers:
        ours = price(racer.contestant)
        if spec.match == "parameters":
            assert abs(ours.parameters / first.parameters - 1) <= 0.03
        if spec.match == "FLOPs":
            assert abs(ours.flops / first.flops - 1) <= 0.03


def test_parameters_are_those_of_the_module():
    for racer in Race(PRESETS["Convolution or dense"]).line_up():
        n = sum(value.numel() for value in racer.contestant.module().parameters())
        assert n == price(racer.contestant).parameters


@settings(max_examples=25, deadline=None)
@given(st.integers(200, 200_000))
def test_no_other_size_is_nearer(target):
    wide = in_digits(WIDE)
    try:
        (h,) = matched(wide, target, "parameters").chosen.values()
    except InputError:
        counts = [75 * h + 10 for h in range(1, 40)]  # 64 h + h + 10 h + 10
        assert min(abs(c - target) for c in counts) > 0.03 * target
        return
    assert h in {k for k in (h - 1, h, h + 1) if abs(75 * k + 10 - target) == min(
        abs(75 * j + 10 - target) for j in (h - 1, h, h + 1))}  # fmt: skip


def timed(one, milliseconds, first=3.0, axis="", fits=lambda _sized: True):
    """The end of a search where a step takes what is said of the size of ``axis``."""

    def clock(sized):
        (size,) = sized.chosen.values()
        yield
        return Pace(milliseconds(size), first, milliseconds(size) / first)

    *_, (made, found) = paced(one, clock, axis, fits)
    return next(iter(made.chosen.values())), found


@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 2.5), st.integers(5, 2_000))
def test_the_size_of_equal_time_is_the_largest_that_takes_hardly_longer(start, per_size):
    """Against the closed form of a time that grows in a straight line from ``start``."""
    most = (3.0 * ENOUGH - start) * per_size
    try:
        size, found = timed(in_digits(WIDE), lambda h: start + h / per_size)
    except InputError:
        assert most < 20 or most > 12_000, "too few sizes, or larger than may be tried"
        return
    assert size <= most + 1e-6
    assert abs(found.ratio - 1) <= TIME_MISS_MAX


def test_where_small_sizes_take_the_same_the_largest_is_taken():
    size, _ = timed(in_digits(WIDE), lambda h: 3.0 if h < 100 else 9.0)
    assert 90 <= size < 100


def test_a_time_that_no_size_has_is_told_with_the_two_nearest():
    with pytest.raises(InputError, match=r"within 10%.* h = 32 takes 1 ms .* h = \d+ takes 9 ms"):
        timed(in_digits(WIDE), lambda h: 1.0 if h < 33 else 9.0)
    with pytest.raises(InputError, match="axis z cannot be sized for the time of the first"):
        timed(in_digits(WIDE), float, axis="z")


def test_a_race_of_equal_time_says_what_was_measured(monkeypatch):
    def by_weights(ours, first):
        n, m = ours.stack.n_parameters, first.stack.n_parameters
        yield
        return Pace(n / 1000, m / 1000, n / m)

    monkeypatch.setattr(racing, "pace", by_weights)
    frames = list(EXPERIMENT.frames(RaceSpec(match="time", **SHORT)))
    assert any(f.said.startswith("Measuring steps of Deep: h = ") for f in frames[:-1])
    wide, deep, again = frames[-1].entered
    assert deep.sized.startswith("h = ")
    assert 0.9 <= deep.milliseconds / wide.milliseconds <= 1.1
    assert again.milliseconds == wide.milliseconds
    assert "ms a step" in frames[-1].prices(measured=True).columns
    assert "ms a step" not in frames[-1].prices().columns


def test_a_network_takes_about_as_long_as_itself():
    made = Race(RaceSpec(n_seeds=2))
    one, other = (made.training(made.line_up()[0], (0.003,), [0, 1]) for _ in range(2))
    measuring, n_pauses = pace(one, other), 0
    while True:
        try:
            next(measuring)
        except StopIteration as end:
            found = end.value
            break
        n_pauses += 1
    assert n_pauses == 2 + 2 * N_REPEATS, "it may be stopped between any two repeats"
    assert found.ours > 0
    assert 0.3 < found.ratio < 3


def test_a_first_that_is_too_large_is_not_built_to_be_timed(monkeypatch):
    """72 million weights times 50 seeds."""
    monkeypatch.setattr(Race, "training", lambda *_args: pytest.fail("it was built"))
    large = Entrant(name="Deep", text=DEEP.replace("= 32", "= 6000"))
    spec = RaceSpec(entrants=(large, Entrant()), match="time", n_seeds=50)
    with pytest.raises(InputError, match="weights of all seeds are more than"):
        Race(spec).line_up()


def test_sizes_that_do_not_fit_are_not_tried():
    tried = []

    def fits(sized):
        (size,) = sized.chosen.values()
        return size <= 100

    def milliseconds(size):
        tried.append(size)
        return 1.0

    with pytest.raises(InputError, match="no size of h comes within"):
        timed(in_digits(WIDE), milliseconds, fits=fits)
    assert max(tried) == 64
    with pytest.raises(InputError, match="too large to be timed at any size of h"):
        timed(in_digits(WIDE), milliseconds, fits=lambda _sized: False)


def test_what_cannot_be_matched_is_told_with_the_two_nearest_sizes():
    with pytest.raises(InputError, match=r"h = 1 gives 85 and h = 2 gives 160"):
        matched(in_digits(WIDE), 123, "parameters")
    with pytest.raises(InputError, match="axis z cannot be sized"):
        matched(in_digits(WIDE), 4810, "parameters", "z")
    with pytest.raises(InputError, match="no axis is free"):
        matched(in_digits("def L(x: b p) -> b c\n  y: b c = Linear[W](x)"), 99, "parameters")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def A(x: b p) -> b p\n  y: b q = Linear[W](x)", "Wide: line"),
        ("def A(x: b p) -> b\n  y: b = Linear[W](x)", "wants b c with c = 10"),
        ("def A(x: p) -> c\n  y: c = Linear[W](x)", "gives x: b p with p = 64"),
        ("def A(t: b w in v) -> b c\n  e: b w c = Embed[V](t)\n  y: b c = sum[w](e)", "t: b w in v"),
        ("def A(x: b p) -> b c\n  y: b c = view[p -> c](x)", "10 by the text|nothing to train|64"),
        ("def A(x: b p) -> b c\n  z: b c = fn[G, p -> c](x)\n  y: b c = Linear[c -> c](z)", "is fn"),
        ("", "Wide:"),
    ],
)  # fmt: skip
def test_an_entrant_that_cannot_race_is_told_why(text, said):
    with pytest.raises((InputError, SpecError), match=said):
        in_digits(text)


def test_without_weights_there_is_nothing_to_train():
    text = "def A(x: b p) -> b c\n  z: b c p = expand[c](x)\n  y: b c = sum[p](z)"
    with pytest.raises(InputError, match="nothing to train"):
        in_digits(text)


def test_a_race_of_hours_is_refused_with_its_length():
    spec = RaceSpec(
        entrants=(Entrant(text=WIDE.replace("64", "9000")),), n_steps=20_000, n_seeds=50
    )
    with pytest.raises(InputError, match="minutes of computing"):
        Race(spec).line_up()


def test_names_come_from_the_definition_and_are_told_apart():
    assert named(DEEP, {"Deep"}).name == "Deep 2"
    with pytest.raises(SpecError, match="two entrants are called 'Wide'"):
        RaceSpec(entrants=(Entrant(), Entrant()))
    with pytest.raises(SpecError, match="learning rates are one to five numbers"):
        rates_from_text("0.1 fast")


# Learning ------------------------------------------------------------------------------------


def test_the_same_text_differs_by_nothing_on_every_seed(short):
    again = short.verdicts.of("Wide 2")
    assert {v.word for v in again} == {"identical"}
    assert all(v.difference == v.low == v.high == 0.0 for v in again)


def test_the_control_begins_elsewhere_and_sees_the_same_examples(short):
    wide, control = short.course.held_out[0, 0], short.course.held_out[3, 0]
    assert not np.intersect1d(wide, control).size
    assert short.entered[3].control


def test_stacked_is_as_alone_to_the_bit_where_only_rows_meet():
    assert answers.apart_from_alone(FIRST) == (0, 0.0)


@pytest.mark.parametrize("preset", ["Convolution or dense", "ReLU or GELU, 500 steps"])
def test_stacked_is_as_alone_to_rounding(preset):
    # Adam divides by the root of a square: a gradient near 0 shows its rounding.
    assert answers.apart_from_alone(preset)[1] < 2e-4


@pytest.mark.parametrize("preset", [FIRST, "ReLU or GELU, 500 steps", "Convolution or dense"])
def test_flops_are_those_of_torchs_counter(preset):
    assert answers.counted(preset) == 0


def test_a_rate_that_explodes_is_counted_and_in_no_mean():
    text = WIDE.replace("relu", "exp")
    found = race(text, WIDE, match="nothing", control=False, n_steps=60, n_seeds=3,
                 learning_rates="30")  # fmt: skip
    dead = found.diverged_at[0] >= 0
    assert dead.all()
    assert np.isnan(found.course.held_out[0, -1]).all()
    assert any("All 3 of Wide diverged; try a learning rate below 30" in s for s in found.sentences)
    assert found.verdicts[4].word == "not tested"


def test_the_better_rate_is_picked():
    found = race(WIDE, n_steps=60, n_seeds=3, control=False, learning_rates="0.000001 0.003")
    assert found.entered[0].learning_rate == 0.003


def test_one_seed_has_a_curve_and_no_test():
    found = race(WIDE, DEEP, **{**SHORT, "n_seeds": 1})
    assert "One seed" in found.sentences[0]
    assert {v.word for v in found.verdicts} == {"not tested"}


def test_equal_specs_give_equal_curves_and_frames_come_first():
    spec = RaceSpec(match="nothing", **SHORT)
    *before, one = EXPERIMENT.frames(spec)
    two = EXPERIMENT.result(spec)
    assert isinstance(one, RaceResult)
    assert isinstance(two, RaceResult)
    assert all(isinstance(frame, RaceFrame) for frame in before)
    for name in ("learnt", "held_out", "score"):
        np.testing.assert_array_equal(getattr(one.course, name), getattr(two.course, name))


def test_diagrams_and_library_names_race_too():
    found = race(Diagram.from_text(WIDE), task="digits", control=False, **SHORT)
    assert found.entered[0].name == "Wide"
    with pytest.raises(InputError, match="task digits gives"):
        race("attention", **SHORT)
    assert "attention" in LIBRARY


def test_the_last_layer_alone_leaves_every_other_weight_to_the_bit():
    race_ = Race(PRESETS["Which way errors go back"])
    racer = race_.line_up()[2]
    training = race_.training(racer, (0.01,), [0, 1])
    before = {name: value.clone() for name, value in training.stack.parameters.items()}
    training.advance(5)
    moved = {k for k, v in training.stack.parameters.items() if not torch.equal(v, before[k])}
    assert moved == {"Out_weight", "Out_bias"}


def test_feedback_alignment_is_the_gradient_in_the_last_layer_and_another_below():
    race_ = Race(PRESETS["Which way errors go back"])
    backprop, aligned, *_ = (race_.training(racer, (0.01,), [0, 1]) for racer in race_.line_up())
    for training in (backprop, aligned):
        training.rule = training.rule.replace(optimiser="SGD")
        training.advance(1)
    ours, theirs = aligned.stack.parameters, backprop.stack.parameters
    torch.testing.assert_close(ours["Out_weight"], theirs["Out_weight"])
    assert not torch.allclose(ours["In_weight"], theirs["In_weight"], atol=1e-6)


def test_a_rule_that_cannot_reach_a_map_is_refused():
    task = task_of("digits", 0)
    with pytest.raises(InputError, match="maps of another kind; let it learn by backprop"):
        contestant(Entrant(text=CONVOLUTION, rule="feedback alignment"), task, 64)


# Verdicts ------------------------------------------------------------------------------------


def test_a_verdict_is_students_t_on_pairs():
    draw = np.random.default_rng(3)
    first, loss = draw.normal(1.0, 0.1, 12), draw.normal(0.9, 0.1, 12)
    found = verdict("B", "A", "held out", 100, loss, first)
    theirs = stats.ttest_rel(loss, first).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    wide = verdict("B", "A", "held out", 100, loss, first, n_budgets=5)
    theirs = stats.ttest_rel(loss, first).confidence_interval(0.99)
    assert (wide.low, wide.high) == pytest.approx((theirs.low, theirs.high))


def test_a_strip_without_a_difference_is_right_nineteen_times_of_twenty():
    draw, wrong = np.random.default_rng(0), 0
    for _ in range(1000):
        pairs = draw.normal(size=(2, 5, 8))
        strip = [verdict("B", "A", "held out", k, *pairs[:, k], n_budgets=5) for k in range(5)]
        wrong += any(v.word != "no difference seen" for v in strip)
    assert wrong <= 70


def test_a_strip_reads_as_a_sentence():
    def at(step: int, shift: float):
        return verdict("B", "A", "held out", step, np.arange(5) * 0.01 + shift, np.zeros(5))

    strip = [at(20, -1), at(50, -1), at(125, -0.02), at(400, 1), at(1000, 1)]
    assert in_words(strip) == (
        "ahead at 20–50 steps, no difference seen at 125, behind at 400–1,000"
    )


def test_budgets_end_at_the_last_step():
    assert budgets_of(50) == (1, 2, 6, 20, 50)


def test_pictures_hold_everything_but_the_time(short):
    titles = [picture.title for picture in short.pictures()]
    assert titles[0] == "Loss on the exam"
    assert not [title for title in titles if "seconds" in title]
    front = short.front("CPU seconds")
    assert np.isfinite(front.dots["Deep"]).sum() == 1
    assert (short.seconds > 0).all()


def test_claims_are_judged_on_their_own_preset_alone(short):
    assert EXPERIMENT.findings(short) == ()
    assert {claim.preset for claim in CLAIMS} <= {"", *PRESETS}


def test_sizes_that_the_task_sets_otherwise_are_said():
    text = WIDE.replace("  size h = 64\n", "  size h = 64\n  size p = 8\n")
    entrants = (Entrant(name="Told", text=text), Entrant(name="Free", text=WIDE))
    *_, result = EXPERIMENT.frames(
        RaceSpec(entrants=entrants, match="nothing", n_steps=50, n_seeds=2, learning_rates="0.003")
    )
    assert result.sentences[-1] == (
        "The task sets sizes that a text declares: Told races with p = 64 (8 in its text)."
    )
