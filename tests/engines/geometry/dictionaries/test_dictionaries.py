"""Dictionaries: codes, what they are held against, concepts, steering, and the run."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import NMF, PCA
from sklearn.linear_model import Ridge

from engines.contract import SpecError
from engines.geometry.dictionaries.concepts import (
    concepts,
    correlations,
    kinds_beside,
    named,
    task_and_control,
)
from engines.geometry.dictionaries.factors import (
    amounts_of,
    components,
    explained,
    fitted,
    foretold,
    n_components,
    semi_nmf,
)
from engines.geometry.dictionaries.found import (
    ARMS,
    BY_LOSS,
    BY_NOISE,
    BY_OTHERS,
    FACTORS,
    LEARNT,
    PRINCIPAL,
    PROBE,
    SHUFFLED,
    UNLEARNT,
)
from engines.geometry.dictionaries.learning import (
    SETTLED,
    both_shuffled,
    dealt_anew,
    held_by,
    model_of,
    reader_of,
    shuffled,
    started,
    texts_of,
    windows_of,
)
from engines.geometry.dictionaries.measuring import Measured, Seen, another, contexts_of, scale_of
from engines.geometry.dictionaries.planted import found, planted, scaled
from engines.geometry.dictionaries.result import DictionaryRun
from engines.geometry.dictionaries.running import seeds_of_codes
from engines.geometry.dictionaries.sparse import Code, Sparse, learnt, one, unexplained
from engines.geometry.dictionaries.sparse import started as dictionaries
from engines.geometry.dictionaries.spec import FIRST, TRANSCODER, WIDTH, WINDOW, DictionarySpec
from engines.geometry.dictionaries.steering import WAYS, means_apart, reached, way_made
from engines.geometry.experiments.mechanisms.dictionaries import EXPERIMENT
from engines.lab.data.clauses import KINDS, WORDS, clauses, kinds
from engines.lab.training import seeds_apart
from engines.lab.transformers.paths import levels

TINY = DictionarySpec(n_seeds=3, n_learnt=3, n_steps=3, n_latents=16, factors=True, by_loss=1.0)


@pytest.fixture(scope="module")
def run() -> DictionaryRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, DictionaryRun)
    return found


def drawn(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_top_k_keeps_the_largest_and_no_more():
    code, x = Sparse(8, Code(20, 3)), drawn(50, 8)
    with torch.no_grad():
        plain = (x @ code.read.T + code.bias).relu()
        kept = code.amounts(x)
    for row, whole in zip(kept, plain, strict=True):
        on = row > 0
        assert int(on.sum()) <= 3
        assert torch.equal(row[on], whole[on])
        assert float(whole[~on].max()) <= float(row[on].min())


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 10), st.floats(0.2, 5.0))
def test_how_long_what_a_latent_writes_is_changes_nothing(n: int, times: float):
    code, x = Sparse(n, Code(12, 2)), drawn(9, n)
    with torch.no_grad():
        before = code.made(x)
        code.write.mul_(times)
        torch.testing.assert_close(code.made(x), before, atol=1e-5, rtol=1e-4)


def test_a_step_is_that_of_torch_with_its_adam():
    x = drawn(40, 6)
    stack = dictionaries(6, Code(10, 0, price=0.2), range(1))
    theirs = one(stack, 0)
    adam = torch.optim.Adam(theirs.parameters(), lr=0.003)
    batch = np.random.Generator(np.random.Philox(key=5, counter=[0, 0, 0, 0]))
    rows = torch.from_numpy(batch.integers(0, 40, 256))
    error = theirs.made(x[rows]) - x[rows]
    loss = error.square().sum(-1).mean() + 0.2 * theirs.amounts(x[rows]).sum(-1).mean()
    loss.backward()
    adam.step()
    for _ in learnt(stack, x[None], x[None], 1, 5):
        pass
    for name, value in theirs.named_parameters():
        torch.testing.assert_close(stack.parameters[name][0], value.detach(), atol=1e-6, rtol=1e-5)


def test_a_dictionary_learns_what_was_planted():
    atoms, rows = planted(12, 14, 2, 2_000, 0)
    x, stack = scaled(rows)[None], dictionaries(12, Code(14, 2), range(1))
    before = found(atoms, one(stack, 0).directions().detach())
    for _ in learnt(stack, x, x, 200, 0):
        pass
    code = one(stack, 0)
    with torch.no_grad():
        assert found(atoms, code.directions()) > before + 0.2
        assert unexplained(code.made(x[0]), x[0]) < 0.25


def test_planted_rows_hold_as_many_atoms_as_asked():
    atoms, rows = planted(30, 12, 3, 40, 1)  # fewer atoms than numbers: they can be solved for
    amounts = torch.linalg.lstsq(atoms.T, rows.T).solution.T
    assert ((amounts > 0.4).sum(1) == 3).all()
    assert found(atoms, atoms) == pytest.approx(1.0)
    assert found(atoms, -atoms, signed=False) == pytest.approx(1.0)


def test_components_are_those_of_scikit_learn():
    x = drawn(300, 7) * torch.arange(1.0, 8.0)
    x = x - x.mean(0)
    ours, left = components(x)
    theirs = PCA().fit(x.numpy())
    cosine = np.abs(np.einsum("kn,kn->k", ours.numpy(), np.asarray(theirs.components_)))
    np.testing.assert_allclose(cosine, 1.0, atol=1e-5)
    np.testing.assert_allclose(left, 1 - np.cumsum(theirs.explained_variance_ratio_), atol=1e-6)
    assert n_components(left, float(left[2])) == 3


def test_semi_nmf_never_rises_and_goes_on_from_scikit_learns_nmf():
    """Factors of any sign have more freedom than those of 0 and more (Ding, Li & Jordan 2010)."""
    draw = np.random.default_rng(0)
    x = draw.random((60, 4)) @ draw.random((4, 12)) + 0.05 * draw.random((60, 12))
    rows = torch.from_numpy(x)
    errors = [error for *_, error in semi_nmf(rows, 4, 100)]
    assert all(b <= a * (1 + 1e-9) for a, b in itertools.pairwise(errors))
    nmf = NMF(n_components=4, init="nndsvda", max_iter=2_000, tol=1e-6)  # type: ignore[arg-type]
    amounts = torch.from_numpy(nmf.fit_transform(x))
    for _ in range(5):
        amounts = amounts_of(rows, fitted(rows, amounts), amounts)
    error = float((amounts @ fitted(rows, amounts) - rows).square().sum())
    assert error <= nmf.reconstruction_err_**2


def test_amounts_are_never_below_0_and_factors_are_least_squares():
    x = drawn(40, 5).double()
    amounts = torch.rand(40, 3, generator=torch.Generator().manual_seed(1)).double()
    torch.testing.assert_close(
        fitted(x, amounts), torch.linalg.lstsq(amounts, x).solution, atol=1e-6, rtol=1e-6
    )
    better = amounts_of(x, fitted(x, amounts), amounts, 5)
    assert float(better.min()) >= 0.0


def test_a_line_is_scikit_learns_ridge():
    x, y = drawn(200, 6).double(), drawn(200, 2, 1).double() + 3.0
    ones = np.hstack([x.numpy(), np.ones((200, 1))])
    theirs = Ridge(alpha=1e-3 * 100, fit_intercept=False).fit(ones[:100], y.numpy()[:100])
    np.testing.assert_allclose(foretold(x, y), theirs.predict(ones[100:]), atol=1e-8)
    assert explained(x, x @ torch.ones(6, 1).double()) == pytest.approx(1.0, abs=1e-4)


def test_correlations_are_numpys_and_a_silent_latent_has_none():
    draw = np.random.default_rng(2)
    amounts, is_it = draw.random((50, 3)), draw.random((50, 2)) > 0.5
    amounts[:, 1] = 0.0
    found_ = correlations(amounts, is_it)
    assert found_[0, 1] == pytest.approx(np.corrcoef(amounts[:, 0], is_it[:, 1])[0, 1])
    assert found_[1].tolist() == [0.0, 0.0]


def test_latents_are_chosen_and_judged_on_different_words():
    is_it = np.tile([True, False], 20)[:, None]
    amounts = np.zeros((40, 2))
    amounts[:20, 0] = is_it[:20, 0]  # right in the first half, silent in the second
    amounts[20:, 1] = is_it[20:, 0]
    once = named(amounts, is_it)
    assert (once.latent[0], once.score[0]) == (0, 0.0)
    turned = named(-is_it.astype(float), is_it, signed=True)
    assert turned.score[0] == pytest.approx(1.0)


def test_concepts_say_what_is_true_of_words():
    said = clauses(4_000, 0)
    every = concepts(said.token, said.kind, said.part)
    at = every.names.index("noun of the subject")
    np.testing.assert_array_equal(every.is_it[:, at], (said.kind == 2) & (said.part == 1))
    assert '"the"' in every.names
    assert "." in every.names
    assert every.is_it.mean(0).min() >= 0.01


def test_what_is_steered_is_the_last_word():
    held = windows_of(200, 5)
    token, rows = contexts_of(held)
    np.testing.assert_array_equal(token[-1], held.token[-1, : token.shape[1]])  # not chosen on
    for k, kind in enumerate(KINDS):
        np.testing.assert_array_equal(rows[:, held.concepts.names.index(kind)],
                                      kinds(token[:, -1]) == k)  # fmt: skip


def test_numpy_reads_as_torch_does():
    stack = started(TINY)
    token = windows_of(10, 3).token
    model, reader = model_of(stack, 1), reader_of(stack, 1)
    theirs = levels(model, torch.from_numpy(token))
    np.testing.assert_allclose(reader.levels(token), theirs, atol=1e-6)
    added = np.zeros((2, WIDTH))
    added[1] = 0.3
    held = reader.levels(token[0])[1]
    moved = held.copy()
    moved[-1] += 0.3
    both = reader.steered(1, held, added)
    wanted = [reader.chances(1, held), reader.chances(1, moved)]
    np.testing.assert_allclose(both, wanted, rtol=1e-5)


def test_a_transcoder_is_given_both_ends_of_the_two_layers():
    spec = TINY.replace(reads=TRANSCODER)
    model, token = model_of(started(spec), 0), windows_of(5, 1).token
    x, wanted = held_by(spec, model, token)
    block = model.layers[0]
    assert block.narrow is not None
    assert block.wide is not None
    with torch.no_grad():
        torch.testing.assert_close(block.narrow(block.wide(x).relu()), wanted)
    after = levels(model, torch.from_numpy(token))[1]
    assert not torch.allclose(wanted, after)


def test_dealt_anew_keeps_every_value_and_shuffled_every_column():
    stack = started(TINY)
    other = dealt_anew(stack, 1)
    for name, value in stack.parameters.items():
        assert torch.equal(value[0].flatten().sort().values,
                           other.parameters[name][0].flatten().sort().values)  # fmt: skip
    assert not torch.equal(stack.weights, other.weights)
    x = drawn(30, 4)
    assert torch.equal(shuffled(x, 0).sort(0).values, x.sort(0).values)
    assert not torch.equal(shuffled(x, 0), x)


def test_the_way_itself_leads_to_the_target():
    """Contexts of one word: adding the difference of two of them gives the other one's chances."""
    reader = reader_of(started(TINY), 0)
    token = np.array([[3], [40], [40]])
    held = reader.levels(token)[1]
    held[2] = held[1]
    is_it = np.array([True, False, False])
    step = held[0, -1] - held[1, -1]
    means, same, back = reached(reader, 1, held, is_it, np.stack([step, -step]))
    assert means == pytest.approx(1.0)
    assert same == pytest.approx(1.0)
    assert back < 0.5


def test_means_do_not_know_the_contexts_that_judge_them():
    draw = np.random.default_rng(3)
    held, is_it = draw.normal(size=(20, 6)), np.arange(20) % 4 == 0
    before = means_apart(held, is_it)
    for which in (is_it, ~is_it):
        half = np.flatnonzero(which)[(which.sum() + 1) // 2 :]
        other = held.copy()
        other[half] += 5.0
        np.testing.assert_array_equal(means_apart(other, is_it), before)


def test_the_way_made_is_that_of_the_mean_prediction():
    """By hand: chances of each context apart, averaged before they are held to the target."""
    reader = reader_of(started(TINY), 0)
    held, step = reader.levels(np.array([[3], [40], [50]]))[1], np.linspace(-0.3, 0.5, WIDTH)
    moved = held[1:].copy()
    moved[:, -1] += step
    target = reader.chances(1, held[0])
    before, after = (
        np.abs(np.mean([reader.chances(1, one) for one in rows], axis=0) - target).sum() / 2
        for rows in (held[1:], moved)
    )
    found_ = way_made(reader, 1, held[1:], step, target)
    assert found_ == pytest.approx(1 - after / before, rel=1e-4)


def test_another_latent_speaks_and_is_another():
    speaks, draw = np.array([True, False, True, True]), np.random.default_rng(0)
    assert {another(2, speaks, draw) for _ in range(40)} == {0, 3}
    assert another(0, np.array([True, False]), draw) is None


def test_what_learnt_from_shuffled_numbers_is_judged_on_shuffled_ones():
    """One direction says all of numbers that are alike, and 1 of 32 parts of them shuffled."""
    texts, held = texts_of(TINY), drawn(400 * (WINDOW - SETTLED), WIDTH)
    held[:, 1:] = held[:, :1]  # all numbers of a word are one: few directions, unless shuffled
    seen = Seen((held, held), (held, held), scale_of(held, held))
    code = Sparse(WIDTH, Code(2, 2))
    with torch.no_grad():
        code.read.copy_(torch.ones(2, WIDTH) * torch.tensor([[1.0], [-1.0]]) / WIDTH**0.5)
        code.write.copy_(code.read)
    measured = Measured(TINY, texts)
    for arm in (UNLEARNT, SHUFFLED):
        measured.sparse(arm, 0, code, seen)
    assert measured.left[UNLEARNT, 0] == pytest.approx(0.0, abs=1e-6)
    assert measured.left[SHUFFLED, 0] == pytest.approx(1 - 1 / WIDTH, abs=0.01)
    assert measured.scores[SHUFFLED, 0].tolist() == measured.scores[UNLEARNT, 0].tolist()


@pytest.mark.parametrize("reads", [FIRST, TRANSCODER])
def test_what_is_read_and_wanted_is_shuffled_alike_where_it_is_the_same(reads):
    x = drawn(30, 4)
    read, wanted = both_shuffled(TINY.replace(reads=reads), x, x, 1)
    assert torch.equal(read.sort(0).values, x.sort(0).values)
    assert torch.equal(wanted.sort(0).values, x.sort(0).values)
    assert torch.equal(read, wanted) == (reads == FIRST)


def test_a_run_has_every_arm_and_shows_it(run):
    assert np.isfinite(run.found.scores).all()
    assert np.isfinite(run.found.left[[LEARNT, PRINCIPAL, UNLEARNT, FACTORS]]).all()
    assert np.isnan(run.found.left[PROBE]).all()
    assert (run.found.active[LEARNT] <= 4.0).all()
    assert run.found.scores.shape == (len(ARMS), 3, 3)
    assert run.found.reached.shape[2] == len(WAYS)
    assert len(run.pictures()) == 8
    assert len(EXPERIMENT.findings(run)) == len(EXPERIMENT.claims) - 1  # amounts have no price
    again = EXPERIMENT.result(TINY)
    assert again.found.scores.tobytes() == run.found.scores.tobytes()


def test_what_is_not_asked_for_is_not_judged():
    found_ = EXPERIMENT.result(TINY.replace(factors=False, by_loss=0.0, network=2))
    words = [claim.figure(found_) for claim in EXPERIMENT.claims]
    assert [k for k, figure in enumerate(words) if figure is None] == [2, 9, 10]
    assert np.isnan(found_.found.scores[FACTORS]).all()


def test_codes_by_the_loss_stand_beside_and_are_judged(run):
    plain = EXPERIMENT.result(TINY.replace(factors=False, by_loss=0.0))
    beside = run
    assert plain.found.scores[LEARNT].tobytes() == beside.found.scores[LEARNT].tobytes()
    assert np.isnan(plain.found.extra).all()
    assert np.isfinite(beside.found.extra[[LEARNT, BY_LOSS, BY_OTHERS, BY_NOISE]]).all()
    judged = [claim.figure(beside) for claim in EXPERIMENT.claims]
    assert [k for k, figure in enumerate(judged) if figure is None] == [2]  # amounts have no price


def test_a_run_moves_on_while_codes_learn_by_the_loss():
    """The share that is done never stands still between what is under way, and never falls."""
    frames = [f for f in EXPERIMENT.frames(TINY.replace(factors=False)) if hasattr(f, "doing")]
    done = [frame.fraction for frame in frames]
    assert (np.diff(done) >= -1e-9).all()
    by_loss = {f.fraction for f in frames if f.doing == "dictionaries learn by the loss"}
    assert len(by_loss) > TINY.n_seeds
    assert max(by_loss) - min(by_loss) > 0.2
    looked_at = [f for f in frames if f.doing == "looked at"]
    assert len(looked_at) == 10 * TINY.n_seeds  # four arms, what they stand against, steering, four


def test_neighbouring_seeds_share_no_network_and_no_dictionary():
    """A network that two runs share would count twice when their verdicts are compared."""
    one_, other = (started(TINY.replace(seed=seed)).weights for seed in (3, 4))
    assert not (one_[:, None] == other[None]).all(-1).any()
    starts = [set(seeds_of_codes(TINY.replace(seed=seed))) for seed in range(6)]
    nets = [set(seeds_apart(seed, TINY.n_seeds)) for seed in range(6)]
    assert len(set.union(*starts, *nets)) == 6 * 4 * TINY.n_seeds


def test_examples_are_where_a_latent_speaks_most(run):
    drawn_ = run.found.drawn
    assert (np.diff(drawn_.amount, axis=1) <= 0).all()
    assert ((drawn_.place >= SETTLED) & (drawn_.place < WINDOW)).all()
    table = run.pictures(run.found.first_latent())[-2]
    window, place = (
        drawn_.examples[run.found.first_latent(), 0],
        drawn_.place[run.found.first_latent(), 0],
    )
    assert f"[{WORDS[window[place]]}]" in table.columns["words"][0]


def test_strength_0_changes_no_chance(run):
    bars = run.pictures(run.found.first_latent(), 0.0)[2]
    np.testing.assert_allclose(bars.heights[::2], bars.heights[1::2])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"prompt": "the bridge"}, "no word 'bridge'"),
        ({"prompt": "the " * 13}, "1 to 12 words, got 13"),
        ({"prompt": ""}, "1 to 12 words, got 0"),
        ({"n_active": 20, "n_latents": 10}, "20 latents cannot speak of 10"),
        ({"network": 6}, "no network 6; this run has 5"),
        ({"code": "L1", "by_loss": 1.0}, "sparse by L1 chooses none"),
    ],
)
def test_what_cannot_be_is_said(fields: dict[str, object], said: str):
    with pytest.raises(SpecError, match=said):
        DictionarySpec(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer", [a for a in EXPERIMENT.known_answers() if not a.full], ids=lambda a: a.target
)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced


def test_dealt_kinds_are_kept_by_words_and_as_many_have_each():
    """The control task of Hewitt & Liang 2019: a label per word type, dealt anew."""
    token = np.concatenate([np.arange(len(WORDS)), np.arange(len(WORDS))])
    true, *dealt = kinds_beside(token, 0)
    for other in dealt:
        np.testing.assert_array_equal(other[: len(WORDS)], other[len(WORDS) :])
        np.testing.assert_array_equal(other.sum(axis=0), true.sum(axis=0))
        assert (other.sum(axis=1) <= 1).all()
        assert (other != true).any()
    np.testing.assert_array_equal(true.any(axis=1), dealt[0].any(axis=1))
    assert (kinds_beside(token, 0, 1)[1:] != np.array(dealt)).any(axis=(1, 2)).all()
    assert (true.sum(axis=0) > 2).all()  # words come twice here, and a kind has several


def test_what_says_words_only_has_no_selectivity():
    """A latent for every word says dealt kinds as well as true ones, up to their frequency."""
    token = windows_of(300, 1).token.ravel()
    words = np.eye(len(WORDS))[token]
    beside = kinds_beside(token, 0)
    true, dealt = task_and_control(lambda is_it: named(words, is_it).score, beside)
    assert abs(true - dealt) < 0.15
    kind = np.eye(len(KINDS))[kinds(token)]
    true, dealt = task_and_control(lambda is_it: named(kind, is_it).score, beside)
    assert true == pytest.approx(1.0)
    assert dealt < 0.4
