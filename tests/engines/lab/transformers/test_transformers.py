"""Small transformers: torch's own attention, patterns by hand, heads held and replaced."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.contract import InputError, SpecError
from engines.lab.data.pairs import Pairs
from engines.lab.interventions.activations import outputs, said
from engines.lab.interventions.runs import Others, Run
from engines.lab.interventions.text import parsed, written
from engines.lab.training import Rule, Training, arrays, stack_from_seeds, stack_of
from engines.lab.transformers.by_hand import induction_by_hand
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.lab.transformers.holding import copy_from, held_heads, hold, tell_last
from engines.lab.transformers.kinds import PATTERNS
from engines.lab.transformers.patterns import pattern

PAIRS = Pairs(n_items=12)
TOKENS, LABELS = PAIRS.sequences(np.random.default_rng(0), 60)
X = torch.from_numpy(TOKENS)
SMALL = Build(
    d_model=16,
    n_heads=4,
    wide=False,
    n_fixed=12,
    n_said=5,
    last=True,
    start=0.25,
    held=PATTERNS,
    bypassed=True,
)
PLAIN = Build(d_model=16, n_heads=2)


def built(build: Build = SMALL) -> CausalTransformer:
    return CausalTransformer(5 if build.n_fixed else 17, 5, build)


def stack(n_nets: int = 3, build: Build = SMALL, seed: int = 0):
    return stack_from_seeds(lambda: built(build), range(seed, seed + n_nets))


def test_attention_is_torchs_scaled_dot_product_attention():
    torch.manual_seed(1)
    block = built(PLAIN).layers[0]
    x = torch.randn(6, 5, 16)
    kept = {}
    block.pattern.register_forward_hook(lambda _m, _a, out: kept.update(pattern=out))
    block.heads.register_forward_hook(lambda _m, _a, out: kept.update(heads=out))
    block(x)
    query, key, value = (
        part.reshape(6, 5, 2, 8).transpose(1, 2) for part in block.parts(block.norm(x)).chunk(3, -1)
    )
    theirs = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(kept["heads"].permute(0, 3, 1, 2), theirs)
    assert kept["pattern"].shape == (6, 5, 5, 2)
    torch.testing.assert_close(kept["pattern"].sum(2), torch.ones(6, 5, 2))
    assert not kept["pattern"].permute(0, 3, 1, 2).triu(1).any()  # nothing looks ahead


def test_only_the_last_place_is_asked_and_says_the_same():
    torch.manual_seed(2)
    whole = CausalTransformer(17, 5, Build(d_model=16, n_heads=2))
    asked = CausalTransformer(17, 5, Build(d_model=16, n_heads=2, last=True))
    asked.load_state_dict(whole.state_dict())
    torch.testing.assert_close(asked(X), whole(X)[..., -1])


@pytest.mark.parametrize("build", [SMALL, PLAIN])
def test_stacked_is_alone_to_the_bit(build):
    y = LABELS if build.last else TOKENS
    batches = arrays(TOKENS, y, size=16)
    together = Training(stack(3, build), batches)
    together.advance(3)
    for net in range(3):
        alone = Training(stack(1, build, net), batches)
        alone.advance(3)
        assert torch.equal(together.stack.weights[net], alone.stack.weights[0])


@pytest.mark.parametrize("optimiser", ["Adam", "SGD"])
@pytest.mark.parametrize("build", [SMALL, PLAIN])
def test_the_fastest_way_stays_close(optimiser, build):
    y = LABELS if build.last else TOKENS
    batches = arrays(TOKENS, y, size=16)
    rule = Rule(optimiser=optimiser, learning_rate=0.01)
    together = Training(stack(3, build), batches, rule=rule, exact=False)
    together.advance(50)
    assert together.way == "together"
    for net in range(3):
        alone = Training(stack(1, build, net), batches, rule=rule)
        alone.advance(50)
        gap = float((together.stack.weights[net] - alone.stack.weights[0]).abs().max())
        # Norms of first vectors of 0.02 lift rounding fifty times; Adam divides by what may be
        # nothing but rounding, where a gradient is 0.
        assert gap < (5e-6 if optimiser == "SGD" else 2e-5)


def test_a_held_head_looks_where_it_must_and_learns_only_what_it_says():
    arms = stack(4)
    hold(arms, [1], 0, [2], "previous")
    hold(arms, [2], 1, [], "match")
    start = arms.weights.clone()
    _, found = said(arms, X, ["blocks.0.pattern", "blocks.1.pattern"])
    first, last = found["blocks.0.pattern"], found["blocks.1.pattern"]
    assert torch.equal(first[1, ..., 2], pattern("previous", X).expand(60, 5, 5))
    assert not torch.equal(first[0, ..., 2], first[1, ..., 2])
    assert torch.equal(last[2], pattern("match", X)[:, -1:, :, None].expand(60, 1, 5, 4))
    assert held_heads(arms, 0) == [{}, {2: "previous"}, {}, {}]
    training = Training(arms, arrays(TOKENS, LABELS, size=16), exact=False)
    training.advance(3)
    changed = (training.stack.weights != start).float()
    parts = training.stack.views(changed)["blocks.0.parts.weight"]
    assert parts[1, 8:12].sum() == 0.0  # queries of head 2
    assert parts[1, 24:28].sum() == 0.0  # and its keys
    assert parts[1, 40:44].mean() > 0.5  # what it says is learnt
    assert parts[0, 8:12].mean() > 0.5


def test_held_heads_of_one_network_leave_the_others_alone():
    free, arms = stack(2), stack(2)
    hold(arms, [1], 0, [0], "first")
    tell_last(arms, [1])
    copy_from(arms, [1], 2)
    assert torch.equal(outputs(free, X, ())[0], outputs(arms, X, ())[0])
    assert not torch.equal(outputs(free, X, ())[1], outputs(arms, X, ())[1])


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_patterns_are_what_a_loop_finds(rows):
    tokens = torch.tensor(rows)
    wanted = {name: np.zeros((len(rows), 6, 6), np.float32) for name in PATTERNS}
    for s, row in enumerate(rows):
        for i in range(6):
            wanted["previous"][s, i, max(i - 1, 0)] = 1
            wanted["two-back"][s, i, i - 2 if i > 1 else i] = 1
            earlier = [j for j in range(i) if row[j] == row[i]]
            wanted["match"][s, i, earlier[-1] + 1 if earlier else i] = 1
            wanted["self"][s, i, i] = 1
            wanted["first"][s, i, 0] = 1
            wanted["even"][s, i, : i + 1] = np.float32(1 / (i + 1))
    for name in PATTERNS:
        found = pattern(name, tokens).expand(len(rows), 6, 6).numpy()
        np.testing.assert_allclose(found, wanted[name], err_msg=name)


def test_weights_set_by_hand_solve_the_task():
    made = stack_of([induction_by_hand(5, 12, 5)])
    logits, found = said(made, X, ["blocks.0.pattern", "blocks.1.pattern"])
    assert bool((logits[0].argmax(-1) == torch.from_numpy(LABELS)).all())
    first, last = found["blocks.0.pattern"][0, ..., 0], found["blocks.1.pattern"][0, ..., 0]
    torch.testing.assert_close(first, pattern("previous", X).expand(60, 5, 5))
    torch.testing.assert_close(last, pattern("match", X)[:, -1:])
    lost = outputs(made, X, parsed("ablate blocks.0.heads:0"))[0].argmax(-1)
    assert float((lost == torch.from_numpy(LABELS)).float().mean()) < 0.7
    wrong = outputs(made, X, parsed("attend blocks.0.pattern:0 to=two-back"))[0].argmax(-1)
    assert float((wrong == torch.from_numpy(LABELS)).float().mean()) < 0.7


def test_told_and_copied_need_one_match_alone():
    made = stack_of([induction_by_hand(5, 12, 5)])
    built_held = Build(**{**vars(made.skeleton.build), "held": ("previous",), "bypassed": True})
    held = CausalTransformer(17, 5, built_held)
    held.load_state_dict(made.module(0).state_dict(), strict=False)
    with torch.no_grad():  # queries and keys of items alike: what is told stands for the first head
        weight, d = held.layers[1].parts.weight, built_held.d_model
        weight[d : 2 * d] = weight[:d]
        weight[d : 2 * d, :5] = 0
    arms = stack_of([held])
    tell_last(arms, [0])
    copy_from(arms, [0], 0)
    found = outputs(arms, X, ())[0]
    assert bool((found.argmax(-1) == torch.from_numpy(LABELS)).all())
    shown = torch.zeros(60, 5).scatter_(1, X[:, 1:4:2], 1.0).bool()
    assert float(found[~shown].max()) < -1e3  # only what is in context can be said


def test_patching_a_head_from_itself_changes_nothing_and_all_heads_make_the_other():
    ours, theirs = stack(2), stack(2, seed=9)
    others = Others({"itself": Run(ours), "other": Run(theirs)})
    plain = outputs(ours, X, ())
    for at in ("blocks.0.heads:1", "blocks.1.pattern:0,2", "blocks.0.stream"):
        patched = outputs(ours, X, parsed(f"patch {at} source=itself"), others)
        assert float((patched - plain).abs().max()) == 0.0
    one = outputs(ours, X, parsed("patch blocks.1.heads:1 source=other"), others)
    assert float((one - plain).abs().max()) > 0.0
    through = outputs(ours, X, parsed("patch norm source=other; patch next source=other"), others)
    assert torch.equal(through, outputs(theirs, X, ()))


@pytest.mark.parametrize(("layer", "to"), [(0, "previous"), (0, "two-back"), (1, "match")])
def test_to_attend_is_to_be_held(layer, to):
    held, free = stack(), stack()
    hold(held, [0, 1, 2], layer, [3], to)
    text = f"attend blocks.{layer}.pattern:3 to={to}"
    assert parsed(written(parsed(text))) == parsed(text)
    torch.testing.assert_close(outputs(held, X, ()), outputs(free, X, parsed(text)))


def test_a_head_that_looks_at_nothing_is_silent():
    nothing = outputs(stack(), X, parsed("attend blocks.1.pattern to=nothing"))
    torch.testing.assert_close(nothing, outputs(stack(), X, parsed("ablate blocks.1.heads")))


def test_what_is_not_there_is_named():
    for wrong, said_so in (
        (lambda: hold(stack(), [0], 0, [4], "self"), "no head 4"),
        (lambda: hold(stack(), [3], 0, [0], "self"), "no network 3"),
        (lambda: hold(stack(), [0], 5, [0], "self"), "cannot be held"),
        (lambda: copy_from(stack(), [0], 9), "no head 9"),
        (lambda: tell_last(stack(1, PLAIN), [0]), "bypassed of Build"),
        (lambda: hold(stack(1, Build(held=("self",))), [0], 0, [0], "first"), "held to self, not"),
        (lambda: outputs(stack(), X, parsed("attend blocks.0.heads:0")), "no attention"),
        (lambda: outputs(stack(), X, parsed("ablate blocks.0.heads:4")), "no unit 4"),
        (lambda: Pairs(n_shown=6), "cannot be drawn"),
    ):
        with pytest.raises(InputError, match=said_so):
            wrong()
    with pytest.raises(SpecError, match="To: input should be"):
        parsed("attend blocks.0.pattern to=nowhere")


@given(st.integers(2, 6), st.integers(6, 30), st.integers(1, 2), st.booleans(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_query_is_one_of_the_items_and_its_label_the_one_beside_it(
    n_labels, n_items, n_shown, relabelled, seed
):
    pairs = Pairs(n_labels, n_items, n_shown, relabelled)
    tokens, wanted = pairs.sequences(np.random.default_rng(seed), 50, first=3)
    items, labels = tokens[:, :-1:2], tokens[:, 1::2]
    assert items.min() >= n_labels + 3
    assert items.max() < n_labels + n_items + 3
    assert labels.max() < n_labels
    for each in (items, labels):
        assert all(len(set(row)) == n_shown for row in each.tolist())
    assert ((items == tokens[:, -1:]) & (labels == wanted[:, None])).any(1).all()
    if not relabelled:
        assert np.array_equal((items - n_labels - 3) % n_labels, labels)
