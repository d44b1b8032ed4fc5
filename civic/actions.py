"""What one kind of act asks of who does it, besides what its consultation asks (docs/formats.md §14.2).

Age is counted once for all: on the day when the first phase that takes the kind opens, as the town has written that
day. So nobody grows into a vote, or is told so by another clock, while it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from civic.assurance import LEVELS, Action, Eligibility
from civic.declaration import DeclarationError, check_members, read_member, read_names

MOST_YEARS = 120
_MEMBERS = frozenset({"assurance", "min_age", "neighbourhoods", "guardian_under"})


def read_actions(
    table: Mapping[str, Any], where: str, asked: Eligibility, kinds: Mapping[str, date]
) -> tuple[Action, ...]:
    """The actions of `[actions.<kind>]`, in the order of their kinds; DeclarationError says what to mend.

    `kinds` are those that a phase takes, with the day on which the first such phase opens.
    """
    actions = []
    for kind, one in sorted(read_member(table, "actions", dict, where, {}).items()):
        place = f"{where}, [actions.{kind}]"
        if kind not in kinds:
            raise DeclarationError(f"{place}: no phase takes this kind of act")
        if type(one) is not dict or not one:
            raise DeclarationError(f"{place}: say 'assurance', 'min_age', 'neighbourhoods' or 'guardian_under'")
        check_members(one, place, _MEMBERS)
        actions.append(_read_action(kind, one, place, asked, kinds[kind]))
    if actions and not asked.unique_by:
        raise DeclarationError(f'{where}: [actions] needs mode = "named"')
    return tuple(actions)


def actions_member(actions: Sequence[Action]) -> dict[str, Any]:
    """What the manifest says of `actions`: of each kind, what is asked and nothing else."""
    return {one.kind: {name: _plain(value) for name, value in one._asdict().items() if value and name != "kind"}
            for one in actions}  # fmt: skip


def born_by(day: date, years: int) -> str:
    """The last day of birth, as ISO 8601, of who has so many years on `day`.

    Born on a 29 February, one is a year older on 1 March where the year has no such day.
    """
    try:
        return day.replace(year=day.year - years).isoformat()
    except ValueError:  # a 29 February, in a year that has none
        return day.replace(year=day.year - years, day=28).isoformat()


def _read_action(kind: str, table: Mapping[str, Any], place: str, asked: Eligibility, opens: date) -> Action:
    assurance = read_member(table, "assurance", str, place, "")
    if assurance and assurance not in LEVELS[1:]:
        raise DeclarationError(f"{place}: 'assurance' is one of {', '.join(LEVELS[1:])}")
    min_age, guardian_under = (_read_years(table, name, place) for name in ("min_age", "guardian_under"))
    neighbourhoods = read_names(table, "neighbourhoods", place)
    if (min_age or neighbourhoods or guardian_under) and (assurance or asked.assurance) != "census":
        raise DeclarationError(f'{place}: only the list of residents tells age and neighbourhood: assurance = "census"')
    ages = (born_by(opens, years) if years else "" for years in (min_age, guardian_under))
    oldest, grown = ages
    return Action(kind, assurance, min_age, oldest, tuple(sorted(neighbourhoods)), guardian_under, grown)


def _read_years(table: Mapping[str, Any], name: str, place: str) -> int:
    years = read_member(table, name, int, place, 0)
    if not 0 <= years <= MOST_YEARS or (name in table and not years):
        raise DeclarationError(f"{place}: '{name}' is a number of years, from 1 to {MOST_YEARS}")
    return years


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
