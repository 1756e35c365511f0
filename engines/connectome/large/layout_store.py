"""Large wirings built, laid out once, and kept on this machine."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from engines.boundary.kept import Kind
from engines.boundary.whole import cache_root
from engines.connectome.large.spec import LargeSpec
from engines.connectome.wiring import kept, synthetic
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

KIND = Kind("layout of a large wiring", mend="press Run")


@dataclass(frozen=True, eq=False)
class Arrays:
    """Ends of edges in random order, and the layout once it has settled."""

    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    n: int


@lru_cache(maxsize=2)
def _connectome(text: str) -> Connectome:
    spec = LargeSpec.from_json(text)
    if spec.own:
        return kept.load_own(spec.own)
    return synthetic.block_model(
        spec.n_neurons, spec.n_edges, spec.n_blocks, spec.within, spec.seed,
        name="fly_size", title="Block model (synthetic, not a fly)",
    )  # fmt: skip


def connectome_of(spec: LargeSpec) -> Connectome:
    """The wiring of a spec, without regard to how it is drawn."""
    return _connectome(spec.laid_out.replace(n_rounds=LargeSpec().n_rounds).to_json())


def _folder(spec: LargeSpec) -> Path:
    return cache_root() / "connectome-large" / spec.laid_out.digest()[:24]


def _save(folder: Path, **arrays: np.ndarray) -> None:
    for name, array in arrays.items():
        packed = io.BytesIO()
        np.save(packed, array, allow_pickle=False)
        KIND.write(folder / f"{name}.kept", packed.getvalue())


@lru_cache(maxsize=2)
def _stored(folder: str) -> tuple[np.ndarray, ...]:
    return tuple(_array(Path(folder) / f"{name}.kept") for name in ("xy", "pre", "post"))


def _array(path: Path) -> np.ndarray:
    body = KIND.read(path, "the layout of this wiring")
    return np.load(io.BytesIO(body), allow_pickle=False)


def placed(spec: LargeSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places and edges of a wiring that was laid out before, on this machine.

    Raises:
        InputError: it was not, or its files are gone or damaged.
    """
    try:
        xy, pre, post = _stored(str(_folder(spec)))
    except OSError:
        raise InputError(
            "this wiring has not been laid out on this machine yet; press Run"
        ) from None
    return xy, pre, post


def arrays_of(spec: LargeSpec) -> Arrays:
    """Edges of the first layer in an order drawn by the seed."""
    connectome = connectome_of(spec)
    layer = connectome.layers[0]
    order = np.random.Generator(np.random.Philox([spec.seed, 3])).permutation(layer.n_edges)
    return Arrays(layer.pre[order], layer.post[order], layer.weight[order], connectome.n_neurons)
