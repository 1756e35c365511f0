"""Public models in small: every one is imported and equal. Torch itself says what is right.

Configurations are small and weights random; the architectures are those of `transformers` and `torch`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.diagrams import Diagram, DiagramError
from engines.diagrams.graph.imported import Report
from engines.diagrams.running.slopes import SIXTH

TOKENS = torch.tensor([[1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 6, 7, 8, 9]])
SMALL = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24,
    "vocab_size": 32,
}  # fmt: skip
GPT2 = {"n_embd": 16, "n_layer": 1, "n_head": 2, "vocab_size": 32, "n_positions": 16}
Built = tuple[nn.Module, tuple[Any, ...]]


def of_transformers(
    name: str, *, inputs: Any = None, drop: tuple[str, ...] = (), **own: Any
) -> Built:
    """A model of `transformers` by its name, from its small configuration."""
    import transformers

    transformers.logging.set_verbosity_error()
    settings = {} if "d_model" in own or "n_embd" in own else SMALL
    settings = {k: v for k, v in {**settings, **own}.items() if k not in drop}
    config = name.removesuffix("Encoder") if name.endswith("T5Encoder") else name
    torch.manual_seed(0)
    model = getattr(transformers, f"{name}Model")(
        getattr(transformers, f"{config}Config")(**settings)
    )
    return model, (TOKENS,) if inputs is None else inputs


class Of(nn.Module):
    """A forward that is handed in, and the layers it uses."""

    def __init__(self, run: Callable[..., Any], **layers: Any) -> None:
        super().__init__()
        self.run = run
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, *inputs: Any) -> Any:
        """What the given function computes."""
        return self.run(self, *inputs)


def own(run: Callable[..., Any], inputs: tuple[Any, ...], **layers: Any) -> Built:
    """A model of a few lines."""
    return Of(run, **layers), inputs


def vit_attention(m: Any, x: Any) -> Any:
    """Timm's: one map for queries, keys and values, unbound."""
    b, n, c = x.shape
    q, k, v = m.qkv(x).reshape(b, n, 3, 2, c // 2).permute(2, 0, 3, 1, 4).unbind(0)
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c)


def linear_attention(m: Any, x: Any) -> Any:
    """Katharopoulos et al. 2020: causal, by running sums."""
    q, k, v = m.qkv(x).chunk(3, -1)
    q, k = q.softmax(-1), k.exp()
    state = torch.einsum("bnd,bne->bnde", k, v).cumsum(1)
    over = torch.einsum("bnd,bnd->bn", q, k.cumsum(1))
    return torch.einsum("bnd,bnde->bne", q, state) / over[..., None]


def masked_decoder(m: Any, x: Any) -> Any:
    """As of x-transformers: einsum with an ellipsis, a boolean mask, a large negative number."""
    q, k, v = m.qkv(x).chunk(3, -1)
    scores = torch.einsum("... i d, ... j d -> ... i j", q, k)
    later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    shown = scores.masked_fill(later, -torch.finfo(scores.dtype).max)
    return torch.einsum("... i j, ... j d -> ... i d", shown.softmax(-1), v)


def experts(m: Any, x: Any) -> Any:
    """A mixture: the two best of four, by `topk` and `scatter`."""
    score, at = m.gate(x).softmax(-1).topk(2)
    share = torch.zeros_like(m.gate(x)).scatter(-1, at, score)
    return torch.einsum("bd,edf,be->bf", x, m.experts, share)


def graph_convolution(m: Any, x: Any, source: Any, target: Any) -> Any:
    """Sums over edges."""
    return torch.zeros_like(x).index_add(0, target, m.l(x).index_select(0, source))


def _numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def _pixels(n: int = 8) -> tuple[torch.Tensor]:
    return (_numbers(1, 3, n, n),)


FEW = {"num_key_value_heads": 1}
WORDS = {"max_position_embeddings": 16}
Family = tuple[Callable[[], Built], tuple[str, ...]]
ORDINARY: dict[str, Family] = {
    "GPT-2": (lambda: of_transformers("GPT2", **GPT2), ()),
    "BERT": (lambda: of_transformers("Bert", **WORDS), ()),
    "Llama": (lambda: of_transformers("Llama", **FEW), ()),
    "T5 encoder": (lambda: of_transformers("T5Encoder", d_model=16, d_kv=8, d_ff=24, num_layers=1,
        num_heads=2, vocab_size=32), ()),
    "ViT attention": (lambda: own(vit_attention, (_numbers(2, 5, 8),), qkv=nn.Linear(8, 24)), ()),
    "linear attention": (lambda: own(linear_attention, (_numbers(2, 6, 8),), qkv=nn.Linear(8, 24)),
        ()),
    "masked decoder": (lambda: own(masked_decoder, (_numbers(2, 6, 8),), qkv=nn.Linear(8, 24)), ()),
    "sums over edges, for each": (lambda: own(lambda m, x, at: torch.zeros_like(m.l(x)).scatter_add(
        1, at, m.l(x)), (_numbers(3, 5), torch.tensor([[0, 1, 1, 4, 2]] * 2 + [[3, 3, 0, 0, 2]])),
        l=nn.Linear(5, 5)), ()),
    "numbers by position": (lambda: own(lambda m, x, at, to: m.l(x)[:, at].gather(1, to), (
        _numbers(3, 5), torch.tensor([3, 0, 0]), torch.tensor([[2], [0], [2]])),
        l=nn.Linear(5, 4)), ()),
    "every second by position": (lambda: own(lambda m, x: m.l(x).index_select(1,
        torch.arange(1, 6, 2)), (_numbers(3, 5),), l=nn.Linear(5, 6)), ()),
    "a mask of the smallest": (lambda: own(lambda m, x: m.l(x) * torch.zeros_like(m.l(x)).scatter(
        0, m.l(x).topk(2, 0, largest=False).indices, 1.0), (_numbers(4, 5),), l=nn.Linear(5, 5)),
        ()),
    "graph convolution": (lambda: own(graph_convolution, (_numbers(6, 5),
        torch.tensor([0, 1, 2, 5]), torch.tensor([1, 1, 0, 4])), l=nn.Linear(5, 5)), ()),
    "experts": (lambda: own(experts, (_numbers(3, 5),), gate=nn.Linear(5, 4),
        experts=nn.Parameter(_numbers(4, 5, 5))), ()),
    "LSTM, both ways": (lambda: (nn.LSTM(5, 4, 2, bidirectional=True), (_numbers(6, 2, 5),)), ()),
    "GRU cell": (lambda: (nn.GRUCell(5, 4), (_numbers(3, 5), _numbers(3, 4))), ()),
    "Elman": (lambda: (nn.RNN(5, 4), (_numbers(6, 2, 5),)), ()),
    "uneven pools": (lambda: (nn.Sequential(nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.AdaptiveAvgPool2d(3)), (_numbers(1, 2, 8, 10),)), ()),
    "layer scale": (lambda: own(lambda m, x: torch.einsum("...d,d->...d", x, m.g), (_numbers(2, 3),),
        g=nn.Parameter(_numbers(3))), ()),
    "new zeros": (lambda: own(lambda _, x: torch.cat([x, x.new_zeros(2, 4)]), (_numbers(3, 4),)), ()),
    "matrix transposes": (lambda: own(lambda _, x: x @ x.mT, (_numbers(2, 3, 4),)), ()),
}  # fmt: skip
FURTHER: dict[str, Family] = {
    "RoBERTa": (lambda: of_transformers("Roberta", **WORDS), ("ne", "to", "cumsum", "add", "mul",
        "add", "gather")),
    "DistilBERT": (lambda: of_transformers("DistilBert", dim=16, n_layers=1, n_heads=2,
        hidden_dim=24, vocab_size=32, **WORDS, drop=tuple(k for k in SMALL if k != "vocab_size")),
        ()),
    "ELECTRA": (lambda: of_transformers("Electra", embedding_size=16, **WORDS), ()),
    "ALBERT": (lambda: of_transformers("Albert", embedding_size=8, **WORDS), ()),
    "Mistral": (lambda: of_transformers("Mistral", **FEW), ()),
    "Qwen2": (lambda: of_transformers("Qwen2", **FEW), ()),
    "Qwen3": (lambda: of_transformers("Qwen3", head_dim=8, **FEW), ()),
    "GPT-NeoX": (lambda: of_transformers("GPTNeoX", rotary_pct=0.5), ()),
    "OPT": (lambda: of_transformers("OPT", ffn_dim=24, word_embed_proj_dim=16, **WORDS,
        drop=("intermediate_size",)), ()),
    "Phi": (lambda: of_transformers("Phi"), ()),
    "Phi-3": (lambda: of_transformers("Phi3", pad_token_id=0, **FEW), ()),
    "Gemma": (lambda: of_transformers("Gemma", head_dim=8, **FEW), ()),
    "Gemma 2": (lambda: of_transformers("Gemma2", head_dim=8, **FEW), ()),
    "BLOOM": (lambda: of_transformers("Bloom", hidden_size=16, n_layer=1, n_head=2), ()),
    "GPT-J": (lambda: of_transformers("GPTJ", rotary_dim=4, **GPT2), ()),
    "CodeGen": (lambda: of_transformers("CodeGen", rotary_dim=4, **{**GPT2, "n_head": 4}), ()),
    "MPT": (lambda: of_transformers("Mpt", d_model=16, n_layers=1, n_heads=2, vocab_size=32,
        max_seq_len=16), ()),
    "StableLM": (lambda: of_transformers("StableLm", num_key_value_heads=2), ()),
    "Cohere": (lambda: of_transformers("Cohere", num_key_value_heads=2), ()),
    "OLMo": (lambda: of_transformers("Olmo"), ()),
    "Falcon": (lambda: of_transformers("Falcon", drop=("intermediate_size",)), ("index", "index")),
    "Mamba": (lambda: of_transformers("Mamba", state_size=4, inputs=(TOKENS[:1, :4],),
        drop=("num_attention_heads", "intermediate_size")), ()),
    "XLNet": (lambda: of_transformers("XLNet", d_model=16, n_layer=1, n_head=2, d_inner=24,
        vocab_size=32), ()),
    "FNet": (lambda: of_transformers("FNet", drop=("num_attention_heads",), **WORDS),
        ("fft_fftn", "real")),
    "ViT": (lambda: of_transformers("ViT", image_size=8, patch_size=4, inputs=_pixels()), ()),
    "Swin": (lambda: of_transformers("Swin", image_size=8, patch_size=2, embed_dim=8, depths=[2],
        num_heads=[2], window_size=2, inputs=_pixels(), drop=tuple(SMALL)), ()),
    "CLIP, pictures": (lambda: of_transformers("CLIPVision", image_size=8, patch_size=4,
        inputs=_pixels()), ()),
    "ResNet": (lambda: of_transformers("ResNet", embedding_size=4, hidden_sizes=[4, 8],
        depths=[1, 1], layer_type="basic", inputs=_pixels(16), drop=tuple(SMALL)), ()),
    "LSTM cell": (lambda: own(lambda m, x, h, c: m.cell(x, (h, c))[0], (_numbers(3, 5),
        _numbers(3, 4), _numbers(3, 4)), cell=nn.LSTMCell(5, 4)), ()),
    "GRU, both ways": (lambda: (nn.GRU(5, 4, 2, bidirectional=True), (_numbers(6, 2, 5),)), ()),
}  # fmt: skip


def verdict(build) -> tuple[str, Report]:
    """What `verify` says of a family, and what its import says."""
    torch.manual_seed(0)
    model, inputs = build()
    diagram = Diagram.from_torch(model.eval(), inputs)
    return diagram.verify(model).verdict, diagram.report


def held(family) -> None:
    """The verdict is equal, and what is opaque is what the table names."""
    build, opaque = family
    found, report = verdict(build)
    assert found.startswith("equal"), found
    assert tuple(name.partition(".")[0] for name in report.opaque) in (
        opaque,
        opaque[:-2] + opaque[-1:],
    )


@pytest.mark.parametrize("name", ORDINARY)
def test_a_family_is_equal(name):
    held(ORDINARY[name])


@pytest.mark.skipif("EXPLORER_SLOW_IMPORTS" not in os.environ, reason="two minutes; asked for")
@pytest.mark.parametrize("name", FURTHER)
def test_a_further_family_is_equal(name):
    held(FURTHER[name])


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (lambda m, x: x[x > 0].sum(), "depends on values"),
        (lambda m, x: x * x.nonzero().shape[0], "depends on values|values of a tensor"),
        (lambda m, x: x[: int(x.sum().item())], "values of a tensor|one number of a tensor"),
    ],
)
def test_a_size_that_depends_on_values_is_refused_with_its_line(run, word):
    """D46: the sentence says where, and what to write instead."""
    model, inputs = own(run, (torch.ones(4),))
    with pytest.raises(DiagramError, match=word) as caught:
        Diagram.from_torch(model, inputs)
    assert "test_families.py:" in str(caught.value)


def test_a_row_without_gradient_has_none_in_the_derived_gradients_either():
    """`padding_idx`: torch's own embedding says what reaches the table."""
    model = torch.nn.Embedding(4, 3, padding_idx=1)
    diagram = Diagram.from_torch(model, (torch.tensor([[0, 1, 1, 2]]),))
    assert "unlearned=1" in diagram.text()
    assert Diagram.from_text(diagram.text()).text() == diagram.text()
    assert "unlearned=1" in diagram.backward().text()
    assert diagram.verify(model).verdict == "equal on 2 inputs"


def test_axes_of_opaque_results_say_where_they_come_from():
    """D50: as the tensor of the same shape has them, or by the name of the call."""
    model, inputs = own(lambda _, x: torch.linalg.svdvals(x.sort(-1).values), (torch.randn(3, 5),))
    diagram = Diagram.from_torch(model, inputs, names={"args_0": "row column"})
    made = [v.axes for _, _, n in diagram.graph.walk() if n.kind == "opaque" for v in n.outs]
    assert not any(a.startswith("o") for axes in made for a in axes), made


def test_a_map_whose_result_is_overwritten_is_never_used():
    """Its parameters are in no output, so they are no difference; the report names them."""

    def overwritten(m, x):
        y = m.l(x)
        y.zero_()
        return x * 2 + y

    model, inputs = own(overwritten, (torch.randn(3, 5),), l=nn.Linear(5, 5))
    diagram = Diagram.from_torch(model, inputs)
    assert diagram.verify(model).verdict.startswith("equal")
    assert diagram.report.unused == ("l.weight", "l.bias")


def test_a_hard_sigmoid_has_the_slope_that_torch_takes():
    # torch takes 1 / 6 in single precision for the slope, also of double precision numbers.
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    nn.Hardsigmoid()(x).backward()
    assert float(x.grad) == float(torch.tensor(1 / 6, dtype=torch.float32)) == SIXTH != 1 / 6
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 4), nn.Hardsigmoid())
    assert Diagram.from_torch(model, (torch.randn(3, 5),)).verify(model).holds
