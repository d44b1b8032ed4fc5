"""Asking for a whole rebuild: through the database, or through a server's endpoint."""

from __future__ import annotations

from pathlib import Path

import requests

from sync_server.settings import Settings
from sync_server.storage import open_ledger
from sync_server.worker.opening import find_towns

TIMEOUT = (5, 30)


class NotAsked(RuntimeError):
    """The rebuild could not be asked for; the message says why."""


def one_town(settings: Settings, space: str | None) -> tuple[str, Path]:
    """The town named `space`, or the only one there is; NotAsked where that does not say which."""
    towns = find_towns(settings.content)
    if space is not None and space in towns:
        return space, towns[space]
    if space is not None or len(towns) != 1:
        known = ", ".join(towns) or "none"
        raise NotAsked(f"name the town with --space; in {settings.content} there are: {known}")
    return next(iter(towns.items()))


def ask_ledger(settings: Settings, space: str | None) -> list[str]:
    """Asks for the rebuild of `space`, of every town for None; those asked for, durably noted."""
    names = list(find_towns(settings.content)) if space is None else [one_town(settings, space)[0]]
    ledger = open_ledger(settings.database)
    for name in names:
        ledger.request_rebuild(name)
    ledger.close()
    return names


def ask_server(url: str, token: str, space: str | None) -> list[str]:
    """The same through `POST /v1/rebuild` of the server at `url`."""
    town = {} if space is None else {"space": space}
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = requests.post(f"{url.rstrip('/')}/v1/rebuild", params=town, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise NotAsked(f"{url} can't be reached: {error}") from error
    if answer.status_code != 202:
        raise NotAsked(f"{url} answers {answer.status_code}: {answer.text[:200]}")
    return [space or "every town"]
