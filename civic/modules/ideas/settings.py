"""What a town sets for ideas: the table `[ideas]` of consultation.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.declaration import DeclarationError, check_members, read_member
from civic.settings import SettingsReader

NAME = "ideas"
_MOST = 1_000_000


class IdeasSettings(NamedTuple):
    """`threshold`: votes for with which the town promises to examine an idea, 0 where it promises nothing."""

    threshold: int


def _read(table: Mapping[str, Any], where: str, _languages: tuple[str, ...]) -> IdeasSettings:
    check_members(table, where, frozenset({"threshold"}))
    threshold = read_member(table, "threshold", int, where, 0)
    if not (0 if "threshold" not in table else 1) <= threshold <= _MOST:
        raise DeclarationError(f"{where}: 'threshold' must be a whole number from 1 to {_MOST}")
    return IdeasSettings(threshold)


settings_of = SettingsReader(NAME, _read)


def check_settings(consultation: Consultation) -> None:
    """DeclarationError where the settings can't be used: how far an idea is can only be shown of open counts."""
    if settings_of(consultation).threshold and (consultation.counts != "open" or not consultation.windows("vote")):
        where = f"consultations/{consultation.slug}/consultation.toml, [{NAME}]"
        raise DeclarationError(f"{where}: 'threshold' needs counts = \"open\" and a phase that takes votes")
