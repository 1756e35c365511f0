"""The relational network: messages, laws, what learns, and its files."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from engines.contract import InputError
from engines.pointer.answers import boards as known
from engines.pointer.boards.laws import RELABELLED, SWAPPED, TURNED, disagreements, moved
from engines.pointer.boards.learning import (
    FOUR,
    Learner,
    boards_of,
    learnt,
    relational,
    split,
)
from engines.pointer.boards.making import puzzles, random_grids
from engines.pointer.boards.messages import Told
from engines.pointer.boards.network import PlainNet, RelationalNet, read, step_loss
from engines.pointer.boards.shape import SHAPES
from engines.pointer.boards.tracing import Trace, trace
from engines.pointer.boards.weights import bundled, loaded, packed, shipped

SHAPE = SHAPES["6 x 6"]


def parts(dtype: torch.dtype) -> list[torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    sizes = ((2, 16, 3), (2, 16, 3), (5, 3))
    return [torch.randn(size, generator=random, dtype=torch.double).to(dtype) for size in sizes]


def told(own: torch.Tensor, sent: torch.Tensor, shared: torch.Tensor) -> torch.Tensor:
    shape = SHAPES[FOUR]
    relations, peers = (torch.from_numpy(x) for x in (shape.relations(), shape.peers()))
    return Told.apply(own, sent, shared[relations], peers)


def test_gradients_of_messages_are_those_of_finite_differences():
    inputs = [x.requires_grad_() for x in parts(torch.double)]
    assert torch.autograd.gradcheck(told, inputs)


def test_the_compiled_loop_and_the_gathered_sums_agree():
    found = []
    for dtype in (torch.float32, torch.float64):
        inputs = [x.requires_grad_() for x in parts(dtype)]
        out = told(*inputs)
        (out * out.detach().cos()).sum().backward()
        found.append([out.detach(), *(x.grad for x in inputs)])
    for single, double in zip(*found, strict=True):
        torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("answer", known.board_answers()[3:], ids=lambda a: a.target)
def test_laws_and_the_bundled_network(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


def test_summed_messages_are_what_the_step_hears():
    torch.manual_seed(1)
    net = RelationalNet(SHAPE, 16)
    state = torch.randn(2, 36, 16)
    own, sent, _ = net.of_state(state).split((16, 16, 64), dim=-1)
    heard = Told.apply(own, sent, net.shared(net.relations), net.peers)
    whole = torch.nn.functional.linear(heard, net.of_heard.weight)
    torch.testing.assert_close(net.messages(state).sum(dim=2), whole, rtol=1e-4, atol=1e-4)


def test_absolute_positions_mind_swapped_rows_and_relative_ones_do_not():
    boards = puzzles(SHAPE, random_grids(SHAPE, 30, 2), 14, 3)
    changed = {}
    for absolute in (False, True):
        torch.manual_seed(3)
        net = RelationalNet(SHAPE, 16, absolute=absolute)
        with torch.no_grad():
            for weight in net.parameters():
                weight.mul_(2.0)
        changed[absolute] = disagreements(net, boards, 3, 0)
    assert not changed[False][SWAPPED].any()
    assert changed[True][SWAPPED].any()
    assert changed[False][RELABELLED].any()


def test_changes_of_a_board_keep_its_rules():
    grid = random_grids(SHAPES["9 x 9"], 1, 1)[0]
    for change in (SWAPPED, TURNED):
        square = grid[moved(SHAPES["9 x 9"], change)].reshape(9, 9)
        boxes = square.reshape(3, 3, 3, 3).transpose(0, 2, 1, 3).reshape(9, 9)
        for units in (square, square.T, boxes):
            assert (np.sort(units, axis=1) == np.arange(1, 10)).all()


def test_the_loss_is_the_mean_over_steps_cells_and_boards():
    logits = [torch.zeros(2, 16, 4), torch.zeros(2, 16, 4)]
    logits[1][..., 0] = 50.0
    wanted = torch.ones(2, 16, dtype=torch.long)
    assert float(step_loss(logits, wanted)) == pytest.approx(np.log(4) / 2, abs=1e-6)


def test_grids_are_split_and_none_is_on_both_sides():
    parts = split(5)
    assert (len(parts.learnt), len(parts.held_out)) == (216, 72)
    both = {tuple(g) for g in parts.learnt.tolist()} & {tuple(g) for g in parts.held_out.tolist()}
    assert not both


def test_a_few_updates_already_solve_boards_and_equal_seeds_learn_alike():
    finals = []
    for _ in range(2):
        net, grids = relational(24, "relative", 0), split(0).learnt
        losses = list(learnt(Learner(net, 50, 1e-2), grids, 32, 4, 0))
        finals.append(losses[-1])
    assert finals[0] == finals[1]
    boards, answers = boards_of(net.shape, split(0).held_out, 60, 8, 1)
    assert losses[-1] < 0.7 * losses[0]
    assert (read(net, boards, 4)[-1] == answers).mean() > 0.6


def test_a_plain_network_knows_no_steps():
    torch.manual_seed(0)
    net = PlainNet(SHAPES[FOUR], 8)
    found = read(net, np.zeros((3, 16), np.int8), 2)
    assert found.shape == (2, 3, 16)
    assert (found[0] == found[1]).all()


def test_a_trace_begins_with_what_is_given_and_says_since_when_a_cell_is_right():
    net = bundled(FOUR).net
    boards, answers = boards_of(net.shape, split(0).held_out, 1, 4, 3)
    seen = trace(net, boards[0], answers[0], 8)
    assert isinstance(seen, Trace)
    np.testing.assert_allclose(seen.belief.sum(axis=2), 1.0, atol=1e-5)
    assert (seen.right_from()[boards[0] > 0] == 0).all()
    for cell, since in enumerate(seen.right_from()):
        if since > 0:
            assert (seen.digits()[since:, cell] == answers[0, cell]).all()
            assert since == 1 or seen.digits()[since - 1, cell] != answers[0, cell]


def test_weights_come_back_and_damaged_ones_do_not(tmp_path):
    net = RelationalNet(SHAPES[FOUR], 8)
    recipe = {"shape": FOUR, "d_hidden": 8, "absolute": False}
    data = packed(net, recipe, {"givens": {}})
    path = tmp_path / "own.safetensors"
    path.write_bytes(data)
    for name, value in loaded(path).net.state_dict().items():
        torch.testing.assert_close(value, net.state_dict()[name].half().float())
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1, data[-1]]))
    with pytest.raises(InputError, match="damaged"):
        loaded(path)
    path.write_bytes(packed(net, {**recipe, "d_hidden": 16}, {}))
    with pytest.raises(InputError, match="does not fit its own recipe"):
        loaded(path)
    path.write_bytes(data[:40])
    with pytest.raises(InputError, match="cannot be read"):
        loaded(path)
    with pytest.raises(InputError, match="cannot be read"):
        loaded(tmp_path / "nowhere.safetensors")


def test_other_weights_are_refused_by_their_format(tmp_path):
    from safetensors.torch import save

    path = tmp_path / "other.safetensors"
    path.write_bytes(save({"x": torch.zeros(1)}, {"format": "something else"}))
    with pytest.raises(InputError, match="expected format"):
        loaded(path)


def test_bundled_headers_say_how_they_did():
    data = shipped(FOUR).read_bytes()
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    metrics = json.loads(head["metrics"])["givens"]
    assert min(shares["8"] for shares in metrics.values()) >= 0.98
