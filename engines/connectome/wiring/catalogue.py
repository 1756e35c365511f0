"""Every connectome there is, by name: ``load("varshney2011")``."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Literal

import pandas as pd

from engines.connectome.wiring import celegans, other_animals, synthetic
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

DatasetName = Literal[
    "varshney2011",
    "cook2019",
    "white1986",
    "witvliet2021_1",
    "witvliet2021_2",
    "witvliet2021_3",
    "witvliet2021_4",
    "witvliet2021_5",
    "witvliet2021_6",
    "witvliet2021_7",
    "witvliet2021_8",
    "winding2023",
    "eichler2017_left",
    "eichler2017_right",
    "flyvis",
    "human_1",
    "human_2",
    "human_3",
    "human_4",
    "human_5",
    "erdos_renyi",
    "lattice",
    "block_model",
]
"""Those of a size that every view can take; `fly_size` has a view of its own."""

_LOADERS: dict[str, Callable[[], Connectome]] = {
    "varshney2011": celegans.varshney2011,
    "cook2019": celegans.cook2019,
    "white1986": celegans.white1986,
    **{f"witvliet2021_{k}": partial(celegans.witvliet, k) for k in range(1, 9)},
    "winding2023": other_animals.winding2023,
    "eichler2017_left": partial(other_animals.eichler2017, "left"),
    "eichler2017_right": partial(other_animals.eichler2017, "right"),
    "flyvis": other_animals.flyvis,
    **{f"human_{k}": partial(other_animals.human, k) for k in range(1, 6)},
    "erdos_renyi": synthetic.erdos_renyi,
    "lattice": synthetic.lattice,
    "block_model": synthetic.block_model,
    "fly_size": synthetic.fly_size,
}
NAMES: tuple[str, ...] = tuple(_LOADERS)


@lru_cache(maxsize=6)
def load(name: str) -> Connectome:
    """The connectome of this name.

    >>> load("varshney2011").layer("chemical").n_edges
    2194

    Raises:
        InputError: no such name; the sentence offers the nearest.
    """
    loader = _LOADERS.get(name)
    if loader is None:
        near = get_close_matches(name, NAMES, 3, 0.4)
        hint = f"did you mean {', '.join(near)}? " if near else ""
        raise InputError(f"no dataset named {name!r}; {hint}there are: {', '.join(NAMES)}")
    return loader()


def catalogue() -> pd.DataFrame:
    """One row per bundled or generated connectome: title, counts, source, licence, caveats."""
    rows = []
    for name in NAMES:
        if name == "fly_size":
            continue
        made = load(name)
        said = made.provenance
        rows.append(
            {
                "name": name,
                "title": said.title,
                "counts": said.counts,
                "layers": ", ".join(made.layer_names),
                "source": said.source,
                "licence": said.licence,
                "caveats": " ".join(said.caveats),
            }
        )
    return pd.DataFrame(rows).set_index("name")
