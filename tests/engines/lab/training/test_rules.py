"""Rules against closed forms: least squares, principal components, feedback written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.contract import InputError, SpecError
from engines.lab.training import ArrayBatches, Constraints, Rule, Training, arrays, stack_from_seeds
from engines.lab.training.signals import fixed_weights, signal_of


def small() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))


def labelled(n: int = 64) -> ArrayBatches:
    draw = torch.Generator().manual_seed(2)
    x, y = torch.randn(n, 6, generator=draw), torch.randint(0, 3, (n,), generator=draw)
    return ArrayBatches(x, y, 32, seed=4)


def test_a_linear_network_ends_at_least_squares():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(80, 5)), rng.normal(size=(80, 2))
    y = x @ rng.normal(size=(5, 2)) + 0.3 * noise
    stack = stack_from_seeds(lambda: nn.Linear(5, 2, bias=False).double(), range(3))
    batches = ArrayBatches(torch.from_numpy(x), torch.from_numpy(y))
    training = Training(stack, batches, "squared error", Rule(optimiser="SGD", learning_rate=0.3))
    training.advance(800)
    wanted = np.linalg.lstsq(x, y, rcond=None)[0].T
    for net in range(3):
        np.testing.assert_allclose(stack.one(net)["weight"], wanted, atol=1e-5)


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam"])
def test_plain_descent_of_a_quadratic_is_its_closed_form(optimiser):
    """w' = w - lr w, so w_t = w_0 (1 - lr)^t; Adam's first step is the learning rate itself."""
    weight = torch.tensor([[2.0]], dtype=torch.float64)
    module = nn.Linear(1, 1, bias=False).double()
    with torch.no_grad():
        module.weight.copy_(weight)
    x, y = torch.ones(1, 1).double(), torch.zeros(1, 1).double()
    rule = Rule(optimiser=optimiser, learning_rate=0.05, momentum=0.0)
    training = Training(stack_from_seeds(lambda: module, [0]), ArrayBatches(x, y),
                        "squared error", rule)  # fmt: skip
    training.advance(1)
    ours = float(training.stack.weights[0, 0])
    assert ours == pytest.approx(2.0 * 0.9 if optimiser != "Adam" else 2.0 - 0.05, abs=1e-7)


def test_feedback_alignment_is_its_equations():
    """Lillicrap et al. 2016: delta_1 = (B delta_2) f'; the last layer's signal is the gradient."""
    batches = labelled()
    rule = Rule(signal="feedback alignment", optimiser="SGD", learning_rate=0.1)
    training = Training(stack_from_seeds(small, [0, 1]), batches, rule=rule, seed=9)
    before = {k: v.clone() for k, v in training.stack.parameters.items()}
    x, y = batches.batch(0)
    training.advance(1)
    for net in range(2):
        w1, b1, w2, b2 = (before[n][net] for n in ("0.weight", "0.bias", "2.weight", "2.bias"))
        hidden = torch.tanh(x @ w1.T + b1)
        delta = torch.softmax(hidden @ w2.T + b2, -1) - nn.functional.one_hot(y, 3)
        delta = delta / len(x)
        back = (delta @ training.fixed["2.weight"][net]) * (1 - hidden**2)
        after = training.stack.one(net)
        torch.testing.assert_close(after["2.weight"], w2 - 0.1 * delta.T @ hidden)
        torch.testing.assert_close(after["0.weight"], w1 - 0.1 * back.T @ x)


def test_feedback_through_the_weights_themselves_is_the_gradient():
    stack, loss = stack_from_seeds(small, [3]), nn.functional.cross_entropy
    x, y = labelled().batch(0)
    one, same = stack.one(0), {n: stack.one(0)[n] for n in ("0.weight", "2.weight")}
    led, _ = signal_of("feedback alignment", stack.skeleton, loss)(one, {}, same, x, y)
    true, _ = signal_of("gradient", stack.skeleton, loss)(one, {}, {}, x, y)
    for name, value in true.items():
        torch.testing.assert_close(led[name], value)


def test_feedback_alignment_learns_and_never_moves_its_feedback():
    rule = Rule(signal="feedback alignment", optimiser="Adam", learning_rate=0.02)
    x = torch.randn(300, 6, generator=torch.Generator().manual_seed(2))
    y = x[:, :3].argmax(-1)
    batches = ArrayBatches(x, y, 32, seed=4)
    training = Training(stack_from_seeds(small, range(3)), batches, rule=rule, seed=1)
    fixed = {name: value.clone() for name, value in training.fixed.items()}
    training.advance(300)
    assert (training.measure(x, y)["score"] > 0.8).all()  # chance is a third
    assert all(torch.equal(training.fixed[name], value) for name, value in fixed.items())
    again = fixed_weights("feedback alignment", training.stack, 1)
    assert all(torch.equal(again[name], value) for name, value in fixed.items())


def test_oja_finds_the_principal_subspace():
    """Oja 1989: orthonormal rows that span the first principal components; oracle numpy's eigh."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 6)) * np.array([3.0, 2.0, 0.5, 0.4, 0.3, 0.2])
    x = (x @ np.linalg.qr(rng.normal(size=(6, 6)))[0]).astype(np.float32)
    stack = stack_from_seeds(lambda: nn.Linear(6, 2, bias=False), range(4))
    rule = Rule(signal="Oja", optimiser="SGD", learning_rate=0.05)
    training = Training(stack, arrays(x, np.zeros((400, 2))), "squared error", rule)
    training.advance(600)
    top = np.linalg.eigh(x.T @ x)[1][:, -2:]
    for net in range(4):
        w = stack.one(net)["weight"].double().numpy()
        np.testing.assert_allclose(w @ w.T, np.eye(2), atol=1e-3)
        assert np.linalg.svd(w @ top, compute_uv=False).min() > 0.999


def test_hebb_is_the_covariance_and_runs_away():
    """dW = lr W C: the growth along the first component is (1 + lr lambda)^t."""
    x = torch.tensor([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    stack = stack_from_seeds(lambda: nn.Linear(2, 1, bias=False), [0])
    start = stack.weights[0, :2].clone()
    rule = Rule(signal="Hebb", optimiser="SGD", learning_rate=0.1)
    training = Training(stack, ArrayBatches(x, torch.zeros(4, 1)), "squared error", rule)
    training.advance(10)
    wanted = start * torch.tensor([1.2**10, 1.05**10])
    torch.testing.assert_close(stack.weights[0, :2], wanted)


@settings(max_examples=10, deadline=None)
@given(
    density=st.floats(0.1, 0.9),
    seed=st.integers(0, 1000),
    optimiser=st.sampled_from(["SGD", "momentum", "Adam", "AdamW"]),
)
def test_a_masked_weight_is_exactly_zero_after_every_step(density, seed, optimiser):
    mask = torch.rand(8, 6, generator=torch.Generator().manual_seed(seed)) < density
    rule = Rule(optimiser=optimiser, learning_rate=0.05, weight_decay=0.1)
    stack = stack_from_seeds(small, range(2))
    training = Training(stack, labelled(), rule=rule, constraints=Constraints({"0.weight": mask}))
    for step in range(1, 4):
        training.advance(step)
        assert (stack.parameters["0.weight"][:, ~mask] == 0.0).all()
    # Of weights that may move, a tanh layer moves all.
    assert (stack.parameters["0.weight"][:, mask] != 0.0).all()


def test_other_limits_from_now_on_let_weights_go_and_hold_others():
    first = torch.zeros(8, 6, dtype=torch.bool)
    first[:, :3] = True
    stack = stack_from_seeds(small, range(2))
    rule = Rule(optimiser="Adam", learning_rate=0.05)
    training = Training(stack, labelled(), rule=rule, constraints=Constraints({"0.weight": first}))
    training.advance(2)
    training.constrain(Constraints({"0.weight": ~first}))
    assert (stack.parameters["0.weight"] == 0.0).all()  # what was let go starts from 0
    training.advance(4)
    assert (stack.parameters["0.weight"][:, first] == 0.0).all()
    assert (stack.parameters["0.weight"][:, ~first] != 0.0).all()


def test_kept_directions_stay_as_they_are():
    basis = torch.linalg.qr(torch.randn(6, 2, generator=torch.Generator().manual_seed(0)))[0]
    stack = stack_from_seeds(small, range(3))
    before = stack.parameters["0.weight"].clone()
    rule = Rule(optimiser="momentum", learning_rate=0.1)
    limits = Constraints(kept={"0.weight": basis})
    Training(stack, labelled(), rule=rule, constraints=limits).advance(50)
    moved = stack.parameters["0.weight"] - before
    assert moved.abs().max() > 0.05
    assert (moved @ basis).abs().max() < 1e-5


def test_what_cannot_be_is_refused_in_a_sentence():
    stack = stack_from_seeds(small, range(2))
    wrong = {"0.weight": torch.ones(6, 8, dtype=torch.bool)}
    with pytest.raises(InputError, match=r"mask of 0.weight must be boolean \(8, 6\)"):
        Constraints(wrong).fitted(stack)
    with pytest.raises(InputError, match=r"no parameter 'w'; there are: 0\.weight"):
        Constraints({"w": torch.ones(1, dtype=torch.bool)}).fitted(stack)
    with pytest.raises(InputError, match="orthonormal"):
        Constraints(kept={"0.weight": torch.ones(6, 2)}).fitted(stack)
    with pytest.raises(InputError, match="nothing to train"):
        stack_from_seeds(nn.ReLU, range(2))
    with pytest.raises(InputError, match="drops at random"):
        stack_from_seeds(lambda: nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.1)), range(2))
    with pytest.raises(InputError, match="one target per example"):
        ArrayBatches(torch.zeros(3, 2), torch.zeros(4))
    with pytest.raises(SpecError, match="Learning rate"):
        Rule(learning_rate=0.0)
    with pytest.raises(InputError, match="has none"):
        signal_of("Oja", nn.Conv1d(1, 1, 3), nn.functional.mse_loss)


def test_direct_feedback_is_its_equations():
    """Nøkland 2016: every hidden layer's error is that of the output through its own fixed weights."""

    def deep() -> nn.Module:
        return nn.Sequential(
            nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 3)
        )

    batches = labelled()
    rule = Rule(signal="direct feedback alignment", optimiser="SGD", learning_rate=0.1)
    training = Training(stack_from_seeds(deep, [0, 1]), batches, rule=rule, seed=9)
    before = {k: v.clone() for k, v in training.stack.parameters.items()}
    x, y = batches.batch(0)
    training.advance(1)
    for net in range(2):
        w1, b1, w2, b2, w3, b3 = (before[f"{k}.{n}"][net] for k in (0, 2, 4)
                                  for n in ("weight", "bias"))  # fmt: skip
        one = torch.tanh(x @ w1.T + b1)
        two = torch.tanh(one @ w2.T + b2)
        error = torch.softmax(two @ w3.T + b3, -1) - nn.functional.one_hot(y, 3)
        error = error / len(x)
        back = {name: value[net] for name, value in training.fixed.items()}
        assert back["2.weight"].shape == (3, 8)
        first = (error @ back["2.weight"]) * (1 - one**2)
        second = (error @ back["4.weight"]) * (1 - two**2)
        after = training.stack.one(net)
        torch.testing.assert_close(after["4.weight"], w3 - 0.1 * error.T @ two)
        torch.testing.assert_close(after["2.weight"], w2 - 0.1 * second.T @ one)
        torch.testing.assert_close(after["0.weight"], w1 - 0.1 * first.T @ x)


def test_losses_of_its_own_are_summed():
    """A network that gives two losses learns what either alone would teach its own weight."""

    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Parameter(torch.tensor(1.0))
            self.b = nn.Parameter(torch.tensor(2.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.stack([(self.a * x).square().mean(), 3.0 * (self.b * x).mean()])

    x = torch.tensor([[1.0], [2.0]])
    rule = Rule(optimiser="SGD", learning_rate=0.1)
    training = Training(stack_from_seeds(Two, [0]), ArrayBatches(x, x), "its own", rule)
    training.advance(1)
    after = training.stack.one(0)
    assert float(after["a"]) == pytest.approx(1.0 - 0.1 * 2 * 2.5)
    assert float(after["b"]) == pytest.approx(2.0 - 0.1 * 3 * 1.5)
