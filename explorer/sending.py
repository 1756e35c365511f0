"""One object from one workbench to another, from a notebook or a script."""

from __future__ import annotations

from engines.contract import InputError, Result, Spec
from engines.contract.sending import origin
from engines.running.sending import offers, taken
from explorer.bundles import Run, Shown, ran


def gives(what: Shown | Spec) -> tuple[str, ...]:
    """What can be sent and to where, a line each: "Activity of the neurons -> geometry/files"."""
    return tuple(f"{gift.title} -> {to}" for gift, to in offers(_run(what).result))


def send(what: Shown | Spec, to: str, thing: str = "") -> Spec:
    """Send what a live workbench shows, or what a spec gives when it is run here.

    >>> explore("geometry/files", **dict(send(workbench, "geometry")))   # doctest: +SKIP

    Args:
        what: a live workbench with a result, or a spec.
        to: a workbench or an experiment of it, say ``"geometry"``.
        thing: what it is called, or how that begins; the first that fits when empty.

    Returns:
        The spec with which the experiment that took it shows it; it says where it came from.

    Raises:
        InputError: nothing fits; the sentence lists what does.
    """
    return spec_of_sent(_run(what), to, thing)


def spec_of_sent(run: Run, to: str, thing: str = "") -> Spec:
    """The same for a run and its result.

    Raises:
        InputError: nothing fits; the sentence lists what does.
    """
    for gift, taker in offers(run.result):
        if to in (taker, taker.partition("/")[0]) and gift.title.startswith(thing):
            return taken(gift.make(), taker, came=origin(run.name, run.spec, gift.title))
    there = "; ".join(f"{gift.title} -> {name}" for gift, name in offers(run.result))
    raise InputError(f"nothing here goes to {to!r}; what goes: {there or 'nothing'}")


def _run(what: Shown | Spec) -> Run:
    if isinstance(what, Result):
        raise InputError("give the live workbench or the spec, which say how the result was made")
    return ran(what)
