"""What stands on the stage while its run has not answered: how far it is, or an earlier answer."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.boundary.shipped import Shipped
from engines.running.compute import Job, Status
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class Standing(JSComponent):
    """One line over the stage; fills it while there is nothing to see."""

    kind = param.Selector(
        default="",
        objects=["", "first", "wait"],
        doc="first: a result that came with the build is shown; wait: nothing is shown yet.",
    )
    sentence = param.String(doc="What is done, how far it is and how long it takes.")
    fraction = param.Number(default=-1.0, doc="Share done; negative when unknown.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "standing.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "standing.css")]


def standing_state(
    job: Job, first: Shipped | None, *, shown: bool, sentence: str
) -> dict[str, Any]:
    """What to say of a job.

    Args:
        job: the newest.
        first: what came with the build, when that is what is shown.
        shown: whether the stage shows anything.
        sentence: what the run bar says.
    """
    status, fraction = job.state.status, job.state.fraction
    known = fraction if fraction == fraction else -1.0  # nan is not equal to itself
    if first is not None:
        made = f"Made with version {first.version}"
        if status in (Status.FAILED, Status.CRASHED, Status.CANCELLED):
            return {"kind": "first", "sentence": f"{made}; not computed afresh.", "fraction": -1.0}
        return {"kind": "first", "sentence": f"{made}; computing afresh.", "fraction": known}
    if shown or status.final:
        return {"kind": "", "sentence": "", "fraction": -1.0}
    return {"kind": "wait", "sentence": sentence[:1].upper() + sentence[1:], "fraction": known}
