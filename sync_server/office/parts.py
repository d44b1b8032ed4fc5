"""What the rooms of the office work with, put together once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app

from civic.canonical import b64u_encode
from civic.journal import OPERATOR, Said
from civic.module import Module, private_kinds
from sync_server.catalogue import Town
from sync_server.keys import SigningKey, new_pem, open_signing_key, read_signing_key
from sync_server.limits import HOUR, Windows
from sync_server.listing import listable_in
from sync_server.office.passwords import Passwords
from sync_server.services import Services
from sync_server.storage.answering import Answering
from sync_server.storage.clerks import Clerk, Clerks
from sync_server.storage.hiding import Hiding
from sync_server.storage.journal import Journal
from sync_server.storage.mails import Mails
from sync_server.storage.office_doors import Invitations, Sessions, Tries
from sync_server.vault import Vault
from sync_server.words import Words

HERE = Path(__file__).parent
LANGUAGES = ("fr", "nl", "de", "en")
KEY_FILE = "office.pem"
KNOCKS_PER_HOUR = 120  # secrets tried from one network
ID_BYTES = 16
_IS_ADDRESS = re.compile(r"[0-9.]+|.*:.*")


class Office(NamedTuple):
    """Everything that a room may ask for. `key` is the server's own, which says whose the clerks' keys are."""

    services: Services
    vault: Vault
    clerks: Clerks
    sessions: Sessions
    invitations: Invitations
    tries: Tries
    journal: Journal
    hiding: Hiding
    answering: Answering
    mails: Mails
    passwords: Passwords
    words: Mapping[str, Words]
    key: SigningKey
    network: Windows

    @property
    def url(self) -> str:
        """Where the office is, as browsers see it."""
        return f"{self.services.settings.sync_url}/office"

    @property
    def is_safe(self) -> bool:
        """Whether browsers come by HTTPS, as everywhere but on a developer's own machine."""
        return self.services.settings.sync_url.startswith("https:")

    @property
    def host(self) -> str:
        """The name that passkeys are bound to."""
        return urlsplit(self.services.settings.sync_url).hostname or "localhost"

    @property
    def has_passkeys(self) -> bool:
        """Whether browsers bind passkeys to our name: never to a bare address."""
        return not _IS_ADDRESS.fullmatch(self.host)

    @property
    def has_post(self) -> bool:
        """Whether letters can be sent."""
        return bool(self.services.settings.smtp_url)

    def now(self) -> int:
        """Epoch seconds."""
        return self.services.now()

    def new_id(self) -> str:
        """22 characters that nobody guesses."""
        return b64u_encode(self.services.random(ID_BYTES))

    def town(self, space: str) -> Town | None:
        """The town of this id."""
        return self.services.catalogue.town(space)

    def answered(self, space: str) -> dict[str, Module]:
        """The modules of a town's consultations to whose acts it may answer, by name."""
        town = self.town(space)
        used = set() if town is None else {name for one in town.content.consultations.values() for name in one.modules}
        known = self.services.modules
        return {name: known[name] for name in sorted(used) if name in known and known[name].statuses}

    def lists_words(self, space: str) -> bool:
        """Whether a town asks for words that may be published once read."""
        town = self.town(space)
        rules = () if town is None else town.content.consultations.values()
        return any(listable_in(self.services.modules, one) for one in rules)

    def title_of(self, space: str, slug: str, lang: str) -> str:
        """The title of a consultation in the language `lang`, else in the town's first."""
        town = self.town(space)
        if town is None or slug not in town.content.texts:
            return slug
        texts = town.content.texts[slug]
        return str(texts[lang if lang in texts else town.content.space.languages[0]].title)

    def letter_boxes(self, space: str) -> dict[str, frozenset[str]]:
        """The consultations of a town that take acts nobody else may see, with the kinds of these."""
        town = self.town(space)
        rules = {} if town is None else town.content.consultations
        kinds = {slug: private_kinds(self.services.modules, one) for slug, one in rules.items()}
        return {slug: own for slug, own in kinds.items() if own}

    def write(self, connection: sa.Connection, space: str, clerk: Clerk | None, do: str, /, **about: str) -> None:
        """Adds to the journal of `space` what `clerk` does, signed with their key; None for whoever runs the server."""
        by = OPERATOR if clerk is None else clerk.id
        key = self.key if clerk is None else self.key_of(clerk)
        self.journal.write(connection, space, Said(by, do, about, self.now()), key)

    def key_of(self, clerk: Clerk) -> SigningKey:
        """The clerk's own key, opened for one act."""
        pem = str(self.vault.open(clerk.key, "clerks", clerk.id, "key"))
        return read_signing_key(Path(clerk.id), pem.encode("ascii"))

    def new_key(self, clerk: str) -> tuple[bytes, str]:
        """A key for a new clerk: sealed, and its thumbprint."""
        pem = new_pem(ec.generate_private_key(ec.SECP256R1()))
        sealed = self.vault.seal(pem.decode("ascii"), "clerks", clerk, "key")
        return sealed, read_signing_key(Path(clerk), pem).kid


def open_office(services: Services) -> Office:
    """The office of a server."""
    keys, ledger = services.keys, services.ledger
    return Office(
        services=services,
        vault=Vault(keys.vault, keys.pepper, services.random),
        clerks=Clerks(ledger),
        sessions=Sessions(ledger),
        invitations=Invitations(ledger),
        tries=Tries(ledger),
        journal=Journal(ledger),
        hiding=Hiding(ledger),
        answering=Answering(ledger),
        mails=Mails(ledger),
        passwords=Passwords(),
        words={lang: Words(lang, [HERE / "words"]) for lang in LANGUAGES},
        key=open_signing_key(services.settings.keys / KEY_FILE),
        network=Windows(KNOCKS_PER_HOUR, services.monotonic, HOUR),
    )


def office() -> Office:
    """The office that the request is for."""
    found: Office = current_app.extensions["preau_office"]
    return found
