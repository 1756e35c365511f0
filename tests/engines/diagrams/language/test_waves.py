"""Waves of an axis and kernels that are spread by a size: run, bounded, written, refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.diagrams import LIBRARY, Diagram, DiagramError

PAIR = """def Pair(x: b p) -> b p
  f: b k z = fft[p -> k z{modes}](x)
  y: b p = ifft[k z -> p](f)
"""


def double(text: str, sizes: dict[str, int]) -> torch.nn.Module:
    return Diagram.from_text(text).to_torch(sizes).double()


@settings(deadline=None)
@given(st.integers(1, 40))
def test_all_waves_of_an_axis_give_it_back(n):
    """n // 2 + 1 waves hold all of n real numbers."""
    x = torch.from_numpy(np.random.default_rng(n).standard_normal((2, n)))
    y = double(PAIR.format(modes=f", modes={n // 2 + 1}"), {"p": n})(x)
    torch.testing.assert_close(y, x)


@settings(deadline=None)
@given(st.integers(2, 24), st.data())
def test_few_waves_are_those_of_numpy(n, data):
    """numpy.fft.rfft and irfft, with the waves that are not kept put to 0."""
    m = data.draw(st.integers(1, n // 2 + 1))
    x = np.random.default_rng(n).standard_normal((3, n))
    y = double(PAIR.format(modes=f", modes={m}"), {"p": n})(torch.from_numpy(x))
    wave = np.fft.rfft(x)
    wave[:, m:] = 0.0
    np.testing.assert_allclose(y.numpy(), np.fft.irfft(wave, n), atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 17), st.data())
def test_transposes_have_the_same_inner_products(n, data):
    """<A x, y> = <x, A' y>, the definition of a transpose."""
    m = data.draw(st.integers(1, n // 2 + 1))
    rng = np.random.default_rng(n)
    x = torch.from_numpy(rng.standard_normal((1, n)))
    f = torch.from_numpy(rng.standard_normal((1, m, 2)))
    for word, back in (("fft", "unfft"), ("unifft", "ifft")):
        up = f"def Up(x: b p) -> b k z\n  size k = {m}\n  size z = 2\n"
        up += f"  y: b k z = {word}[p -> k z](x)"
        down = f"def Down(f: b k z) -> b p\n  size z = 2\n  y: b p = {back}[k z -> p](f)"
        one = (double(up, {"p": n})(x) * f).sum()
        other = (double(down, {"p": n, "k": m})(f) * x).sum()
        torch.testing.assert_close(one, other)


def test_a_fourier_layer_is_bounded_on_every_wire():
    diagram = Diagram.from_text(LIBRARY["fourier"].text)
    module = diagram.to_torch({"b": 1, "c": 2, "d": 2, "x": 12}).double()
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 2, 12))
    found = diagram.bounds(x - 0.1, x + 0.1, module=module)
    inputs = torch.from_numpy(x + rng.uniform(-0.1, 0.1, (200, 2, 12)))
    for name in ("f", "y"):
        low, high = (torch.from_numpy(end) for end in found[name])
        value = torch.stack([diagram.values(one[None], module=module)[name][0] for one in inputs])
        assert ((value >= low) & (value <= high)).all()


def test_it_costs_what_the_sum_does_that_it_stands_for():
    text = "def F(x: b p) -> b k z\n  y: b k z = fft[p -> k z, modes=3](x)"
    assert str(Diagram.from_text(text).costs().total.elementwise) == "12bp"


@pytest.mark.parametrize("name", ["fourier", "reach"])
def test_source_and_text_say_the_same(name):
    """The source runs alone, with the weights of the module."""
    diagram = Diagram.from_text(LIBRARY[name].text)
    assert Diagram.from_text(diagram.text()) == diagram
    back = diagram.backward()
    assert Diagram.from_text(back.text()).graph == back.graph
    module, space = diagram.to_torch({"x": 16}), {}
    exec(diagram.source({"x": 16}), space)
    alone = space["MODEL"]()
    alone.load_state_dict(module.state_dict())
    x = torch.randn(2, 8, 16)
    torch.testing.assert_close(alone(x), module(x))


@pytest.mark.parametrize("n", [8, 16, 24, 64])
def test_a_kernel_spreads_with_the_grid_it_comes_to(n):
    """Same weights on every grid, against torch's own dilation of that grid."""
    module = Diagram.from_text(LIBRARY["reach"].text).to_torch().double()
    x = torch.randn(2, 8, n, dtype=torch.float64)
    wanted = torch.nn.functional.conv1d(
        x, module.y_weight, module.y_bias, padding=n // 8, dilation=n // 8
    )
    torch.testing.assert_close(module(x), wanted)


def test_a_grid_that_does_not_divide_is_told():
    module = Diagram.from_text(LIBRARY["reach"].text).to_torch()
    with pytest.raises(DiagramError, match=r"1\.5 at these sizes and must be a whole number"):
        module(torch.randn(2, 8, 12))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("y: b c k z = fft[x -> k](u)", "two parts"),
        ("y: b c k z = fft[x -> k z, modes=10](u)", "9 waves, fewer than the 10"),
        ("y: b c k z = ifft[x -> k z](u)", "two axes one"),
        ("size z = 3; y: b c k z = fft[x -> k z](u)", "z (3) is not 2"),
        ("y: b d x = Conv[x, c -> d, kernel=4, dilation=r](u)", "odd kernel"),
        ("y: b d x = Conv[x, c -> d, kernel=3, pad=1, dilation=r](u)", "padding that belongs"),
        ("y: b d q = Conv[x -> q, c -> d, kernel=3, stride=2, dilation=r](u)", "stride 1"),
        ("y: b d q = ConvT[x -> q, c -> d, kernel=3, dilation=r](u)", "Conv or window"),
        ("y: b c q = avgpool[x -> q, kernel=3, dilation=r](u)", "Conv or window"),
    ],
)
def test_what_cannot_be_is_told_with_a_mend(line, word):
    *before, last = line.split("; ")
    axes = last.partition(":")[2].partition("=")[0].strip()
    body = "".join(f"  {one}\n" for one in ("size x = 16", "size r = x/8", *before, last))
    with pytest.raises(DiagramError) as caught:
        Diagram.from_text(f"def N(u: b c x) -> {axes}\n{body}")
    assert word in str(caught.value)


def test_more_waves_than_came_is_told_when_it_is_run():
    text = "def N(x: b p) -> b k z\n  y: b k z = fft[p -> k z, modes=9](x)"
    with pytest.raises(DiagramError, match="8 positions have 5 waves, but 9"):
        Diagram.from_text(text).to_torch()(torch.randn(3, 8))
