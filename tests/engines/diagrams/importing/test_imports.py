"""The architectures that an import must understand, with sizes that differ and that are equal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from engines.diagrams import Diagram
from engines.diagrams.experiments.importing.imported import EXPERIMENT as IMPORTED
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.importing.models import GPT, MLP, GPTBlock, ResNet18, UNet, ViT
from engines.diagrams.specs.importing import ImportedDrawing

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning",
                                        "ignore::UserWarning")  # fmt: skip


class Convolutions(nn.Module):
    """Grouped and dilated, strided, transposed."""

    def __init__(self, n: int, wide: int) -> None:
        super().__init__()
        self.grouped = nn.Conv1d(n, wide, 3, padding=2, dilation=2, groups=2)
        self.strided = nn.Conv1d(wide, wide, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose1d(wide, n, 4, stride=2, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.up(self.strided(self.grouped(x)))


class Tied(nn.Module):
    """The head has the weight of the embedding, one block that of another."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(11, 6), nn.Linear(6, 11, bias=False)
        self.first, self.second = (
            nn.Sequential(nn.Linear(6, 6, bias=False), nn.ReLU()) for _ in "ab"
        )
        self.head.weight, self.second[0].weight = self.embed.weight, self.first[0].weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.second(self.first(self.embed(x))))


def _tokens(*shape: int) -> torch.Tensor:
    return torch.zeros(shape, dtype=torch.int64)


X = torch.randn
MODELS = {
    "MLP": (lambda: MLP(), lambda: (X(3, 28, 28),)),
    "attention": (
        lambda: nn.MultiheadAttention(64, 4, batch_first=True),
        lambda: (X(2, 10, 64), X(2, 7, 64), X(2, 7, 64)),
    ),
    "encoder layer": (
        lambda: nn.TransformerEncoderLayer(64, 4, 128, batch_first=True),
        lambda: (X(2, 10, 64),),
    ),
    "transformer": (
        lambda: nn.Transformer(32, 4, 2, 2, 64, batch_first=True),
        lambda: (X(2, 10, 32), X(2, 7, 32)),
    ),
    "GPT block": (lambda: GPTBlock(64, 4), lambda: (X(2, 10, 64),)),
    "GPT": (lambda: GPT(12, 128, 4), lambda: (_tokens(2, 64),)),
    "ResNet-18": (lambda: ResNet18(16), lambda: (X(2, 3, 64, 64),)),
    "U-Net": (lambda: UNet(1, 8, 3), lambda: (X(2, 1, 32, 32),)),
    "ViT": (lambda: ViT(n_layers=6), lambda: (X(2, 3, 16, 16),)),
    "convolutions": (lambda: Convolutions(4, 6), lambda: (X(2, 4, 20),)),
    "LSTM": (lambda: nn.LSTM(16, 32, batch_first=True), lambda: (X(2, 10, 16),)),
    "heads of one": (
        lambda: nn.MultiheadAttention(3, 3, batch_first=True),
        lambda: (X(2, 5, 3), X(2, 7, 3), X(2, 7, 3)),
    ),
    "layer of heads of one": (
        lambda: nn.TransformerEncoderLayer(3, 3, 8, batch_first=True),
        lambda: (X(2, 5, 3),),
    ),
    "tied": (lambda: Tied(), lambda: (_tokens(2, 5),)),
}
EQUAL = {
    "MLP": (lambda: MLP(16, 4, 4), lambda: (X(4, 4, 4),)),
    "attention": (
        lambda: nn.MultiheadAttention(4, 2, batch_first=True),
        lambda: (X(4, 4, 4), X(4, 4, 4), X(4, 4, 4)),
    ),
    "self-attention": (
        lambda: nn.MultiheadAttention(4, 2, batch_first=True),
        lambda: (X(4, 4, 4),) * 3,
    ),
    "encoder layer": (
        lambda: nn.TransformerEncoderLayer(4, 2, 4, batch_first=True),
        lambda: (X(4, 4, 4),),
    ),
    "transformer": (
        lambda: nn.Transformer(4, 2, 2, 2, 4, batch_first=True),
        lambda: (X(4, 4, 4), X(4, 4, 4)),
    ),
    "GPT block": (lambda: GPTBlock(4, 2), lambda: (X(4, 4, 4),)),
    "GPT": (lambda: GPT(2, 4, 2, 4, 4), lambda: (_tokens(4, 4),)),
    "ResNet-18": (lambda: ResNet18(3, 3), lambda: (X(3, 3, 32, 32),)),
    "U-Net": (lambda: UNet(8, 8, 3, 8), lambda: (X(8, 8, 8, 8),)),
    "ViT": (lambda: ViT(16, 4, 16, 16, 2), lambda: (X(16, 3, 16, 16),)),
    "convolutions": (lambda: Convolutions(4, 4), lambda: (X(4, 4, 4),)),
    "LSTM": (lambda: nn.LSTM(4, 4, batch_first=True), lambda: (X(4, 4, 4),)),
}


@pytest.mark.parametrize(
    ("sizes", "name"),
    [("distinct", name) for name in MODELS] + [("equal", name) for name in EQUAL],
)
def test_every_model_is_read_without_axes_at_odds_and_runs_back(sizes, name):
    torch.manual_seed(0)
    make, inputs = (MODELS if sizes == "distinct" else EQUAL)[name]
    model = make()
    diagram = Diagram.from_torch(model, inputs())
    report = diagram.report
    assert report.conflicts == ()
    assert report.share >= 0.95
    assert report.opaque == ()
    found = diagram.verify(model)
    assert found.holds, [check for check in found.checks if not check.holds]
    again = Diagram.from_text(diagram.text())
    assert again.graph == diagram.graph
    assert numbers(again) == numbers(diagram)
    n_parameters = sum(p.numel() for p in model.parameters())
    assert again.costs().total.params.value(numbers(again)) == n_parameters
    _structure(name, diagram)


def _structure(name: str, diagram: Diagram) -> None:
    """What a reader of the architecture knows of it, whatever its sizes."""
    blocks = [n for _, _, n in diagram.graph.walk() if n.kind == "block"]
    softmaxes = [n for _, _, n in diagram.graph.walk() if n.kind == "softmax"]
    if name == "LSTM":
        (scan,) = blocks
        assert scan.attrs["over"] in diagram.graph.inputs[0].axes
        assert diagram.graph.inputs[0].axes.index(scan.attrs["over"]) == 1
    for node in softmaxes if name != "MLP" else ():
        queries, keys = (set(axes) for axes in (node.out.axes, node.attrs["axes"]))
        assert keys < queries
        assert len(node.out.axes) == 4  # batch, head, query, key are four wires
    if name in ("GPT", "ViT"):
        sizes = numbers(diagram)
        repeats = [n.attrs["repeat"].value(sizes) for n in blocks if "repeat" in n.attrs]
        assert len(repeats) == 1


def test_a_moved_weight_is_seen_where_the_import_itself_is_not():
    """The claim of the page: rounding alone, and its control far above; a wrong import differs."""
    (claim,) = IMPORTED.claims
    result = IMPORTED.result(IMPORTED.presets["LSTM"])
    assert isinstance(result, ImportedDrawing)
    finding = claim.finding(result)
    assert finding is not None
    assert finding.word == "holds"
    assert finding.control is not None
    assert finding.control.low > 0.0 > finding.figure.high
    wrong = claim.finding(replace(result, apart=result.moved))
    assert wrong is not None
    assert wrong.word == "differs"
    for bad in (1.0, np.nan):
        once = np.append(result.apart[1:], bad)
        found = claim.finding(replace(result, apart=once))
        assert found is not None
        assert found.word == "differs", "one wrong draw is enough"
    unread = IMPORTED.result(IMPORTED.presets["LSTM"].replace(compare=False))
    assert claim.finding(unread) is None
