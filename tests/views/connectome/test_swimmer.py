"""The swimmer under the hand: cells are cut and mended, joints are pushed, and it swims on."""

from __future__ import annotations

import numpy as np
import pytest

from engines.connectome.experiments.bodies.swimmer import SwimmerSpec
from views.connectome.swimmer import SwimmerView


@pytest.fixture
async def swimmer(compute) -> SwimmerView:
    view = SwimmerView("connectome/swimmer", compute, owner="me", spec=SwimmerSpec(n_cycles=5))
    view.restore_run()
    await compute.settle()
    return view


async def test_a_press_cuts_and_a_second_one_mends(swimmer, compute, read):
    film = read(swimmer.canvas.film)
    assert (film["n_worms"], film["n_joints"], film["speeds"]) == (1, 5, ["0.103"])
    swimmer.canvas._handle_msg({"kind": "cut", "what": "AVB-D"})
    swimmer.canvas._handle_msg({"kind": "cut", "what": "DB2->MD2"})
    await compute.settle()
    assert swimmer.controls.lesion == "AVB-D, DB2->MD2"
    film = read(swimmer.canvas.film)
    assert film["worms"] == ["lesioned", "whole"]
    assert film["gone"] == ["AVB-D"]
    assert len(film["points"]) == 2 * 301 * 7 * 2
    # Two cells' ends: AVB-D to DB1, and the synapse named.
    assert np.flatnonzero(film["left"] == 0).tolist() == [0, 7]
    swimmer.canvas._handle_msg({"kind": "cut", "what": "AVB-D"})
    assert swimmer.controls.lesion == "DB2->MD2"


async def test_a_pull_is_kept_as_a_push_and_nonsense_is_not(swimmer, compute):
    swimmer.canvas._handle_msg({"kind": "push", "joint": 3, "step": 120, "torque": -9})
    await compute.settle()
    assert (swimmer.controls.push_joint, swimmer.controls.push_step) == (3, 120)
    assert swimmer.controls.push_torque == -3.0
    swimmer.canvas._handle_msg({"kind": "push", "joint": 30, "step": 1, "torque": 1.0})
    swimmer.canvas._handle_msg({"kind": "push", "joint": "3", "step": 1})
    swimmer.canvas._handle_msg({"kind": "cut", "what": "<b>"})
    swimmer.canvas._handle_msg("cut")
    assert (swimmer.controls.push_joint, swimmer.controls.lesion) == (3, "")


async def test_random_lesions_stand_beside_the_one_made(swimmer, compute):
    swimmer.controls.lesion = "AVB"
    await compute.settle()
    section = swimmer.facts.sections[0]
    assert [row[0] for row in section["rows"]] == ["lesioned", "whole", "20 random lesions"]
    assert section["rows"][0][1] == "0.0000"
