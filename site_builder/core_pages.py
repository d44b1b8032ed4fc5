"""The builder's own pages: those of the town, which no module brings (docs/formats.md §8)."""

from __future__ import annotations

from civic.content import Content
from civic.module import Page
from site_builder.posters import posters

CORE = "core"  # the pack of pages kept offline on every phone
_KEPT = frozenset({"mairie", "regles", "accessibilite", "vos-donnees"})


def core_pages(content: Content, *, is_mother: bool = False) -> list[Page]:
    """All of them, in the order in which they are kept offline."""
    pages = [
        Page("/", "home.html", {}, pack=CORE),
        Page("/decide/", "decided.html", {}, pack=CORE),
        Page("/mes-envois/", "outbox.html", {}, pack=CORE, is_listed=False),
        Page("/moi/", "person.html", {}, pack=CORE, is_listed=False),
        Page("/suivre/", "following.html", {}, pack=CORE, is_listed=False),
        Page("/confirmer/", "confirm.html", {}, is_listed=False),
        Page("/sans-reseau/", "offline.html", {}, pack=CORE, is_listed=False),
        Page("/chercher/", "search.html", {}, pack=CORE),
        Page("/donnees/", "open_data.html", {}),
        Page("/classement/", "ranking.html", {}),
        Page("/registre/", "register.html", {}),
        Page("/recompter/", "recount.html", {}),
        Page("/404.html", "not_found.html", {}, is_listed=False),
    ]
    if is_mother:
        pages.append(Page("/communes/", "spaces.html", {}, pack=CORE))
    if content.projects:
        pages.append(Page("/projets/", "projects.html", {}, pack=CORE))
    for slug in content.projects:
        place = f"/projets/{slug}/"
        pages.append(Page(place, "project.html", {"project_slug": slug}, pack=CORE, is_coded=True))
        pages += posters(place, project_slug=slug)
    for slug, one in content.consultations.items():
        pages.append(Page(f"/q/{one.short}/", "short.html", {"short_slug": slug}, is_listed=False))
    for name, texts in content.pages.items():
        is_kept = name in _KEPT or any(text.menu for text in texts.values())
        pages.append(Page(f"/{name}/", "page.html", {"name": name}, pack=CORE if is_kept else ""))
    return pages
