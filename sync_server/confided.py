"""What citizens wrote to the town hall in their own words: for those who read it (`preau words`), or read it first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.admission import Rules
from civic.canonical import b64u_decode, parse_json
from civic.consultation import Consultation
from civic.content import Content
from civic.declaration import DeclarationError
from civic.module import Confided, Confides, Modules, module_of
from civic.replay import parse_again, widened
from civic.tables import csv_bytes
from sync_server.storage import Ledger
from sync_server.storage.reading import Manifest, Reading
from sync_server.storage.tables import heads, payloads

COLUMNS = ("about", "words")


class _Rules(NamedTuple):
    """Rules under which every act of a consultation is read, and `under`: those of one version, None if unknown."""

    wide: Rules
    under: Callable[[str], Consultation | None]


def words_of(now: Reading, rules: Consultation, modules: Modules) -> Iterator[Confided]:
    """The words that stand in a consultation, in the order of their records; never tell it.

    They are `listed` where the rules of today say so and those that their author signed did.
    """
    kinds = [kind for name in rules.modules if isinstance(modules.get(name), Confides) for kind in modules[name].kinds]
    known = _rules_of(rules, [one for one in now.manifests(rules.space) if one.consultation == rules.slug])
    same = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
    query = sa.select(payloads.c.envelope).select_from(heads.join(payloads, same))
    of_it = sa.and_(heads.c.space == rules.space, heads.c.consultation == rules.slug, heads.c.kind.in_(kinds))
    for envelope in now.connection.execute(query.where(of_it, heads.c.withdrawn == 0).order_by(heads.c.no)).scalars():
        said = parse_json(b64u_decode(envelope.split(".")[1]))
        module = module_of(modules, rules, said["kind"])
        if isinstance(module, Confides):
            yield from _confided(module, said, known)


def _rules_of(rules: Consultation, past: list[Manifest]) -> _Rules:
    wide = widened(Rules(rules, frozenset(), rules.languages), [one.manifest for one in past])
    versions = {one.mh: one.manifest for one in past}

    @cache
    def under(mh: str) -> Consultation | None:
        if mh not in versions:
            return None
        signed = parse_json(versions[mh])
        return replace(rules, settings=signed.get("settings", {}), languages=tuple(signed["question_sha256"]))

    return _Rules(wide, under)


def _confided(module: Confides, said: Mapping[str, Any], known: _Rules) -> Iterator[Confided]:
    wide, signed = known.wide, known.under(said["mh"])
    payload = parse_again(module, said["kind"], said["body"], wide.consultation, wide.languages)
    told = frozenset(one.listed for one in module.confided(payload, signed)) if signed is not None else frozenset()
    for one in module.confided(payload, wide.consultation):
        yield one if one.listed in told else one._replace(listed="")


def write_words(ledger: Ledger, content: Content, slug: str, modules: Modules, target: Path) -> int:
    """Writes the words that stand in a consultation as CSV into the new file `target`; how many.

    They are in the order of what they answer, then of the alphabet: nothing tells whose they are, what else the same
    person wrote, or when. DeclarationError where nobody could write any.
    """
    rules = content.consultations.get(slug)
    if rules is None or not any(isinstance(modules.get(name), Confides) for name in rules.modules):
        raise DeclarationError(f"{slug}: there is no consultation in which people write to the town hall alone")
    with ledger.reading() as now:
        rows = sorted((one.place, one.about, one.words) for one in words_of(now, rules, modules))
    with target.open("xb") as file:
        target.chmod(0o600)
        file.write(csv_bytes(COLUMNS, [row[1:] for row in rows]))
    return len(rows)
