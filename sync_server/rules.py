"""The rules of a town on their way into force: frozen where people have acted, then kept before anybody sees them."""

from __future__ import annotations

from collections.abc import Iterable

from civic.canonical import b64u_decode, parse_json
from civic.consultation import Consultation
from civic.content import Content
from civic.revisions import check_keys, check_revision
from sync_server.storage.issued import IssuedTokens
from sync_server.storage.ledger import Ledger
from sync_server.storage.reading import Manifest, Reading


def past_rules(manifests: Iterable[Manifest]) -> dict[str, list[bytes]]:
    """Every version of the rules, by consultation, in the order given."""
    past: dict[str, list[bytes]] = {}
    for one in manifests:
        past.setdefault(one.consultation, []).append(one.manifest)
    return past


def register_rules(ledger: Ledger, content: Content) -> None:
    """Keeps every version of the rules that `content` declares: a phone may act under it from now on.

    DeclarationError, with nothing kept, where people have acted and the new rules are not a revision that they may
    have (civic.revisions). Costs next to nothing for rules that are as they were.
    """
    space = content.space.id
    with ledger.reading() as now:
        versions: dict[str, dict[str, Manifest]] = {}
        for one in now.manifests(space):
            versions.setdefault(one.consultation, {})[one.mh] = one
        for rules in content.consultations.values():
            _check(now, rules, versions.get(rules.slug, {}))
    for rules in content.consultations.values():
        if rules.issuers:
            _check_rights(ledger, rules, versions.get(rules.slug, {}))
    known = [Manifest(one.slug, one.mh, one.revision, one.manifest) for one in content.consultations.values()]
    ledger.register_manifests(space, known)


def _check(now: Reading, rules: Consultation, versions: dict[str, Manifest]) -> None:
    if not versions.keys() - {rules.mh}:
        return
    envelope = now.newest_envelope(rules.space, rules.slug)
    if envelope is not None:
        check_revision(rules, {mh: one.manifest for mh, one in versions.items()}, _mh_of(envelope))


def _check_rights(ledger: Ledger, rules: Consultation, versions: dict[str, Manifest]) -> None:
    """People prepare their ballots before the first act: their keys are frozen from then on."""
    if not versions.keys() - {rules.mh}:
        return
    request = IssuedTokens(ledger).a_request(rules.space, rules.slug)
    if request is not None:
        check_keys(rules, versions[_mh_of(request)].manifest)


def _mh_of(jws: str) -> str:
    """The rules that a signed message names; it was read strictly when it was taken."""
    found: str = parse_json(b64u_decode(jws.split(".")[1]))["mh"]
    return found
