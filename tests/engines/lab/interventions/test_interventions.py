"""Laws of interventions: undone one by one, nothing where nothing is done, exact where it must be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.contract import InputError, SpecError
from engines.lab.interventions.activations import outputs, said
from engines.lab.interventions.runs import Others, Run
from engines.lab.interventions.spec import (
    Ablate,
    Add,
    Clamp,
    Mask,
    Merge,
    Noise,
    Patch,
    Permute,
    Prune,
    Rewind,
    from_json,
    to_json,
    without,
)
from engines.lab.interventions.text import parsed, written
from engines.lab.interventions.weights import density, masks, with_weights
from engines.lab.training import (
    ArrayBatches,
    Checkpoints,
    Constraints,
    Rule,
    Training,
    stack_from_seeds,
)

X = torch.randn(20, 5, generator=torch.Generator().manual_seed(0))


def build() -> nn.Module:
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))


def stack(seed: int = 0, n_nets: int = 3):
    return stack_from_seeds(build, range(seed, seed + n_nets))


def others() -> Others:
    return Others({"other": Run(stack(50)), "self": Run(stack())}, lambda step: stack(step))


units = st.lists(st.integers(0, 5), max_size=3, unique=True).map(tuple)
nets = st.lists(st.integers(0, 2), max_size=2, unique=True).map(tuple)
layers, parameters = st.sampled_from(["1", "2", "3"]), st.sampled_from(["0", "2.weight", "0.bias"])
values = st.floats(-2, 2, width=32)
ONE = st.one_of(
    st.builds(Mask, at=parameters, units=units, nets=nets),
    st.builds(Mask, at=st.just("2.weight"), edges=st.just(((1, 2), (3, 4)))),
    st.builds(Ablate, at=layers, units=units, how=st.sampled_from(["zero", "mean", "resample"])),
    st.builds(Clamp, at=layers, units=units, value=values, nets=nets),
    st.builds(Add, at=parameters, units=units, value=values),
    st.builds(Noise, at=st.one_of(layers, parameters), sd=st.floats(0, 1), seed=st.integers(0, 9)),
    st.builds(Patch, at=layers, units=units, source=st.just("other")),
    st.builds(Prune, share=st.floats(0, 0.9), by=st.sampled_from(["magnitude", "random"]),
              scope=st.sampled_from(["layer", "global"])),
    st.builds(Rewind, at=st.sampled_from(["", "0"]), step=st.integers(0, 5)),
    st.builds(Permute, at=st.just("0"), into=st.sampled_from(["", "2"]), seed=st.integers(0, 9)),
    st.builds(Merge, source=st.just("other"), share=st.floats(0, 1)),
)  # fmt: skip
LISTS = st.lists(ONE, max_size=4).map(tuple)


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.numpy().tobytes() == other.numpy().tobytes()


@settings(max_examples=40, deadline=None)
@given(listed=LISTS, more=ONE, place=st.integers(0, 4))
def test_taken_out_again_is_never_applied(listed, more, place):
    place, base = min(place, len(listed)), stack()
    before = base.weights.clone()
    whole = (*listed[:place], more, *listed[place:])
    outputs(base, X, whole, others())
    assert same(base.weights, before)  # the networks themselves never change
    back = without(whole, place)
    assert back == listed
    assert same(outputs(base, X, back, others()), outputs(base, X, listed, others()))


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_a_list_is_its_json_and_its_text(listed):
    assert from_json(to_json(listed)) == listed
    assert parsed(written(listed)) == listed


def test_of_two_that_draw_one_can_go_and_the_other_draws_the_same():
    base, a, b = stack(), Noise(at="0", sd=1, seed=3), Noise(at="4", sd=1, seed=3)
    both, only = with_weights(base, (a, b)), with_weights(base, (b,))
    assert same(both.parameters["4.weight"], only.parameters["4.weight"])
    assert same(only.parameters["0.weight"], base.parameters["0.weight"])
    few = with_weights(stack(n_nets=1), (a, b))
    assert same(few.weights, both.weights[:1])


def test_nothing_done_changes_nothing():
    base = stack()
    plain = said(base, X, [])[0]
    nothing = (
        Patch(at="1", source="self"),
        Noise(at="1", sd=0),
        Add(at="1"),
        Merge(source="self", share=0.3),
        Prune(share=0),
        Permute(at="0", order=tuple(range(8))),
    )
    for one in nothing:
        assert same(outputs(base, X, (one,), others()), plain), one
    assert same(outputs(base, X, ()), plain)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["1", "2", "3"]), st.integers(1, 9))
def test_a_whole_layer_of_another_run_gives_its_output_to_the_bit(layer, seed):
    theirs = torch.randn(20, 5, generator=torch.Generator().manual_seed(seed))
    run = Others({"theirs": Run(stack(), theirs)})
    patched = outputs(stack(), X, (Patch(at=layer, source="theirs"),), run)
    assert same(patched, said(stack(), theirs, [])[0])


def test_ablating_is_written_out_by_hand():
    base, net = stack(), stack().module(1)
    hidden = torch.relu(net[0](X))
    for how, value in (("zero", 0.0), ("mean", hidden[:, 3].mean())):
        wanted = hidden.clone()
        wanted[:, 3] = value
        found = outputs(base, X, (Ablate(at="1", units=(3,), how=how),))[1]
        torch.testing.assert_close(found, net[2:](wanted))
    clamped = outputs(base, X, (Clamp(at="1", units=(0, 3), value=2.0),))[1]
    wanted = hidden.clone()
    wanted[:, [0, 3]] = 2.0
    torch.testing.assert_close(clamped, net[2:](wanted))


def test_resampling_keeps_what_the_unit_says_over_all_examples():
    base = stack()
    order = np.random.default_rng(4).permutation(20)
    run = Others({"mixed": Run(base, X[order])})
    by_hand = outputs(base, X, (Patch(at="1", units=(2,), source="mixed"),), run)
    found = outputs(base, X, (Ablate(at="1", units=(2,), how="resample", seed=4),))
    torch.testing.assert_close(found, by_hand)


def test_only_the_networks_that_are_named_change():
    base = stack()
    plain = said(base, X, [])[0]
    for one in (Clamp(at="1", value=3.0, nets=(1,)), Mask(at="0", nets=(1,))):
        found = outputs(base, X, (one,))
        assert same(found[[0, 2]], plain[[0, 2]])
        assert not same(found[1], plain[1])


def test_permuting_both_ends_keeps_the_function():
    base = stack()
    plain = said(base, X, [])[0]
    torch.testing.assert_close(outputs(base, X, (Permute(at="0", into="2", seed=1),)), plain)
    moved = outputs(base, X, (Permute(at="0", seed=1),))
    assert (moved - plain).abs().max() > 1e-2
    there_and_back = (
        Permute(at="0", into="2", order=(1, 2, 3, 4, 5, 6, 7, 0)),
        Permute(at="0", into="2", order=(7, 0, 1, 2, 3, 4, 5, 6)),
    )
    assert same(with_weights(base, there_and_back).weights, base.weights)


@pytest.mark.parametrize("scope", ["layer", "global"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
def test_pruning_takes_the_smallest(share, scope):
    """Oracle: torch.nn.utils.prune, which is written by others."""
    from torch.nn.utils import prune

    found = with_weights(stack(), (Prune(share=share, scope=scope),))
    for net in range(3):
        module = stack().module(net)
        layers = [(module[k], "weight") for k in (0, 2, 4)]
        if scope == "global":
            prune.global_unstructured(layers, prune.L1Unstructured, amount=share)
        else:
            for layer, name in layers:
                prune.l1_unstructured(layer, name, amount=share)
        for k in (0, 2, 4):
            assert torch.equal(found.parameters[f"{k}.weight"][net], module[k].weight)


def test_density_counts_weights_and_pruning_twice_multiplies():
    base = stack()
    assert density(base).tolist() == [1.0] * 3
    once = with_weights(base, (Prune(share=0.5, scope="global"),))
    twice = with_weights(base, (Prune(share=0.5, scope="global"),) * 2)
    n = 5 * 8 + 8 * 6 + 6 * 3
    assert density(once).tolist() == [n // 2 / n] * 3
    assert density(twice) == pytest.approx([0.25] * 3, abs=1 / n)
    drawn = [with_weights(base, (Prune(by="random", seed=s),)).weights for s in (0, 0, 1)]
    assert same(drawn[0], drawn[1])
    assert not same(drawn[0], drawn[2])


def test_a_pruned_network_is_trained_under_its_mask():
    pruned = with_weights(stack(), (Prune(share=0.7),))
    kept = masks(pruned)
    batches = ArrayBatches(X, X[:, :3].argmax(-1))
    training = Training(pruned, batches, rule=Rule(), constraints=Constraints(kept))
    training.advance(10)
    after = masks(training.stack)
    assert all(not (after[name] & ~kept[name]).any() for name in kept)


def test_rewinding_is_the_kept_moment_to_the_bit():
    training = Training(stack(), ArrayBatches(X, X[:, :3].argmax(-1)))
    start, kept = training.stack.copy(), Checkpoints()
    kept.keep(training)
    training.advance(5)
    kept.keep(training)
    run = Others(at_step=lambda step: kept.stack_at(training, step))
    assert same(with_weights(training.stack, (Rewind(step=0),), run).weights, start.weights)
    assert same(
        with_weights(training.stack, (Rewind(step=9),), run).weights, training.stack.weights
    )
    part = with_weights(training.stack, (Rewind(at="0"),), run)
    assert same(part.parameters["0.weight"], start.parameters["0.weight"])
    assert same(part.parameters["2.weight"], training.stack.parameters["2.weight"])


def test_merging_is_a_straight_line():
    a, b = stack(), stack(50)
    run = Others({"b": Run(b)})
    half = with_weights(a, (Merge(source="b"),), run).weights
    torch.testing.assert_close(half, (a.weights + b.weights) / 2)
    assert same(with_weights(a, (Merge(source="b", share=1.0),), run).weights, b.weights)
    assert same(with_weights(a, (Merge(source="b", share=0.0),), run).weights, a.weights)


REFUSED = [
    ("ablate 9:1", "no layer '9'; there are: 0, 1, 2, 3, 4"),
    ("ablate 1:8", "no unit 8; there are 8"),
    ("mask 0.weight:9->1", "no unit 9; there are 5"),
    ("mask 0.bias:1->1", "has no edges"),
    ("patch 1 source=nobody", "no run 'nobody' to take from; there are: other, self"),
    ("permute 0 order=1,1", "each of its 8 units once"),
    ("permute 0 into=4", "does not read the 8 units"),
    ("clamp 1 value=1 nets=7", "no network 7; there are 3"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_is_not_there_is_named(text, sentence):
    with pytest.raises(InputError, match=sentence.replace("'", ".").replace("(", ".")):
        outputs(stack(), X, parsed(text), others())


WRONG = [
    ("burn 1:2", "'burn' is no intervention; there are: mask"),
    ("ablate 1:2 mean", "must be an option such as value=0.5"),
    ("ablate 1:2 how=half", "Replaced by"),
    ("prune share=1", "Share"),
    ("prune share=many", "share must be a number"),
    ("mask 0:1,2->3", "write two"),
    ("noise 1 loud=3", "no field 'loud'"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_text_that_is_none_is_a_sentence(text, sentence):
    with pytest.raises(SpecError) as told:
        parsed(text)
    assert sentence in str(told.value)


def test_json_is_strict():
    for wrong in ('[{"kind":"ablate","at":3}]', '[{"kind":"cut"}]', '[{"kind":"mask","deep":1}]'):
        with pytest.raises(SpecError):
            from_json(wrong)
    with pytest.raises(SpecError, match="none is at 2"):
        without(parsed("mask 0; mask 2"), 2)


def test_units_of_their_own_in_each_network_are_one_change_and_the_same():
    base, plain = stack(), said(stack(), X, [])[0]
    own = tuple(Ablate(at="1", units=(k, k + 2), nets=(k,)) for k in range(3))
    found = outputs(base, X, own)
    for k, one in enumerate(own):
        assert same(found[k], outputs(base, X, (one,))[k])
        assert same(outputs(base, X, (one,))[(k + 1) % 3], plain[(k + 1) % 3])
