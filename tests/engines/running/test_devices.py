"""Devices are written in one way, resolved on the worker, and threads share the cores."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.running import devices


@pytest.mark.parametrize(
    ("written", "kept"),
    [("auto", "auto"), ("CPU", "cpu"), ("cuda", "cuda:0"), (" cuda:3 ", "cuda:3"), ("mps", "mps")],
)
def test_choices_are_kept_in_one_spelling(written, kept):
    assert devices.checked(written) == kept
    assert devices.checked(kept) == kept


@pytest.mark.parametrize("written", ["", "gpu", "cuda:", "cuda:x", "cpu:0", "cuda:-1", "mps:1"])
def test_other_choices_are_refused_with_what_is_possible(written):
    with pytest.raises(InputError, match="auto, cpu, cuda:N or mps"):
        devices.checked(written)


def test_a_device_that_is_not_there_is_refused_with_a_way_out():
    with pytest.raises(InputError, match=r"cuda:99.*--device cpu or auto"):
        devices.resolve("cuda:99")


def test_cpu_needs_no_torch():
    code = (
        "import sys; from engines.running import devices; "
        "assert devices.resolve('cpu') == 'cpu'; devices.known_without_asking('auto'); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_what_auto_means_is_not_guessed_for_other_machines(monkeypatch):
    monkeypatch.setattr(devices, "accelerator_likely", lambda: False)
    assert devices.known_without_asking("auto") == "cpu"
    assert devices.known_without_asking("auto", "tls://far:1") == ""
    assert devices.known_without_asking("cuda", "tls://far:1") == "cuda:0"
    monkeypatch.setattr(devices, "accelerator_likely", lambda: True)
    assert devices.known_without_asking("auto") == ""


def test_the_current_device_lasts_as_long_as_its_block():
    assert devices.current() == "cpu"
    with devices.using("cuda:1"):
        assert devices.current() == "cuda:1"
        with devices.using("mps"):
            assert devices.current() == "mps"
        assert devices.current() == "cuda:1"
    assert devices.current() == "cpu"


@given(n_workers=st.integers(1, 64), cores=st.integers(1, 256))
def test_threads_never_outnumber_cores_and_nobody_goes_without(n_workers, cores):
    each = devices.threads_each(n_workers, cores)
    assert each >= 1
    assert each * n_workers <= max(cores, n_workers)


def test_this_process_has_at_least_one_core():
    assert devices.n_cores() >= 1
