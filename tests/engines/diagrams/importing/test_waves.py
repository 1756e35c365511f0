"""Models that transform: torch.fft itself says what every call gives and what goes back."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.diagrams import Diagram, DiagramError


class Run(nn.Module):
    """A function."""

    def __init__(self, run, **own):
        super().__init__()
        self.run = run
        for name, value in own.items():
            setattr(self, name, value)

    def forward(self, *x):
        return self.run(self, *x)


def _numbers(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _held(model, *inputs):
    """The diagram is the model, and nothing in it is called through."""
    diagram = Diagram.from_torch(model, inputs)
    assert diagram.report.opaque == ()
    found = diagram.verify(model)
    assert found.verdict.startswith("equal on"), str(found)
    return diagram


fft = torch.fft
PARTS = {
    "rfft, length": lambda m, x: fft.rfft(x, dim=1).abs(),
    "rfft2": lambda m, x: torch.view_as_real(fft.rfft2(x)),
    "irfft of a product": lambda m, x: fft.irfft(fft.rfft(x) * fft.rfft(x).conj()),
    "irfft, odd": lambda m, x: fft.irfft(fft.rfft(x, n=7), n=7),
    "irfft of few waves": lambda m, x: fft.irfft(fft.rfft(x)[..., :2], n=8),
    "irfft of too many": lambda m, x: fft.irfft(fft.rfft(x), n=5, norm="forward"),
    "fft and back": lambda m, x: fft.ifft(fft.fft(x) * 2).imag + fft.ifft(fft.fft(x)).real,
    "FNet": lambda m, x: fft.fftn(x, dim=(1, 2)).real,
    "fft2, ortho": lambda m, x: fft.fft2(x, norm="ortho").imag,
    "rfftn and back": lambda m, x: fft.irfftn(fft.rfftn(x, dim=(1, 2)), s=(6, 8), dim=(1, 2)),
    "longer": lambda m, x: fft.irfft(fft.rfft(x, n=16) * fft.rfft(x, n=16), n=16)[..., :8],
    "turned": lambda m, x: torch.view_as_real(torch.complex(x, x * 2) * (x + 1) / 3).flatten(-2),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_transform_is_what_torch_makes_of_it(name):
    _held(Run(PARTS[name]), _numbers(2, 6, 8))


@settings(deadline=None, max_examples=12)
@given(
    st.sampled_from(["fft", "ifft", "rfft"]),
    st.sampled_from([None, "ortho", "forward", "backward"]),
    st.integers(2, 9),
    st.sampled_from([(1,), (2,), (1, 2), (2, 1)]),
)
def test_any_transform_of_any_length_and_norm(kind, norm, n, dims):
    call = getattr(fft, f"{kind}n")
    model = Run(lambda m, x: torch.view_as_real(call(x, s=(n,) * len(dims), dim=dims, norm=norm)))
    diagram = Diagram.from_torch(model, (_numbers(2, 5, 6),))
    module = diagram.to_torch()
    x = _numbers(2, 5, 6, seed=3).double()
    torch.testing.assert_close(module.double()(x), model(x), rtol=1e-12, atol=1e-12)


def test_a_fourier_operator_with_complex_weights():
    """As its authors publish it (Li et al. 2021): weights are complex and kept for few waves."""

    def run(m, x):
        waves = fft.rfft(x)
        out = torch.zeros(2, 4, x.shape[-1] // 2 + 1, dtype=torch.cfloat)
        out[:, :, :3] = torch.einsum("bix,iox->box", waves[:, :, :3], m.w)
        return fft.irfft(out, n=x.shape[-1])

    weight = torch.complex(_numbers(3, 4, 3), _numbers(3, 4, 3, seed=2))
    diagram = _held(Run(run, w=nn.Parameter(weight)), _numbers(2, 3, 16))
    assert "FLOPs are not compared" in str(diagram.report)
    kinds = [node.kind for _, _, node in diagram.graph.walk()]
    assert kinds.count("waves") == 2
    assert str(diagram.costs().total.params.value(_sizes(diagram))) == "72"


def _sizes(diagram):
    return {name: int(size.value({})) for name, size in diagram.sizes.items()}


def test_a_global_filter():
    """Rao et al. 2021: weights as (real, imaginary), both directions of a picture."""

    def run(m, x):
        waves = fft.rfft2(x, dim=(1, 2), norm="ortho") * torch.view_as_complex(m.w)
        return fft.irfft2(waves, s=(6, 8), dim=(1, 2), norm="ortho")

    _held(Run(run, w=nn.Parameter(_numbers(6, 5, 3, 2))), _numbers(2, 6, 8, 3))


def test_rotary_positions_by_complex_numbers():
    """As in Llama's first code: a table of turns is a buffer."""

    def run(m, x):
        turned = torch.view_as_complex(x.reshape(2, 5, 4, 2)) * m.turns
        return torch.view_as_real(turned).flatten(2)

    angles = torch.outer(torch.arange(5.0), 0.1 ** torch.arange(4.0))
    model = Run(run)
    model.register_buffer("turns", torch.polar(torch.ones(5, 4), angles))
    _held(model, _numbers(2, 5, 8))


def test_a_complex_parameter_that_no_word_reads_is_called_through():
    model = Run(lambda m, x: (x / m.w).real, w=nn.Parameter(torch.ones(3, dtype=torch.cfloat)))
    diagram = Diagram.from_torch(model, (_numbers(2, 3),))
    assert len(diagram.report.opaque) >= 1
    assert "opaque" in diagram.verify(model).verdict


def test_a_complex_input_is_refused_with_a_mend():
    model = Run(lambda m, x: x.abs())
    with pytest.raises(DiagramError, match=r"is complex.*view_as_real"):
        Diagram.from_torch(model, (torch.ones(3, dtype=torch.cfloat),))


def test_what_is_written_into_a_constant_has_its_precision():
    """A model in double precision that writes into ``torch.zeros`` is rounded there."""

    def run(m, x):
        made = torch.zeros(2, 6)
        made[:, :3] = x[:, :3].exp()
        return made

    _held(Run(run), _numbers(2, 6))


def _real(w, x):
    w.real[..., 0] = 0


def _both(w, x):
    torch.view_as_real(w)[..., 0] = 0


def _imag(w, x):
    w.imag.mul_(-1)


def _given(w, x):
    w.real = x[..., :5]


def _turned(w, x):
    w.conj().imag.add_(1.0)


def _stretch(w, x):
    w[..., 1:3].imag[..., 0] = 3.0


@pytest.mark.parametrize("write", [_real, _both, _imag, _given, _turned, _stretch])
def test_a_write_through_a_part_reaches_the_complex_tensor(write):
    """The model itself, run by torch, says what is written."""

    def run(m, x):
        w = fft.rfft(x).clone()
        write(w, x)
        return torch.view_as_real(w)

    _held(Run(run), _numbers(2, 6, 8))


def test_a_write_through_numbers_seen_as_complex_reaches_them():
    def run(m, x):
        y = x.clone()
        torch.view_as_complex(y.view(2, 6, 4, 2)).imag.zero_()
        return y * 2

    _held(Run(run), _numbers(2, 6, 8))


def test_parts_written_into_zeros_have_their_precision():
    def run(m, x):
        made = torch.zeros(2, 6, dtype=torch.cfloat)
        made.real = x
        made.imag = 2 * x
        return torch.view_as_real(made)

    _held(Run(run), _numbers(2, 6))


def test_a_write_through_another_type_is_refused():
    def run(m, x):
        w = fft.rfft(x).clone()
        w.view(torch.float32)[..., 0] = 0
        return torch.view_as_real(w)

    with pytest.raises(DiagramError, match="writes through view"):
        Diagram.from_torch(Run(run), (_numbers(2, 8),))


def test_a_cast_to_complex_numbers_names_their_precision():
    _held(Run(lambda m, x: torch.view_as_real(fft.fft(x.to(torch.cfloat)))), _numbers(2, 6, 8))


def test_a_part_of_a_complex_weight_that_nothing_reads_is_not_counted():
    weight = nn.Parameter(torch.complex(_numbers(8, 3), _numbers(8, 3, seed=2)))
    diagram = _held(Run(lambda m, x: x @ m.w.real, w=weight), _numbers(2, 6, 8))
    assert diagram.report.unused == ("w#imag",)
