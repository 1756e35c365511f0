"""What was found inside a network, step by step, and what others can take of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engines.contract import Frame
from engines.contract.pictures import Picture
from engines.contract.sending import Activations, Gift, Matrix
from engines.pointer.probing.found import Found, Sent
from engines.pointer.probing.pictures import drawn, tables


@dataclass(frozen=True, eq=False)
class Inside(Found):
    """What was found, with its pictures and what it gives."""

    def moments(self) -> tuple[Frame, ...]:
        """One for each step of decoding."""
        n = len(self.choices)
        return tuple(InsideFrame(self, k, fraction=(k + 1) / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """All steps together."""
        return (*drawn(self, -1), *tables(self))

    def gives(self) -> tuple[Gift, ...]:
        """States as activations, attention as wirings."""
        found = [
            Gift("Encoder states", Activations, self.encoder_states),
            Gift("Decoder states", Activations, self.decoder_states),
        ]
        for k in range(len(self.between)):
            name = f"Attention of layer {k + 1}, mean over heads"
            found.append(Gift(name, Matrix, partial(self.attention_matrix, k)))
        return tuple(found)

    def encoder_states(self) -> Activations:
        """Every layer's state of every point of some sets."""
        rows = self.encoder
        role = tuple("left out" if k < 0 else "in the answer" for k in rows.place)
        told = {"role": role, "place": _texts(rows.place), "set": _texts(rows.set_of)}
        return _activations(f"{self.title}, encoder", "encoder", "point", rows, told)

    def decoder_states(self) -> Activations:
        """Every layer's state of every step of some sets."""
        rows = self.decoder
        told = {"step": _texts(rows.which + 1), "chosen": _texts(rows.place),
                "set": _texts(rows.set_of)}  # fmt: skip
        return _activations(f"{self.title}, decoder", "decoder", "step", rows, told)

    def attention_matrix(self, layer: int) -> Matrix:
        """Attention [looking, looked at], mean over heads; least is that of looking everywhere."""
        weights = self.between[layer].mean(axis=0).astype(np.float64)
        names = tuple(f"point {k}" for k in range(len(weights)))
        title = f"{self.title}, attention of layer {layer + 1}"
        return Matrix(title, weights, names, least=1.0 / len(weights))


@dataclass(frozen=True, eq=False)
class InsideFrame(Frame):
    """One step of the answer."""

    of: Inside
    step: int

    def pictures(self) -> tuple[Picture, ...]:
        """What there is at this step."""
        return (*drawn(self.of, self.step), *tables(self.of))


def _texts(values: np.ndarray) -> tuple[str, ...]:
    return tuple(map(str, values.tolist()))


def _activations(
    title: str, part: str, what: str, rows: Sent, labels: dict[str, tuple[str, ...]]
) -> Activations:
    layers = {
        f"{part} {k}" if k else f"{part} input": states.astype(np.float32)
        for k, states in enumerate(rows.states)
    }
    stimuli = tuple(
        f"set {s}, {what} {k}"
        for s, k in zip(rows.set_of.tolist(), rows.which.tolist(), strict=True)
    )
    return Activations(title, layers, stimuli, labels)
