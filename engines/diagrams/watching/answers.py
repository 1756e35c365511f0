"""Known answers: values and gradients of wires against torch's own hooks and closed forms."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def watching_answers() -> tuple[KnownAnswer, ...]:
    """Two models against hooks, one gradient against its closed form."""
    return (
        KnownAnswer(
            "Values of an imported perceptron: largest error of any layer",
            "forward hooks of torch.nn on the model itself, float64",
            0.0,
            1e-12,
            lambda: _against_hooks(image=False),
        ),
        KnownAnswer(
            "Values of an imported convolution: largest error of any layer",
            "forward hooks of torch.nn on the model itself, float64",
            0.0,
            1e-12,
            lambda: _against_hooks(image=True),
        ),
        KnownAnswer(
            "Gradient that reaches the output of a linear map under squared error: largest error",
            "closed form 2 (y - t) / n",
            0.0,
            1e-12,
            _closed_gradient,
        ),
    )


def _against_hooks(*, image: bool) -> float:
    """Every value that a layer of the model gives is found among the wires' values."""
    import torch
    from torch import nn

    from engines.diagrams.importing.result import circuit_from_torch
    from engines.diagrams.running.weights import built
    from engines.diagrams.wires.values import watched

    torch.manual_seed(0)
    layers = (
        (nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 4))
        if image
        else (nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3), nn.Softmax(-1))
    )
    model = nn.Sequential(*layers).double()
    x = torch.randn((6, 2, 6, 6) if image else (6, 5), dtype=torch.float64)
    said: list[Any] = []
    for layer in layers:
        layer.register_forward_hook(lambda _layer, _given, made: _said(said, made))
    diagram = circuit_from_torch(model, (x,))
    said.clear()
    with torch.no_grad():
        model(x)
        _output, found = watched(built(diagram).double(), x)
    flat = [turn.sort().values for turns in found.values() for turn in _flat(turns)]
    errors = []
    for made in said:
        wanted = made.flatten().sort().values
        same = [one for one in flat if len(one) == len(wanted)]
        errors.append(min(float((one - wanted).abs().max()) for one in same))
    return max(errors)


def _said(said: list[Any], made: Any) -> None:
    said.append(made)


def _flat(turns: list[Any]) -> list[Any]:
    return [turn.flatten() for turn in turns]


def _closed_gradient() -> float:
    import torch

    from engines.diagrams.graph.circuit import Circuit
    from engines.diagrams.language.check import circuit_from_text
    from engines.diagrams.running.module import module_from_circuit
    from engines.diagrams.wires.values import watched

    circuit: Circuit = circuit_from_text("def Line(x: b p) -> b c\n  y: b c = Linear+[W](x)")
    module = module_from_circuit(circuit, {"p": 4, "c": 3}).double()
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(10, 4, generator=generator, dtype=torch.float64)
    t = torch.randn(10, 3, generator=generator, dtype=torch.float64)
    y, values = watched(module, x)
    values["y"][0].retain_grad()
    torch.nn.functional.mse_loss(y, t).backward()
    given = values["y"][0].grad
    assert given is not None
    return float((given - 2 * (y - t).detach() / y.numel()).abs().max())
