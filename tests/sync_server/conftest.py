"""A sync server without a network: real keys, a real ledger, a clock that tests move."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from civic.consultation import Consultation
from sync_server.app import create_app
from sync_server.services import Services, open_services
from sync_server.settings import Settings, read_settings
from tests.civic.town import Citizen
from tests.sync_server.town_files import SLUG, write_town

NOW = 1_790_000_000
SITE = "https://participer.valbrume.example"


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: float = NOW

    def now(self) -> int:
        return int(self.at)

    def monotonic(self) -> float:
        return self.at


@dataclass
class House:
    """A running server: its parts, and a client that asks it."""

    services: Services
    clock: Clock
    client: FlaskClient
    rules: Consultation
    fatal: list[str] = field(default_factory=list)

    def citizen(self, number: int) -> Citizen:
        return Citizen(number, self.rules)

    def send(self, *envelopes: str, space: str = "valbrume", mimetype: str = "text/plain"):
        """As a phone does; with another `mimetype` Flask answers instead of the short way."""
        body = json.dumps({"v": 1, "space": space, "envelopes": list(envelopes)})
        return self.client.post("/v1/sync", data=body, content_type=mimetype, headers={"Origin": SITE})

    def read(self, path: str) -> dict[str, Any]:
        return dict(self.client.get(path).json or {})

    def results(self, *envelopes: str) -> list[dict]:
        answer = self.send(*envelopes)
        assert answer.status_code == 200, answer.text
        return answer.json["results"]

    def statuses(self, *envelopes: str) -> list[str]:
        return [one.get("code", one["status"]) for one in self.results(*envelopes)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(read_settings(tmp_path / "var", {}), requests_per_minute=0, envelopes_per_minute=0)


Opener = Callable[..., House]


@pytest.fixture
def open_house(settings: Settings) -> Iterator[Opener]:
    """Opens servers; `rules` is consultation.toml, other names replace settings."""
    opened: list[House] = []

    def open_one(rules: str | None = None, **changed: Any) -> House:
        chosen = replace(settings, **changed)
        town = write_town(chosen.content) if rules is None else write_town(chosen.content, rules)
        clock = Clock()
        fatal: list[str] = []
        services = open_services(chosen, fatal.append, clock.now, clock.monotonic)
        house = House(services, clock, create_app(services).test_client(), town.consultations[SLUG], fatal)
        opened.append(house)
        return house

    yield open_one
    for house in opened:
        house.services.close()


@pytest.fixture
def house(open_house: Opener) -> House:
    return open_house()
