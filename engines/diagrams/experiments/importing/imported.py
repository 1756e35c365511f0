"""A PyTorch model becomes a diagram, is run back and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer
from engines.contract.claims import AtMost
from engines.contract.sending import Model
from engines.diagrams.specs.importing import (
    EXAMPLES,
    ImportedDrawing,
    ImportSpec,
    spec_from_model,
)


def frames(spec: ImportSpec) -> Iterator[Frame | ImportedDrawing]:
    """A frame per stage, the drawing last."""
    from engines.diagrams.drawing.picture import drawing_of_circuit
    from engines.diagrams.importing.expressions import inputs_from_text, module_from_text
    from engines.diagrams.importing.result import circuit_from_torch, names_of_inputs
    from engines.diagrams.language.writing import text_from_circuit
    from engines.diagrams.running.source import source_from_circuit

    yield Frame(fraction=0.05)
    module = module_from_text(spec.module, "meta")
    inputs = inputs_from_text(spec.inputs, "meta")
    names = names_of_inputs(module, spec.names)
    yield Frame(fraction=0.15)
    diagram = circuit_from_torch(module, inputs, names=names)
    yield Frame(fraction=0.7)
    report = diagram.imported.report
    text = text_from_circuit(diagram)
    drawing = drawing_of_circuit(diagram, spec.draw_spec(text))
    found = _compared(spec) if spec.compare else _Compared()
    rows = (
        ("calls known", f"{report.n_covered} of {report.n_calls}"),
        ("axes", f"{len(report.names)}"),
        ("named by you", f"{sum(v == 'hinted' for v in report.names.values())}"),
        ("conflicts", f"{len(report.conflicts)}"),
    )
    notes = tuple(n for n in (*drawing.notes, *report.notes, found.note) if n)
    drawing = replace(drawing, notes=notes)
    source = source_from_circuit(diagram)
    yield ImportedDrawing(
        drawing, text, source, rows, found.checks, report.opaque, found.verdict, *found.sampled
    )


@dataclass(frozen=True)
class _Compared:
    """What a comparison with the model gives; nothing where there was none."""

    checks: tuple[tuple[str, float, float, bool], ...] = ()
    note: str = ""
    verdict: str = ""
    sampled: tuple[np.ndarray, np.ndarray, float] = field(
        default_factory=lambda: (np.zeros(0), np.zeros(0), 1e-12)
    )


def _compared(spec: ImportSpec) -> _Compared:
    """Model and diagram on the same numbers."""
    import torch

    from engines.diagrams.importing.expressions import (
        PARAMETERS_MAX,
        inputs_from_text,
        module_from_text,
    )
    from engines.diagrams.importing.result import circuit_from_torch
    from engines.diagrams.importing.sampled import sampled
    from engines.diagrams.running.verify import verify

    n = sum(p.numel() for p in module_from_text(spec.module, "meta").parameters())
    if n > PARAMETERS_MAX:
        said = f"{n:,} parameters are too many to build here; only the shapes were read."
        return _Compared(note=said)
    torch.manual_seed(0)
    module = module_from_text(spec.module)
    diagram = circuit_from_torch(module, inputs_from_text(spec.inputs))
    found = verify(module, diagram)
    checks = tuple((c.what, c.error, c.tolerance, c.holds) for c in found.checks)
    return _Compared(checks, "", found.verdict, sampled(module, diagram))


def seconds(spec: ImportSpec) -> float:
    """Most of it is torch.export."""
    return 6.0 if spec.compare else 3.0


def known_answers() -> tuple[KnownAnswer, ...]:
    """Eleven models against torch itself."""
    from engines.diagrams.answers import import_answers

    return import_answers()


LEAST = 1e-5
"""What no difference at all counts as, over what rounding is allowed."""
MOST = 1e30
"""What outputs that are no numbers count as."""


def apart(result: ImportedDrawing) -> Estimate | None:
    """How far the diagram is from its model on random inputs."""
    of = (
        "largest over the draws: decimal logarithm of the largest difference of outputs, over "
        "1e-12 of the largest output (1e-5 in float32); none counts as 1e-17"
    )
    return _worst(result, result.apart, of)


def with_one_moved(result: ImportedDrawing) -> Estimate | None:
    """The same with one of its weights moved."""
    return _worst(result, result.moved, "the same, one weight of the diagram moved by a hundredth")


def _worst(result: ImportedDrawing, draws: np.ndarray, of: str) -> Estimate | None:
    """The worst draw, since one wrong output is one too many; a nan is as wrong as can be."""
    if not len(draws):
        return None
    shares = np.nan_to_num(draws / result.allowed, nan=np.inf, posinf=np.inf)
    worst = float(np.log10(np.clip(shares.max(), LEAST, MOST)))
    said = "the largest of these draws, as it is"
    return Estimate(of, worst, worst, worst, len(draws), "draws of inputs", said)


CLAIM = Claim(
    "On inputs drawn at random the diagram gives the model's outputs to within rounding.",
    figure=apart,
    control=with_one_moved,
    holds_when=AtMost(0.0),
    source="a claim of ours; the model itself says what is right",
)

EXPERIMENT = Experiment(
    spec=ImportSpec,
    frames=frames,
    card=Card(
        title="A PyTorch model as a diagram",
        claim="Any model torch can export becomes a diagram with named axes, folded repeats and "
        "visible broadcasts; it is run back and compared with the model.",
        paper="Abbott 2024, Neural Circuit Diagrams, TMLR",
        link="https://arxiv.org/abs/2402.05424",
    ),
    presets={name: ImportSpec(module=m, inputs=i) for name, (m, i) in EXAMPLES.items()},
    known_answers=known_answers,
    takes={Model: spec_from_model},
    claims=(CLAIM,),
    seconds=seconds,
    order=1,
)
