"""One consultation checked from its published files against the log: its rules, its ballots, its result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from civic.canonical import b64u_encode, parse_json
from civic.manifest import Manifest, parse_manifest
from civic.module import Modules
from civic.privacy import SEALED
from civic.questions import manifest_member
from civic.rows import Line, RulesLine, parse_line
from civic.town_key import TownKey
from civic.town_signature import is_signed_by_town
from site_builder.verify.ballots import Ballots, Versions, read_versions
from site_builder.verify.figures import Difference, differences, result_files, sources_in, words_in
from site_builder.verify.findings import Findings
from site_builder.verify.public_log import Held, Progress, PublicLog
from site_builder.verify.sources import Source

MODES = ("open", "named")
MOST_TOLD = 8
FAULTS = (
    "unopened",
    "twice",
    "not_logged",
    "missing",
    "signature",
    "refused",
    "withheld",
)  # in the order they are told; each is "rows.<fault>" in words/<lang>.json


class Site(NamedTuple):
    """What every consultation of a site is checked with."""

    source: Source
    log: PublicLog
    town_key: TownKey | None
    modules: Modules
    progress: Progress
    language: str  # that it speaks first


def check_consultation(site: Site, slug: str) -> Findings:
    """Everything that can be said of one consultation."""
    findings, held = Findings(slug), site.log.held[slug]
    if site.source.read(f"{slug}/manifest.json{SEALED}") is not None:
        # The log closes no private consultation: one that it closed had shown everybody a result.
        (findings.note if held.closed is None else findings.unknown)("private")
        return findings
    rules = _check_rules(site, slug, held, findings)
    results = site.source.read(f"{slug}/donnees/results.json")
    if results is None:
        if held.closed is None:
            findings.note("open")
        else:
            findings.false("results.gone")
        return findings
    _check_close(results, held, findings)
    if rules is None:
        findings.unknown("rules.unread")
        return findings
    if rules.consultation.mode not in MODES:
        findings.unknown("mode", mode=rules.consultation.mode)
        return findings
    _count(site, slug, rules, results, findings)
    if rules.consultation.profile is not None:
        findings.note("groups")
    findings.note(f"eligibility.{rules.consultation.assurance}")
    return findings


def _check_rules(site: Site, slug: str, held: Held, findings: Findings) -> Manifest | None:
    data = site.source.read(f"{slug}/manifest.json")
    if data is None:
        findings.false("rules.gone")
        return None
    mh = b64u_encode(hashlib.sha256(data).digest())
    if mh not in held.manifests:
        findings.false("rules.other")
        return None
    findings.ok("rules.logged", versions=len(held.manifests))
    jws = site.source.read(f"{slug}/manifest.jws")
    if jws is None:
        findings.note("rules.unsigned")
    elif site.town_key is None:
        findings.unknown("rules.no_key")
    elif is_signed_by_town(jws.decode("ascii", "replace"), data, site.town_key):
        findings.ok("rules.signed")
    else:
        findings.false("rules.signature")
    try:
        return parse_manifest(data)
    except ValueError as error:
        findings.unknown("rules.unreadable", why=str(error))
        return None


def _check_close(results: bytes, held: Held, findings: Findings) -> None:
    closed = held.closed
    if closed is None:
        findings.unknown("close.missing")
    elif closed.results != b64u_encode(hashlib.sha256(results).digest()):
        findings.false("close.other")
    elif (closed.env, closed.ballot, closed.issue) != held.counted:
        said, had = sum((closed.env, closed.ballot, closed.issue)), sum(held.counted)
        findings.false("close.number", said=said, held=had)
    else:
        findings.ok("close.same", acts=closed.env + closed.ballot)


def _count(site: Site, slug: str, rules: Manifest, results: bytes, findings: Findings) -> None:
    lines = site.source.lines(f"{slug}/donnees/rows.jsonl")
    if lines is None:
        _tell_why_none(rules, results, findings)
        return
    held = site.log.held[slug]
    parsed = _parsed(lines)
    try:
        newest = parse_manifest(rules.consultation.manifest, sources_in(results), words_in(results, site.language))
        versions, first = _versions(parsed, newest, held)
        ballots = Ballots(versions, held, site.log.erased, site.modules, rules.consultation.space)
        for line in chain(first, parsed):
            if isinstance(line, RulesLine):
                raise ValueError("the rules stand first")
            ballots.take(line)
            site.progress(slug, ballots.counts.opened, len(held.indexes))
    except ValueError as error:
        findings.false("rows.unreadable", why=str(error))
        return
    ballots.end()
    _tell_ballots(ballots, len(held.indexes), held.rights, findings)
    if "unknown_kind" in ballots.faults.number:
        findings.unknown("rows.unknown_kind", kind=ballots.faults.told["unknown_kind"][0][1])
        return
    if _are_words_same(ballots.versions.newest, findings):
        _compare(site, ballots, results, findings)


def _are_words_same(rules: Manifest, findings: Findings) -> bool:
    """Whether the result says that what was asked is what the rules say was asked."""
    members = {one["id"]: one for one in parse_json(rules.consultation.manifest).get("questions", ())}
    other = [one.id for one in rules.consultation.questions if manifest_member(one) != members[one.id]]
    if other:
        findings.false("question.other", other, n=len(other))
    elif members:
        findings.ok("question.same", n=len(members))
    return not other


def _tell_why_none(rules: Manifest, results: bytes, findings: Findings) -> None:
    try:
        voters = int(parse_json(results)["voters"])
    except (ValueError, KeyError, TypeError):
        voters = 0
    one = rules.consultation
    if not one.publish_rows:
        findings.unknown("rows.unpublished")
    elif not one.are_rows_public(voters):
        findings.unknown("rows.few", voters=voters, k_min=one.k_min)
    else:
        findings.unknown("rows.absent")


def _parsed(lines: Iterator[bytes]) -> Iterator[Line]:
    for number, data in enumerate(lines, 1):
        try:
            yield parse_line(data)
        except ValueError as error:
            raise ValueError(f"{number}: {error}") from error


def _versions(lines: Iterator[Line], newest: Manifest, held: Held) -> tuple[Versions, list[Line]]:
    """The versions of the rules at the head of the file, and the first line after them."""
    first: list[RulesLine] = []
    for line in lines:
        if not isinstance(line, RulesLine):
            return read_versions(first, newest, held.manifests), [line]
        first.append(line)
    return read_versions(first, newest, held.manifests), []


def _tell_secret(ballots: Ballots, rights: int, findings: Findings) -> None:
    """No more people voted in secret than were given the right to; who they are is the town's word."""
    keys = len(ballots.counts.secret_keys)
    if keys > rights:
        findings.false("secret.more", keys=keys, rights=rights)
    else:
        findings.ok("secret.rights", keys=keys, rights=rights)
    findings.note("secret.unseen")


def _tell_ballots(ballots: Ballots, entries: int, rights: int, findings: Findings) -> None:
    faults, counts = ballots.faults, ballots.counts
    for kind in FAULTS:
        if kind in faults.number:
            told = (f"n° {no} {why}".strip() if no else why for no, why in faults.told[kind])
            findings.false(f"rows.{kind}", told, n=faults.number[kind])
    if not faults.number:
        findings.ok("rows.opened", n=counts.opened, entries=entries)
        findings.ok("rows.signed", n=counts.opened - counts.unsigned)
    if ballots.versions.newest.consultation.issuers:
        _tell_secret(ballots, rights, findings)
    if counts.withheld:
        findings.note("rows.some_withheld", n=counts.withheld)
    if counts.hidden:
        findings.note("rows.some_hidden", n=counts.hidden)
    if counts.erased:
        findings.note("rows.some_erased", n=counts.erased)
    if counts.form_keys:
        findings.note("rows.unsigned", n=ballots.recount.results()["unsigned"], keys=len(counts.form_keys))


def _compare(site: Site, ballots: Ballots, results: bytes, findings: Findings) -> None:
    rules = ballots.versions.newest.consultation
    counted = result_files(ballots.recount, rules, site.modules)
    ours = counted.pop(f"{rules.slug}/donnees/results.json", b"")
    figures = ballots.recount.results()
    if ours == results:
        findings.ok("result.same", ballots=figures["ballots"], voters=figures["voters"])
    else:
        found = differences(results, ours)
        details = [f"{one.place}: {one.published} ≠ {one.counted}" for one in found[:MOST_TOLD]]
        if ballots.counts.erased and _is_within(found, ballots.counts.erased):
            findings.unknown("result.erased", n=ballots.counts.erased)
        else:
            findings.false("result.other", details, n=len(found))
        return
    for path, data in sorted(counted.items()):
        published = site.source.read(path)
        if published is not None and published != data:
            findings.false("result.file", file=path.rpartition("/")[2])


def _is_within(found: list[Difference], erased: int) -> bool:
    """Whether acts that exist no more can explain every difference of two numbers."""
    return all(one.gap is None or one.gap <= erased for one in found)
