"""Reading and checking one act, from its bytes to an act that the rules take, beside bare signature checks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_least
from bench.phones import ballots
from bench.recount import read_consultation
from bench.timing import in_turn, paired_ratio, seconds_of, spread
from bench.verify_rate import verify_rate
from civic import modules
from civic.admission import Rules, check
from civic.envelope import parse_envelope

PROPOSALS = 60
ROUNDS = 6


def measure(size: Size) -> list[Figure]:
    """Votes of many phones, each phone's one after the other as they come in; one thread, one core."""
    number = 1_200 if size.is_quick else 6_000
    known = modules.load()
    with tempfile.TemporaryDirectory() as name:
        consultation = read_consultation(Path(name) / "town")
    rules = {consultation.slug: Rules(consultation, frozenset({consultation.mh}), ("fr", "en"))}
    texts = [one.text for one in ballots(consultation, PROPOSALS, number, 0)]
    received = consultation.opens_at + 1

    def take_all() -> None:
        for text in texts:
            check(parse_envelope(text), consultation.space, rules, known, received, "")

    ours, bare = in_turn(ROUNDS, lambda: number / seconds_of(take_all), lambda: verify_rate(0.5))
    beside = f"{spread(ours, '{:,.0f}')} /s / {median(bare):,.0f} /s, one thread"
    return [Figure("an act read and checked / bare ES256 checks", paired_ratio(ours, bare), "×", beside, at_least(0.6))]
