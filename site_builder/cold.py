"""What may wait a little after a vote: open data, feeds, packs and their manifests, sitemap, headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from civic.canonical import canonical_json
from civic.module import Page
from site_builder import sitemap
from site_builder.desk import Desk
from site_builder.edition import Edition
from site_builder.feeds import Feed, atom
from site_builder.headers import headers_file
from site_builder.output import Output
from site_builder.packs import NO_WORDS, make_packs
from site_builder.rank import INDEX as RANKINGS
from site_builder.word_packs import Doc, WordPack, WordPacks, town_words, word_pack

Files = Iterator[tuple[str, bytes]]


def consultation_files(
    desk: Desk, pages: Sequence[Page], editions: Sequence[Edition], output: Output, words: WordPacks
) -> Files:
    """Every cold file of a consultation but its lines (open_data.Lines) and its `words`, which are written already."""
    slug = desk.consultation.slug
    yield f"{slug}/manifest.json", desk.consultation.manifest
    signature = editions[0].content.signature(slug)
    if signature is not None:
        yield f"{slug}/manifest.jws", signature.encode("ascii")
    for file in desk.files():
        yield file.path[1:], file.content()
    for edition in editions:
        code = edition.language.code
        said = words.kept(code, output.read)
        yield from packs_of(pages, edition, output, f"/{slug}/files.json", words.of(code), said)
        yield edition.file_of(f"/{slug}/flux.xml"), _consultation_feed(desk, edition)
    yield from _page_lists(pages, editions, slug)


def town_files(
    desks: Sequence[Desk],
    core: Sequence[Page],
    editions: Sequence[Edition],
    output: Output,
    styles: Iterable[str],
    framed: Iterable[str] = (),
    sealed: Iterable[str] = (),
) -> Files:
    """Every cold file of the town as a whole; those of all consultations are written already.

    `desks` are those that everybody may read. `framed` are the paths of the pages that other sites may show; `sealed`
    the slugs of private consultations.
    """
    town_key = editions[0].content.town_key
    if town_key is not None:
        yield "town.jwk", town_key.jwk
    for edition in editions:
        views = [edition.view(desk.consultation.slug) for desk in desks]
        docs = town_words(core, views, edition)
        words, data = word_pack(docs)
        yield words.file, data
        yield from packs_of(core, edition, output, "/files.json", [words], {edition.path_of("/"): docs})
        yield edition.file_of("/flux.xml"), _town_feed(desks, edition)
    lists = list(_page_lists(core, editions, "donnees"))
    yield from lists
    yield RANKINGS, _rankings(desks, editions[0])
    yield "sitemap.xml", sitemap.index(_addresses_of_lists(desks, [file for file, _ in lists], editions, output))
    yield "_headers", headers(desks, editions, styles, framed, sealed)


def _rankings(desks: Iterable[Desk], edition: Edition) -> bytes:
    """The town's weights, and where each consultation publishes the order they make (docs/formats.md §25)."""
    files = [file.path[1:] for desk in desks for file in desk.files() if file.path.endswith("/donnees/ranking.json")]
    weights = edition.content.space.ranking._asdict()
    return canonical_json({"v": 1, "weights": weights, "rankings": sorted(files)}) + b"\n"


def headers(
    desks: Iterable[Desk],
    editions: Sequence[Edition],
    styles: Iterable[str],
    framed: Iterable[str] = (),
    sealed: Iterable[str] = (),
) -> bytes:
    """`_headers` for pages that have these styles."""
    slugs = sorted(sealed)
    manifests = ["/files.json", *(f"/{slug}/files.json" for slug in [one.consultation.slug for one in desks] + slugs)]
    fresh = ["/sw.js", "/suivre.js", *(edition.path_of(path) for edition in editions for path in manifests)]
    site = editions[0].site
    shown = [edition.path_of(path) for edition in editions for path in framed]
    closed = [edition.path_of(f"/{slug}/*") for edition in editions for slug in slugs]
    return headers_file({style for style in styles if style}, site.sync_url, fresh, site.box_url, shown, closed)


def packs_of(
    pages: Sequence[Page],
    edition: Edition,
    output: Output,
    manifest: str,
    words: Sequence[WordPack] = (),
    said: Mapping[str, Sequence[Doc]] = NO_WORDS,
) -> Files:
    """The packs of these pages, which are written already, and the manifest that names them."""
    packs = make_packs(pages, edition.path_of, lambda path: output.read(edition.file_of(path)), words, said)
    yield from packs.files.items()
    yield edition.file_of(manifest), packs.manifest


def _consultation_feed(desk: Desk, edition: Edition) -> bytes:
    rules = desk.consultation
    view, space = edition.view(rules.slug), edition.content.space
    page = f"/{rules.slug}/"
    feed = Feed(
        f"{view.title} · {space.name}", _url(edition, f"{page}flux.xml"), _url(edition, page), space.name,
        edition.language.code, rules.opens_at,
    )  # fmt: skip
    return atom(feed, ((_url(edition, entry.path), entry) for entry in desk.entries()))


def _town_feed(desks: Sequence[Desk], edition: Edition) -> bytes:
    space = edition.content.space
    started = min((desk.consultation.opens_at for desk in desks), default=0)
    feed = Feed(
        space.name, _url(edition, "/flux.xml"), _url(edition, "/"), space.name, edition.language.code, started
    )  # fmt: skip
    entries = [entry for desk in desks for entry in desk.entries()]
    entries.sort(key=lambda entry: (-entry.published_at, entry.path))
    return atom(feed, ((_url(edition, entry.path), entry) for entry in entries))


def _url(edition: Edition, path: str) -> str:
    return edition.site.site_url + edition.path_of(path)


def _page_lists(pages: Sequence[Page], editions: Sequence[Edition], folder: str) -> Files:
    by_code = {edition.language.code: edition for edition in editions}
    lists = sitemap.page_lists(pages, list(by_code), lambda path, code: _url(by_code[code], path))
    for number, data in enumerate(lists, 1):
        yield f"{folder}/sitemap{'' if number == 1 else number}.xml", data


def _addresses_of_lists(
    desks: Sequence[Desk], core: Sequence[str], editions: Sequence[Edition], output: Output
) -> Iterator[str]:
    files = list(core)
    for desk in desks:
        number, file = 1, f"{desk.consultation.slug}/sitemap.xml"
        while file in output.records:
            files.append(file)
            number += 1
            file = f"{desk.consultation.slug}/sitemap{number}.xml"
    return (f"{editions[0].site.site_url}/{file}" for file in files)
