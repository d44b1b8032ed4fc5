"""Who may do what: each view says what it needs, and the office does not open with one that does not (`@needs(…)`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from sync_server.storage.clerks import Role

View = TypeVar("View", bound=Callable[..., Any])


class Need(StrEnum):
    """What a view asks of whoever comes. From LOOK on it is asked for the town in the address."""

    NOTHING = "nothing"
    PASSWORD = "password"  # noqa: S105 - said, but the second factor not yet
    ACCOUNT = "account"
    LOOK = "look"
    MODERATE = "moderate"
    ANSWER = "answer"
    WRITE = "write"
    PEOPLE = "people"


ROLES: Mapping[str, frozenset[Need]] = {
    "owner": frozenset({Need.LOOK, Need.MODERATE, Need.ANSWER, Need.WRITE, Need.PEOPLE}),
    "clerk": frozenset({Need.LOOK, Need.MODERATE, Need.ANSWER, Need.WRITE}),
    "moderator": frozenset({Need.LOOK, Need.MODERATE}),
    "reader": frozenset({Need.LOOK}),
}
WHOLE_TOWN = frozenset({"owner"})  # roles that a single consultation has not


def needs(need: Need) -> Callable[[View], View]:
    """Marks a view with what it needs."""

    def mark(view: View) -> View:
        view.need = need  # type: ignore[attr-defined]
        return view

    return mark


def scope(roles: Iterable[Role], space: str, need: Need) -> frozenset[str] | None:
    """The consultations of a town in which `roles` give what is needed, None for all of it; empty for none."""
    found = {one.consultation for one in roles if one.space == space and need in ROLES.get(one.role, frozenset())}
    return None if "" in found else frozenset(found)


def may(roles: Iterable[Role], space: str, need: Need, consultation: str = "") -> bool:
    """Whether `roles` give what is needed in a consultation, or in the whole town for ""."""
    found = scope(roles, space, need)
    return found is None or (consultation != "" and consultation in found)
