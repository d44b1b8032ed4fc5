"""Adults who say yes for the minors of their household: a consent of their own, withdrawn like any other."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from sync_server.storage.households import GUARDIAN, NAME
from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import consents, residents
from sync_server.storage.residents import Resident


def purpose_of(mark: str) -> str:
    """What is consented to: that this resident takes part."""
    return GUARDIAN + mark[:NAME]


class Guardians:
    """The households of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def household(self, space: str, mark: str) -> list[Resident]:
        """Everybody on the list who lives with this resident, themselves included, in the order of their marks."""
        home = sa.select(residents.c.household).where(residents.c.space == space, residents.c.mark == mark)
        where = (residents.c.space == space, residents.c.ended_at == 0, residents.c.household.in_(home))
        columns = [residents.c[name] for name in Resident._fields]
        with self._ledger.reading() as now:
            found = now.connection.execute(sa.select(*columns).where(*where).order_by(residents.c.mark)).all()
        return [Resident(*row)._replace(facts=bytes(row.facts)) for row in found]

    def consented(self, space: str, minors: Iterable[Resident]) -> dict[str, int]:
        """Since when somebody of the same household, still on the list, says yes for each of these; by mark."""
        asked = {purpose_of(one.mark): one for one in minors}
        columns = (consents.c.purpose, consents.c.since, residents.c.household)
        theirs = sa.and_(residents.c.space == consents.c.space, residents.c.pid == consents.c.pid)
        query = sa.select(*columns).join(residents, theirs).where(
            consents.c.space == space, consents.c.purpose.in_(sorted(asked)), consents.c.allowed == 1,
            residents.c.ended_at == 0,
        )  # fmt: skip
        since: dict[str, int] = {}
        with self._ledger.reading() as now:
            for row in now.connection.execute(query.order_by(consents.c.since.desc())):
                minor = asked[row.purpose]
                if row.household == minor.household:
                    since[minor.mark] = row.since
        return since
