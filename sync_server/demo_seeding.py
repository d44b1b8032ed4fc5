"""The past of the demo's town, put through the one gate: each act is received at the hour it was made."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from sync_server.demo import day_of, sessions, shift_to
from sync_server.services import open_services
from sync_server.settings import Settings


class SeedRefused(RuntimeError):
    """The gate does not take an act of the demo's past: its town and its seed do not fit each other."""


class _Hour:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        return self.at


def seed(settings: Settings, folder: Path, progress: Progress) -> None:
    """Puts every act of the past into the ledger; those that are there already stay as they are."""
    hour = _Hour()
    services = open_services(settings, now=hour.now)
    try:
        town = services.catalogue.town(folder.name)
        if town is None:
            raise SeedRefused(f"{folder} can't be read: {services.catalogue.problems()}")
        past = sessions(town.content.consultations, shift_to(day_of(folder)))
        for session in progress.track(past, description="What happened before today"):
            hour.at = session.at
            answer = services.acceptance.accept(town, [one.text for one in session.envelopes])
            refused = [result.code for result in answer.results if result.status == "refused"]
            if refused:
                raise SeedRefused(f"an act of the demo is refused: {refused[0]}")
    finally:
        services.close()
