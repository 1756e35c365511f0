"""The connection to the workers: those started here, or an existing cluster."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from distributed import Client
from distributed.security import Security

from engines.contract import ExplorerError
from engines.process.here import WorkersHere
from engines.process.settings import EngineSettings


class ClusterError(ExplorerError):
    """The workers cannot be used; the text says why and what to do."""


@dataclass
class Connection:
    """A client, and the workers behind it where they are ours."""

    client: Client
    here: WorkersHere | None = None

    async def identity(self) -> dict[str, Any]:
        """What the scheduler says of itself and of every worker."""
        scheduler = self.client.scheduler
        found = await scheduler.identity(n_workers=-1) if scheduler is not None else None
        return found or {"workers": {}}

    async def close(self, topics: list[str]) -> None:
        """Stop listening, then end what was started here."""
        if self.client.status == "running":
            for topic in topics:
                self.client.unsubscribe_topic(topic)
        async with AsyncExitStack() as closing:
            if self.here is not None:
                closing.push_async_callback(self.here.close)
            closing.push_async_exit(self.client)


async def started_here(settings: EngineSettings) -> Connection:
    """Workers in processes of their own, which speak only to who holds this engine's key."""
    here = WorkersHere(settings)
    try:
        await here.start()
        # Results come straight from the worker, not through the scheduler in this very process.
        client = await _client(here.address, here.security, settings, direct_to_workers=True)
        return Connection(client, here)
    except BaseException:
        await here.close()
        raise


async def joined(settings: EngineSettings) -> Connection:
    """A connection to the cluster at ``settings.scheduler``.

    Raises:
        ClusterError: nobody answers there, or not to our certificate.
    """
    try:
        security = Security(
            require_encryption=True,
            tls_ca_file=settings.tls_ca,
            tls_client_cert=settings.tls_cert,
            tls_client_key=settings.tls_key,
        )
        return Connection(await _client(settings.scheduler, security, settings))
    except (OSError, TimeoutError) as error:
        raise ClusterError(
            f"no cluster answers at {settings.scheduler} ({error}); "
            "check EXPLORER_SCHEDULER and the three EXPLORER_TLS_ files"
        ) from error


async def _client(
    address: str, security: Security, settings: EngineSettings, *, direct_to_workers: bool = False
) -> Client:
    return await Client(
        address,
        security=security,
        asynchronous=True,
        set_as_default=False,
        direct_to_workers=direct_to_workers,
        timeout=settings.connect_s,
    )
