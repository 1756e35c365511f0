"""Side by side: the same permutation and faults under two to four different settings."""

from __future__ import annotations

from engines.contract import SpecError
from engines.sorting.model import ALGOTYPES, AlgotypeShare, SortSpec

COMPARISONS = (
    "one array",
    "algotypes",
    "schedulers",
    "cell view and traditional",
    "whole and broken",
)
"""What can be put side by side; the first is no comparison."""


def variations(spec: SortSpec, comparison: str) -> tuple[tuple[str, SortSpec], ...]:
    """Titles and specs of the arrays to show; all share the spec's seed, so its permutation.

    Raises:
        SpecError: the comparison needs what this spec does not have; the sentence says what.
    """
    base = spec.replace(edits=())
    match comparison:
        case "algotypes":
            return tuple((name, _pure(base, name)) for name in ALGOTYPES)
        case "schedulers":
            return tuple(
                (f"{name} scheduler", base.replace(scheduler=name, control="cell view"))
                for name in ("uniform", "burst", "sweep", "synchronous")
            )
        case "cell view and traditional":
            kind = max(base.algotypes, key=lambda share: share.n_cells or share.parts).algotype
            pure = _pure(base, kind)
            return (
                (f"{kind}, cell view", pure.replace(control="cell view")),
                (f"{kind}, traditional", pure.replace(control="traditional")),
            )
        case "whole and broken":
            if not (base.n_frozen or base.frozen_at):
                raise SpecError(
                    "nothing is broken yet; set Frozen cells under Damage to one or more first"
                )
            broken = len(base.frozen_at) or base.n_frozen
            return (
                ("whole", base.replace(n_frozen=0, frozen_at=())),
                (f"{broken} {base.frozen_kind} frozen", base),
            )
        case _:
            return ((title(spec), spec),)


def _pure(spec: SortSpec, algotype: str) -> SortSpec:
    return spec.replace(algotypes=(AlgotypeShare(algotype=algotype),))  # type: ignore[arg-type]


def title(spec: SortSpec) -> str:
    """The spec in a few words, for headings."""
    shares = [share for share in spec.algotypes if share.parts and share.n_cells != 0]
    names = [share.algotype + (" down" if share.descending else "") for share in shares]
    mixture = " + ".join(names) if names else "no cells"
    head = mixture[:1].upper() + mixture[1:]
    return head + (", traditional" if spec.control == "traditional" else "")


def detail(spec: SortSpec) -> str:
    """What the title leaves out: size, damage, scheduler, edits."""
    parts = [f"{spec.n_cells:,} cells"]
    frozen = len(spec.frozen_at) or spec.n_frozen
    if frozen:
        parts.append(f"{frozen} {spec.frozen_kind} frozen")
    if spec.control == "cell view":
        burst = spec.scheduler == "burst"
        parts.append(f"burst {spec.mean_burst:g}" if burst else f"{spec.scheduler} scheduler")
    if spec.edits:
        parts.append(f"branch with {len(spec.edits)} edit{'s' * (len(spec.edits) > 1)} by hand")
    return " · ".join([*parts, f"seed {spec.seed}"])
