"""Lines read from the ledger: in the order of the records that count, on every database."""

from civic.queues import queues_of
from civic.receipt import commitment
from sync_server.storage import Ledger, Offer
from sync_server.storage.queues import in_line, lines_for
from tests.civic.news_town import news_rules, registering, slot
from tests.civic.town import Citizen, act_of
from tests.modules.example_town import SLUG
from tests.worker.test_fold import SALT, SPACE

KINDS = ("registration",)


def test_a_line_is_read_in_the_order_of_what_counts(ledger: Ledger) -> None:
    rules = news_rules()
    ana, bela, cleo = (Citizen(number, rules) for number in (1, 2, 3))
    party = slot(rules)
    said = [registering(one, 1, name) for one, name in ((ana, "Ana"), (bela, "Béla"), (cleo, "Cléo"))]
    said += [registering(ana, 2, "Ana", rev=2), bela.withdraw(f"registration:{party}", 2)]
    for text in said:
        ledger.append(SPACE, [Offer(act_of(text, rules), SALT, commitment(SALT, text))])
    with ledger.reading() as now:
        lines = list(lines_for(now, SPACE, SLUG, KINDS, [party]))
        assert [(one.no, one.counted[0].choice) for one in lines] == [(3, "1"), (4, "2")]
        assert queues_of(lines).keys() == {party}
        assert list(lines_for(now, SPACE, SLUG, KINDS, [slot(rules, "visite")])) == []
        found = in_line(now, SPACE, SLUG, KINDS)
        assert [one.line for one in found] == lines
        assert all(one.envelope for one in found)
