"""Known answers of the workbench: torch's own numbers, and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from engines.contract import KnownAnswer
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.importing import EXAMPLES

EXACT, ROUNDING = 0.0, 1e-12


def library_answers() -> tuple[KnownAnswer, ...]:
    """Every entry: forward and gradients in float64; derived gradients; costs."""
    found = [
        KnownAnswer(
            f"{entry.title}: largest relative error of outputs and gradients",
            f"torch in float64 ({entry.source})",
            0.0,
            ROUNDING,
            _proof_error(name),
        )
        for name, entry in LIBRARY.items()
    ]
    found += [
        KnownAnswer(
            f"{LIBRARY[name].title}: derived backward diagram",
            "torch.autograd in float64",
            0.0,
            ROUNDING,
            _gradient_error(name),
        )
        for name in LIBRARY
    ]
    return (*found, *_costs())


def _proof_error(name: str) -> Callable[[], float]:
    def error() -> float:
        from engines.diagrams.library.proofs import proof

        return max(check.error for check in proof(name))

    return error


def _gradient_error(name: str) -> Callable[[], float]:
    def error() -> float:
        from engines.diagrams.language.check import circuit_from_text
        from engines.diagrams.library.proofs import FUNCTIONS
        from engines.diagrams.running.gradients import gradients

        entry = LIBRARY[name]
        diagram = circuit_from_text(entry.text)
        found = gradients(diagram, dict(entry.sizes), functions=FUNCTIONS)
        return max(check.error for check in found.checks())

    return error


def _costs() -> list[KnownAnswer]:
    def attention(value: Callable[[Any], Any]) -> Callable[[], float]:
        def ours() -> float:
            from engines.diagrams.costing.bill import bill
            from engines.diagrams.language.check import circuit_from_text

            diagram = circuit_from_text(LIBRARY["attention"].text)
            sizes = {"y": 20, "x": 22, "m": 64, "k": 16, "h": 4}
            return float(value(bill(diagram).total).value(sizes))

        return ours

    # 4hkmx + 4hkmy + 4hkxy at these sizes, and 4hkm weights.
    flops = 4 * 4 * 16 * (64 * 22 + 64 * 20 + 22 * 20)
    source = "closed form: two FLOPs per multiplication"
    return [
        KnownAnswer("attention: FLOPs", source, flops, EXACT, attention(lambda c: c.flops)),
        KnownAnswer(
            "attention: parameters", "closed form 4hkm", 16384, EXACT, attention(lambda c: c.params)
        ),
    ]


def import_answers() -> tuple[KnownAnswer, ...]:
    """Every model of the import presets: run back, counted, no axes at odds."""
    found = []
    for name in EXAMPLES:
        source = "the model itself, run by torch in float64"
        error = f"{name}: largest error of outputs and all gradients"
        found.append(KnownAnswer(error, source, 0.0, ROUNDING, _of(name, "error")))
        back = f"{name}, imported: derived backward diagram"
        autograd = "torch.autograd in float64"
        found.append(KnownAnswer(back, autograd, 0.0, ROUNDING, _imported_gradients(name)))
        counts = f"{name}: FLOPs and parameters that differ"
        found.append(KnownAnswer(counts, "torch FlopCounterMode, MATH backend", 0.0, EXACT,
                                 _of(name, "counts")))  # fmt: skip
        odd = f"{name}: axis conflicts and opaque calls"
        found.append(KnownAnswer(odd, "none are allowed", 0.0, EXACT, _of(name, "odd")))
    return tuple(found)


def _imported_gradients(name: str) -> Callable[[], float]:
    def error() -> float:
        from engines.diagrams.running.gradients import gradients

        return max(check.error for check in gradients(imported_diagram(name)[1]).checks())

    return error


def _of(name: str, which: str) -> Callable[[], float]:
    return lambda: imported(name)[which]


@lru_cache(maxsize=32)
def imported_diagram(name: str) -> tuple[Any, Any]:
    """A model of the presets, and its diagram."""
    import torch

    from engines.diagrams.importing.expressions import inputs_from_text, module_from_text
    from engines.diagrams.importing.result import circuit_from_torch

    model, inputs = EXAMPLES[name]
    torch.manual_seed(0)
    module = module_from_text(model)
    return module, circuit_from_torch(module, inputs_from_text(inputs))


@lru_cache(maxsize=32)
def imported(name: str) -> dict[str, float]:
    """How one model of the presets fares."""
    from engines.diagrams.running.verify import verify

    module, diagram = imported_diagram(name)
    checks = verify(module, diagram).checks
    report = diagram.imported.report
    counted = [c for c in checks if c.what in ("FLOPs", "parameters")]
    return {
        "error": max(c.error for c in checks if c not in counted),
        "counts": float(sum(not c.holds for c in counted)),
        "odd": float(len(report.conflicts) + len(report.opaque)),
    }
