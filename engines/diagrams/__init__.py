"""Neural circuit diagrams: drawn, checked, run and costed from one text.

>>> from engines.diagrams import LIBRARY, Diagram
>>> attention = Diagram.from_text(LIBRARY["attention"].text)
>>> str(attention.costs().total.flops)
'4hkmx + 4hkmy + 4hkxy'
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from engines.diagrams.api import (
        attention_lengths,
        beyond_learnt,
        bounds_drawn,
        boxes_wired,
        branch,
        changes,
        choose_bases,
        dendrites,
        drawn_keys,
        few_bits,
        kan,
        local_rules,
        lose_units,
        memory_of_triples,
        norms,
        operator,
        posets,
        predicted_filters,
        race,
        search_kernels,
        search_widths,
        solve_on_grids,
        sorted_widths,
        symbolic_features,
        two_ways,
        wire_values,
    )
    from engines.diagrams.builder import Builder
    from engines.diagrams.diagram import Diagram
    from engines.diagrams.graph.errors import DiagramError, Problem
    from engines.diagrams.graph.poly import Poly
    from engines.diagrams.library import LIBRARY

__getattr__, __dir__, __all__ = offered(__name__)
