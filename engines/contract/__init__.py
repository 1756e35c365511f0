"""The words every engine speaks: spec in, frames out, a result last.

An *experiment* is the unit of the product. ``engines.contract.pictures`` declares what it draws.
"""

from engines.contract.answers import KnownAnswer, Verdict
from engines.contract.claims import Claim, Estimate, Finding
from engines.contract.errors import ExplorerError, InputError, SpecError
from engines.contract.experiment import Card, Experiment
from engines.contract.findable import Findable
from engines.contract.moments import Frame, Result
from engines.contract.spec import STAMP_KEY, Seed, Spec, Widget, knob, sentence_from_validation

__all__ = [
    "STAMP_KEY",
    "Card",
    "Claim",
    "Estimate",
    "Experiment",
    "ExplorerError",
    "Findable",
    "Finding",
    "Frame",
    "InputError",
    "KnownAnswer",
    "Result",
    "Seed",
    "Spec",
    "SpecError",
    "Verdict",
    "Widget",
    "knob",
    "sentence_from_validation",
]
