"""Which photos the ledger names, on every database."""

import hashlib

from civic.canonical import b64u_encode
from civic.moderation import Hidden
from civic.photos import Size
from sync_server.storage import Ledger, rebuild_derived
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.hiding import Hiding, Place
from sync_server.storage.people import lock_space
from sync_server.storage.photo_tables import attached, photos
from sync_server.storage.photos import Naming, Photos, Sent, State
from tests.civic.town import MODULES, jti, rules_of
from tests.contracts.history import ANA, BOB, SPACE, TOWN, offer, offers, rows, statuses

ONE, TWO, SIX = (b64u_encode(hashlib.sha256(text).digest()) for text in (b"one", b"two", b"six"))


def states(ledger: Ledger, *hashes: str) -> list[State | None]:
    return [Photos(ledger).find(SPACE, one) for one in hashes]


def test_only_what_an_act_that_stands_names_may_come(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(ANA.propose(5, photos=(ONE, TWO)), BOB.propose(6, photos=(SIX,)), BOB.vote(5)))
    assert states(ledger, ONE, TWO, SIX, jti(1) * 2) == [State.WAITING] * 3 + [None]
    assert Photos(ledger).find("ailleurs", ONE) is None
    # A later word of the author that names one of them only; a late one that names another counts for nothing.
    later = (ANA.propose(5, rev=3, photos=(TWO,)), ANA.propose(5, rev=2, photos=(SIX,)))
    assert statuses(ledger, *later) == ["accepted", "superseded"]
    assert states(ledger, ONE, TWO) == [None, State.WAITING]
    ledger.append(SPACE, offers(BOB.withdraw(f"proposal:{jti(6)}", rev=5)))
    assert states(ledger, SIX) == [None]


def test_what_has_become_of_a_photo_is_told_once_and_not_taken_back(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(ANA.propose(5, photos=(ONE, TWO))))
    kept, one, two = Photos(ledger), Sent(SPACE, ONE), Sent(SPACE, TWO)
    kept.note(one, State.ARRIVED)
    kept.note(Sent(SPACE, SIX), State.ARRIVED)  # nobody names it
    assert (kept.arrived(9), kept.count_whole(SPACE)) == ([one], 0)
    kept.note(one, State.WHOLE, Size(480, 360))
    kept.note(one, State.ARRIVED)
    kept.note(two, State.REFUSED)
    assert states(ledger, ONE, TWO) == [State.WHOLE, State.REFUSED]
    assert (kept.arrived(9), kept.count_whole(SPACE), kept.whole(SPACE)) == ([], 1, {ONE: Size(480, 360)})
    assert kept.named(SPACE, {ONE}) == [Naming(TOWN.slug, f"proposal:{jti(5)}", ONE)]
    assert kept.named(SPACE, set()) == []


def test_what_is_erased_is_named_no_more(ledger: Ledger) -> None:
    ledger.append(SPACE, [offer(ANA.propose(5, photos=(ONE,)))._replace()])
    act = offer(BOB.propose(6, photos=(TWO, ONE)))
    ledger.append(SPACE, [act._replace(act=act.act._replace(voter="p:bob"))])
    for sha256 in (ONE, TWO):
        Photos(ledger).note(Sent(SPACE, sha256), State.WHOLE, Size(4, 3))
    assert erase_person(ledger, SPACE, Erasure("p:bob", "request", 300, frozenset({TOWN.slug}))) == 1
    assert states(ledger, ONE, TWO) == [State.WHOLE, None]
    assert Photos(ledger).forget_orphans(SPACE) == {ONE}
    assert [row[1] for row in rows(ledger, photos)] == [ONE]
    hiding, place = Hiding(ledger), Place(SPACE, TOWN.slug, f"proposal:{jti(5)}")
    hiding.prepare_erasing(SPACE)
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        hiding.hide(connection, place, Hidden("privacy", ""), 400)
        assert hiding.erase(connection, place, 400) == 1
    assert (rows(ledger, attached), Photos(ledger).forget_orphans(SPACE)) == ([], set())
    assert rows(ledger, photos) == []


def test_it_follows_from_the_records(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(ANA.propose(5, photos=(ONE, TWO)), BOB.vote(5), ANA.propose(5, rev=2, photos=(SIX,))))
    before = rows(ledger, attached)
    assert len(before) == 3
    with ledger.writing() as connection:
        connection.execute(attached.delete())
    rebuild_derived(ledger, SPACE, rules_of(TOWN), MODULES)
    assert rows(ledger, attached) == before
