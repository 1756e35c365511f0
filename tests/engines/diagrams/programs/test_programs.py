"""Programs of formulas: logic, classes, what networks are told, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.diagrams import symbolic_features
from engines.diagrams.experiments.symbols.programs import EXPERIMENT
from engines.diagrams.programs.answers import answers
from engines.diagrams.programs.asked import (
    ARMS,
    CLASSES,
    DEALT,
    N_BITS,
    NONE,
    PROGRAM,
    SIZES,
    ProgramsSpec,
)
from engines.diagrams.programs.formulas import PARTS, Join, More, Not, bits_of, masks, program
from engines.diagrams.programs.results import ProgramsResult
from engines.diagrams.programs.running import Comparison


@pytest.fixture(scope="module")
def run() -> ProgramsResult:
    return symbolic_features(n_steps=30, n_nets=2)


@pytest.fixture(scope="module")
def made() -> Comparison:
    return Comparison(ProgramsSpec(n_steps=30, n_nets=2))


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_parts_have_one_name_each_and_masks_are_means():
    assert len(set(PARTS)) == len(PARTS) == len(masks())
    np.testing.assert_allclose(masks().sum(1), 1.0)


@given(st.integers(0, 10_000))
def test_joins_keep_the_laws_of_logic(seed):
    rng = np.random.default_rng(seed)
    ink = rng.random((30, len(PARTS)))
    one, other = (More(*map(int, rng.choice(len(PARTS), 2, replace=False))) for _ in range(2))
    denied = Not(Join("and", one, other)).of(ink)
    np.testing.assert_array_equal(denied, Join("or", Not(one), Not(other)).of(ink))
    apart = Join("and", Join("or", one, other), Not(Join("and", one, other))).of(ink)
    np.testing.assert_array_equal(apart, Join("^", one, other).of(ink))


def test_a_programs_formulas_are_neither_always_true_nor_hardly_ever(made):
    for formulas in made.programs:
        assert len(formulas) == N_BITS
        share = bits_of(formulas, made.ink).mean(0)
        assert ((share >= 0.05) & (share <= 0.95)).all()
    assert made.programs[0] != made.programs[1]
    flat = program(np.random.default_rng(0), made.ink, 0)
    assert all(isinstance(one, More) for one in flat)


def test_networks_are_told_their_bits_dealt_ones_or_none(made):
    bits = 2.0 * made.bits[0] - 1.0
    np.testing.assert_array_equal(made.told(PROGRAM, 0), bits)
    np.testing.assert_array_equal(made.told(NONE, 0), np.zeros_like(bits))
    dealt = made.told(DEALT, 0)
    assert (dealt != bits).any()
    order = np.lexsort(dealt.T), np.lexsort(bits.T)
    np.testing.assert_array_equal(dealt[order[0]], bits[order[1]])


def test_a_larger_set_holds_the_smaller_and_no_picture_of_the_exam(made):
    x = made.training.batches.x.view(2, len(ARMS), len(SIZES), 2, SIZES[-1], -1)[..., :64]
    seen = [{tuple(row) for row in x[0, 0, s, 0].tolist()} for s in range(len(SIZES))]
    assert [len(one) for one in seen] == list(SIZES)
    assert seen[0] < seen[1] < seen[2]
    assert not seen[2] & {tuple(row) for row in made.pictures[made.n_learnt :].tolist()}
    np.testing.assert_array_equal(x[0, 0], x[1, 2])


def test_arms_and_sizes_begin_alike(made):
    for value in made.training.stack.parameters.values():
        first = value.view(-1, 2, *value.shape[1:])
        assert torch.equal(first, first[:1].expand_as(first))
        assert not torch.equal(first[0, 0], first[0, 1])


def test_the_exam_is_that_of_the_networks_themselves(made, run):
    at = (2 * len(SIZES)) * 2 + 1  # digits, dealt bits, the fewest pictures, second network
    net = made.training.stack.module(at)
    exam = slice(made.n_learnt, None)
    x = np.concatenate([made.pictures[exam], made.told(DEALT, 1)[exam]], axis=1)
    said = net(torch.from_numpy(x)).argmax(-1).numpy()
    looking, found = made.look(), None
    while found is None:
        try:
            next(looking)
        except StopIteration as end:
            found = end.value
    assert found[0, 2, 0, 1] == pytest.approx((said == made.labels[0][1][exam]).mean())
    np.testing.assert_array_equal(found, run.looks.seen[:, 0])


def test_cut_bits_take_away_what_classes_gained():
    whole, cut = (symbolic_features(n_steps=120, n_nets=4, cut=c) for c in ((), (1, 2, 3)))
    name = str(SIZES[-1])
    assert whole.looks.at(CLASSES, PROGRAM, name).mean() > 0.85
    assert (
        cut.looks.at(CLASSES, PROGRAM, name).mean()
        < whole.looks.at(CLASSES, PROGRAM, name).mean() - 0.2
    )
    np.testing.assert_array_equal(
        cut.looks.at(CLASSES, NONE, name), whole.looks.at(CLASSES, NONE, name)
    )


def test_a_run_holds_what_its_pictures_show(run):
    assert run.looks.seen.shape[2:] == (len(ARMS), len(SIZES), 2)
    told = run.program().columns
    assert list(told.values())[1] == run.formulas
    gains = run.every_program().lines
    assert all((np.diff(line) >= 0).all() for line in gains.values())
    assert not EXPERIMENT.findings(run)
    learnt = replace(run, spec=run.spec.model_copy(update={"n_steps": 250, "n_nets": 12}))
    assert len(EXPERIMENT.findings(learnt)) == len(EXPERIMENT.claims)


def test_bits_that_are_not_there_are_named():
    with pytest.raises(SpecError, match="bits are 1 to 8, got 9"):
        ProgramsSpec(cut=(9,))
