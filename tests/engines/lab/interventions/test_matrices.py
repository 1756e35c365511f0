"""Interventions on a wiring whose nodes have names."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.lab.interventions.matrices import changed_matrix
from engines.lab.interventions.spec import without
from engines.lab.interventions.text import parsed

NAMES = ("AVAL", "AVAR", "AVBL", "AVBR", "PVCL")


def wiring(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random((5, 5)) < 0.6, rng.integers(1, 9, (5, 5)), 0).astype(float)


def changed(text: str, made: np.ndarray | None = None) -> np.ndarray:
    base = wiring() if made is None else made
    return changed_matrix(base, NAMES, parsed(text), {"other": wiring(1)})


def test_a_lesion_is_networkxs_removal_of_nodes_and_edges():
    base = wiring()
    graph = nx.from_numpy_array(base, create_using=nx.DiGraph)
    graph = nx.relabel_nodes(graph, dict(enumerate(NAMES)))
    pre, post = np.argwhere(base)[0]
    edge = NAMES[pre], NAMES[post]
    graph.remove_edge(*edge)
    graph.remove_edges_from([e for e in graph.edges if "PVCL" in e])
    found = changed(f"mask :{edge[0]}->{edge[1]}; ablate :PVCL")
    np.testing.assert_array_equal(found, nx.to_numpy_array(graph, nodelist=NAMES))


def test_each_kind_is_its_formula():
    base, other = wiring(), wiring(1)
    assert changed("clamp :AVAL->AVBR value=7")[0, 3] == 7
    np.testing.assert_array_equal(changed("merge source=other share=0.5"), (base + other) / 2)
    np.testing.assert_array_equal(changed("patch :AVAR source=other")[:, 1], other[:, 1])
    np.testing.assert_array_equal(changed("patch :AVAR source=other")[:, 2], base[:, 2])
    np.testing.assert_array_equal(changed("add value=2"), np.where(base, base + 2, 0))
    order = [4, 3, 2, 1, 0]
    np.testing.assert_array_equal(changed("permute order=4,3,2,1,0"), base[np.ix_(order, order)])
    pruned = changed("prune share=0.5")
    n = np.count_nonzero(base)
    assert np.count_nonzero(pruned) == n - round(n / 2)
    assert base[(pruned == 0) & (base != 0)].max() <= pruned[pruned != 0].min()
    assert np.count_nonzero(changed("ablate")) == 0


LINES = [
    "mask :AVAL", "ablate :AVBL", "clamp :AVAL->AVAR value=3", "noise sd=0.5 seed=2",
    "prune share=0.3 by=random seed=1", "permute seed=4", "merge source=other", "add value=1",
]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=5), st.integers(0, 4))
def test_taken_out_again_is_never_applied(lines, place):
    place = min(place, len(lines) - 1)
    base = wiring()
    listed = parsed("; ".join(lines))
    others = {"other": wiring(1)}
    changed_matrix(base, NAMES, listed, others)
    assert base.tobytes() == wiring().tobytes()
    rest = parsed("; ".join(line for k, line in enumerate(lines) if k != place))
    back = changed_matrix(base, NAMES, without(listed, place), others)
    assert back.tobytes() == changed_matrix(wiring(), NAMES, rest, others).tobytes()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mask :AVAX", "no node 'AVAX'; did you mean AVA"),
        ("rewind step=1", "rewind needs a network that learns"),
        ("merge source=nobody", "no wiring 'nobody'"),
        ("permute order=0,1", "each of the 5 nodes once"),
    ],
)
def test_what_cannot_be_is_a_sentence(text, sentence):
    with pytest.raises(InputError) as told:
        changed(text)
    assert sentence in str(told.value)
    with pytest.raises(InputError, match="adjacency must be 5 x 5"):
        changed_matrix(np.zeros((5, 4)), NAMES, ())
