"""Recordings equal what the layers give when they are called by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel

from engines.contract import InputError
from engines.geometry import ActivationSet, Recorder

record = ActivationSet.record


@pytest.fixture(autouse=True)
def same_weights():
    torch.manual_seed(0)


def by_hand(value) -> np.ndarray:
    return value.detach().double().numpy()


@pytest.mark.parametrize(
    "after", [nn.ReLU(inplace=True), nn.Hardtanh(inplace=True), nn.Dropout(inplace=True)]
)
def test_what_a_later_layer_overwrites_is_recorded_as_it_was(after):
    """captum issue 156: a hook that keeps a view sees what came later."""
    net = nn.Sequential(nn.Linear(6, 9), after)
    x = torch.randn(8, 6)
    np.testing.assert_allclose(record(net, x).at("0"), by_hand(net[0](x)), atol=1e-6)


class Residual(nn.Module):
    """Writes into what its layer gave, in forward itself; has a leaf that never runs."""

    def __init__(self):
        super().__init__()
        self.lin, self.act, self.unused = nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 2)

    def forward(self, x, scale=1.0):
        h = self.lin(x)
        kept = h.clone()
        h.mul_(100.0)
        return self.act(self.act(kept) * scale).sum(dim=1)


def test_every_call_is_kept_and_leaves_that_never_run_are_named():
    net, x = Residual(), torch.randn(7, 5)
    recorder = Recorder(net, x)
    recorder.snapshot(step=0)
    found = recorder.close()
    first = torch.tanh(net.lin(x))
    np.testing.assert_allclose(found.at("lin"), by_hand(net.lin(x)), atol=1e-6)
    np.testing.assert_allclose(found.at("act"), by_hand(first), atol=1e-6)
    np.testing.assert_allclose(found.at("act (call 2)"), by_hand(torch.tanh(first)), atol=1e-6)
    assert recorder.left_out == {"unused": "did not run on these inputs"}
    assert found.manifest["provenance"]["left_out"] == recorder.left_out
    with pytest.raises(InputError, match="'unused' did not run"):
        record(net, x, ["unused"])


def test_named_inputs_and_one_number_per_stimulus():
    net, x = Residual(), torch.randn(7, 5)
    found = record(net, {"x": x, "scale": 2.0}, ["output"])
    np.testing.assert_allclose(found.at("output")[:, 0], by_hand(net(x, scale=2.0)), atol=1e-6)


def test_an_encoder_with_default_layers_takes_time_first():
    net = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(16, 4, 32), 2, enable_nested_tensor=False
    ).eval()
    x = torch.randn(5, 9, 16)  # five times, nine stimuli
    with pytest.raises(InputError, match=r"5 tokens .* for each of 9 stimuli.*tokens='mean'"):
        record(net, x)
    found = record(net, x, tokens="mean")
    assert found.n_stimuli == 9
    np.testing.assert_allclose(found.at("layers.1.norm2"), by_hand(net(x).mean(dim=0)), atol=1e-5)
    assert "layers.0.self_attn.out_proj" in found.manifest["provenance"]["left_out"]
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_time_of_an_lstm_is_not_stimuli(batch_first):
    net = nn.LSTM(4, 6, batch_first=batch_first)
    x = torch.randn(11, 7, 4)
    n = 11 if batch_first else 7
    out = net(x)[0] if batch_first else net(x)[0].transpose(0, 1)
    found = record(net, x, ["output"], tokens="last")
    assert found.n_stimuli == n
    np.testing.assert_allclose(found.at("output"), by_hand(out[:, -1]), atol=1e-6)


class Reader(nn.Module):
    """Time first inside; the inputs do not tell."""

    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(4, 6), nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][-1])


def test_an_axis_that_the_inputs_do_not_tell_is_asked_for():
    net, x = Reader(), torch.randn(7, 7, 4)
    with pytest.raises(InputError, match=r"'rnn' takes time first: .* stimulus_axis=0 or 1"):
        record(net, x)
    found = record(net, x, stimulus_axis=1, tokens="last")
    np.testing.assert_allclose(found.at("head"), by_hand(net(x)), atol=1e-6)
    np.testing.assert_allclose(found.at("rnn"), by_hand(net.rnn(x)[0][-1]), atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_every_float_type_is_recorded(dtype):
    net, x = nn.Sequential(nn.Linear(6, 9)).to(dtype), torch.randn(8, 6).to(dtype)
    np.testing.assert_array_equal(record(net, x).at("0"), by_hand(net[0](x)))


def test_space_is_flattened_or_averaged():
    net, x = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), torch.randn(6, 3, 8, 8)
    np.testing.assert_allclose(record(net, x).at("1"), by_hand(net(x).flatten(1)), atol=1e-6)
    found = record(net, x, space="mean").at("1")
    np.testing.assert_allclose(found, by_hand(net(x).mean(dim=(2, 3))), atol=1e-6)


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")
def test_scripted_modules_give_their_output_and_say_why_not_more():
    inner = nn.Sequential(nn.Linear(6, 9), nn.Tanh())
    x = torch.randn(8, 6)
    right = by_hand(inner(x))
    scripted = torch.jit.script(inner)
    np.testing.assert_allclose(record(scripted, x).at("output"), right, atol=1e-6)
    outer = nn.Sequential(scripted, nn.Linear(9, 2))
    np.testing.assert_allclose(record(outer, x).at("0"), right, atol=1e-6)
    with pytest.raises(InputError, match="before scripting"):
        record(outer, x, ["0.0"])


def test_a_model_of_transformers_is_recorded_by_its_keywords():
    config = BertConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24,
    )  # fmt: skip
    model = BertModel(config).eval()
    ids = torch.randint(0, 40, (5, 7))
    mask = torch.ones(5, 7, dtype=torch.long)
    mask[2, 4:] = 0
    told = {"input_ids": ids, "attention_mask": mask}
    found = record(model, told, tokens="mean")
    hidden = model(**told, output_hidden_states=True).hidden_states
    weight = mask[:, :, None].float()
    mean = (hidden[2] * weight).sum(dim=1) / weight.sum(dim=1)
    np.testing.assert_allclose(
        found.at("encoder.layer.1.output.LayerNorm"), by_hand(mean), atol=1e-5
    )
    last = record(model, told, ["encoder.layer.0"], tokens="last").at("encoder.layer.0")
    np.testing.assert_allclose(last[2], by_hand(hidden[1][2, 3]), atol=1e-5)
    assert (
        "no row for each of 5"
        in found.manifest["provenance"]["left_out"]["embeddings.position_embeddings"]
    )
