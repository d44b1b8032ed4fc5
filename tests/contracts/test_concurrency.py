"""Several processes on one database: no gap, no act twice, nothing lost, counters exact."""

import random
import threading

from sync_server.storage import Ledger, Offer, Outcome, open_ledger, rebuild_derived
from sync_server.storage.tables import records
from tests.civic.town import MODULES, Citizen, jti, rules_of
from tests.contracts.history import ANA, SPACE, TOWN, derived, offer, rows, statuses


def test_two_servers_number_their_acts_together(ledger: Ledger, database_url: str) -> None:
    other = open_ledger(database_url)
    statuses(ledger, ANA.propose(5), ANA.propose(6))
    voters = [Citizen(number, TOWN) for number in range(10, 22)]
    acts = [offer(one.vote(target, choice, rev)) for one in voters for target, choice, rev in (
        (5, "for", 1), (5, "against", 2), (6, "blank", 1))]  # fmt: skip
    answers: list[tuple[str, Outcome]] = []

    def send(server: Ledger, seed: int) -> None:
        mine: list[Offer] = random.Random(seed).sample(acts, len(acts))
        for start in range(0, len(mine), 5):
            some = mine[start : start + 5]
            outcomes = server.append(SPACE, some)
            answers.extend((one.act.envelope.id, each) for one, each in zip(some, outcomes, strict=True))

    threads = [threading.Thread(target=send, args=((ledger, other)[seed % 2], seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    other.close()

    assert [row[1] for row in rows(ledger, records)] == list(range(1, len(acts) + 3))
    assert len(answers) == 4 * len(acts)
    assert len({(envelope_id, outcome.item) for envelope_id, outcome in answers}) == len(acts)
    assert sum(outcome.status != "duplicate" for _, outcome in answers) == len(acts)
    with ledger.reading() as now:
        found = {(one.item, one.choice): one.n for one in now.totals(SPACE, TOWN.slug) if one.n}
    assert found == {(jti(5), "against"): 12, (jti(6), "blank"): 12}
    before = derived(ledger)
    rebuild_derived(ledger, SPACE, rules_of(TOWN), MODULES)
    assert derived(ledger) == before
