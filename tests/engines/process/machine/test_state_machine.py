"""Whatever happens, in whatever order: the engine's promises as invariants."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engines.process.machine.events import (
    Cancelled,
    Ended,
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
from engines.running.compute import Status

owners = st.sampled_from("ABC")
views = st.sampled_from("vw")
keys = st.sampled_from(["k0", "k1", "k2", "k3", "k4"])
seconds = st.sampled_from([0.0, 100.0])
which = st.integers(0, 1000)


class Engine(RuleBasedStateMachine):
    """The machine against a world of workers that obey, dawdle and die."""

    def __init__(self):
        super().__init__()
        self.machine = Machine(Rules(max_slots=3))
        self.now = 0.0
        self.asked = {}
        self.shown = {}
        self.looking = []
        self.busy = {}
        self.flags = {}
        self.held = {}
        self.starts = {}
        self.n_slots = 0

    def send(self, event):
        for instruction in self.machine.handle(event, self.now):
            match instruction:
                case Tell(job, _, state):
                    before = self.shown.get(job)
                    assert before is None or not before.status.final, "told after its end"
                    self.shown[job] = state
                case Look(run):
                    self.looking.append(run)
                case Start(run, slot, attempt):
                    assert slot in self.machine.slots, "a dead slot was used"
                    assert slot not in self.busy, "a slot was given two runs"
                    assert attempt == self.starts.get(run, 0) + 1 <= 2, "run again unseen"
                    self.starts[run] = attempt
                    self.busy[slot] = (run, attempt)
                    self.flags[run] = ("run", 0)
                case Kill(run, slot):
                    assert self.busy[slot][0] == run, "the wrong run was meant"
                case Signal(run, slot, flag, order):
                    self.obey(run, slot, flag, order)

    def obey(self, run, slot, flag, order):
        """A worker hears a flag: a held run wakes up, another one looks at it at a frame."""
        assert order > self.flags[run][1], "flags go forward"
        self.flags[run] = (flag, order)
        if run not in self.held:
            assert self.busy[slot][0] == run, "the wrong run was meant"
            return
        where, attempt = self.held[run]
        assert where == slot, "a held run lies where it lay"
        if flag != "pause":
            del self.held[run]
        if flag == "run":
            assert slot not in self.busy, "two runs work on one worker"
            self.busy[slot] = (run, attempt)

    def any_of(self, number, things):
        things = sorted(things)
        return things[number % len(things)] if things else None

    # Views

    @rule(owner=owners, view=views, key=keys, seconds=seconds, recompute=st.booleans())
    def submit(self, owner, view, key, seconds, recompute):
        job = f"{len(self.asked):04}"
        self.asked[job] = (owner, view)
        self.send(Submitted(job, owner, view, key, seconds, 50.0, recompute))

    @precondition(lambda self: self.asked)
    @rule(number=which, what=st.sampled_from([Cancelled, Paused, Resumed]))
    def use(self, number, what):
        self.send(what(self.any_of(number, self.asked)))

    @precondition(lambda self: self.asked)
    @rule(number=which, kept=st.booleans())
    def keep(self, number, kept):
        self.send(Kept(self.any_of(number, self.asked), kept))

    @rule(owner=owners, what=st.sampled_from([Released, Hidden, Returned]))
    def go(self, owner, what):
        self.send(what(owner))

    # World

    @precondition(lambda self: self.looking)
    @rule(number=which, hit=st.booleans())
    def look(self, number, hit):
        run = self.looking.pop(number % len(self.looking))
        self.send(Looked(run, "2026-01-01T00:00:00+00:00" if hit else ""))

    @precondition(lambda self: len(self.machine.slots) < 3)
    @rule()
    def slot_up(self):
        self.n_slots += 1
        self.send(SlotUp(f"w{self.n_slots}"))

    @precondition(lambda self: self.machine.slots)
    @rule(number=which)
    def slot_down(self, number):
        slot = self.any_of(number, self.machine.slots)
        self.busy.pop(slot, None)
        self.held = {run: at for run, at in self.held.items() if at[0] != slot}
        self.send(SlotDown(slot))

    @precondition(lambda self: self.busy)
    @rule(number=which)
    def hold(self, number):
        slot = self.any_of(number, self.busy)
        run, attempt = self.busy[slot]
        flag, order = self.flags[run]
        if flag != "pause":
            return
        # What the machine does about it comes back while it is told.
        del self.busy[slot]
        self.held[run] = (slot, attempt)
        self.send(Held(run, attempt, order))
        about = self.machine.runs.get(run)
        if run in self.held and about and about.phase.name != "PARKED":
            del self.held[run]
            self.busy[slot] = (run, attempt)

    @precondition(lambda self: self.busy)
    @rule(number=which, fraction=st.floats(0, 1))
    def frame(self, number, fraction):
        run, attempt = self.busy[self.any_of(number, self.busy)]
        self.send(Started(run, attempt))
        self.send(Progressed(run, attempt, fraction))

    @precondition(lambda self: self.busy)
    @rule(number=which, how=st.sampled_from([Status.DONE, Status.FAILED, Status.CANCELLED]))
    def end(self, number, how):
        slot = self.any_of(number, self.busy)
        run, attempt = self.busy.pop(slot)
        self.send(Ended(run, attempt, how, "because"))

    @rule(dt=st.sampled_from([0.1, 2.0, 25.0, 2000.0]))
    def tick(self, dt):
        self.now += dt
        self.send(Ticked())

    # Promises

    @invariant()
    def at_most_one_job_of_a_view_is_open(self):
        open_jobs = [job for job in self.asked if not self.ended(job)]
        of_view = [self.asked[job] for job in open_jobs]
        assert len(of_view) == len(set(of_view))

    @invariant()
    def slots_and_runs_agree(self):
        busy = {slot: run.id for slot, run in self.machine.slots.items() if run}
        assert busy == {slot: run for slot, (run, _) in self.busy.items()}
        assert self.machine.n_running == len(busy)

    @invariant()
    def every_open_job_belongs_to_a_run(self):
        attached = {job for run in self.machine.runs.values() for job in run.requests}
        assert attached == {job for job in self.asked if not self.ended(job)}

    @invariant()
    def no_free_slot_while_a_short_run_could_start(self):
        taken = {r.owner for run in self.machine.runs.values() if run.busy
                 for r in run.requests.values()}  # fmt: skip
        waiting = [run for run in self.machine.runs.values() if run.phase.name == "QUEUED"
                   and not run.wanted_to_hold()
                   and run.seconds == 0 and not taken & {r.owner for r in run.requests.values()}]  # fmt: skip
        assert not waiting or len(self.busy) == len(self.machine.slots)

    @invariant()
    def what_nobody_looks_at_is_told_to_hold(self):
        for run in self.machine.runs.values():
            left = all(r.away and not r.kept for r in run.requests.values())
            assert not (left and run.phase.name == "RUNNING" and run.held_since is None)

    @invariant()
    def the_alarm_is_set_when_something_must_end(self):
        stopping = any(run.phase.name == "STOPPING" for run in self.machine.runs.values())
        assert not stopping or self.machine.next_wake() < float("inf")

    def ended(self, job):
        return job in self.shown and self.shown[job].status.final

    def teardown(self):
        """When workers behave again, every job comes to its end."""
        for owner in "ABC":
            self.send(Returned(owner))
        for job in self.asked:
            self.send(Resumed(job))
        for _ in range(4 * len(self.asked) + 10):
            while self.looking:
                self.send(Looked(self.looking.pop()))
            while len(self.machine.slots) < 2:
                self.slot_up()
            for slot, (run, attempt) in list(self.busy.items()):
                del self.busy[slot]
                self.send(Ended(run, attempt, Status.DONE))
        assert all(self.ended(job) for job in self.asked)
        assert not self.machine.runs


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def test_nobody_starves_however_many_newcomers_there_are():
    machine = Machine(Rules(n_slots=1))
    now, started = 0.0, []

    def send(event):
        nonlocal now
        now += 0.01
        out = machine.handle(event, now)
        for look in [one for one in out if isinstance(one, Look)]:
            out += machine.handle(Looked(look.run), now)
        started.extend(one.run for one in out if isinstance(one, Start))

    send(SlotUp("w"))
    send(Submitted("first", "patient", "x", "first"))
    send(Submitted("patient job", "patient", "v", "patient job"))
    for i in range(20):
        send(Submitted(f"early {i}", f"early {i}", "v", f"early {i}"))
    for i in range(100):
        send(Submitted(f"late {i}", f"late {i}", "v", f"late {i}"))
        send(Ended(started[-1], 1, Status.DONE))
    assert "patient job" in started[:3]
    assert sorted(started[2:22]) == sorted(f"early {i}" for i in range(20))
