"""Lists of residents as town halls write them, and the desk that brings them in."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from sync_server.census.desk import Desk
from sync_server.census.letters import Paper
from sync_server.census.list_file import Entry
from sync_server.storage.residents import Residents
from sync_server.vault import Vault
from sync_server.words import load_own_words
from tests.sync_server.conftest import House
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.town_files import SPACE

CENSUS = NAMED.replace('assurance = "email"\nunique_by = "email"', 'assurance = "census"')
HEADER = "Numéro;Nom;Prénom;Date de naissance;Adresse;Code postal;Commune;Quartier"
ANA = "1;Martin;Ana;31/12/1980;2 rue des Lilas;61000;Valbrume;Le Bourg"
BOB = "2;Martin;Bob;2012-04-01;2 rue des Lilas;61000;Valbrume;Le Bourg"
ZOE = "3;Œuvray;Zoé;01.02.1950;3 rue des Prés;61000;Valbrume;Les Prés"
_kinds = itertools.count(1)


def written(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    """A new file of a list."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"liste-{next(_kinds)}.csv"
    file.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return file


def desk_of(house: House) -> Desk:
    """The desk of the house's town, on its clock."""
    services = house.services
    town = services.catalogue.town(SPACE)
    assert town is not None
    vault = Vault(services.keys.vault, services.keys.pepper, services.random)
    space = town.content.space
    paper = Paper(space, "", load_own_words(), space.site_url)
    return Desk(
        SPACE, services.ledger, Residents(services.ledger), vault, paper, services.now, services.random
    )  # fmt: skip


def bring_in(house: House, *lines: str, header: str = HEADER) -> list[Entry]:
    """The list is the town's now; who is on it."""
    desk = desk_of(house)
    entries = [*desk.read(written(house.services.settings.var / "lists", *lines, header=header)).entries]
    desk.apply(desk.plan(entries))
    return entries


def code_for(house: House, entries: Iterable[Entry], name: str) -> str:
    """A new code from the desk."""
    return desk_of(house).reissue([*entries], "", name, None).code


def say_code(phone: Phone, code: str):
    """The phone asks to be recognised by a letter's code."""
    started = phone.post("/v1/enrol/start", {"jws": phone.enrol_jws("A" * 22, method="census")})
    assert started.status_code == 202, started.text
    return phone.finish(started.json["enrol"], code, method="census")
