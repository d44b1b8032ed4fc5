"""Where requests come in, one file a matter. Every view says who may ask and how much it reads: `@declares(…)`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from flask import current_app, request

from civic.refusals import Code
from sync_server.limits import asker
from sync_server.problems import Problem
from sync_server.services import Services

View = TypeVar("View", bound=Callable[..., Any])
KIB = 1024


class Access(StrEnum):
    """Who may ask."""

    ANYONE = "anyone"
    ADMIN = "admin"  # whoever has the token


class Policy(NamedTuple):
    """What a route declares: who may ask, how many bytes of body are read, whether the sites' scripts may ask."""

    access: Access
    limit: int
    is_for_sites: bool


def declares(access: Access, limit: int, *, is_for_sites: bool = False) -> Callable[[View], View]:
    """Marks a view with its Policy; the application refuses to start with a view that has none."""

    def mark(view: View) -> View:
        view.policy = Policy(access, limit, is_for_sites)  # type: ignore[attr-defined]
        return view

    return mark


def policy() -> Policy | None:
    """The policy of the route asked for, None where there is no such route."""
    view = current_app.view_functions.get(request.endpoint or "")
    found: Policy | None = getattr(view, "policy", None)
    return found


def services() -> Services:
    """What the application works with."""
    found: Services = current_app.extensions["preau"]
    return found


def read_body() -> bytes:
    """The whole body; Problem where it is longer than its route takes.

    A body that tells its length was refused before; of one that does not, reading stops silently at the limit.
    """
    data = request.get_data()
    found = policy()
    if request.content_length is None and found is not None and len(data) >= found.limit:
        raise Problem(Code.TOO_LARGE)
    return data


def asking_address() -> str:
    """The address of who asks, past the reverse proxies that are trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return asker(forwarded, request.remote_addr or "", services().settings.trusted_proxies)
