"""The page in front comes first: holding, giving way, keeping on, coming back; no process."""

import importlib.util
from pathlib import Path

import pytest

from engines.process.machine.events import (
    Cancelled,
    Hidden,
    Kept,
    Paused,
    Progressed,
    Released,
    Resumed,
    Returned,
    Scale,
    SlotDown,
    SlotUp,
    Start,
)
from engines.process.machine.runs import Phase
from engines.running import wording
from engines.running.compute import Status

spec = importlib.util.spec_from_file_location("state", Path(__file__).with_name("test_state.py"))
state = importlib.util.module_from_spec(spec)
spec.loader.exec_module(state)
Play = state.Play


def running(play, *jobs, seconds=100.0):
    """Long runs of an owner each, that have sent a frame."""
    for job in jobs:
        play.submit(job, owner=f"page {job}", seconds=seconds)
        play.run(job)


def test_a_short_run_goes_before_a_long_one_on_the_only_worker():
    play = Play(n_slots=1)
    running(play, "long")
    play.submit("short", owner="other")
    assert play.signals() == [("long", "pause")]
    play.hold("long")
    assert play.started() == [("short", "w0")]
    assert play.states["long"].sentence == wording.GIVES_WAY
    play.end("short")
    assert play.signals() == [("long", "run")]
    assert play.states["long"].sentence == ""
    play.end("long")
    assert play.status("long") is play.status("short") is Status.DONE


def test_what_said_it_was_short_gives_way_after_a_moment():
    play = Play(n_slots=1, quantum_s=0.2)
    play.submit("liar", owner="a")
    play.run("liar")
    play.submit("short", owner="b")
    assert not play.signals()
    assert play.machine.next_wake() == pytest.approx(0.2)
    play.tick(0.2)
    assert play.signals() == [("liar", "pause")]


def test_a_run_goes_on_when_nobody_waits_any_more():
    play = Play(n_slots=1)
    running(play, "long")
    play.submit("short", owner="b")
    play(Cancelled("short"))
    assert play.signals() == [("long", "run")]


def test_an_answer_to_an_earlier_flag_frees_no_slot():
    play = Play(n_slots=1)
    running(play, "long")
    play(Paused("long"))
    early = play.machine.runs["long"].order
    play(Resumed("long"))
    play(state.Held("long", 1, early))
    play(Paused("long"))
    play(state.Held("long", 1, early))
    assert play.machine.n_running == 1


def test_time_on_the_bench_counts_neither_for_the_deadline_nor_as_work():
    play = Play(n_slots=1)
    play.submit("a", seconds=100, deadline_s=10.0)
    play.run("a")
    play.tick(6)
    play.submit("short", owner="b")
    play.hold("a")
    play.tick(100)
    play.end("short")
    play.tick(3.9)
    play(Progressed("a", 1, 0.9))
    assert play.states["a"].elapsed_s == pytest.approx(9.9)
    play.tick(0.2)
    assert play.signals() == [("a", "cancel")]


def test_a_paused_run_leaves_its_worker_to_others():
    play = Play(n_slots=1)
    running(play, "a")
    play(Paused("a"))
    play.hold("a")
    running(play, "b")
    assert play.status("b") is Status.RUNNING
    play(Resumed("a"))
    assert not play.signals(), "both are looked at: b keeps its turn"
    play.end("b")
    assert play.signals() == [("a", "run")]


@pytest.mark.parametrize("leave", [Hidden, Released])
def test_a_page_that_is_left_frees_its_worker_at_the_next_frame(leave):
    play = Play(n_slots=1)
    running(play, "left")
    play(leave("page left"))
    assert play.signals() == [("left", "pause")]
    play.hold("left")
    running(play, "front")
    assert play.status("front") is Status.RUNNING


def test_who_comes_back_finds_the_run_where_it_was():
    play = Play(n_slots=1)
    running(play, "a")
    play(Released("page a"))
    play.hold("a")
    play.tick(5)
    play(Returned("page a"))
    assert play.signals() == [("a", "run")]
    play.tick(60)
    assert play.status("a") is Status.RUNNING


def test_a_hidden_page_is_waited_for_until_the_limit_of_pauses():
    play = Play(n_slots=1, pause_limit_s=600)
    running(play, "a")
    play(Hidden("page a"))
    play.hold("a")
    play.tick(599)
    assert not play.states["a"].status.final
    play.tick(1)
    assert play.states["a"].sentence == wording.paused_too_long(600)


def test_a_queued_run_of_a_hidden_page_waits_until_it_is_looked_at():
    play = Play(n_slots=1)
    running(play, "a")
    play.submit("b", owner="page b", seconds=100)
    play(Hidden("page b"))
    play.end("a")
    assert not play.started()
    play(Returned("page b"))
    assert play.started() == [("b", "w0")]


def test_a_kept_run_goes_on_in_the_background():
    play = Play(n_slots=1, release_s=20)
    running(play, "kept")
    play(Kept("kept"))
    play(Released("page kept"))
    assert not play.signals()
    play.tick(25)
    assert play.status("kept") is Status.RUNNING
    play.end("kept")
    assert play.status("kept") is Status.DONE


def test_a_kept_run_gives_way_to_a_long_run_in_front_and_goes_on_after_it():
    play = Play(n_slots=2)
    running(play, "kept")
    play(Kept("kept"))
    play(Hidden("page kept"))
    play.submit("front", owner="b", seconds=100)
    assert play.signals() == [("kept", "pause")]
    play.hold("kept")
    assert [run for run, _ in play.started()] == ["front"]
    play.end("front")
    assert play.signals() == [("kept", "run")]


def test_what_is_no_longer_kept_is_held():
    play = Play(n_slots=1)
    running(play, "a")
    play(Kept("a"))
    play(Hidden("page a"))
    play(Kept("a", kept=False))
    assert play.signals() == [("a", "pause")]


def test_a_run_that_another_page_looks_at_goes_on():
    play = Play(n_slots=1)
    play.submit("a", "key", owner="one", seconds=100)
    play.run("a")
    play.submit("b", "key", owner="two", seconds=100)
    play(Released("one"))
    assert not play.signals()


def test_seven_left_pages_do_not_keep_the_eighth_waiting():
    play = Play(n_slots=2)
    for k in range(7):
        running(play, f"left {k}")
        play(Released(f"page left {k}"))
        play.hold(f"left {k}")
    running(play, "front", seconds=0.0)
    assert play.status("front") is Status.RUNNING
    assert not play.told(Scale)


def test_a_full_bench_lets_what_was_left_longest_go():
    play = Play(n_slots=1, n_parked=2)
    for k in range(3):
        running(play, f"left {k}")
        play.now += 1
        play(Released(f"page left {k}"))
        play.hold(f"left {k}")
    assert play.states["left 0"].sentence == wording.LEFT
    assert [run.phase for run in play.machine.runs.values()] == [Phase.PARKED] * 2


def test_on_a_cluster_of_others_a_left_run_ends_and_a_paused_one_stays():
    play = Play(n_slots=2, fixed=True)
    running(play, "left", seconds=0.0)
    play(Released("page left"))
    play.hold("left")
    assert play.signals() == [("left", "cancel")]
    running(play, "paused", seconds=0.0)
    play(Paused("paused"))
    play.hold("paused")
    assert not play.signals()
    assert play.machine.n_running == 2


def test_a_held_run_whose_worker_died_is_started_once_more_and_says_so():
    play = Play(n_slots=1)
    running(play, "held")
    play.submit("short", owner="b")
    play.hold("held")
    play(SlotDown("w0"))
    assert play.states["held"].sentence == wording.BEGUN_AGAIN
    out = play(SlotUp("w1"))
    play.end("short", attempt=2)
    assert Start("held", "w1", attempt=2) in [*out, *play.out]


def test_a_released_owner_may_come_back():
    play = Play(release_s=20)
    play.submit("a", "key", owner="page")
    play.run("a")
    play(Released("page"))
    play.tick(19)
    play.submit("b", "key", owner="page reloaded")
    play.tick(2)
    assert play.status("a") is Status.CANCELLED
    assert play.states["a"].sentence == wording.LEFT
    assert play.status("b") is Status.RUNNING
    assert play.machine.n_running == 1


def test_the_same_owner_may_come_back():
    play = Play(release_s=20)
    play.submit("a", owner="page")
    play.run("a")
    play(Released("page"))
    play.submit("b", owner="page")
    play.tick(30)
    assert play.status("a") is Status.RUNNING


def test_what_a_released_owner_asked_for_is_held_at_once_and_cancelled_after_the_grace_time():
    play = Play(release_s=20)
    play.submit("a", owner="page")
    play.run("a")
    play(Released("page"))
    assert play.signals() == [("a", "pause")]
    play.hold("a")
    assert play.machine.n_running == 0
    assert play.machine.next_wake() == 20
    play.tick(20)
    assert play.signals() == [("a", "cancel")]
    assert play.states["a"].sentence == wording.LEFT
