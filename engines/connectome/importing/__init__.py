"""Connectomes from strangers' files and from objects of other libraries."""

from engines.connectome.importing.chunks import Reading
from engines.connectome.importing.objects import (
    from_matrix,
    from_networkx,
    from_state_dict,
)
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.importing.read import connectome_from_bytes, read_connectome, reading

__all__ = [
    "ImportOptions",
    "ImportReport",
    "Reading",
    "connectome_from_bytes",
    "from_matrix",
    "from_networkx",
    "from_state_dict",
    "read_connectome",
    "reading",
]
