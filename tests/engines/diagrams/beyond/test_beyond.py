"""Out of distribution: routes, grammars, translators, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.contract.pictures import Heatmap
from engines.diagrams import beyond_learnt
from engines.diagrams.beyond.answers import answers
from engines.diagrams.beyond.asked import (
    BEYOND,
    CONDITIONS,
    HELD,
    INDUCED,
    LEARNT,
    LONGEST,
    RIGHT,
    ROUTER,
    TOP,
    BeyondSpec,
)
from engines.diagrams.beyond.commands import WORDS, language
from engines.diagrams.beyond.inducing import Learner, Meaning, meaning
from engines.diagrams.beyond.results import BeyondResult
from engines.diagrams.beyond.running import Commands
from engines.diagrams.beyond.sums import N_NUMBERS, Adders, incremented, parts
from engines.diagrams.beyond.translating import END, NOTHING, Translators, tokens
from engines.diagrams.experiments.symbols.beyond import EXPERIMENT


@pytest.fixture(scope="module")
def run() -> BeyondResult:
    return beyond_learnt(n_steps=20, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_every_sum_is_in_one_part_and_every_addend_is_learnt():
    found = parts(np.random.default_rng(0))
    every = np.concatenate(list(found.values()))
    assert len(np.unique(every, axis=0)) == len(every) == (TOP + 1) ** 2
    assert found[HELD].sum(1).max() <= TOP < found[BEYOND].sum(1).min()
    for addend in (0, 1):
        assert set(found[LEARNT][:, addend]) == set(range(TOP + 1))


def test_a_mixture_that_is_incremented_is_the_mixture_of_what_is_incremented():
    """The module is linear, so that shares stay shares."""
    shares = torch.rand(3, N_NUMBERS)
    shares[:, -1] = 0.0
    moved = incremented(shares)
    torch.testing.assert_close(moved[:, 1:], shares[:, :-1])
    torch.testing.assert_close(moved.sum(-1), shares.sum(-1))


def test_what_the_router_does_not_see_changes_nothing_in_its_turns():
    made = Adders(2, torch.Generator().manual_seed(0))
    one, other = (made.shares(torch.tensor([[[a, 3]]] * 2)) for a in (0, 6))
    torch.testing.assert_close(one[:, :2], other[:, :2], rtol=0, atol=0)
    assert (one[:, 2:] - other[:, 2:]).abs().max() > 1e-4


def test_a_grammar_is_found_from_few_short_commands_and_is_that_of_the_language():
    every = language()
    short = [one for one in every if len(one[0]) <= 4]
    learner = Learner()
    assert [*learner.learn(short)][-1] == len(short)
    assert set(learner.lexicon) == set(WORDS)
    assert learner.n_unexplained == 0
    assert all(meaning(command, learner.lexicon) == done for command, done in every)
    assert str(learner.lexicon["around"]) == "(y x) 4 times, between, binds 3"


def test_what_no_word_explains_is_told():
    learner = Learner()
    list(learner.learn([(("walk",), ("WALK",)), (("walk",), ("RUN",))]))
    assert learner.n_unexplained == 1
    assert meaning(("walk", "nowhere"), learner.lexicon) is None
    assert Meaning("alone", (), 1, 0).value() == ()


def test_tokens_say_the_whole_language():
    said, done = tokens()
    assert len(np.unique(said, axis=0)) == len(language())
    assert ((done == END).sum(1) == 1).all()
    lengths = [len(actions) for _, actions in language()]
    np.testing.assert_array_equal((done != NOTHING).sum(1) - 1, lengths)


def test_commands_that_are_learnt_are_never_asked_as_held_out_or_longer():
    made = Commands(BeyondSpec(system="commands", n_steps=20, n_nets=2))
    lengths = np.array([len(actions) for _, actions in language()])
    for part in made.parts:
        every = np.concatenate([part[name] for name in CONDITIONS])
        assert len(np.unique(every)) == len(every) == len(language())
        assert lengths[part[LEARNT]].max() <= LONGEST < lengths[part[BEYOND]].min()


def test_a_translator_that_is_told_what_came_before_says_what_it_would_unaided():
    """Until its first mistake: action by action, by its own words."""
    said, done = (torch.from_numpy(v[:60][None]) for v in tokens())
    made = Translators(1, torch.Generator().manual_seed(0))
    optimiser = torch.optim.Adam(made.weights, lr=0.02)
    for _ in range(60):
        optimiser.zero_grad()
        made.losses(said, done).sum().backward()
        optimiser.step()
    own = torch.full_like(done, NOTHING)
    with torch.no_grad():
        for place in range(12):
            own[..., place] = made.logits(said, own)[..., place, :].argmax(-1)
    wanted = torch.where(done == NOTHING, own, done)
    unaided = (own == wanted)[0, :, :12].all(-1)
    fits = (done[0, :, 12:] == NOTHING).all(-1)
    told = ((made.logits(said, done).argmax(-1) == done) | (done == NOTHING)).all(-1)[0]
    assert torch.equal(unaided[fits], told[fits])
    assert told[fits].any()


def test_the_result_holds_all_kinds_and_what_was_found(run):
    assert run.looks.seen.shape[2:] == (3, 3, 2)
    assert run.turns.shape == (TOP + 2, 3)
    np.testing.assert_allclose(run.turns.sum(1), 1.0, atol=1e-6)
    assert any(isinstance(picture, Heatmap) for picture in run.pictures())
    assert run.looks.mean(RIGHT, ROUTER, LEARNT).n == 2
    assert not EXPERIMENT.findings(run)


def test_commands_are_read_by_a_grammar_from_the_first_look():
    found = beyond_learnt(system="commands", n_steps=20, n_nets=2)
    np.testing.assert_array_equal(found.looks.at(RIGHT, INDUCED, BEYOND), 1.0)
    assert {word for word, _ in found.words} == set(WORDS)
    assert found.n_changes > 0
    long = found.spec.model_copy(update={"n_steps": 2_000, "n_nets": 3, "seed": 5})
    assert len(EXPERIMENT.findings(replace(found, spec=long))) == 2
    assert not EXPERIMENT.findings(found)
    assert "found first" in found.pictures()[2].title
