"""Pictures of a network's inside: fields over the plane, heads, states in their axes, probes."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Points, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.probing.found import Found

_SETS_DRAWN = 30
"""Other sets whose states are drawn behind those of the shown one."""
_MEASURES = {
    "choices": ("choices change", Axis("total variation")),
    "answer": ("answer changes", Axis("other edges", "%")),
    "length": ("length changes", Axis("change of length", "%")),
}


def drawn(run: Found, step: int) -> tuple[Picture, ...]:
    """Everything at a step, -1 for all steps together."""
    made: list[Picture] = [network_field(run, step)]
    if len(run.right):
        made.append(right_field(run))
    if len(run.at):
        made += [encoder_heads(run), decoder_heads(run, step)]
    made += [encoder_states(run), decoder_states(run, step)]
    if len(run.parted):
        made.append(parted_by_layer(run))
    return tuple(made)


def network_field(run: Found, step: int) -> Heatmap:
    """How much the network's answer changes when the point lies elsewhere, over the plane."""
    said, axis = _MEASURES[run.spec.measure]
    match run.spec.measure:
        case "choices":
            values = run.shift.mean(axis=1) if step < 0 else run.shift[:, step]
            said += ", all steps" if step < 0 else f", step {step + 1}"
        case "answer":
            values = 100 * run.edges
        case _:
            values = 100 * run.length
    over = {"answer": _line(run, run.answer), "moved": _dot(run, run.spec.moved)}
    now = run.choices[step] if step >= 0 else len(run.points)
    over["now"] = _dot(run, int(now))
    return _field(
        run, f"Network: {said}", values, axis, over, diverging=run.spec.measure == "length"
    )


def right_field(run: Found) -> Heatmap:
    """The same for the right answer: the control of the network's field."""
    over = {"right answer": _line(run, run.right), "moved": _dot(run, run.spec.moved)}
    values, axis = 100 * run.right_edges, Axis("other edges", "%")
    return _field(run, "Solver: right answer changes", values, axis, over)


def _field(
    run: Found, title: str, values: np.ndarray, axis: Axis, over: dict[str, np.ndarray],
    *, diverging: bool = False,
) -> Heatmap:  # fmt: skip
    side = run.spec.grid
    x = tuple((side * share, f"{share:g}") for share in (0.0, 0.5, 1.0))
    y = tuple((side * (1 - share), f"{share:g}") for share in (0.0, 0.5, 1.0))
    image = values.reshape(side, side).astype(np.float64)
    return Heatmap(
        title, image, Axis("x", ticks=x), Axis("y", ticks=y), axis, diverging, square=True,
        over=over,
    )  # fmt: skip


def _on_grid(run: Found, which: np.ndarray) -> np.ndarray:
    """Points as (column, row) of the field."""
    side = run.spec.grid
    return np.stack([run.points[which, 0], 1.0 - run.points[which, 1]], axis=1) * side


def _line(run: Found, answer: np.ndarray) -> np.ndarray:
    closed = run.closed and len(answer) > 2
    return _on_grid(run, np.append(answer, answer[:1]) if closed else answer)


def _dot(run: Found, point: int) -> np.ndarray:
    """One point; nothing for stopping."""
    if point >= len(run.points):
        return np.full((1, 2), np.nan)
    return _on_grid(run, np.array([point]))


def order_of(run: Found) -> np.ndarray:
    """Points as they are chosen, then those left out: int64[point]."""
    first = run.answer[np.sort(np.unique(run.answer, return_index=True)[1])]
    return np.concatenate([first, np.setdiff1d(np.arange(len(run.points)), first)])


def encoder_heads(run: Found) -> Heatmap:
    """Where every head looks from the moved point."""
    rows = run.between[:, :, run.spec.moved]
    return _heads(run, rows, f"Encoder heads of point {run.spec.moved}")


def decoder_heads(run: Found, step: int) -> Heatmap:
    """Where every head of the decoder looks at a step; at all steps, in the mean."""
    n = len(run.points)
    if step < 0:
        return _heads(run, run.at.mean(axis=2), "Decoder heads, mean of all steps")
    chosen = int(run.choices[step])
    told = f"to point {chosen}" if chosen < n else "it stops"
    return _heads(run, run.at[:, :, step], f"Decoder heads, step {step + 1}: {told}")


def _heads(run: Found, rows: np.ndarray, title: str) -> Heatmap:
    """Attention [layer, head, point], a row per head, columns in the order of choice."""
    layers, heads, n = rows.shape
    order = order_of(run)
    y = tuple((heads * (k + 0.5), f"layer {k + 1}") for k in range(layers))
    every = 1 if n <= 20 else 3
    x = tuple((k + 0.5, str(p)) for k, p in enumerate(order) if k % every == 0)
    return Heatmap(
        title, rows[:, :, order].reshape(layers * heads, n).astype(np.float64),
        Axis("point, in the order of choice", ticks=x), Axis(f"{heads} heads of", ticks=y),
        Axis("attention"),
    )  # fmt: skip


def encoder_states(run: Found) -> Points:
    """States of the points in their first two axes, this instance's and those of other sets."""
    n_sets = min(len(run.clouds), _SETS_DRAWN + 1)
    kinds = [
        f"{_role(int(place), run.places[k].max() + 1)}{'' if k else ', here'}"
        for k in range(n_sets)
        for place in run.places[k]
    ]
    first, second = 100 * run.shares[run.layer]
    name = "embedding" if run.layer == 0 else f"encoder layer {run.layer}"
    return Points(
        f"States of points after {name}",
        run.clouds[:n_sets].reshape(-1, 2).astype(np.float64),
        Axis("first axis", f"{first:.0f} % of variance"),
        Axis("second axis", f"{second:.0f} %"),
        tuple(kinds),
    )


def _role(place: int, n_chosen: int) -> str:
    if place < 0:
        return "left out"
    return "chosen early" if 2 * place < n_chosen else "chosen late"


def decoder_states(run: Found, step: int) -> Curves:
    """The path of the decoder's state from the second step on."""
    first, second = 100 * run.step_shares[run.step_layer]
    name = "input" if run.step_layer == 0 else f"layer {run.step_layer}"
    x, y = run.path.astype(np.float64).T
    now = np.where(np.arange(len(y)) == step, y, np.nan)
    lines = {"from step to step": y, "this step": now}
    return Curves(
        f"States of steps 2 to {len(x)}, decoder {name}", x, lines,
        Axis("first axis", f"{first:.0f} % of variance"), Axis("second axis", f"{second:.0f} %"),
        dots=lines,
    )  # fmt: skip


def parted_by_layer(run: Found) -> Bars:
    """How well a plane through the states of each layer sorts the points of fresh sets."""
    mean = 100 * run.parted.mean(axis=1)
    n = run.parted.shape[1]
    half = 100 * half_widths(run.parted)
    ticks = tuple((float(k), _layer(k)) for k in range(len(mean)))
    return Bars(
        f"A plane sorts points: in or out, {n} sets",
        mean, Axis("", ticks=ticks), Axis("sorted rightly", "%"),
        whiskers=(mean - half, mean + half),
    )  # fmt: skip


def _layer(k: int) -> str:
    return "embedding" if k == 0 else f"layer {k}"


def tables(run: Found) -> tuple[Table, ...]:
    """Shares of variance by layer, and what had to be said."""
    rows = [(f"encoder, {_layer(k)}", *both) for k, both in enumerate(run.shares)]
    rows += [
        (f"decoder, {'input' if k == 0 else _layer(k)}", *both)
        for k, both in enumerate(run.step_shares)
    ]
    shares = Table(
        f"Share of variance, {len(run.places)} sets of {len(run.points)} points",
        {
            "states": tuple(row[0] for row in rows),
            "first axis, %": np.array([100 * row[1] for row in rows]),
            "second axis, %": np.array([100 * row[2] for row in rows]),
        },
    )
    return (shares, Table("Notes", {"note": run.notices})) if run.notices else (shares,)
