"""The providers of identity that an operator has set up, put together. Heavy: loaded where there is one."""

from __future__ import annotations

from sync_server.identity.oidc.client_keys import open_client_keys
from sync_server.identity.oidc.directory import Directory
from sync_server.identity.oidc.exchange import Exchange
from sync_server.identity.oidc.federated import Federated
from sync_server.identity.oidc.providers import KEY
from sync_server.identity.oidc.web import Web
from sync_server.identity.sources import Sources
from sync_server.limits import HOUR, Windows
from sync_server.settings import Settings
from sync_server.vault import Vault


def open_providers(settings: Settings, vault: Vault, sources: Sources) -> dict[str, Federated]:
    """The methods of the providers that are set up, by the name of the provider."""
    web, found = Web(), {}
    network = Windows(settings.enrolments_per_hour, sources.monotonic, HOUR)
    for one in settings.oidc:
        keys = open_client_keys(settings.keys / "oidc", one.name) if one.kind.credential == KEY else None
        callback = f"{settings.sync_url}/v1/oidc/callback/{one.name}"
        directory = Directory(one, web, sources.monotonic)
        exchange = Exchange(one, directory, web, keys, callback, sources.now, sources.random)
        found[one.name] = Federated(exchange, vault, network, sources.random)
    return found
