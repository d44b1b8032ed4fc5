"""The providers we know, and what an operator writes of each: `[oidc.<name>]` in preau.toml, or `PREAU_OIDC_…`.

[oidc.franceconnect]
issuer = "https://…/api/v2"       # its discovery document is at <issuer>/.well-known/openid-configuration
client_id = "…"                   # client_secret: better as PREAU_OIDC_FRANCECONNECT_CLIENT_SECRET
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

CIVIL = ("given_name", "family_name", "birthdate", "gender")
BIRTH = ("birthplace", "birthcountry")
EIDAS = ("eidas1", "eidas2", "eidas3")
SECRET, KEY = "secret", "key"  # how we prove to a provider who we are
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MEMBERS = ("issuer", "client_id", "client_secret", "service", "pkce")
_TEXT = re.compile(r"[\x21-\x7e]{1,512}")


class Kind(NamedTuple):
    """What is the same for every town that offers a provider."""

    label: str  # its official name
    level: str  # of assurance
    issuer: str  # "" where the operator must say it
    scope: str
    identifies: tuple[str, ...]  # claims that say which human it is; none: the provider's own subject
    may_be_empty: tuple[str, ...] = ()  # of these
    acr: tuple[str, ...] = ()  # what must be proved: the first is asked for, any is taken
    algorithms: tuple[str, ...] = ("RS256",)  # of its signatures; never one with a shared secret
    credential: str = SECRET
    is_sealed: bool = False  # tokens come encrypted for us
    is_oidc: bool = True  # else plain OAuth 2 with a page about "me"
    ends_session: bool = False


KINDS: Mapping[str, Kind] = {
    "franceconnect": Kind(
        "FranceConnect", "identity", "", " ".join(("openid", *CIVIL, *BIRTH)), (*CIVIL, *BIRTH), ("birthplace",),
        acr=EIDAS, algorithms=("ES256", "RS256"), ends_session=True,
    ),
    "itsme": Kind("itsme®", "identity", "", "openid service:{service} profile", CIVIL, credential=KEY, is_sealed=True),
    "google": Kind("Google", "social", "https://accounts.google.com", "openid", ()),
    "facebook": Kind("Facebook", "social", "https://graph.facebook.com", "public_profile", (), is_oidc=False),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One that this installation offers."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    service: str = ""  # itsme only
    pkce: bool = True  # off for a provider that refuses parameters it does not know

    @property
    def kind(self) -> Kind:
        """What is known of it."""
        return KINDS[self.name]

    @property
    def method(self) -> str:
        """Its name among the methods of enrolment."""
        return f"oidc:{self.name}"

    @property
    def scope(self) -> str:
        """What it is asked for."""
        return self.kind.scope.format(service=self.service)


def parse_providers(written: object, environment: Mapping[str, str]) -> tuple[Provider, ...]:
    """Those that have a client_id, in the order of KINDS; ValueError says which member is wrong and why.

    `written` is the table `oidc` of preau.toml; a variable PREAU_OIDC_<NAME>_<MEMBER> wins over it.
    """
    if type(written) is not dict or any(type(one) is not dict for one in written.values()):
        raise ValueError("oidc must hold tables such as [oidc.franceconnect]")
    unknown = [name for name in written if name not in KINDS]
    if unknown:
        raise ValueError(f"oidc.{unknown[0]}: no such provider; there are {', '.join(KINDS)}")
    found = [_provider(name, dict(written.get(name, {})), environment) for name in KINDS]
    return tuple(one for one in found if one is not None)


def _provider(name: str, members: dict[str, Any], environment: Mapping[str, str]) -> Provider | None:
    for member in _MEMBERS:
        variable = f"PREAU_OIDC_{name}_{member}".upper()
        if variable in environment:
            text = environment[variable]
            members[member] = text != "0" if member == "pkce" else text
    if not members:
        return None
    for member, value in members.items():
        if member not in _MEMBERS:
            raise ValueError(f"oidc.{name}: unknown member '{member}'")
        is_right = type(value) is bool if member == "pkce" else type(value) is str and bool(_TEXT.fullmatch(value))
        if not is_right:
            raise ValueError(f"oidc.{name}.{member} is not what it should be")
    _check_whole(name, KINDS[name], members)
    issuer = members.get("issuer") or KINDS[name].issuer
    return Provider(**members | {"name": name, "issuer": issuer})


def _check_whole(name: str, kind: Kind, members: Mapping[str, Any]) -> None:
    asked = {
        "client_id": True,
        "client_secret": kind.credential == SECRET,
        "issuer": not kind.issuer,
        "service": "{service}" in kind.scope,
    }
    missing = [member for member, is_asked in asked.items() if is_asked and member not in members]
    if missing:
        raise ValueError(f"oidc.{name}.{missing[0]} is missing")
    if not is_safe_address(members.get("issuer", kind.issuer)):
        raise ValueError(f"oidc.{name}.issuer must begin with https://")


def is_safe_address(address: object) -> bool:
    """Whether a secret may be sent to an address: HTTPS, or this machine (tests, and a provider of one's own)."""
    if type(address) is not str:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return bool(parts.hostname) and is_private
