"""A town's folder, read from its files' bytes (docs/formats.md §1); the callers touch the disk."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from civic.canonical import parse_json
from civic.consultation import Consultation, parse_consultation
from civic.declaration import DeclarationError, check_slug, read_names
from civic.issuers import parse_issuers
from civic.module import Modules, Timed
from civic.project import Project, check_projects, parse_project
from civic.short_address import check_shorts
from civic.space import Space, parse_space
from civic.town_key import TownKey, parse_town_key, signed_text
from civic.town_map import WHERE as TOWN_MAP
from civic.town_map import TownMap, parse_town_map

_META = re.compile(r"([a-z_]+): (.*)")
RESERVED = frozenset(
    {
        "a", "p", "decide", "mes-envois", "sans-reseau", "donnees", "flux", "files", "q", "404", "space",
        "log", "photos", "town", "recompter", "registre", "moi", "confirmer", "projets", "communes", "chercher",
        "classement", "partage", "suivre",
    }
)  # fmt: skip
TOWN_KEY, SIGNATURE, ISSUERS = "town.jwk", "manifest.jws", "issuer.json"


@dataclass(frozen=True, slots=True)
class Text:
    """A page's words in one language; `body` is Markdown."""

    title: str
    summary: str
    menu: str  # label in the footer, "" = not there
    body: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a town wrote. Texts are by name, then by language; every language is there."""

    space: Space
    pages: Mapping[str, Mapping[str, Text]]
    consultations: Mapping[str, Consultation]
    texts: Mapping[str, Mapping[str, Text]]  # of consultations
    projects: Mapping[str, Project]
    project_texts: Mapping[str, Mapping[str, Text]]
    images: Mapping[str, bytes]  # coat of arms and skyline, by file name
    town_key: TownKey | None  # the public half of the key that the town keeps to itself
    signatures: Mapping[str, str]  # manifest.jws by slug, of these rules or older ones
    map: TownMap | None = None  # what the town drew of itself

    def signature(self, slug: str) -> str | None:
        """The signature under the rules of `slug` as they are, by the town's key as it is; None for any other.

        Whether it checks is for those to say who read it (civic.town_signature).
        """
        jws, key = self.signatures.get(slug, ""), self.town_key
        is_ours = key is not None and jws.startswith(f"{signed_text(self.consultations[slug].manifest, key.kid)}.")
        return jws if is_ours else None


def parse_content(files: Mapping[str, bytes], modules: Modules | None = None) -> Content:
    """The content in `files` (path below the town's folder, with "/" -> bytes); DeclarationError says what to mend.

    What the town set for its modules is checked where these are given.
    """
    if "space.toml" not in files:
        raise DeclarationError("space.toml is missing")
    space = parse_space(_parse_toml(files, "space.toml"))
    pages, texts = _texts_under(files, "pages"), _texts_under(files, "consultations")
    consultations = {
        slug: _consultation(files, slug, space)
        for slug in sorted({path.split("/")[1] for path in files if path.startswith("consultations/")})
    }
    if modules is not None:
        consultations = {slug: _checked(one, modules) for slug, one in consultations.items()}
    about, projects = _texts_under(files, "projects"), _projects(files, space)
    check_projects(projects, consultations)
    check_shorts({slug: one.short for slug, one in consultations.items()})
    taken = set(pages) & set(consultations) | (set(pages) | set(consultations)) & (RESERVED | set(space.languages))
    if taken:
        raise DeclarationError(f"'{min(taken)}' is an address of the site, or taken twice")
    if set(about) != set(projects):
        raise DeclarationError(f"projects/{min(set(about) ^ set(projects))}: a project.toml and its texts are needed")
    for name, by_language in [*(pages | texts).items(), *about.items()]:
        if set(by_language) != set(space.languages):
            raise DeclarationError(f"{name}: a text is needed in each of {', '.join(space.languages)}")
    images = {path: data for path, data in files.items() if "/" not in path and path.endswith(".svg")}
    town_map = parse_town_map(files[TOWN_MAP]) if TOWN_MAP in files else None
    return Content(
        space, pages, consultations, texts, projects, about, images, _town_key(files),
        _signatures(files, consultations), town_map,
    )  # fmt: skip


def _projects(files: Mapping[str, bytes], space: Space) -> dict[str, Project]:
    found = {}
    for path in sorted(files):
        if path.startswith("projects/") and path.endswith("/project.toml"):
            slug = check_slug(path.split("/")[1], path)
            found[slug] = parse_project(slug, _parse_toml(files, path), space.languages)
    return found


def _checked(consultation: Consultation, modules: Modules) -> Consultation:
    """The consultation, once each of its modules can use what the town wrote for it; with their instants."""
    own = [modules[name] for name in consultation.modules if name in modules]
    for module in own:
        module.check(consultation)
    instants = {at for module in own if isinstance(module, Timed) for at in module.instants(consultation)}
    return replace(consultation, instants=tuple(sorted(instants)))


def _town_key(files: Mapping[str, bytes]) -> TownKey | None:
    if TOWN_KEY not in files:
        return None
    try:
        return parse_town_key(files[TOWN_KEY])
    except ValueError as error:
        raise DeclarationError(f"{TOWN_KEY}: {error}") from error


def _signatures(files: Mapping[str, bytes], slugs: Iterable[str]) -> dict[str, str]:
    # A signature that can't be read is a false one: the site goes on without it, and the worker says so.
    found = {slug: files.get(f"consultations/{slug}/{SIGNATURE}") for slug in slugs}
    return {slug: data.decode("ascii", "replace") for slug, data in found.items() if data is not None}


def _parse_toml(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files[path].decode("utf-8"))
    except ValueError as error:
        raise DeclarationError(f"{path}: {error}") from error


def _texts_under(files: Mapping[str, bytes], folder: str) -> dict[str, dict[str, Text]]:
    texts: dict[str, dict[str, Text]] = {}
    for path in sorted(files):
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == folder and parts[2].endswith(".md"):
            texts.setdefault(check_slug(parts[1], path), {})[parts[2].removesuffix(".md")] = parse_text(
                files[path], path
            )
    return texts


def parse_text(data: bytes, where: str) -> Text:
    """The text in `<lang>.md`: `key: value` lines, a blank line, Markdown; DeclarationError says what to mend."""
    try:
        head, _, body = data.decode("utf-8").replace("\r\n", "\n").partition("\n\n")
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{where}: not in UTF-8") from error
    meta: dict[str, str] = {}
    for line in head.split("\n"):
        match = _META.fullmatch(line)
        if match is None or match[1] not in ("title", "summary", "menu"):
            raise DeclarationError(f"{where}: '{line}' is not a line such as 'title: …' (title, summary, menu)")
        meta[match[1]] = match[2].strip()
    if not meta.get("title"):
        raise DeclarationError(f"{where}: a title is missing")
    return Text(meta["title"], meta.get("summary", ""), meta.get("menu", ""), body)


def _consultation(files: Mapping[str, bytes], slug: str, space: Space) -> Consultation:
    folder = f"consultations/{slug}/"
    if f"{folder}consultation.toml" not in files:
        raise DeclarationError(f"{folder}consultation.toml is missing")
    texts = {
        path.removeprefix(folder).removesuffix(".md"): data
        for path, data in files.items()
        if path.startswith(folder) and path.endswith(".md") and "/" not in path.removeprefix(folder)
    }
    table = _parse_toml(files, f"{folder}consultation.toml")
    sources = parse_json(files.get(f"{folder}sources.json", b"{}"))
    issuers = parse_issuers(files.get(f"{folder}{ISSUERS}", b"{}\n"), f"{folder}{ISSUERS}")
    of_modules = {name: _below(files, f"{folder}{name}/") for name in read_names(table, "modules", folder)}
    own = {name: found for name, found in of_modules.items() if found}
    return parse_consultation(slug, table, texts, space, sources, issuers, own)


def _below(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    return {path.removeprefix(folder): data for path, data in files.items() if path.startswith(folder)}
