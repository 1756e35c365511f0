"""Known answers of boxes that are wired, nested and run."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Laws on random wirings, one box by scipy, what stays the same, closed forms."""
    return (
        KnownAnswer("of 500 random wirings, those that substitute associatively and keep units",
                    "laws of an operad (Vagner, Spivak and Lerman 2015)", 500, 0, lawful),
        KnownAnswer("hares and foxes in two boxes less the same in one, largest distance",
                    "scipy.integrate.solve_ivp, LSODA", 0.0, 1e-9, one_box_miss),
        KnownAnswer("0.1 x - 0.4 ln x + 0.4 y - 1.1 ln y along the run, largest change",
                    "it stays the same (Volterra 1928)", 0.0, 1e-9, drift),
        KnownAnswer("slopes at one level less those level by level, largest of all examples",
                    "the same sums", 0.0, 0.0, nested_miss),
        KnownAnswer("foxes without hares less 5 exp(-0.4 t), largest distance", "closed form", 0.0,
                    1e-9, decay_miss),
        KnownAnswer("where a room with its heater comes to rest, degrees",
                    "20: what is summed must stop", 20.0, 1e-5, rest),
    )  # fmt: skip


def _run(**fields: Any) -> Any:
    from engines.diagrams.systems.asked import SystemsSpec
    from engines.diagrams.systems.results import SystemsResult
    from engines.diagrams.systems.running import frames_of

    last = list(frames_of(SystemsSpec(n_wirings=10, **fields)))[-1]
    assert isinstance(last, SystemsResult)
    return last


def lawful() -> int:
    """All three wirings of each draw anew."""
    import numpy as np

    from engines.diagrams.systems.chances import is_associative, keeps_units
    from engines.diagrams.systems.wirings import substituted

    rng = np.random.default_rng(0)
    return sum(is_associative(rng, substituted) and keeps_units(rng, substituted)
               for _ in range(500))  # fmt: skip


def one_box_miss() -> float:
    """Over the run of the page."""
    import numpy as np
    from scipy.integrate import solve_ivp

    run = _run()

    def one(_t: float, at: Any) -> list[float]:
        return [1.1 * at[0] - 0.4 * at[0] * at[1], 0.1 * at[0] * at[1] - 0.4 * at[1]]

    found = solve_ivp(one, (0.0, run.times[-1]), [10.0, 5.0], method="LSODA", rtol=1e-13,
                      atol=1e-13, t_eval=run.times)  # fmt: skip
    return float(np.abs(found.y - run.states).max())


def drift() -> float:
    """What Lotka and Volterra's equations keep."""
    import numpy as np

    x, y = _run().states
    kept = 0.1 * x - 0.4 * np.log(x) + 0.4 * y - 1.1 * np.log(y)
    return float(np.abs(kept - kept[0]).max())


def nested_miss() -> float:
    """At twenty random states each."""
    import numpy as np

    from engines.diagrams.systems.boxes import flat, n_states, nested_slopes, slopes
    from engines.diagrams.systems.laying import laid
    from engines.diagrams.systems.library import CELLS, HARES, THERMOSTAT
    from engines.diagrams.systems.text import plan_from_text

    rng, off = np.random.default_rng(0), 0.0
    for text in (HARES, CELLS, THERMOSTAT):
        system = laid(plan_from_text(text))[0]
        for _ in range(20):
            at = rng.standard_normal(n_states(system))
            off = max(
                off, float(np.abs(slopes(*flat(system), at) - nested_slopes(system, at)).max())
            )
    return off


def decay_miss() -> float:
    """With the wire that feeds them cut."""
    import numpy as np

    run = _run(cut=("f.food",), duration=10.0)
    return float(np.abs(run.state("f.y") - 5.0 * np.exp(-0.4 * run.times)).max())


def rest() -> float:
    """After a time of sixty."""
    from engines.diagrams.systems.library import THERMOSTAT

    return float(_run(text=THERMOSTAT, duration=60.0).state("room.t")[-1])
