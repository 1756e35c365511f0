"""Betweenness where several shortest paths go through one neuron and on."""

from __future__ import annotations

import numpy as np
import pytest
from connectome_graphs import of

from engines.connectome.measures.centrality import betweenness


def test_a_neuron_behind_a_diamond_carries_every_path_to_its_tail():
    """Closed form: 0 -> 1, 2 -> 3 -> 4; all three paths to 4 go through 3, half of those of 0 by 1.

    Shares are over (n - 1)(n - 2) = 12 ordered pairs (Freeman 1977, Brandes 2001).
    """
    matrix = np.zeros((5, 5))
    matrix[[0, 0, 1, 2, 3], [1, 2, 3, 3, 4]] = 1.0
    assert betweenness(of(matrix)).value * 12 == pytest.approx([0, 1, 1, 3, 0])
