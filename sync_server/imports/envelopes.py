"""The envelopes of an import, in the order they are sent."""

from __future__ import annotations

from collections.abc import Iterator

from civic.modules.budget.settings import WHOLE, slot_id
from sync_server.imports.plan import Item, Plan
from sync_server.signers import Sealed, Signers

_IMPORTER = "importer"  # signs the proposals whose author the file does not name


def proposal_id(signers: Signers, source: str) -> str:
    """The id that the proposal of `source` has in every run."""
    return signers.draw("proposal", source)


def proposals(plan: Plan, signers: Signers, language: str) -> Iterator[Sealed]:
    """One envelope per proposal, in the order of the plan."""
    for item in plan.items:
        yield _proposal(item, signers, language)


def votes(plan: Plan, signers: Signers) -> Iterator[Sealed]:
    """One envelope per vote cast, in the order of the plan, each naming the one it replaces."""
    last: dict[tuple[str, str], str] = {}
    for cast in plan.casts:
        place = (cast.voter, cast.source)
        jti = signers.draw("vote", *place, str(cast.rev))
        slot = f"vote:{proposal_id(signers, cast.source)}"
        rest = {"jti": jti, "rev": cast.rev, "prev": last.get(place), "iat": cast.at}
        sealed = signers.seal(f"person:{cast.voter}", "vote", slot, {"choice": cast.choice}, **rest)
        last[place] = sealed.id
        yield sealed


def baskets(plan: Plan, signers: Signers) -> Iterator[Sealed]:
    """One envelope per basket, in the order of the plan."""
    slot = f"basket:{slot_id(signers.slug, WHOLE)}"
    for one in plan.baskets:
        body = {"envelope": WHOLE, "choice": list(one.choice)}
        rest = {"jti": signers.draw("basket", one.voter), "rev": 1, "prev": None, "iat": 0}
        yield signers.seal(f"person:{one.voter}", "basket", slot, body, **rest)


def _proposal(item: Item, signers: Signers, language: str) -> Sealed:
    identity = proposal_id(signers, item.source)
    person = f"person:{item.author}" if item.author else _IMPORTER
    body = {"title": item.title, "text": item.text, "category": item.category, "name": "", "lang": language}
    rest = {"jti": identity, "rev": 1, "prev": None, "iat": item.at}
    return signers.seal(person, "proposal", f"proposal:{identity}", body, **rest)
