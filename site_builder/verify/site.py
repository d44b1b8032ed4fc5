"""The whole check of a published site, and how it is read: `verify` is its table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from civic.canonical import parse_json
from civic.module import Modules
from civic.town_key import TownKey, on_paper, parse_town_key
from site_builder.verify.consultation import Site, check_consultation
from site_builder.verify.findings import Findings, Report
from site_builder.verify.public_log import Progress, read_log
from site_builder.verify.sources import Source

LOG = ""  # the part of the report that is about the town as a whole


class Known(NamedTuple):
    """What somebody knows from elsewhere, and need not take from the site: paper, a friend, last month's visit."""

    checkpoints: Sequence[str] = ()  # signed notes of the log
    log_key: str | None = None  # its verifier key
    town: str | None = None  # thumbprint of the town's key, spaces or not
    only: Sequence[str] = ()  # consultations to check, all of them if none is named


def verify(source: Source, known: Known, modules: Modules, progress: Progress) -> Report:
    """Everything that the published files can prove of the results, and what they can't."""
    about = _about(source)
    general = Findings(LOG)
    log = read_log(source, known.checkpoints, known.log_key, general, progress)
    key = _town_key(source, known.town, general)
    parts = [general]
    if log is not None:
        site = Site(source, log, key, modules, progress, str(about.get("lang", "")))
        slugs = [slug for slug in sorted(log.held) if not known.only or slug in known.only]
        parts += [check_consultation(site, slug) for slug in slugs]
        for slug in known.only:
            if slug not in log.held:
                general.unknown("consultation.none", slug=slug)
        general.note("log.key_from_site" if known.log_key is None else "log.key_known")
    return Report(str(about.get("name", "")), str(about.get("lang", "")), tuple(parts))


def _about(source: Source) -> dict[str, Any]:
    try:
        about = parse_json(source.read("manifest.webmanifest") or b"{}")
    except ValueError:
        return {}
    return about if type(about) is dict else {}


def _town_key(source: Source, known: str | None, findings: Findings) -> TownKey | None:
    """The town's key, unless it is not the one that is known from paper."""
    data = source.read("town.jwk")
    if data is None:
        if known is None:
            findings.note("town.no_key")
        else:
            findings.false("town.gone")
        return None
    try:
        key = parse_town_key(data)
    except ValueError as error:
        findings.false("town.unreadable", why=str(error))
        return None
    if known is None:
        findings.note("town.key", paper=on_paper(key.kid))
    elif "".join(known.split()) == key.kid:
        findings.ok("town.same", paper=on_paper(key.kid))
    else:
        findings.false("town.other", paper=on_paper(key.kid))
        return None
    return key
