"""What a stimulation needs: the wiring, the model, who is stimulated, how and how often."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Seed, knob

Model = Literal["linear", "rate", "spiking"]
Shape = Literal["pulse", "step", "noise", "sine"]
_SPIKING = {"model": ("spiking",)}
_GRADED = {"model": ("linear", "rate")}


class StimulusSpec(WiringSpec):
    """Activity that starts where neurons are stimulated and spreads along the wiring."""

    targets: str = knob(
        "PLM, ALM",
        label="Stimulated",
        help="Names, /patterns/, class:AVA, role:motor or transmitter:GABA, separated by commas.",
        group="Stimulus",
        max_length=2_000,
    )
    shape: Shape = knob("pulse", label="Shape", help="How the input runs.", group="Stimulus")
    amplitude: float = knob(
        1.0,
        label="Strength",
        help="Input to each stimulated neuron: in units of activity, or, for the spiking model, in "
        "multiples of the 7 mV from rest to threshold.",
        group="Stimulus",
        ge=-100,
        le=100,
        soft=(-3, 3),
        step=0.1,
    )
    start_ms: float = knob(
        50.0, label="Begins", help="When the input begins.", unit="ms", group="Stimulus",
        ge=0, le=10_000, soft=(0, 500),
    )  # fmt: skip
    width_ms: float = knob(
        100.0, label="Lasts", help="How long a pulse lasts.", unit="ms", group="Stimulus",
        gt=0, le=10_000, soft=(1, 1_000), when={"shape": ("pulse",)},
    )  # fmt: skip
    frequency_hz: float = knob(
        10.0, label="Frequency", help="Of the sine.", unit="Hz", group="Stimulus",
        gt=0, le=500, soft=(1, 100), when={"shape": ("sine",)},
    )  # fmt: skip
    model: Model = knob(
        "rate",
        label="Model",
        help="Linear: x' = (-x + W x + input) / tau. Rate: the same with tanh of the positive "
        "part. Spiking: leaky integrate-and-fire with the constants of Shiu et al. 2024.",
        group="Model",
    )
    gain: float = knob(
        0.9,
        label="Gain",
        help="Spectral radius that the weights are scaled to; above 1 a linear network runs away.",
        group="Model",
        ge=0,
        le=20,
        soft=(0, 2),
        step=0.05,
        when=_GRADED,
    )
    tau_ms: float = knob(
        20.0, label="Time constant", help="Of every neuron.", unit="ms", group="Model",
        gt=0, le=1_000, soft=(1, 200), when=_GRADED,
    )  # fmt: skip
    synapse_mv: float = knob(
        0.275, label="Per synapse", help="What one synapse adds to the postsynaptic drive.",
        unit="mV", group="Model", ge=0, le=50, soft=(0, 3), step=0.025, when=_SPIKING,
    )  # fmt: skip
    reset: Literal["v", "v and g"] = knob(
        "v", label="A spike resets",
        help="v: the potential alone, and synaptic drive goes on decaying while the neuron rests. "
        "v and g: both, and both stand still while it rests, as Shiu et al. 2024 run their fly; "
        "then they are integrated exactly.", group="Model", when=_SPIKING,
    )  # fmt: skip
    gap: float = knob(
        0.1, label="Gap coupling", help="Strength of one gap junction against the leak.",
        group="Model", ge=0, le=10, soft=(0, 1), step=0.01,
    )  # fmt: skip
    glutamate: Literal["excites", "inhibits"] = knob(
        "excites",
        label="Glutamate",
        help="In the worm both occur; GABA always inhibits, everything else excites.",
        group="Model",
    )
    signs: Literal["from transmitters", "all excite"] = knob(
        "from transmitters", label="Signs", help="Where the sign of a synapse comes from. Negative "
        "weights stay inhibitory either way.", group="Model",
    )  # fmt: skip
    noise: float = knob(
        0.0,
        label="Noise",
        help="Independent white noise into every neuron: its standard deviation after one time "
        "constant, in the units of strength.",
        group="Trials",
        ge=0,
        le=10,
        soft=(0, 1),
        step=0.05,
    )
    n_trials: int = knob(
        1, label="Trials", help="Repeats with other noise.", group="Trials", ge=1, le=10_000,
        soft=(1, 100),
    )  # fmt: skip
    duration_ms: float = knob(
        400.0, label="Duration", help="How long is simulated.", unit="ms", group="Trials",
        gt=0, le=20_000, soft=(50, 2_000),
    )  # fmt: skip
    dt_ms: float = knob(
        0.5, label="Step", help="Of the Euler scheme; 0.1 ms is usual for spikes.", unit="ms",
        group="Trials", gt=0, le=10, soft=(0.05, 2), step=0.05,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal noise.", group="Trials")

    @property
    def wiring(self) -> WiringSpec:
        """The wiring alone."""
        return WiringSpec(**{name: getattr(self, name) for name in WiringSpec.model_fields})

    @property
    def n_steps(self) -> int:
        """Euler steps."""
        return max(1, round(self.duration_ms / self.dt_ms))


def drive(spec: StimulusSpec) -> np.ndarray:
    """float64[step]: the input to stimulated neurons through time, before noise of its own."""
    t = np.arange(spec.n_steps) * spec.dt_ms
    on = (t >= spec.start_ms).astype(float)
    match spec.shape:
        case "pulse":
            return spec.amplitude * on * (t < spec.start_ms + spec.width_ms)
        case "step":
            return spec.amplitude * on
        case "sine":
            phase = 2.0 * np.pi * spec.frequency_hz * (t - spec.start_ms) / 1_000.0
            return spec.amplitude * on * np.sin(phase)
        case _:
            rng = np.random.Generator(np.random.Philox([spec.seed, 7]))
            return spec.amplitude * on * rng.standard_normal(spec.n_steps)
