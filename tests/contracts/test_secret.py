"""Rights to a secret vote, and secret ballots on their way into the public log: on every database."""

import random
import threading
import tomllib
from collections import Counter
from functools import cache

import pytest
import sqlalchemy as sa

from civic.admission import Rules, check
from civic.assurance import Person, Proof
from civic.consultation import parse_consultation
from civic.envelope import parse_envelope
from civic.log.entries import Committed, parse_entry
from civic.receipt import commitment
from civic.refusals import Code, Refused
from sync_server.storage import Ledger, Offer, PublicLog, open_ledger, rebuild_derived
from sync_server.storage.issued import Claim, IssuedTokens
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people_tables import persons
from sync_server.storage.secret_log import LEAST, SecretLog, standing_ballots
from sync_server.storage.secret_tables import issued, secret_ballots
from tests.civic.issuers import ISSUER, new_token
from tests.civic.town import MODULES, TEXTS, Citizen, jti, space
from tests.contracts.history import SPACE, derived, rows
from tests.sync_server.secret_phones import ASKED, OPENS, SECRET, Bulletin
from tests.sync_server.town_files import SLUG

RULES = parse_consultation(SLUG, tomllib.loads(SECRET), TEXTS, space(), issuers={ASKED: ISSUER.key})
KNOWN = {SLUG: Rules(RULES, frozenset({RULES.mh}), ("fr", "en"))}
DAY = 20_000


def offer_of(text: str, person: object = None) -> Offer:
    act = check(parse_envelope(text), SPACE, KNOWN, MODULES, OPENS + 100, "", person)  # type: ignore[arg-type]
    salt = act.envelope.id.encode()[:32]
    return Offer(act, salt, commitment(salt, text))


@cache
def ballot(number: int, rev: int = 1) -> Offer:
    one = Bulletin(number, RULES)
    one.token = new_token(one.scope)
    return offer_of(one.vote("for" if rev == 1 else "against", rev=rev))


def comment(number: int) -> Offer:
    """An act of somebody known, as a named consultation takes it."""
    slot = next(one.slot for one in RULES.questions if one.secret)
    citizen = Citizen(number, RULES)
    body = {"target": slot, "reply_to": None, "text": "Bonjour.", "name": "", "lang": "fr"}
    text = citizen.seal(citizen.payload("comment", f"comment:{jti(number)}", body))
    return offer_of(text, Person(f"p:{number:022d}", (Proof("email", "email", 1),)))


def claim(pid: str, blinded: str, question: str = ASKED) -> Claim:
    jws = f"jws {pid} {blinded}"
    return Claim(SLUG, question, pid, blinded, jws, commitment(bytes(32), jws), bytes(32))


def know(ledger: Ledger, *pids: str) -> None:
    with ledger.writing() as connection:
        connection.execute(
            sa.insert(persons), [{"space": SPACE, "pid": one, "since": 1, "seen": 1, "warned": 0} for one in pids]
        )


def test_two_phones_at_the_same_instant_get_one_right(ledger: Ledger, database_url: str) -> None:
    """Twenty times over: whoever asks first gets it, the other is told that it was given."""
    servers = [ledger, open_ledger(database_url)]
    pids = [f"p:{number}" for number in range(20)]
    know(ledger, *pids)
    for pid in pids:
        start, told = threading.Barrier(2), Counter[str]()

        def ask(
            server: Ledger, blinded: str, pid: str = pid, start: threading.Barrier = start, told: Counter[str] = told
        ) -> None:
            start.wait()
            try:
                IssuedTokens(server).claim(SPACE, claim(pid, blinded))
                told["given"] += 1
            except Refused as refused:
                told[refused.code] += 1

        phones = [
            threading.Thread(target=ask, args=(server, blinded)) for server, blinded in zip(servers, "AB", strict=True)
        ]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join(timeout=60)
        assert told == {"given": 1, Code.TOKEN_ALREADY_ISSUED: 1}
    servers[1].close()
    assert len(rows(ledger, issued)) == len(pids)


def test_the_same_question_is_answered_again_and_others_have_their_own(ledger: Ledger) -> None:
    know(ledger, "p:1", "p:2")
    tokens = IssuedTokens(ledger)
    for one in (claim("p:1", "A"), claim("p:1", "A"), claim("p:2", "B"), claim("p:1", "B", "autre")):
        tokens.claim(SPACE, one)
    with pytest.raises(Refused) as refused:
        tokens.claim(SPACE, claim("p:3", "A"))
    assert refused.value.code is Code.UNKNOWN_KEY
    assert len(rows(ledger, issued)) == 3


def logged(ledger: Ledger, kind: str) -> list[str]:
    entries = map(parse_entry, PublicLog(ledger).entries(SPACE, 0, 1_000))
    return [one.c for one in entries if isinstance(one, Committed) and one.kind == kind]


def grow(ledger: Ledger, day: int, over: tuple[str, ...] = ()) -> None:
    while PublicLog(ledger).append_due(SPACE):
        pass
    SecretLog(PublicLog(ledger)).append(SPACE, over, day, random.Random(day).shuffle)


def test_secret_ballots_go_into_the_log_many_at_once_and_in_no_order(ledger: Ledger) -> None:
    first = [ballot(number) for number in range(LEAST - 1)]
    ledger.append(SPACE, first)
    ledger.append(SPACE, [comment(501)])
    grow(ledger, DAY)
    assert logged(ledger, "ballot") == [], "one less than the least waits"
    assert len(logged(ledger, "env")) == 1, "and holds up nobody"
    ledger.append(SPACE, [ballot(100), comment(502)])
    grow(ledger, DAY)
    order = [one.c for one in first] + [ballot(100).c]
    assert logged(ledger, "ballot") != order, "in the order they came in they would tell when they came"
    assert sorted(logged(ledger, "ballot")) == sorted(order)
    assert len(logged(ledger, "env")) == 2, "a ballot among them makes the log pass over none"

    ledger.append(SPACE, [ballot(number) for number in range(101, 101 + LEAST)])
    grow(ledger, DAY)
    assert len(logged(ledger, "ballot")) == LEAST, "one batch a day"
    grow(ledger, DAY + 1)
    assert len(logged(ledger, "ballot")) == 2 * LEAST
    ledger.append(SPACE, [ballot(0, rev=2), comment(503)])
    grow(ledger, DAY + 2)
    grow(ledger, DAY + 9)
    assert len(logged(ledger, "ballot")) == 2 * LEAST
    grow(ledger, DAY + 9, over=(SLUG,))
    assert len(logged(ledger, "ballot")) == 2 * LEAST + 1, "at the end whatever is left goes in"
    assert len(logged(ledger, "env")) == 3
    grow(ledger, DAY + 10, over=(SLUG,))
    assert len(PublicLog(ledger).entries(SPACE, 0, 1_000)) == 2 * LEAST + 4
    assert {row[3] for row in rows(ledger, secret_ballots)} == {DAY, DAY + 1, DAY + 9}


def test_each_right_is_a_line_of_the_log_once(ledger: Ledger) -> None:
    know(ledger, "p:1", "p:2")
    for pid in ("p:1", "p:2"):
        IssuedTokens(ledger).claim(SPACE, claim(pid, "A"))
    grow(ledger, DAY)
    grow(ledger, DAY)
    found = logged(ledger, "issue")
    assert sorted(found) == sorted(claim(pid, "A").c for pid in ("p:1", "p:2"))
    assert {row[8]: row[6] for row in rows(ledger, issued)} == dict(enumerate(found))
    secret = SecretLog(PublicLog(ledger))
    assert (secret.rights_of(SPACE, SLUG), secret.rights_of(SPACE, "autre"), secret.ballots_of(SPACE, SLUG)) == (
        2,
        0,
        0,
    )
    assert PublicLog(ledger).other_entries(SPACE) == [], "there may be very many of them"


def test_a_changed_vote_is_one_voter_and_the_counters_can_be_made_again(ledger: Ledger) -> None:
    ledger.append(SPACE, [ballot(1), ballot(2), ballot(1, rev=2)])
    with ledger.reading() as now:
        assert standing_ballots(now, SPACE, SLUG) == [2]
    before, waiting = derived(ledger), rows(ledger, secret_ballots)
    rebuild_derived(ledger, SPACE, KNOWN, MODULES)
    assert derived(ledger) == before
    assert rows(ledger, secret_ballots) == waiting


def test_what_was_moved_elsewhere_goes_on_there(ledger: Ledger, tmp_path) -> None:
    """Rights stay given, and ballots that had their line get no second one."""
    know(ledger, "p:1")
    IssuedTokens(ledger).claim(SPACE, claim("p:1", "A"))
    ballots = [ballot(number) for number in range(LEAST)]
    ledger.append(SPACE, ballots)
    grow(ledger, DAY)
    log = PublicLog(ledger).rows_after(SPACE, 0, 1_000)
    know(ledger, "p:2")
    IssuedTokens(ledger).claim(SPACE, claim("p:2", "A"))
    grow(ledger, DAY)  # after the log was copied, before persons were
    other = open_ledger(f"sqlite:///{tmp_path}/elsewhere.sqlite")
    with ledger.reading() as now:
        restore_people(other, SPACE, list(people_lines(now.connection, SPACE)))
    other.append(SPACE, [*ballots, ballot(700)])
    PublicLog(other).restore(SPACE, log)
    SecretLog(PublicLog(other)).note_restored(SPACE)
    grow(other, DAY + 5)
    assert PublicLog(other).rows_after(SPACE, 0, 1_000)[: len(log)] == log
    assert logged(other, "issue") == logged(ledger, "issue")
    with pytest.raises(Refused):
        IssuedTokens(other).claim(SPACE, claim("p:1", "B"))
    grow(other, DAY + 5, over=(SLUG,))
    assert logged(other, "ballot")[-1] == ballot(700).c
    other.close()
