"""One line for every experiment: each gives the result of its page, wirings by name or as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engines import connectome
from engines.connectome import api
from engines.running import registry

FEW = {
    "almost_linear": {"n_rectified": 2},
    "swimmer": {"lesion": "AVB"},
    "race_of_circuits": {"n_seeds": 3, "n_episodes": 32},
    "reservoir": {"n_networks": 3, "n_units": 60},
    "hopfield": {"n_spins": 200, "n_runs": 3},
    "groups_and_regimes": {"n_bins": 100, "n_neurons": 12, "n_recordings": 3, "n_rounds": 5},
    "spike_attention": {"n_bins": 200, "n_steps": 20, "n_recordings": 3, "cut": "cell 01"},
    "told_types": {"n_cells": 20, "n_populations": 3},
    "look_alikes": {"n_training": 10, "n_seeds": 3, "n_copies": 1},
    "completion": {"n_cells": 200, "n_active": 10, "n_networks": 3, "n_stored": 20},
    "known_places": {"n_places": 20, "n_groups": 2, "n_cells": 6, "n_rounds": 3, "n_routes": 3},
    "lateral_memory": {"n_tasks": 2, "n_epochs": 1, "n_seeds": 3},
    "liquids": {"depth": 2, "n_steps": 15, "n_learnt": 50, "n_networks": 3},
    "expected_events": {"n_units": 40, "n_before": 30, "n_after": 30, "n_networks": 3},
    "rich_lazy": {"n_units": 40, "n_steps": 20, "n_seeds": 3},
    "long_timescales": {"n_units": 6, "n_steps": 20, "n_seeds": 3},
    "predictive": {"n_steps": 20, "n_networks": 3},
    "spike_phrases": {"n_steps": 20, "n_training": 10, "n_networks": 3},
    "learnt_delays": {"n_channels": 4, "longest": 6, "n_needed": 2, "n_training": 20, "n_seeds": 3},
    "emulated_chain": {"n_runs": 16, "n_steps": 300},
    "spectrum": {"connectome": "flyvis", "n_nulls": 2},
    "wave": {"connectome": "varshney2011", "start": "PLML", "goal": "DA6", "n_exam": 10},
    "remembering": {"connectome": "human_1", "n_nulls": 3},
}


@pytest.mark.parametrize("line", FEW)
def test_a_line_gives_the_result_of_its_page(line):
    found = getattr(connectome, line)(**FEW[line])
    spec = found.spec
    for field, value in FEW[line].items():
        if field != "connectome":
            assert getattr(spec, field) == value
    assert found.pictures()


def test_every_page_has_a_line():
    lines = set(re.findall(r'_run\("(\w+)"', Path(api.__file__).read_text(encoding="utf-8")))
    older = {"explore", "stimulate", "scan", "communities", "compare"}
    assert {name.partition("/")[2] for name in registry.listed("connectome")} == {
        *lines, *older, "large"
    }  # fmt: skip
