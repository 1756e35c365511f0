"""Channels that groups do not divide are told by the check, and never by torch."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.diagrams import Diagram, DiagramError

NORM = "def G(x: b c p) -> b c p\n{size}  y: b c p = GroupNorm[c p, groups={groups}](x)"
CONV = (
    "def G(x: b c p q) -> b f r s\n  size f = {made}\n"
    "  y: b f r s = Conv[p q -> r s, c -> f, kernel=1, groups={groups}](x)"
)


@given(st.integers(1, 12), st.integers(1, 24))
def test_a_text_is_refused_exactly_where_torch_would_refuse_it(groups, n):
    """Against torch.nn.functional.group_norm itself."""
    text = NORM.format(size=f"  size c = {n}\n", groups=groups)
    x = torch.zeros(2, n, 4)
    try:
        torch.nn.functional.group_norm(x, groups)
    except RuntimeError:
        with pytest.raises(DiagramError, match=f"axis c has {n} positions, which {groups} groups"):
            Diagram.from_text(text)
        return
    assert Diagram.from_text(text).to_torch()(x).shape == x.shape


def test_a_size_that_is_chosen_later_is_told_when_the_module_is_made():
    diagram = Diagram.from_text(NORM.format(size="", groups=3))
    with pytest.raises(DiagramError, match="GroupNorm of y: axis c has 8 positions"):
        diagram.to_torch()
    assert diagram.to_torch({"c": 9})(torch.zeros(2, 9, 4)).shape == (2, 9, 4)


@pytest.mark.parametrize(("made", "channels", "axis"), [(7, 6, "f"), (6, 8, "c")])
def test_both_channels_of_a_convolution_are_dealt_into_groups(made, channels, axis):
    with pytest.raises(DiagramError, match=rf"axis {axis} has \d positions, which 3 groups"):
        Diagram.from_text(CONV.format(made=made, groups=3)).to_torch({"c": channels})
