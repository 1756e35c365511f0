"""What to import, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Picture
from engines.contract.sending import Model, came_from
from engines.diagrams.specs.drawing import AxisSize, Drawing, DrawSpec

EXAMPLES: dict[str, tuple[str, str]] = {
    "GPT, 12 layers": ("GPT(12, 128, 4)", "2 64 in 256"),
    "Encoder layer": ("nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)", "2 10 64"),
    "Decoder layer": (
        "nn.TransformerDecoderLayer(64, 4, 128, batch_first=True)",
        "2 10 64, 2 7 64",
    ),
    "Multi-head attention": (
        "nn.MultiheadAttention(64, 4, batch_first=True)",
        "2 10 64, 2 7 64, 2 7 64",
    ),
    "Digit recogniser": ("MLP()", "3 28 28"),
    "ResNet-18": ("ResNet18(16)", "2 3 64 64"),
    "U-Net": ("UNet(1, 8, 3)", "2 1 32 32"),
    "Vision transformer": ("ViT()", "2 3 16 16"),
    "SwiGLU": ("SwiGLU()", "2 10 64"),
    "LSTM": ("nn.LSTM(16, 32, 2, batch_first=True)", "2 10 16"),
    "GRU": ("nn.GRU(16, 32, batch_first=True)", "2 10 16"),
    "Transformer": ("nn.Transformer(32, 4, 2, 2, 64, batch_first=True)", "2 10 32, 2 7 32"),
}
"""Model and example inputs, by the name people know."""


class ImportSpec(Spec):
    """A PyTorch model, what to feed it, and how to look at its diagram."""

    module: str = knob(
        EXAMPLES["GPT, 12 layers"][0],
        label="Model",
        help="torch.nn constructors, nested as you like, or a model of the library.",
        group="Model",
        max_length=20_000,
    )
    inputs: str = knob(
        EXAMPLES["GPT, 12 layers"][1],
        label="Example inputs",
        help="Shapes with commas between them; '2 16 in 50' are tokens below 50.",
        group="Model",
        max_length=2_000,
    )
    names: str = knob(
        "",
        label="Axes of the inputs",
        help="Names with commas between inputs, e.g. 'b t m, b s m'; empty to have them guessed.",
        group="Model",
        max_length=2_000,
    )
    compare: bool = knob(
        True,
        label="Run both and compare",
        help="Forward, every gradient, FLOPs and parameters of model and diagram, in float64.",
        group="Model",
    )
    origin: str = came_from("Model")
    collapsed: tuple[str, ...] = knob(
        (), label="Folded blocks", help="Paths of blocks drawn as closed boxes.", widget="hidden"
    )
    sizes: tuple[AxisSize, ...] = knob(
        (), label="Sizes", help="Sizes of axes for costs and curves.", widget="hidden"
    )
    curve_axis: str = knob(
        "",
        label="Curves against",
        help="The axis along which costs are plotted; empty for the first free one.",
        group="Sizes",
        max_length=64,
    )
    width: int = knob(
        1500,
        label="Line width",
        help="Where long diagrams wrap, in pixels of the picture.",
        unit="px",
        group="Look",
        ge=300,
        le=100_000,
        soft=(500, 3000),
        step=50,
    )

    def draw_spec(self, text: str) -> DrawSpec:
        """How the imported diagram is drawn once it is a text."""
        return DrawSpec(
            text=text,
            collapsed=self.collapsed,
            sizes=self.sizes,
            curve_axis=self.curve_axis,
            width=self.width,
        )


def spec_from_model(sent: Model, came: str) -> ImportSpec:
    """A network that another workbench sent, as an expression to import."""
    return ImportSpec(module=sent.module, inputs=sent.inputs, origin=came)


@dataclass(frozen=True, eq=False)
class ImportedDrawing(Result):
    """The drawing of an imported model, what was understood of it, and how it compares."""

    drawing: Drawing
    text: str
    """The diagram as a text, to be edited."""
    source: str
    """The diagram as Python."""
    report: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, float, float, bool], ...]
    """(what, error, tolerance, whether it holds) of every comparison."""
    opaque: tuple[str, ...]
    verdict: str = ""
    """*equal on N inputs*, *equal, k operations opaque* or *differs*; empty when not run."""
    apart: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """float64[draw]: largest difference of the outputs on inputs drawn at random, as a share of the
    largest output."""
    moved: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """The same with one of the diagram's weights moved by a hundredth."""
    allowed: float = 1e-12
    """The share that rounding is allowed."""

    def pictures(self) -> tuple[Picture, ...]:
        """Those of the drawing."""
        return self.drawing.pictures()
