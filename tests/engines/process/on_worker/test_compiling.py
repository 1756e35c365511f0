"""What is compiled is said, with its number and how long the rest takes."""

import numpy as np
import pytest

from engines.boundary import shipped
from engines.process.on_worker import compiling

numba = pytest.importorskip("numba")


def test_every_kernel_is_told_with_its_number(monkeypatch):
    monkeypatch.setattr(shipped, "cost", lambda _name, _spec: (9.0, 3))
    monkeypatch.setattr(compiling, "_EVERY_S", 0.0)
    said = []

    class Toy:
        @staticmethod
        def default():
            return None

    @numba.njit
    def inner(x):
        return x + 1

    @numba.njit
    def outer(x):
        return inner(x) * 2

    with compiling.kernels_watched(Toy, "toy/run", None, said.append):
        assert outer(np.int64(3)) == 8
    assert [message["kind"] for message in said] == ["doing", "doing"]
    assert said[0]["sentence"] == "compiling kernel 1 of about 3, once per machine"
    assert said[1]["sentence"].startswith("compiling kernel 2 of about 3, about ")
    with compiling.kernels_watched(Toy, "toy/run", None, said.append):
        outer(np.int64(3))
    assert len(said) == 2, "compiled once"
