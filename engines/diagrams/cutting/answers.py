"""Known answers of groups and of cutting them out."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer

_RESIDUAL = """def Residual(x: b p) -> b c
  z: b m = Linear+[In](x)
  u: b h = Linear+[Up](z)
  a: b h = relu(u)
  v: b m = Linear+[Down](a)
  r: b m = add(z, v)
  y: b c = Linear+[Out](r)
"""


def answers() -> tuple[KnownAnswer, ...]:
    """Nothing changes by cutting zeros, in a perceptron, a residual stream and heads."""
    said = "closed form: what is 0 adds nothing"
    return (
        KnownAnswer("hidden units put to 0 and cut out, largest difference", said, 0.0, 0.0,
                    lambda: difference(_RESIDUAL, "h")),
        KnownAnswer("a residual stream cut in all that has it, largest difference", said, 0.0, 0.0,
                    lambda: difference(_RESIDUAL, "m")),
        KnownAnswer("heads of attention put to 0 and cut out, largest difference", said, 0.0, 1e-15,
                    lambda: difference("", "h")),
        KnownAnswer("arrays that die with a position of the residual stream",
                    "by hand: In and Down make it with biases, Up and Out read it", 6.0, 0.0,
                    lambda: arrays(_RESIDUAL, "m")),
        KnownAnswer("arrays that die with a head", "by hand: Q, K and V make it, O reads it",
                    4.0, 0.0, lambda: arrays("", "h")),
    )  # fmt: skip


def _circuit(text: str) -> Any:
    from engines.diagrams.language.check import circuit_from_text
    from engines.diagrams.library import LIBRARY

    return circuit_from_text(text or LIBRARY["attention"].text)


def arrays(text: str, axis: str) -> float:
    """How many arrays an axis's group has."""
    from engines.diagrams.cutting.groups import groups
    from engines.diagrams.cutting.removing import named

    return float(len(named(groups(_circuit(text)), axis).arrays))


def difference(text: str, axis: str) -> float:
    """Outputs with two positions zeroed less those with them gone, in double precision.

    Inputs are whole numbers and weights eighths, whose sums are exact in any order.
    """
    import torch

    from engines.diagrams.cutting.groups import groups
    from engines.diagrams.cutting.removing import named, without, zeroed
    from engines.diagrams.running.module import module_from_circuit

    circuit = _circuit(text)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = module_from_circuit(circuit).double()
        inputs = [
            torch.randn(*(module.sizes[axis] for axis in value.axes), dtype=torch.float64).round()
            for value in circuit.graph.inputs
        ]
    for weight in module.parameters():
        weight.data = (8.0 * weight.data).round() / 8.0
    group = named(groups(circuit), axis)
    zeroed(module, group, (0, 2))
    with torch.no_grad():
        return float((module(*inputs) - without(module, group, (0, 2))(*inputs)).abs().max())
