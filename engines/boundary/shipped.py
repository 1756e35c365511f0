"""Results that come with the build: what a page shows before its own run has answered.

``assets/first/<workbench>/<experiment>-<hash of the spec>.first`` holds one result, compressed,
with its spec and the version that made it. It is written by ``python -m explorer first`` and found
by the experiment's name and the spec's JSON, so it does not matter where the spec's code lies.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgpack
import numpy as np

import engines
from engines.boundary import codec
from engines.boundary.kept import Kind
from engines.contract import InputError, Result, Spec

logger = logging.getLogger(__name__)

KIND = Kind("first result", mend="the page shows its own run instead")
SUFFIX = ".first"
_ZLIB = b"\x78\xda"
_BYTES_MAX = 64_000_000
"""More than this is not unpacked, whatever the file says."""


@dataclass(frozen=True)
class Shipped:
    """A result that was computed when this build was made."""

    result: Result
    packed: bytes
    """The result as `engines.boundary.codec` packs it."""
    version: str
    """The version that made it."""
    seconds: float
    """How long it took then, kernels compiled anew."""
    n_kernels: int
    """Kernels that were compiled for it."""
    processor: str = ""
    """What kind of processor made it; empty when it does not say."""


def folder() -> Path:
    """Where they lie: beside the packages in a checkout, inside ``explorer`` in a wheel."""
    site = Path(engines.__file__).parent.parent
    packaged = site / "explorer" / "assets" / "first"
    return packaged if packaged.exists() else site / "assets" / "first"


def place(name: str, spec: Spec) -> Path:
    """The file of an experiment's result for this spec, whether or not there is one."""
    workbench, _, leaf = name.partition("/")
    digest = hashlib.sha256(spec.to_json().encode()).hexdigest()[:12]
    return folder() / workbench / f"{leaf}-{digest}{SUFFIX}"


def this_version() -> str:
    """The version of what runs here."""
    try:
        return version("neural-explorer")
    except PackageNotFoundError:
        return "of a checkout"


@lru_cache(maxsize=1)
def processor() -> str:
    """The kind of this machine's processor: another one rounds sums of floats in another way."""
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    told = {"vendor_id", "cpu family", "model"}
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    except OSError:
        lines = [f"model: {platform.processor()}"]
    pairs = [(name.strip(), value.strip()) for name, _, value in (a.partition(":") for a in lines)]
    model = [value for name, value in pairs if name in told]
    return " ".join((platform.machine(), *model, *found["baseline"], *found["found"]))


def bytes_from_result(packed: bytes, spec: Spec, *, seconds: float, n_kernels: int) -> bytes:
    """A file's content; equal results give equal bytes where ``seconds`` are equal."""
    head = {
        "version": this_version(),
        "processor": processor(),
        "spec": spec.to_json(),
        "seconds": round(seconds, 1),
        "n_kernels": n_kernels,
    }
    return zlib.compress(msgpack.packb([head, packed]) or b"", 9)


def find(name: str, spec: Spec) -> Shipped | None:
    """What came with the build for this spec, or None; reading takes milliseconds."""
    path = place(name, spec)
    if path.name not in _present(path.parent):
        return None
    try:
        head, packed = _read(path)
        if head["spec"] != spec.to_json():
            return None
        result = codec.unpack(packed)
        return Shipped(
            result, packed, head["version"], head["seconds"], head["n_kernels"],
            str(head.get("processor", "")),
        )  # fmt: skip
    except (InputError, OSError, KeyError, ValueError, TypeError, zlib.error):
        # The page does without: its own run answers a little later.
        logger.warning("the first picture %s cannot be read", path.name, exc_info=True)
        return None


def cost(name: str, spec: Spec) -> tuple[float, int]:
    """Seconds and kernels that a first run took when the build was made; zeros when unknown."""
    path = place(name, spec)
    if path.name not in _present(path.parent):
        return 0.0, 0
    try:
        head, _ = _read(path)
        return float(head["seconds"]), int(head["n_kernels"])
    except (InputError, OSError, KeyError, ValueError, TypeError, zlib.error):
        return 0.0, 0


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    unpacking = zlib.decompressobj()
    raw = unpacking.decompress(data, _BYTES_MAX)
    # zlib checks the content; its own first bytes and an end too early it does not.
    if data[:2] != _ZLIB or not unpacking.eof or unpacking.unused_data:
        raise KIND.damaged(f"the first picture {path.name}")
    return msgpack.unpackb(raw, use_list=False)


@lru_cache(maxsize=64)
def _present(of_workbench: Path) -> frozenset[str]:
    """Names of the files there are; a page should not ask the disk for every knob."""
    found = of_workbench.glob(f"*{SUFFIX}") if of_workbench.is_dir() else ()
    return frozenset(path.name for path in found)
