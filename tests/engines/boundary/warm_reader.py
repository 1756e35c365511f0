"""Readers of strangers' files that are forked from one process with all libraries loaded.

What is read, how it is bounded and how it ends is the product's own; only the seconds that every
child needs to load libraries are spent once. Called as ``warm_reader.py ROOT MODULE LIBRARY...``.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import traceback
from contextlib import suppress


def _read(path: str, module: str) -> None:
    """The child: the file is its standard input."""
    os.dup2(os.open(path, os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - as in a fresh process
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    if module.endswith(".py"):
        runpy.run_path(module, run_name="__main__")
    else:
        sys.modules[module].main()
    sys.stdout.flush()


def _forked(path: str, module: str) -> dict[str, object]:
    (out, to_out), (err, to_err) = os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.dup2(to_out, 1)
            os.dup2(to_err, 2)
            for each in (out, to_out, err, to_err):
                os.close(each)
            _read(path, module)
            status = 0
        except BaseException:  # noqa: BLE001 - told as Python itself would
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(status)
    os.close(to_out)
    os.close(to_err)
    with os.fdopen(out, "rb") as stdout, os.fdopen(err, "rb") as stderr:
        said, complained = stdout.read(), stderr.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"returncode": status, "stdout": said.hex(), "stderr": complained.hex()}


def main() -> None:
    """Answer one line with one line, until there are no more."""
    root, module, *libraries = sys.argv[1:]
    sys.path.insert(0, root)
    asked, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for name in libraries if module.endswith(".py") else (module, *libraries):
        with suppress(ImportError):
            importlib.import_module(name)
    for line in asked:
        answers.write(json.dumps(_forked(json.loads(line), module)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
