"""Runs `torch.export`; refusals become sentences that name the model's line."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.importing.places import written_at


@contextlib.contextmanager
def _quiet_eval(module: nn.Module) -> Iterator[None]:
    """As it predicts, not as it trains, and without torch's pages of advice."""
    training = {name: m.training for name, m in module.named_modules()}
    logger = logging.getLogger("torch")
    level = logger.level
    held: list[Any] = [getattr(m, "config", None) for m in module.modules()]
    configs = {id(c): c for c in held if _keeps(c)}
    for config in configs.values():
        config.use_cache = False
    module.eval()
    logger.setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for config in configs.values():
            config.use_cache = True
        logger.setLevel(level)
        for name, inner in module.named_modules():
            inner.training = training[name]


def _keeps(config: Any) -> bool:
    """Whether a language model also gives its keys and values; they are left out."""
    return getattr(config, "use_cache", None) is True


def exported(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The program of a module; DiagramError with a mend when torch refuses."""
    try:
        with _quiet_eval(module):
            return torch.export.export(module, args, kwargs, strict=False)
    except DiagramError:
        raise
    except Exception as error:
        raise _refusal(error) from error


_REFUSALS = (
    (r"data-dependent|GuardOnDataDependent", "data-dependent",
     "the model decides by the values of a tensor, which a diagram cannot follow",
     "use torch.where or torch.cond, or import the branch you mean"),
    (r"\.numpy\(\)", "numpy", "the model leaves torch by .numpy()",
     "keep the computation in torch tensors"),
    (r"must have same reduction dim|mat1 and mat2|size of tensor|expected input|shape '"
     r"|Expected size"
     r"|normalized_shape", "shape",
     "the example inputs do not fit the model", "check the shapes of the example inputs"),
    (r"positional argument|keyword argument|takes .* argument", "arguments",
     "the number of example inputs does not fit the model's forward",
     "give one example input per argument of forward, as a tuple"),
)  # fmt: skip


def _raised_at(error: Exception) -> tuple[str, str] | None:
    """Where in the model an error came up, from the error's own trace."""
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [f for f in frames if "/torch/" in f.filename or _of_python(f.filename)]
    own = [f for f in frames if f not in foreign and f.filename != __file__]
    return (own[-1].filename, str(own[-1].lineno)) if own else None


def _of_python(file: str) -> bool:
    return file.startswith(str(Path(os.__file__).parent)) and "site-packages" not in file


def _refusal(error: Exception) -> DiagramError:
    text = str(error)
    found = written_at(text) or _raised_at(error)
    where = f" (at {found[0].rsplit('/', 1)[-1]}:{found[1]})" if found else ""
    first = next((line.strip() for line in text.split("\n") if line.strip()), type(error).__name__)
    for pattern, code, message, hint in _REFUSALS:
        if re.search(pattern, text):
            return problem(code, f"{message}{where}; torch says: {first[:200]}", hint)
    hint = "the model must pass torch.export.export(module, args, strict=False)"
    return problem("export", f"torch cannot export this model{where}: {first[:300]}", hint)
