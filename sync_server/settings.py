"""What an operator may choose: `preau.toml` in the var folder, or `PREAU_…` variables, which win.

# var/preau.toml — everything has a default
database = "postgresql+psycopg://preau@/preau"   # PREAU_DATABASE
sync_url = "https://sync.valbrume.example"        # PREAU_SYNC_URL
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sync_server.identity.oidc.providers import Provider, parse_providers


class SettingsError(ValueError):
    """What the operator wrote can't be used; the message says which setting and why."""


SQLITE = "sqlite:///"
PROVIDERS = "oidc"
THEMES = Path(__file__).resolve().parents[1] / "themes"
ABOUT: Mapping[str, str] = {
    "content": "folder of the towns' folders, below var unless absolute",
    "media": "folder of the photos that citizens send, below var unless absolute",
    "database": "address of the database; a relative SQLite file is below var",
    "host": "address to listen on; a reverse proxy with HTTPS stands before it",
    "port": "port to listen on",
    "sync_url": "address of this server as phones see it",
    "box_url": "address of this server for secret ballots, another name of it; sync_url where there is none",
    "site_url": "address of the site, where it is not the one of space.toml",
    "origins": "origins that may send acts, besides the sites' own",
    "trusted_proxies": "reverse proxies whose X-Forwarded-For is believed",
    "requests_per_minute": "requests taken from one address in a minute, 0 for no limit",
    "envelopes_per_minute": "acts taken from one key in a minute, 0 for no limit",
    "waiting_acts": "acts that may wait for the ledger before others are told to come back",
    "witness_for": "verifier keys of other towns' logs that this server signs as a witness",
    "witnesses": "witnesses that our logs ask, each its address, #, its verifier key",
    "enrolments_per_hour": "proofs of identity begun from one network in an hour, 0 for no limit",
    "smtp_url": "mail server: smtp://user:password@host:587, smtps://…:465, or mailbox: to write into var/mailbox",
    "mail_from": "sender of the letters, where it is not the town hall's address of space.toml",
    "push_hosts": "push services inside your own network, host or host:port; others must be on the public internet",
    "oidc": "providers of identity, a table each: [oidc.franceconnect], itsme, google, facebook (docs/providers/)",
    "retention_months": "months after which what is kept about a person who was not seen is erased, 0 for never",
    "theme": "folder of the theme",
    "publish": "where the site goes: folder or netlify",
    "netlify_site": "id of the Netlify site",
    "netlify_token": "token for it; better given as PREAU_NETLIFY_TOKEN than written down",
    "log_seconds": "how often the public log is published; receipts promise it",
    "precompress": "write .br and .gz files beside the pages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read with `read_settings`; ABOUT says what each setting is."""

    var: Path
    content: Path = Path("content")
    media: Path = Path("media")
    database: str = "sqlite:///preau.sqlite"
    host: str = "127.0.0.1"
    port: int = 8000
    sync_url: str = "http://127.0.0.1:8000"
    box_url: str = ""
    site_url: str = ""
    origins: tuple[str, ...] = ()
    trusted_proxies: int = 0
    requests_per_minute: int = 300
    envelopes_per_minute: int = 600
    waiting_acts: int = 4_000
    witness_for: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    enrolments_per_hour: int = 60
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    push_hosts: tuple[str, ...] = ()
    oidc: tuple[Provider, ...] = ()
    retention_months: int = 24
    theme: Path = THEMES / "town"
    publish: str = "folder"
    netlify_site: str = ""
    netlify_token: str = field(default="", repr=False)
    log_seconds: int = 600
    precompress: bool = True

    @property
    def keys(self) -> Path:
        """Where the keys are."""
        return self.var / "keys"

    @property
    def issuers(self) -> Path:
        """Where the keys are that sign rights to a secret vote, a folder a space."""
        return self.keys / "issuers"

    @property
    def box(self) -> str:
        """Where phones send secret ballots."""
        return self.box_url or self.sync_url

    @property
    def mailbox(self) -> Path:
        """Where letters are written that no mail server takes (smtp_url = "mailbox:")."""
        return self.var / "mailbox"

    @property
    def reading_keys(self) -> Path:
        """Where the keys of private consultations are."""
        return self.keys / "private"

    @property
    def snapshots(self) -> Path:
        """Where the worker writes what sites are built from, a folder a space."""
        return self.var / "snapshots"

    @property
    def site(self) -> Path:
        """Where the built sites are, a folder a space."""
        return self.var / "site"


def about() -> list[tuple[str, str, str]]:
    """Every setting: its name, its default, what it is."""
    return [(one.name, str(one.default), ABOUT[one.name]) for one in fields(Settings) if one.name in ABOUT]


def read_settings(var: Path, environment: Mapping[str, str], **given: Any) -> Settings:
    """The settings for the folder `var`: `given`, else PREAU_… variables, else `var/preau.toml`, else defaults.

    Raises SettingsError at an unknown name or a value that can't be used.
    """
    var = var.absolute()
    file = var / "preau.toml"
    try:
        written = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except ValueError as error:
        raise SettingsError(f"{file}: {error}") from error
    known = {one.name: type(one.default) for one in fields(Settings) if one.name in ABOUT and one.name != PROVIDERS}
    try:
        providers = parse_providers(written.pop(PROVIDERS, {}), environment)
    except ValueError as error:
        raise SettingsError(f"{file}: {error}") from error
    types: dict[str, Any] = {name: Path if issubclass(kind, Path) else kind for name, kind in known.items()}
    unknown = [name for name in written if name not in types]
    if unknown:
        raise SettingsError(f"{file}: unknown setting '{unknown[0]}'")
    values = {name: _value(types[name], one, f"{file}: {name}") for name, one in written.items()}
    for name, kind in types.items():
        variable = f"PREAU_{name.upper()}"
        if variable in environment:
            values[name] = _value_of_text(kind, environment[variable], variable)
    values[PROVIDERS] = providers
    values.update((name, one) for name, one in given.items() if one is not None)
    return _placed(Settings(var=var, **values))


def _value(kind: Any, value: Any, where: str) -> Any:
    if kind is Path and type(value) is str:
        return Path(value)
    if kind is tuple and type(value) is list and all(type(one) is str for one in value):
        return tuple(value)
    if type(value) is not kind:
        raise SettingsError(f"{where} must be of type {kind.__name__}")
    return value


def _value_of_text(kind: Any, text: str, where: str) -> Any:
    if kind is tuple:
        return tuple(text.split())
    if kind is bool:
        if text not in ("0", "1"):
            raise SettingsError(f"{where} must be 0 or 1")
        return text == "1"
    try:
        return kind(text)
    except ValueError as error:
        raise SettingsError(f"{where} must be of type {kind.__name__}") from error


def _placed(settings: Settings) -> Settings:
    """The settings with every path absolute and every address checked."""
    database = settings.database
    if database.startswith(SQLITE):
        database = f"{SQLITE}{settings.var / database.removeprefix(SQLITE)}"  # an absolute path stays what it is
    elif "://" not in database:
        raise SettingsError("database must be an address such as sqlite:///preau.sqlite or postgresql+psycopg://…")
    for name in ("sync_url", "box_url", "site_url"):
        address = getattr(settings, name)
        if address and origin_of(address) == "":
            raise SettingsError(f"{name} must begin with http:// or https://")
    if settings.log_seconds < 1:
        raise SettingsError("log_seconds must be at least 1")
    if settings.smtp_url and not settings.smtp_url.startswith(("smtp://", "smtps://", "mailbox:")):
        raise SettingsError("smtp_url must begin with smtp://, smtps:// or mailbox:")
    if settings.publish not in ("folder", "netlify"):
        raise SettingsError("publish is folder or netlify")
    changed = {
        "content": settings.var / settings.content,
        "media": settings.var / settings.media,
        "theme": settings.theme.absolute(),
        "database": database,
        "sync_url": settings.sync_url.rstrip("/"),
        "box_url": settings.box_url.rstrip("/"),
        "site_url": settings.site_url.rstrip("/"),
    }
    kept = {one.name: getattr(settings, one.name) for one in fields(Settings)}
    return Settings(**(kept | changed))


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address, "" if it is none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
