"""Totals of 200 proposals after 1,000,000 votes: from the counters kept with every vote, and by counting the table."""

from __future__ import annotations

from statistics import median

import sqlalchemy as sa

from bench.budget import Figure, Size, at_most
from bench.filled_ledger import filled_ledger
from bench.timing import in_turn, seconds_of
from bench.town import SLUG, SPACE
from sync_server.storage import Ledger
from sync_server.storage.reading import totals_by_item
from sync_server.storage.tables import heads

READS = 20


def measure(size: Size) -> list[Figure]:
    """Both ways must say the same."""
    ledger, _ = filled_ledger(size.ballots)
    if kept_totals(ledger) != counted_totals(ledger):
        raise RuntimeError("the kept counters and the table disagree")
    kept, counted = in_turn(
        3 if size.is_quick else 5,
        lambda: median(seconds_of(lambda: kept_totals(ledger)) for _ in range(READS)),
        lambda: seconds_of(lambda: counted_totals(ledger)),
    )
    ledger.close()
    return [
        Figure(
            f"tally of 200 proposals after {size.ballots:,} votes, kept counters",
            median(kept) * 1e3,
            "ms",
            beside=f"COUNT over the table: {median(counted) * 1e3:,.0f} ms",
            hard=at_most(50),
            goal=at_most(5),
        ),
        Figure("kept counters / COUNT over the table", median(kept) / median(counted)),
    ]


def kept_totals(ledger: Ledger) -> dict[str, dict[str, int]]:
    """As the worker and the result page read them."""
    with ledger.reading() as now:
        return {item: dict(choices) for item, choices in totals_by_item(now.totals(SPACE, SLUG)).items()}


def counted_totals(ledger: Ledger) -> dict[str, dict[str, int]]:
    """The same from every head."""
    query = (
        sa.select(heads.c.counted, sa.func.count())
        .where(heads.c.space == SPACE, heads.c.consultation == SLUG, heads.c.counted != "")
        .group_by(heads.c.counted)
    )
    found: dict[str, dict[str, int]] = {}
    with ledger.reading() as now:
        for counted, number in now.connection.execute(query):
            item, _, choice = counted.partition(":")
            found.setdefault(item, {})[choice] = number
    return found
