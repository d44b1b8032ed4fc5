"""What citizens wrote to the town hall alone, brought out for those who read it (`preau words`)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from civic.admission import Rules
from civic.canonical import b64u_decode, parse_json
from civic.content import Content
from civic.declaration import DeclarationError
from civic.module import Confides, Modules, module_of
from civic.replay import parse_again, widened
from civic.tables import csv_bytes
from sync_server.storage import Ledger
from sync_server.storage.tables import heads, payloads

COLUMNS = ("about", "words")


def write_words(ledger: Ledger, content: Content, slug: str, modules: Modules, target: Path) -> int:
    """Writes the words that stand in a consultation as CSV into the new file `target`; how many.

    They are in the order of what they answer, then of the alphabet: nothing tells whose they are, what else the same
    person wrote, or when. DeclarationError where nobody could write any.
    """
    rules = content.consultations.get(slug)
    if rules is None or not any(isinstance(modules.get(name), Confides) for name in rules.modules):
        raise DeclarationError(f"{slug}: there is no consultation in which people write to the town hall alone")
    with ledger.reading() as now:
        past = [one.manifest for one in now.manifests(content.space.id) if one.consultation == slug]
        wide = widened(Rules(rules, frozenset(), content.space.languages), past)
        query = sa.select(payloads.c.envelope).select_from(
            heads.join(payloads, sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no))
        )
        of_it = sa.and_(heads.c.space == content.space.id, heads.c.consultation == slug, heads.c.withdrawn == 0)
        envelopes = list(now.connection.execute(query.where(of_it)).scalars())
    rows: list[tuple[int, str, str]] = []
    for envelope in envelopes:
        said = parse_json(b64u_decode(envelope.split(".")[1]))
        module = module_of(modules, rules, said["kind"])
        if isinstance(module, Confides):
            payload = parse_again(module, said["kind"], said["body"], wide.consultation, wide.languages)
            rows += [(one.place, one.about, one.words) for one in module.confided(payload, wide.consultation)]
    with target.open("xb") as file:
        target.chmod(0o600)
        file.write(csv_bytes(COLUMNS, [row[1:] for row in sorted(rows)]))
    return len(rows)
