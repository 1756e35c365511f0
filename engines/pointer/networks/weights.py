"""Weights as safetensors: a header that says what they are, checked before anything is loaded.

Nothing here runs code from a file, and a file that does not fit loads nothing at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engines.boundary.kept import UNSEALED, Kind
from engines.boundary.whole import cache_root, write_whole
from engines.contract import ExplorerError, InputError
from engines.pointer.model import Recipe

KIND = Kind("weights", mend="train them again, or reinstall neural-explorer for bundled ones")
FORMAT = "neural-explorer pointer weights 2"
"""The second seals its header."""
_UNSEALED = "neural-explorer pointer weights 1"
"""Trained with an earlier version: still good, the checksum of its tensors is looked at."""
_HEADER_MAX = 100_000
_FILE_MAX = 64 * 1024 * 1024
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Header:
    """What a file of weights says of itself."""

    recipe: Recipe
    n_examples: int
    """How many examples had been seen."""
    metrics: Mapping[str, Mapping[str, float]]
    """Scores by number of points, and ``instances``, how many they are means of."""
    seed: int
    """Of the instances the metrics are means of."""
    sha256: str
    """Of the tensors' bytes, in the order of their names."""
    made: str = ""
    """How, where the recipe is not all there is to say."""

    def text(self) -> dict[str, str]:
        """As safetensors keeps it: texts only."""
        return {
            "format": FORMAT,
            "recipe": self.recipe.to_json(),
            "n_examples": str(self.n_examples),
            "metrics": json.dumps(self.metrics, sort_keys=True),
            "seed": str(self.seed),
            "sha256": self.sha256,
            **({"made": self.made} if self.made else {}),
            "seal": UNSEALED,
        }


@dataclass(frozen=True)
class Loaded:
    """A network with its weights, and where they come from."""

    name: str
    net: Any
    header: Header


def shipped_folder() -> Path:
    """Where bundled weights lie: beside the packages, or inside ``explorer`` in a wheel."""
    for folder in (_ROOT / "explorer" / "assets" / "pointer", _ROOT / "assets" / "pointer"):
        if folder.exists():
            return folder
    return _ROOT / "assets" / "pointer"


def trained_folder() -> Path:
    """Where weights trained on this machine lie."""
    return cache_root() / "pointer"


def path_of(name: str) -> Path:
    """The file of these weights: shipped ones by name, one's own by ``trained-<digest>``."""
    own = name.startswith("trained-")
    return (trained_folder() if own else shipped_folder()) / f"{name}.safetensors"


def shipped_names() -> tuple[str, ...]:
    """Names of the bundled weights."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.safetensors")))


def trained_names() -> tuple[str, ...]:
    """Names of weights trained on this machine, newest first."""
    found = trained_folder().glob("trained-*.safetensors")
    return tuple(p.stem for p in sorted(found, key=lambda p: -p.stat().st_mtime))


def trained_name(recipe: Recipe) -> str:
    """What the weights of a recipe are called on this machine."""
    return f"trained-{recipe.digest()[:12]}"


def read_header(path: Path) -> Header:
    """What a file says of itself; reads no tensor.

    Raises:
        InputError: not such a file, with what was expected and what was found.
    """
    text = _metadata(path)
    found = text.get("format", "nothing")
    if found not in (FORMAT, _UNSEALED):
        raise InputError(f"'{path.name}': expected format '{FORMAT}', found '{found[:60]}'")
    if found == FORMAT or "seal" in text:
        KIND.check_seal(_head(path), f"'{path.name}'")
    try:
        return Header(
            Recipe.from_json(text["recipe"]),
            int(text["n_examples"]),
            json.loads(text["metrics"]),
            int(text["seed"]),
            text["sha256"],
            text.get("made", ""),
        )
    except (KeyError, ValueError, ExplorerError) as error:
        raise InputError(f"'{path.name}' has a header that cannot be read: {error}") from error


def _metadata(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > _FILE_MAX:
            raise InputError(f"'{path.name}' is larger than {_FILE_MAX >> 20} MiB")
        head = json.loads(_head(path)[8:])
        text = dict(head.get("__metadata__", {}))
    except FileNotFoundError as error:
        raise InputError(f"there are no weights named '{path.stem}'; train them first") from error
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"'{path.name}' is not a safetensors file: {error}") from error
    return {str(k): str(v) for k, v in text.items()}


def _head(path: Path) -> bytes:
    """The length that a file starts with, and as much JSON."""
    with path.open("rb") as file:
        size = file.read(8)
        if int.from_bytes(size, "little") > _HEADER_MAX:
            raise InputError(f"'{path.name}' is not a safetensors file")
        return size + file.read(int.from_bytes(size, "little"))


@lru_cache(maxsize=1)
def headers() -> dict[str, Header]:
    """The headers of the bundled weights, by name."""
    return {name: read_header(path_of(name)) for name in shipped_names()}


def load(name: str, *, task: str = "") -> Loaded:
    """A network with its weights, all checked first.

    Raises:
        InputError: no such weights, another task's, damaged ones, or ones that do not fit.
    """
    path = path_of(name)
    return _loaded(name, path, path.stat().st_mtime if path.exists() else 0.0, task)


@lru_cache(maxsize=8)
def _loaded(name: str, path: Path, _changed: float, task: str) -> Loaded:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    header = read_header(path)
    if task and header.recipe.task != task:
        raise InputError(f"'{name}' was trained for {header.recipe.task}, not for {task}")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise InputError(f"'{path.name}' is damaged: {error}") from error
    found = digest(tensors)
    if found != header.sha256:
        raise InputError(
            f"'{path.name}' is damaged: expected sha256 {header.sha256[:12]}…, found {found[:12]}…"
        )
    return Loaded(name, net_from_tensors(header.recipe, tensors, path.name), header)


def net_from_tensors(recipe: Recipe, tensors: Mapping[str, Any], label: str) -> Any:
    """The recipe's network with these weights, whole or not at all."""
    from engines.pointer.networks.build import network
    from engines.pointer.tasks import task_named

    d_features = task_named(recipe.task).d_features
    net = network(recipe.network, d_features=d_features, n_max=recipe.n_max, seed=0)
    wanted = {name: tuple(value.shape) for name, value in net.state_dict().items()}
    there = {name: tuple(value.shape) for name, value in tensors.items()}
    if wanted != there:
        odd = sorted(k for k in {*wanted, *there} if wanted.get(k) != there.get(k))
        raise InputError(
            f"'{label}' does not fit its own recipe: {odd[0]} should be {wanted.get(odd[0])}, "
            f"is {there.get(odd[0])} ({len(odd)} differ)"
        )
    net.load_state_dict({name: value.float() for name, value in tensors.items()})
    return net.eval()


def digest(tensors: Mapping[str, Any]) -> str:
    """SHA-256 of names, shapes and bytes, in the order of the names."""
    hashed = hashlib.sha256()
    for name in sorted(tensors):
        value = tensors[name].detach().cpu().contiguous()
        hashed.update(f"{name}:{value.dtype}:{tuple(value.shape)};".encode())
        hashed.update(value.numpy().tobytes())
    return hashed.hexdigest()


def halved(net: Any) -> dict[str, Any]:
    """A network's weights as they are shipped: half precision, on the CPU."""
    return {name: value.detach().cpu().half() for name, value in net.state_dict().items()}


def save(path: Path, tensors: Mapping[str, Any], header: Header) -> None:
    """Write whole or not at all, the header under a seal; OSError where the disk is full."""
    from safetensors.torch import save as packed

    data = packed(dict(tensors), metadata=header.text())
    n_head = 8 + int.from_bytes(data[:8], "little")
    write_whole(path, KIND.with_seal(data[:n_head]), memoryview(data)[n_head:])
