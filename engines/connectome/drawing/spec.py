"""The request for a drawing."""

from __future__ import annotations

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Seed, Spec, knob


class LayoutSpec(Spec):
    """Where the neurons of a wiring are drawn, in every way there is."""

    wiring: WiringSpec = knob(WiringSpec(), label="Wiring", help="Whose neurons.", group="Wiring")
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal drawings.", group="Drawing")
