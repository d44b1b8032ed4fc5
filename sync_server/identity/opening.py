"""Everything about persons, put together for a server: which proofs are offered, where what they give is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sync_server.identity.addresses import read_providers, read_throwaway
from sync_server.identity.enrolling import Enrolling, Kept
from sync_server.identity.mailed import PER_DOMAIN, PER_MAILBOX, Domains, Mailed, MailLimits
from sync_server.identity.method import Method
from sync_server.identity.mine import Mine
from sync_server.identity.nonces import Nonces
from sync_server.keys import Keys
from sync_server.limits import HOUR, Windows
from sync_server.settings import Settings
from sync_server.storage import Ledger
from sync_server.storage.enrolments import Enrolments
from sync_server.storage.mails import Mails
from sync_server.storage.people import People
from sync_server.vault import Vault
from sync_server.words import Words, load_own_words

THROWAWAY = "throwaway-domains.txt"  # in the var folder: the operator's own


class Sources(NamedTuple):
    """`now` gives epoch seconds, `monotonic` seconds that never jump, `random` so many bytes."""

    now: Callable[[], int]
    monotonic: Callable[[], float]
    random: Callable[[int], bytes]


class Identities(NamedTuple):
    """What the routes ask about persons."""

    enrolling: Enrolling
    mine: Mine


def open_identities(settings: Settings, keys: Keys, ledger: Ledger, sources: Sources) -> Identities:
    """The parts over `ledger`; proof by e-mail is offered where letters can be sent."""
    vault = Vault(keys.vault, keys.pepper, sources.random)
    words = load_own_words()
    kept = Kept(ledger, People(ledger), Enrolments(ledger), Mails(ledger))
    methods = _methods(settings, vault, words, sources)
    enrolling = Enrolling(kept, methods, vault, words, settings.mail_from, sources.now, sources.random)
    nonces = Nonces(kept.enrolments, vault, sources.now, sources.random)
    return Identities(enrolling, Mine(ledger, nonces, vault, sources.now))


def offered(settings: Settings) -> tuple[str, ...]:
    """The names of the methods that an installation offers."""
    return ("email",) if settings.smtp_url else ()


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
