"""Neural circuit diagrams: drawn, checked, run and costed from one text.

>>> attention = Diagram.from_text(LIBRARY["attention"].text)
>>> str(attention.costs().total.flops)
'4hkmx + 4hkmy + 4hkxy'
"""

from engines.diagrams.build import Builder
from engines.diagrams.errors import DiagramError, Problem
from engines.diagrams.library import LIBRARY
from engines.diagrams.model import Diagram
from engines.diagrams.poly import Poly

__all__ = ["LIBRARY", "Builder", "Diagram", "DiagramError", "Poly", "Problem"]
