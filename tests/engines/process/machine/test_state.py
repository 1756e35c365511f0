"""The engine's rules, one by one, without any process."""

import pytest

from engines.process.machine.events import (
    Cancelled,
    Ended,
    Forget,
    Held,
    Hidden,
    Kept,
    Kill,
    Look,
    Looked,
    Paused,
    Progressed,
    Released,
    Resumed,
    Returned,
    Scale,
    Signal,
    SlotDown,
    SlotUp,
    Start,
    Started,
    Submitted,
    Tell,
    Ticked,
)
from engines.process.machine.runs import Rules
from engines.process.machine.state import Machine
from engines.running import wording
from engines.running.compute import Status


class Play:
    """A machine, a clock, and what the jobs have been told."""

    def __init__(self, n_slots=2, **rules):
        self.machine = Machine(Rules(n_slots=n_slots, **rules))
        self.now = 0.0
        self.states = {}
        self.history = {}
        self.out = []
        for slot in range(n_slots):
            self(SlotUp(f"w{slot}"))

    def __call__(self, event):
        self.out = self.machine.handle(event, self.now)
        for told in self.told(Tell):
            self.states[told.job] = told.state
            self.history.setdefault(told.job, []).append(told.state.status)
        return self.out

    def told(self, kind):
        return [one for one in self.out if isinstance(one, kind)]

    def submit(self, job, key=None, *, owner="o", view=None, seconds=0.0, **rest):
        event = Submitted(job, owner, view or job, key or job, seconds, **rest)
        out = list(self(event))
        for look in self.told(Look):
            out += self(Looked(look.run))
        self.out = out
        return out

    def started(self):
        return [(start.run, start.slot) for start in self.told(Start)]

    def run(self, job, attempt=1):
        """The worker begins and sends one frame."""
        self(Started(job, attempt))
        self(Progressed(job, attempt, 0.5))

    def end(self, job, status=Status.DONE, sentence="", attempt=1):
        return self(Ended(job, attempt, status, sentence))

    def signals(self):
        return [(signal.run, signal.flag) for signal in self.told(Signal)]

    def hold(self, job, attempt=1):
        """The worker has come to a frame and holds the run."""
        return self(Held(job, attempt, self.machine.runs[job].order))

    def tick(self, seconds):
        self.now += seconds
        return self(Ticked())

    def status(self, job):
        return self.states[job].status


def test_a_job_is_looked_up_started_and_done():
    play = Play()
    assert play(Submitted("a", "o", "v", "key")) == [Look("a")]
    play(Looked("a"))
    assert play.started() == [("a", "w0")]
    play.run("a")
    assert play.states["a"].fraction == 0.5
    play.now = 1.5
    assert Forget("a") in play.end("a")
    assert play.states["a"].fraction == 1.0
    assert play.states["a"].elapsed_s == 1.5
    assert play.history["a"] == [Status.RUNNING, Status.RUNNING, Status.DONE]


def test_a_stored_result_needs_no_worker():
    play = Play(n_slots=0)
    play(Submitted("a", "o", "v", "key"))
    play(Looked("a", found_at="2026-01-01T00:00:00+00:00"))
    assert play.status("a") is Status.DONE
    assert play.states["a"].from_cache == "2026-01-01T00:00:00+00:00"


def test_recompute_does_not_ask_the_store():
    play = Play()
    play.submit("a", recompute=True)
    assert play.started() == [("a", "w0")]


def test_recompute_does_not_join_a_run_that_may_come_from_the_store():
    play = Play()
    play(Submitted("a", "o", "v", "key"))
    play(Submitted("b", "o", "w", "key", recompute=True))
    assert play.started() == [("b", "w0")]


def test_jobs_wait_for_the_engine_and_then_start():
    play = Play(n_slots=0)
    play.submit("a")
    assert play.status("a") is Status.QUEUED
    assert play.states["a"].sentence == wording.NO_FREE_WORKER
    play(SlotUp("w0"))
    assert play.started() == [("a", "w0")]


def test_the_latest_of_a_thousand_submits_wins():
    play = Play()
    play.submit("busy", owner="other")
    play.submit("busy2", owner="other2")
    for i in range(1000):
        play.submit(f"j{i}", view="v")
        assert play.machine.n_queued == 1
    assert {play.status(f"j{i}") for i in range(999)} == {Status.REPLACED}
    play.end("busy")
    assert play.started() == [("j999", "w0")]


def test_a_replaced_run_is_told_to_stop_and_its_successor_need_not_wait_for_it():
    play = Play()
    play.submit("a", view="v")
    play.run("a")
    started = play.submit("b", view="v")
    assert ("a", "w0", "cancel") in [
        (o.run, o.slot, o.flag) for o in started if isinstance(o, Signal)
    ]
    assert play.status("a") is Status.REPLACED
    assert play.started() == [("b", "w1")]


def test_an_equal_run_on_its_way_is_joined():
    play = Play()
    play.submit("a", "key", owner="one")
    play.run("a")
    play.submit("b", "key", owner="two")
    assert play.started() == []
    assert play.states["b"].fraction == 0.5
    play.end("a")
    assert play.status("a") is play.status("b") is Status.DONE


def test_a_view_that_asks_again_for_what_runs_joins_its_own_run():
    play = Play()
    play.submit("a", "key", view="v")
    play.run("a")
    out = play.submit("b", "key", view="v")
    assert not [one for one in out if isinstance(one, Signal)]
    assert play.status("a") is Status.REPLACED
    assert play.status("b") is Status.RUNNING


def test_a_run_that_is_being_stopped_is_not_joined():
    play = Play()
    play.submit("a", "key", owner="one")
    play.run("a")
    play(Cancelled("a"))
    play.submit("b", "key", owner="two")
    assert play.started() == [("b", "w1")]
    play.end("a", Status.CANCELLED)
    assert (play.status("a"), play.machine.n_running) == (Status.CANCELLED, 1)


def test_one_owner_cannot_cancel_what_another_wants():
    play = Play()
    play.submit("a", "key", owner="one")
    play.run("a")
    play.submit("b", "key", owner="two")
    play(Cancelled("a"))
    assert play.status("a") is Status.CANCELLED
    assert play.status("b") is Status.RUNNING
    assert not play.told(Signal)
    play(Cancelled("b"))
    assert play.signals() == [("a", "cancel")]


def test_a_cancelled_job_shows_stopping_until_the_worker_has_stopped():
    play = Play()
    play.submit("a")
    play.run("a")
    play(Cancelled("a"))
    assert play.states["a"].sentence == wording.STOPPING
    assert not play.states["a"].status.final
    play.end("a", Status.CANCELLED)
    assert play.status("a") is Status.CANCELLED


def test_a_run_that_does_not_stop_is_killed_after_the_grace_time_and_again_later():
    play = Play(grace_s=1.5, patience_s=5.0)
    play.submit("a")
    play.run("a")
    play(Cancelled("a"))
    assert play.machine.next_wake() == pytest.approx(1.5)
    assert not play.tick(1.4)
    assert play.tick(0.2) == [Kill("a", "w0")]
    assert not play.tick(1.0)
    assert play.tick(5.0) == [Kill("a", "w0")]
    play(SlotDown("w0"))
    assert play.status("a") is Status.CANCELLED
    assert play.states["a"].sentence == wording.STOPPED_HARD


def test_a_queued_job_is_cancelled_at_once():
    play = Play(n_slots=0)
    play.submit("a")
    assert Forget("a") in play(Cancelled("a"))
    assert play.status("a") is Status.CANCELLED
    assert play.machine.n_queued == 0


def test_a_result_that_came_before_the_stop_is_kept():
    play = Play()
    play.submit("a")
    play.run("a")
    play(Cancelled("a"))
    play.end("a", Status.DONE)
    assert play.status("a") is Status.DONE


def test_pause_and_resume():
    play = Play()
    play.submit("a")
    play.run("a")
    play(Paused("a"))
    assert play.signals() == [("a", "pause")]
    assert play.status("a") is Status.PAUSED
    play(Resumed("a"))
    assert play.signals() == [("a", "run")]
    assert play.status("a") is Status.RUNNING


def test_a_shared_run_goes_on_until_everybody_has_paused():
    play = Play()
    play.submit("a", "key", owner="one")
    play.run("a")
    play.submit("b", "key", owner="two")
    assert not [s for s in play(Paused("a")) if isinstance(s, Signal)]
    assert play.status("a") is Status.PAUSED
    play(Progressed("a", 1, 0.7))
    assert play.status("a") is Status.PAUSED
    assert play.states["b"].fraction == 0.7
    play(Paused("b"))
    assert play.signals() == [("a", "pause")]
    assert ("a", "run") in [
        (one.run, one.flag)
        for one in play.submit("c", "key", owner="three")
        if isinstance(one, Signal)
    ]


def test_the_deadline_does_not_count_pauses():
    play = Play()
    play.submit("a", deadline_s=10.0)
    play.run("a")
    play.tick(6)
    play(Paused("a"))
    play.tick(100)
    play(Resumed("a"))
    assert not [s for s in play.tick(3.9) if isinstance(s, Signal)]
    play.tick(0.2)
    assert play.signals() == [("a", "cancel")]
    play.end("a", Status.CANCELLED)
    assert play.status("a") is Status.FAILED
    assert play.states["a"].sentence == wording.deadline(10.0)


def test_a_run_deaf_to_its_deadline_is_killed_and_says_deadline():
    play = Play()
    play.submit("a", deadline_s=10.0)
    play.run("a")
    play.tick(10)
    assert play.tick(1.5) == [Kill("a", "w0")]
    play(SlotDown("w0"))
    assert play.states["a"].sentence == wording.deadline(10.0)


def test_nobody_may_hold_a_worker_paused_for_ever():
    play = Play(pause_limit_s=60)
    play.submit("a")
    play.run("a")
    play(Paused("a"))
    play.tick(60)
    assert play.signals() == [("a", "cancel")]
    play.end("a", Status.CANCELLED)
    assert play.states["a"].sentence == wording.paused_too_long(60)


def test_a_crash_is_said_and_not_repeated():
    play = Play()
    play.submit("a")
    play.run("a")
    play(SlotDown("w0"))
    assert play.status("a") is Status.CRASHED
    assert "run it again" in play.states["a"].sentence
    assert not play.told(Start)


def test_a_run_whose_worker_died_before_it_began_is_started_once_more_and_says_so():
    play = Play(n_slots=1)
    play.submit("a")
    play(SlotDown("w0"))
    assert play.states["a"].sentence == wording.RETRIED
    assert play(SlotUp("w1")) == [Start("a", "w1", attempt=2)]
    play.run("a", attempt=2)
    assert play.states["a"].sentence == wording.RETRIED
    play(SlotDown("w1"))
    assert play.status("a") is Status.CRASHED


def test_news_of_an_earlier_attempt_is_ignored():
    play = Play(n_slots=1)
    play.submit("a")
    play(SlotDown("w0"))
    play(SlotUp("w1"))
    play.end("a", Status.DONE, attempt=1)
    assert play.machine.n_running == 1


def test_a_run_that_killed_two_workers_is_quarantined_until_somebody_insists():
    play = Play()
    for job in ("a", "b"):
        play.submit(job, "poison")
        play.run(job)
        play(SlotDown(next(iter(play.machine.slots))))
        play(SlotUp(f"after {job}"))
    assert play.states["b"].sentence == wording.crashed("", again=True)
    play.submit("c", "poison")
    assert play.status("c") is Status.CRASHED
    assert play.states["c"].sentence == wording.QUARANTINED
    assert not play.started()
    play.submit("d", "poison", recompute=True)
    assert play.started()


def test_a_run_that_succeeds_is_no_longer_suspected():
    play = Play()
    play.submit("a", "key")
    play.run("a")
    play(SlotDown("w0"))
    play.submit("b", "key")
    play.end("b")
    play.submit("c", "key", recompute=True)
    play.run("c")
    play(SlotDown("w1"))
    assert "run it again" in play.states["c"].sentence


def test_a_memory_crash_names_the_limit():
    play = Play()
    play.submit("a")
    play.run("a")
    play(SlotDown("w0", wording.out_of_memory(2_000_000_000)))
    assert "2.0 GB" in play.states["a"].sentence


def test_a_short_run_never_waits_behind_long_ones():
    play = Play()
    for i in range(5):
        play.submit(f"long{i}", owner=f"o{i}", seconds=100)
    assert play.machine.n_running == 1
    assert play.submit("short", owner="s")
    assert play.started() == [("short", "w1")]


def test_a_long_run_takes_no_last_slot_while_the_other_worker_restarts():
    play = Play()
    play(SlotDown("w1"))
    play.submit("long", seconds=100)
    assert play.machine.n_running == 0
    play(SlotUp("w2"))
    assert play.machine.n_running == 1


def test_a_single_slot_takes_long_runs_too():
    play = Play(n_slots=1)
    play.submit("long", seconds=100)
    assert play.machine.n_running == 1


def test_another_worker_is_asked_for_when_no_worker_listens():
    play = Play(max_slots=3, quantum_s=0.2, deaf_s=0.5)
    play.submit("liar", owner="a")
    play.submit("long", owner="b", seconds=100)
    play.submit("short", owner="c")
    assert play.signals() == [("long", "pause")]
    assert play.machine.next_wake() == pytest.approx(0.2)
    play.tick(0.5)
    assert play.signals() == [("liar", "pause")], "the other one did not listen"
    assert not play.told(Scale)
    assert Scale(3) in play.tick(0.5)
    play(SlotUp("w2"))
    assert play.started() == [("short", "w2")]
    play.submit("liar2", owner="d")
    play.tick(5)
    assert not play.told(Scale), "never more than max_slots"


def test_extra_workers_are_given_back_when_all_is_quiet():
    play = Play(n_slots=1, max_slots=2, idle_s=30)
    play.submit("liar", owner="a")
    play.submit("short", owner="b")
    play.tick(0.2)
    play.tick(0.5)
    play(SlotUp("w1"))
    play.now = 2.0
    play.end("short")
    play.end("liar")
    assert play.machine.next_wake() == pytest.approx(32)
    assert play.tick(30) == [Scale(1)]


def test_a_cluster_of_others_is_never_scaled():
    play = Play(n_slots=1, fixed=True)
    play.submit("liar", owner="a")
    play.submit("short", owner="b")
    play.tick(10)
    assert not play.told(Scale)


def test_owners_take_turns():
    play = Play(n_slots=1)
    play.submit("first", owner="x")
    for i in range(3):
        play.submit(f"a{i}", owner="a")
    play.submit("b0", owner="b")
    play.submit("c0", owner="c")
    order, running = [], "first"
    while running:
        play.end(running)
        running = next((run for run, _ in play.started()), None)
        order.append(running)
    assert order == ["a0", "b0", "c0", "a1", "a2", None]


def test_an_owner_has_one_run_per_lane():
    play = Play(n_slots=4)
    for i in range(3):
        play.submit(f"short{i}")
        play.submit(f"long{i}", seconds=100)
    assert play.machine.n_running == 2


def test_a_waiting_job_knows_its_place():
    play = Play(n_slots=1)
    play.submit("first")
    for i in range(3):
        play.submit(f"j{i}")
    assert [play.states[f"j{i}"].queued_ahead for i in range(3)] == [0, 1, 2]
    assert play.states["j2"].sentence == "waiting for 2 runs ahead"
    play(Cancelled("j0"))
    assert play.states["j2"].queued_ahead == 1


def test_news_about_the_unknown_is_ignored():
    play = Play()
    for event in (
        Cancelled("?"), Paused("?"), Resumed("?"), Looked("?"), SlotDown("?"),
        Started("?", 1), Progressed("?", 1, 0.5), Ended("?", 1, Status.DONE), Released("?"),
        Held("?", 1, 1), Hidden("?"), Returned("?"), Kept("?"),
    ):  # fmt: skip
        assert play(event) == []
