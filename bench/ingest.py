"""Taking acts in: signed votes over HTTP from 16 connections, every admission rule on, each answer after the commit.

Ours checks signature, rules and quotas and waits for the disk (SQLite, synchronous=FULL); pouchdb-server does neither,
Kinto waits for PostgreSQL's disk and checks nothing. What counts is what each store holds afterwards. The address
limit is on too: requests come from 50,000 addresses, as a reverse proxy would name them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.budget import Figure, Size, at_least, at_most
from bench.house import TEXT, House, send
from bench.ingest_bodies import Bodies, signed_votes, sixty_proposals, write_bodies
from bench.load import Load, post
from bench.peers import kinto, pouchdb
from bench.peers.postgres import postgres, query
from bench.timing import in_turn, paired_ratio, spread
from bench.verify_rate import verify_rate

CONNECTIONS = 16
PHONES = 50_000
WARM_UP_SECONDS = 1.0


class Rate(NamedTuple):
    """Votes stored a second, and the latency of requests."""

    stored: float
    p99_ms: float


class Lane:
    """Posts one file of bodies to one store, going on each time where it ended; counts what is stored."""

    def __init__(self, url: str, bodies: Path, headers: dict[str, str], stored: Callable[[], int], phones: int) -> None:
        self.url, self.bodies, self.headers, self.stored, self.phones = url, bodies, headers, stored, phones
        self.place = 0

    def run(self, seconds: float, connections: int = CONNECTIONS) -> Load:
        """Posts for so long."""
        load = post(self.url, self.bodies, connections, seconds, self.headers, self.place, self.phones)
        self.place += load.requests + connections
        if load.wrapped:
            raise RuntimeError(f"{self.bodies.name} has too few lines for {seconds} s")
        return load

    def rate(self, seconds: float) -> Rate:
        """One measurement."""
        before = self.stored()
        load = self.run(seconds)
        return Rate((self.stored() - before) / load.seconds, load.p99_ms)


class Rates(NamedTuple):
    """What each side did in each round."""

    verify: list[float]
    ours: list[Rate]
    pouchdb: list[Rate]
    kinto: list[Rate]


def measure(size: Size) -> list[Figure]:
    """All ingest rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house = House(folder / "var")
        votes = signed_votes(house.consultation, size.envelopes, first_phone=1)
        singles = signed_votes(house.consultation, size.envelopes // 5, first_phone=100_000)
        batches = write_bodies(folder, "batch", votes, 25, for_kinto=size.envelopes // 200)
        ones = write_bodies(folder, "single", singles, 1, for_kinto=size.envelopes // 20)
        with house.serving() as url, pouchdb.pouchdb(folder) as couch, postgres() as database:
            send(url, sixty_proposals(house.consultation))
            with kinto.kinto(folder, database) as kinto_url:
                addresses = (f"{url}/v1/sync", couch, kinto_url)
                by_batch = compare(house, addresses, database, batches, size)
                by_one = compare(house, addresses, database, ones, size)
        with postgres() as database:
            shared = on_postgres(folder, database, batches, size)
    return batch_figures(by_batch) + single_figures(by_one) + postgres_figures(shared, by_batch)


def compare(house: House, addresses: Sequence[str], database: str, bodies: Bodies, size: Size) -> Rates:
    """Ours and pouchdb-server in turn, the yardstick before each; Kinto once, it is far away."""
    url, couch, kinto_url = addresses
    is_batch = "batch" in bodies.ours.name
    ours = Lane(url, bodies.ours, TEXT, house.stored, PHONES)
    theirs = Lane(f"{couch}/_bulk_docs", bodies.pouchdb, pouchdb.HEADERS, lambda: pouchdb.stored(couch), 0)
    path = "/batch" if is_batch else kinto.RECORDS
    far = Lane(kinto_url + path, bodies.kinto, kinto.HEADERS, lambda: kinto.stored(database), 0)
    for lane in (ours, theirs):
        lane.run(WARM_UP_SECONDS)
    verify: list[float] = []

    def our_round() -> float:
        verify.append(verify_rate())
        rates.append(ours.rate(size.seconds))
        return rates[-1].stored

    def their_round() -> float:
        their_rates.append(theirs.rate(size.seconds))
        return their_rates[-1].stored

    rates: list[Rate] = []
    their_rates: list[Rate] = []
    in_turn(size.rounds, our_round, their_round)
    return Rates(verify, rates, their_rates, [far.rate(size.seconds)])


def on_postgres(folder: Path, database: str, bodies: Bodies, size: Size) -> list[Rate]:
    """Two web processes of ours on one PostgreSQL, half of the connections each."""
    house = House(folder / "shared", {"PREAU_DATABASE": database.replace("postgresql:", "postgresql+psycopg:", 1)})

    def stored() -> int:
        return int(query(database, "SELECT count(*) FROM records"))

    with house.serving() as first, house.serving() as second, ThreadPoolExecutor(2) as pool:
        send(first, sixty_proposals(house.consultation))
        lanes = [Lane(f"{url}/v1/sync", bodies.ours, TEXT, stored, PHONES) for url in (first, second)]
        lanes[1].place = bodies.lines // 2

        def together(seconds: float) -> Rate:
            before = stored()
            loads = list(pool.map(lambda lane: lane.run(seconds, CONNECTIONS // 2), lanes))
            taken = max(load.seconds for load in loads)
            return Rate((stored() - before) / taken, max(load.p99_ms for load in loads))

        together(WARM_UP_SECONDS)
        return [together(size.seconds) for _ in range(size.rounds)]


def batch_figures(rates: Rates) -> list[Figure]:
    """25 envelopes a request."""
    ours, theirs, far = (stored_of(side) for side in (rates.ours, rates.pouchdb, rates.kinto))
    bound = [2 * one for one in rates.verify]
    return [
        Figure(
            "25 a request / 2 × ES256 verifications of one core",
            paired_ratio(ours, bound),
            beside=f"{spread(ours, '{:,.0f}')} /s / 2 × {spread(rates.verify, '{:,.0f}')} /s",
            hard=at_least(0.5),
            goal=at_least(0.65),
        ),
        Figure(
            "25 a request / pouchdb-server `_bulk_docs` of 25",
            paired_ratio(ours, theirs),
            beside=f"{median(ours):,.0f} /s / {spread(theirs, '{:,.0f}')} /s, its p99 {p99_of(rates.pouchdb):.0f} ms",
            hard=at_least(1.5),
        ),
        Figure(
            "25 a request / Kinto + PostgreSQL `/batch` of 25",
            median(ours) / far[0],
            beside=f"{median(ours):,.0f} /s / {far[0]:,.0f} /s stored",
            hard=at_least(40),
        ),
        p99_figure("25 a request", rates.ours, 60),
    ]


def single_figures(rates: Rates) -> list[Figure]:
    """One envelope a request."""
    ours, theirs, far = (stored_of(side) for side in (rates.ours, rates.pouchdb, rates.kinto))
    return [
        Figure(
            "one a request / pouchdb-server `_bulk_docs` of 1",
            paired_ratio(ours, theirs),
            beside=f"{spread(ours, '{:,.0f}')} /s / {spread(theirs, '{:,.0f}')} /s",
            hard=at_least(1.5),
            goal=at_least(2.2),
        ),
        Figure(
            "one a request / Kinto + PostgreSQL",
            median(ours) / far[0],
            beside=f"{median(ours):,.0f} /s / {far[0]:,.0f} /s stored",
        ),
        p99_figure("one a request", rates.ours, 25),
    ]


def postgres_figures(shared: Sequence[Rate], by_batch: Rates) -> list[Figure]:
    """The same on PostgreSQL."""
    ours, sqlite = stored_of(shared), stored_of(by_batch.ours)
    return [
        Figure(
            "25 a request, two web processes on PostgreSQL / the SQLite row",
            median(ours) / median(sqlite),
            beside=f"{spread(ours, '{:,.0f}')} /s / {median(sqlite):,.0f} /s, p99 {p99_of(shared):.0f} ms",
            hard=at_least(0.5),
            goal=at_least(1.0),
        )
    ]


def p99_figure(what: str, rates: Sequence[Rate], limit: float) -> Figure:
    """The latency row."""
    beside = f"{CONNECTIONS} connections; rounds: " + ", ".join(f"{one.p99_ms:.1f}" for one in rates)
    return Figure(f"{what}: p99", p99_of(rates), "ms", beside=beside, hard=at_most(limit))


def stored_of(rates: Sequence[Rate]) -> list[float]:
    """The rates alone."""
    return [one.stored for one in rates]


def p99_of(rates: Sequence[Rate]) -> float:
    """The median of the rounds' p99."""
    return median(one.p99_ms for one in rates)
