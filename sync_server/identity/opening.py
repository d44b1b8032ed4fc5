"""Everything about persons, put together for a server: which proofs are offered, where what they give is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from civic.module import Modules
from sync_server.following.requests import FollowDoor
from sync_server.identity.addresses import read_providers, read_throwaway
from sync_server.identity.enrolling import Enrolling, Kept
from sync_server.identity.issuing import Issuers, Issuing, Stored
from sync_server.identity.mailed import PER_DOMAIN, PER_MAILBOX, Domains, Mailed, MailLimits
from sync_server.identity.method import Method
from sync_server.identity.mine import Mine
from sync_server.identity.nonces import Nonces
from sync_server.identity.oidc.returning import Returning
from sync_server.identity.reading import Readers
from sync_server.identity.residency import CensusDoor, Residency
from sync_server.identity.sources import Sources
from sync_server.keys import Keys
from sync_server.limits import HOUR, Windows
from sync_server.reading_keys import ReadingKeys
from sync_server.settings import Settings
from sync_server.storage import Ledger
from sync_server.storage.enrolments import Enrolments
from sync_server.storage.grants import Grants
from sync_server.storage.issued import IssuedTokens
from sync_server.storage.mails import Mails
from sync_server.storage.people import People
from sync_server.vault import Vault
from sync_server.words import Words, load_own_words

if TYPE_CHECKING:
    from sync_server.identity.oidc.federated import Federated

THROWAWAY = "throwaway-domains.txt"  # in the var folder: the operator's own


class Identities(NamedTuple):
    """What the routes ask about persons."""

    enrolling: Enrolling
    mine: Mine
    returning: Returning
    issuing: Issuing
    census: CensusDoor
    following: FollowDoor


def open_identities(settings: Settings, keys: Keys, ledger: Ledger, modules: Modules, sources: Sources) -> Identities:
    """The parts over `ledger`; proof by e-mail is offered where letters can be sent, a provider where it is set up."""
    vault = Vault(keys.vault, keys.pepper, sources.random)
    words = load_own_words()
    kept = Kept(ledger, People(ledger), Enrolments(ledger), Mails(ledger))
    federated = _federated(settings, vault, sources) if settings.oidc else {}
    census = CensusDoor(ledger, vault, settings.enrolments_per_hour, sources)
    providers: dict[str, Method] = {f"oidc:{name}": one for name, one in federated.items()}
    methods = _methods(settings, vault, words, sources) | providers | {"census": census}
    enrolling = Enrolling(kept, methods, vault, words, settings.mail_from, sources.now, sources.random)
    nonces = Nonces(kept.enrolments, vault, sources.now, sources.random)
    residency = Residency(ledger, lambda: vault)
    key_of = ReadingKeys(settings.reading_keys, sources.random).of
    readers = Readers(Grants(ledger), residency, key_of, sources.now)
    mine = Mine(ledger, nonces, vault, readers, sources.now)
    returning = Returning(kept.enrolments, federated, vault, sources.now)
    stored = Stored(Grants(ledger), IssuedTokens(ledger), residency)
    issuing = Issuing(stored, modules, _issuers(settings, sources), sources, time.sleep)
    wishes = Windows(10 * settings.enrolments_per_hour, sources.monotonic, HOUR)
    following = FollowDoor(ledger, nonces, vault, wishes, settings.push_hosts, sources.now)
    return Identities(enrolling, mine, returning, issuing, census, following)


def offered(settings: Settings, *, has_list: bool = False) -> tuple[str, ...]:
    """The names of the methods that a site offers; that of the letter's code where its town has a list."""
    listed = ("census",) if has_list else ()
    return (*(("email",) if settings.smtp_url else ()), *listed, *(one.method for one in settings.oidc))


def _issuers(settings: Settings, sources: Sources) -> Callable[[], Issuers]:
    # Loaded at the first request: most towns ask nothing in secret.
    @cache
    def opened() -> Issuers:
        keys: Issuers = import_module("sync_server.issuer_keys").StoredIssuers(settings.issuers, sources.random)
        return keys

    return opened


def _methods(settings: Settings, vault: Vault, words: Mapping[str, Words], sources: Sources) -> dict[str, Method]:
    methods: dict[str, Method] = {}
    if "email" in offered(settings):
        limits = MailLimits(
            mailbox=Windows(PER_MAILBOX, sources.monotonic, HOUR),
            domain=Windows(PER_DOMAIN, sources.monotonic, HOUR),
            network=Windows(settings.enrolments_per_hour, sources.monotonic, HOUR),
        )
        domains = Domains(read_throwaway(settings.var / THROWAWAY), read_providers())
        methods["email"] = Mailed(vault, words, domains, limits, settings.mail_from, sources.random)
    return methods


def _federated(settings: Settings, vault: Vault, sources: Sources) -> dict[str, Federated]:
    # Loaded where a provider is set up: what talks to providers is a tenth of this process's memory, and most towns
    # have none.
    oidc = import_module("sync_server.identity.oidc.opening")
    found: dict[str, Federated] = oidc.open_providers(settings, vault, sources)
    return found
