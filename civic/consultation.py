"""A consultation as a town declares it, and its manifest: the rules every ballot names (docs/formats.md §§1-2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from civic.actions import read_actions
from civic.assurance import LEVELS, METHOD, ROOTS, UNIQUE_BY, Eligibility
from civic.canonical import b64u_encode
from civic.declaration import (
    DeclarationError,
    check_members,
    check_slug,
    read_hours,
    read_instant,
    read_member,
    read_names,
    read_slug,
    read_words,
)
from civic.issuer_key import IssuerKey
from civic.manifest_bytes import manifest_bytes
from civic.notices import Notice, read_notices
from civic.privacy import EVERYBODY, MEMBERS, READ, Privacy, read_how, read_privacy
from civic.profile import Profile, read_profile
from civic.questions import Question, read_questions
from civic.ranking import USUAL, Weights
from civic.settings import Settings, read_settings
from civic.short_address import read_short
from civic.space import Space

VOTE = "vote"
PHASES = ("collect", "analysis", VOTE, "decision")
MODES = ("open", "named")
ASSURANCE_LEVELS = LEVELS
FOREVER = 4_102_444_800  # end of a phase that has none: the first second of 2100
LEAST_VOTERS = 10  # with fewer, who voted what would be guessed from the published ballots
Files = Mapping[str, Mapping[str, bytes]]  # name of a module -> path below its folder -> bytes (docs/formats.md §29)
_MEMBERS = frozenset(
    {
        "revision",
        "modules",
        "counts",
        "grace",
        "unsigned",
        "mode",
        "assurance",
        "unique_by",
        "methods",
        "limits",
        "category",
        "phase",
        "question",
        "publish_rows",
        "k_min",
        "notice",
        "actions",
        "profile",
        "short",
        "private",
        "teaser",
    }
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of a consultation: from `starts_at` (included) to `ends_at` (included), epoch seconds."""

    id: str
    starts_at: int
    ends_at: int
    open: tuple[str, ...]  # kinds of act taken


@dataclass(frozen=True, slots=True)
class Category:
    """A theme under which citizens file proposals."""

    id: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Consultation:
    """The rules of one consultation. `manifest` are the bytes every envelope hashes, `mh` their hash."""

    space: str
    slug: str
    revision: int
    modules: tuple[str, ...]
    counts: str  # "hidden" until results, or "open"
    grace: int  # seconds
    unsigned: tuple[str, ...]
    publish_rows: bool  # whether every ballot is published with the result, without a name
    k_min: int  # voters below which none is
    mode: str  # "open": a ballot key is the voter; "named": the person who granted it is
    eligibility: Eligibility
    limits: Mapping[str, int]
    categories: tuple[Category, ...]
    phases: tuple[Phase, ...]
    sources: Mapping[str, str]  # id of a proposal -> its id in the file it was imported from
    manifest: bytes
    mh: str
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()  # of the revisions that came after people had acted
    issuers: Mapping[str, IssuerKey] = field(default_factory=dict)  # of the secret questions, by their ids
    profile: Profile | None = None  # the groups of people by which the result is told
    languages: tuple[str, ...] = ()  # in which the town says it, its first one first
    settings: Settings = field(default_factory=dict)  # what it declared for its modules, by their names
    files: Files = field(default_factory=dict)  # what it wrote for its modules besides: no rules, so not hashed
    instants: tuple[int, ...] = ()  # at which pages of its modules change by themselves (civic.module.Timed)
    earlier: tuple[Consultation, ...] = ()  # the same under settings of before, where old acts are read again
    ranking: Weights = USUAL  # the town's, for the order of relevance: no rule, so not in the manifest
    short: int = 0  # of its address on posters (civic.short_address); no rule either
    privacy: Privacy = EVERYBODY

    @property
    def private(self) -> bool:
        """Whether its pages are sealed, and only some people read them (docs/formats.md §30)."""
        return bool(self.privacy.by)

    @property
    def assurance(self) -> str:
        """The level asked of a voter."""
        return self.eligibility.assurance

    @property
    def opens_at(self) -> int:
        """Start of the first phase."""
        return self.phases[0].starts_at

    @property
    def closes_at(self) -> int:
        """End of the last vote phase that takes anything, else of the last phase that does, else of the last.

        Nothing that is counted is taken later, whatever later phases say (civic.admission.check).
        """
        takes_acts = [phase for phase in self.phases if phase.open]
        votes = [phase for phase in takes_acts if phase.id == VOTE]
        return (votes or takes_acts or list(self.phases))[-1].ends_at

    @property
    def is_permanent(self) -> bool:
        """Whether it has no end, as reports and news have none."""
        return self.phases[-1].ends_at == FOREVER

    @property
    def accept_until(self) -> int:
        """Last instant at which an act made in time is still taken; results appear after it."""
        return self.closes_at + self.grace

    def are_rows_public(self, voters: int) -> bool:
        """Whether the ballots are published with a result in which so many people took part."""
        return self.publish_rows and voters >= self.k_min

    def windows(self, kind: str) -> tuple[Phase, ...]:
        """The phases that take acts of `kind`, in order; empty when none does."""
        return tuple(phase for phase in self.phases if kind in phase.open)


def parse_consultation(
    slug: str,
    table: Mapping[str, Any],
    texts: Mapping[str, bytes],
    space: Space,
    sources: Mapping[str, str] | None = None,
    issuers: Mapping[str, IssuerKey] | None = None,
    files: Files | None = None,
) -> Consultation:
    """The consultation that `consultation.toml` and `<lang>.md` declare; DeclarationError says what to mend.

    `issuers` are the public keys of its secret questions, by their ids; `files` those of its modules.
    """
    where = f"consultations/{slug}/consultation.toml"
    check_slug(slug, where)
    check_members(table, where, _MEMBERS | frozenset(read_names(table, "modules", where)))
    if set(texts) != set(space.languages):
        raise DeclarationError(f"{where}: a text is needed in each of {', '.join(space.languages)}")
    phases = _read_phases(table, where)
    rules = _read_rules(table, where, space)
    privacy = read_privacy(table, where, rules, space)
    actions = read_actions(table, where, rules["eligibility"], _first_days(table, privacy))
    rules["eligibility"] = rules["eligibility"]._replace(actions=actions)
    rules["profile"] = read_profile(table, where, rules["mode"], space)
    categories = _read_categories(table, where, space.languages)
    questions = read_questions(table, where, slug, space.languages)
    notices = read_notices(table, where, space.languages)
    keys = _keys_of(questions, issuers or {}, rules, where, slug)
    declared = Consultation(
        space=space.id, slug=slug, **rules, categories=categories, phases=phases, sources=dict(sources or {}),
        manifest=b"", mh="", questions=questions, notices=notices, issuers=keys, languages=space.languages,
        settings=read_settings(table, frozenset(rules["modules"]) - _MEMBERS, where),
        files=dict(files or {}), ranking=space.ranking, short=read_short(table, slug, where), privacy=privacy,
    )  # fmt: skip
    manifest = manifest_bytes(declared, texts)
    return replace(declared, manifest=manifest, mh=b64u_encode(hashlib.sha256(manifest).digest()))


def _keys_of(
    questions: tuple[Question, ...], keys: Mapping[str, IssuerKey], rules: Mapping[str, Any], where: str, slug: str
) -> dict[str, IssuerKey]:
    """The issuer keys of the secret questions; DeclarationError where the rules leave no room for a secret."""
    secret = [one.id for one in questions if one.secret]
    if secret and (rules["mode"] != "named" or rules["counts"] != "hidden" or "question" not in rules["modules"]):
        needed = 'mode = "named", counts = "hidden" and the module question'
        raise DeclarationError(f"{where}: question '{secret[0]}' is secret, which needs {needed}")
    for one in secret:
        if one not in keys:
            raise DeclarationError(f"{where}: secret question '{one}' has no key: run `preau keys issuer {slug}`")
    return {one: keys[one] for one in secret}


def _read_rules(table: Mapping[str, Any], where: str, space: Space) -> dict[str, Any]:
    counts = read_member(table, "counts", str, where, "hidden")
    if counts not in ("hidden", "open"):
        raise DeclarationError(f"{where}: 'counts' is hidden or open")
    mode, eligibility = _read_voters(table, where)
    limits = read_member(table, "limits", dict, where, {})
    if any(type(limit) is not int or limit < 1 for limit in limits.values()):
        raise DeclarationError(f"{where}: every limit is a whole number above zero")
    k_min = read_member(table, "k_min", int, where, LEAST_VOTERS)
    if k_min < 1:
        raise DeclarationError(f"{where}: 'k_min' is a whole number above zero")
    return {
        # Beside every ballot of everybody, figures by group would say which of them are whose (docs/decisions/0019).
        "publish_rows": read_member(
            table, "publish_rows", bool, where, "profile" not in table and not read_how(table, where, space.private)
        ),
        "k_min": k_min,
        "revision": read_member(table, "revision", int, where, 1),
        "modules": read_names(table, "modules", where),
        "counts": counts,
        "grace": read_hours(table, "grace", where, "72h"),
        "unsigned": read_names(table, "unsigned", where),
        "mode": mode,
        "eligibility": eligibility,
        "limits": dict(limits),
    }


def _first_days(table: Mapping[str, Any], privacy: Privacy) -> dict[str, date]:
    """Of each kind that a phase takes, the day on which the first of them opens, as the town has written it.

    Members read from the first phase on.
    """
    days: dict[str, date] = {READ: table["phase"][0]["starts_at"].date()} if privacy.by == MEMBERS else {}
    for one in table["phase"]:
        for kind in one.get("open", ()):
            days.setdefault(kind, one["starts_at"].date())
    return days


def _read_voters(table: Mapping[str, Any], where: str) -> tuple[str, Eligibility]:
    """Who may act: the mode, and what is asked of a person."""
    mode = read_member(table, "mode", str, where, "open")
    if mode not in MODES:
        raise DeclarationError(f"{where}: 'mode' is one of {', '.join(MODES)}")
    assurance = read_member(table, "assurance", str, where, "device" if mode == "open" else "email")
    if assurance not in ASSURANCE_LEVELS:
        raise DeclarationError(f"{where}: 'assurance' is one of {', '.join(ASSURANCE_LEVELS)}")
    if mode == "open":
        if "unique_by" in table or "methods" in table:
            raise DeclarationError(f"{where}: 'unique_by' and 'methods' need mode = \"named\"")
        return mode, Eligibility(assurance, "", ())
    if assurance == "device" or table.get("unsigned"):
        raise DeclarationError(f"{where}: a named consultation asks for more than a device and takes nothing unsigned")
    unique_by = read_member(table, "unique_by", str, where, UNIQUE_BY[assurance])
    if unique_by not in ROOTS:
        raise DeclarationError(f"{where}: 'unique_by' is one of {', '.join(ROOTS)}")
    methods = read_member(table, "methods", list, where, [unique_by])
    if not methods or any(type(one) is not str or not (one in ROOTS or METHOD.fullmatch(one)) for one in methods):
        raise DeclarationError(f"{where}: 'methods' lists email, census, oidc or oidc:<provider>")
    return mode, Eligibility(assurance, unique_by, tuple(dict.fromkeys(methods)))


def _read_phases(table: Mapping[str, Any], where: str) -> tuple[Phase, ...]:
    phases: list[Phase] = []
    declared = read_member(table, "phase", list, where, [])
    for number, one in enumerate(declared, 1):
        place = f"{where}, phase {number}"
        check_members(one, place, frozenset({"id", "starts_at", "ends_at", "open"}))
        phase = Phase(
            read_slug(one, "id", place),
            read_instant(one, "starts_at", place),
            FOREVER if "ends_at" not in one and len(declared) == 1 else read_instant(one, "ends_at", place),
            read_names(one, "open", place),
        )
        if phase.id not in PHASES:
            raise DeclarationError(f"{place}: 'id' is one of {', '.join(PHASES)}")
        if phase.ends_at <= phase.starts_at or (phases and phase.starts_at < phases[-1].ends_at):
            raise DeclarationError(f"{place}: it must end after it starts, and start after the one before ends")
        phases.append(phase)
    if not phases or len(phases) > 5:
        raise DeclarationError(f"{where}: from one to five phases are needed")
    return tuple(phases)


def _read_categories(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> tuple[Category, ...]:
    categories: list[Category] = []
    for one in read_member(table, "category", list, where, []):
        place = f"{where}, category"
        check_members(one, place, frozenset({"id", "label"}))
        categories.append(Category(read_slug(one, "id", place), read_words(one, "label", place, languages)))
    if len({one.id for one in categories}) != len(categories):
        raise DeclarationError(f"{where}: two categories have the same id")
    return tuple(categories)
