"""What the engine can be told, and what it refuses."""

import pytest

from engines.contract import InputError
from engines.process.settings import EngineSettings, settings_from_environment


def test_a_cluster_is_reached_by_tls_only():
    with pytest.raises(InputError, match="must start with tls://"):
        settings_from_environment(environment={"EXPLORER_SCHEDULER": "tcp://host:1"})
    with pytest.raises(InputError, match="EXPLORER_TLS_CA"):
        settings_from_environment(environment={"EXPLORER_SCHEDULER": "tls://host:1"})


def test_settings_come_from_the_environment(tmp_path):
    settings = settings_from_environment(
        "cpu",
        {
            "EXPLORER_SCHEDULER": "tls://host:1",
            "EXPLORER_TLS_CA": "ca",
            "EXPLORER_TLS_CERT": "cert",
            "EXPLORER_TLS_KEY": "key",
            "EXPLORER_CACHE": str(tmp_path),
        },
    )
    assert (settings.tls_ca, settings.tls_cert, settings.tls_key) == ("ca", "cert", "key")
    assert (settings.device, settings.cache_dir) == ("cpu", tmp_path)
    assert EngineSettings().worker_memory > 100_000_000
    with pytest.raises(InputError, match="--device"):
        settings_from_environment("gpu")
