"""A town of one consultation, about the examples that a module brings: its acts in a ledger, its site in a folder.

`civic/modules/<name>/examples.json`: docs/adding-a-module.md says what stands there.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from civic import modules
from civic.admission import check
from civic.assurance import Person
from civic.consultation import Consultation
from civic.content import Content, parse_content
from civic.envelope import parse_envelope
from civic.listing import LISTED
from civic.module import Module
from civic.phases import moment_at
from civic.privacy import key_name, snapshot_name
from civic.receipt import commitment
from site_builder.desk import Desk
from site_builder.settings import build_site
from site_builder.site import Folders, Site, read_content
from sync_server.listing import listed_in, mark_of
from sync_server.storage import Offer, open_ledger
from sync_server.storage.reading import Manifest
from sync_server.storage.verdicts import Verdict, put_verdict
from sync_server.vault import Vault
from sync_server.worker.fold import Fold
from sync_server.worker.parts import Tables
from tests.civic.test_groups import NEIGHBOURHOODS
from tests.civic.town import DAY, OPENS, SPACE_TOML, TEXTS, Citizen, jti, rules_of
from tests.theme.conftest import THEME
from tests.worker.test_fold import SALT, SPACE, AllListed, loaded

MODULES = modules.load()
SLUG = "exemple"
STATES = {"open": OPENS + 2 * DAY, "results": OPENS + 40 * DAY}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:]{5,8}(?:Z|[+-]\d\d:\d\d)")


class Said(NamedTuple):
    """An act of an example as it is signed."""

    kind: str
    slot_id: str
    body: dict[str, Any]
    voter: int


def read_examples(module: Module) -> dict[str, Any]:
    """The file in the module's folder."""
    found: dict[str, Any] = json.loads((modules.HERE / module.name / "examples.json").read_text("utf-8"))
    return found


def town_files(module: Module, examples: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """What the town wrote; everything is taken all the time. `more` are members of consultation.toml besides."""
    rules = {"modules": [module.name], "counts": "open", "grace": "0h", **examples.get("rules", {}), **(more or {})}
    phase = {
        "id": "vote", "starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-31T00:00:00Z",
        "open": [kind for name in rules["modules"] for kind in MODULES[name].kinds],
    }  # fmt: skip
    settings = {module.name: examples["settings"]} if examples.get("settings") else {}
    lines = [f"{name} = {_toml(value)}" for name, value in {**rules, "phase": [phase], **settings}.items()]
    found = {
        "space.toml": SPACE_TOML + NEIGHBOURHOODS,
        f"consultations/{SLUG}/consultation.toml": "\n".join(lines) + "\n",
    }
    for lang in ("fr", "en"):
        found[f"pages/mairie/{lang}.md"] = f"title: Mairie ({lang})\n\nDu texte.\n"
    texts = {f"consultations/{SLUG}/{lang}.md": data for lang, data in TEXTS.items()}
    brought = {f"consultations/{SLUG}/{path}": text.encode() for path, text in examples.get("files", {}).items()}
    return {path: text.encode() for path, text in found.items()} | texts | brought


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str) and _INSTANT.fullmatch(value) and datetime.fromisoformat(value).tzinfo:
        return value
    return json.dumps(value, ensure_ascii=False)


def acts_of(module: Module, examples: Mapping[str, Any], rules: Consultation) -> Iterator[Said]:
    """The acts in order, "@name" replaced by the id of the act of that name."""
    ids: dict[str, str] = {}
    for number, one in enumerate(examples["acts"], 1):
        own = jti(1000 + number)
        named = partial(re.compile(r"^@(.+)$").sub, lambda match: ids[match[1]])
        body = _mapped(one["body"], named)
        taking = next(MODULES[name] for name in rules.modules if one["kind"] in MODULES[name].kinds)
        payload = taking.parse(one["kind"], body, rules, rules.languages)
        slot_id = ids[one["about"]] if "about" in one else taking.slot_of(one["kind"], payload, rules) or own
        if "name" in one:
            ids[one["name"]] = slot_id
        yield Said(one["kind"], slot_id, body, ord(one["voter"]) if "voter" in one else 1000 + number)


def sealed(one: Said, number: int, rules: Consultation) -> str:
    """The act, as number `number` of all, signed by its citizen."""
    citizen = Citizen(one.voter, rules)
    members = {} if one.slot_id == jti(1001 + number) else {"jti": jti(5000 + number)}
    return citizen.seal(citizen.payload(one.kind, f"{one.kind}:{one.slot_id}", one.body, **members))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


class ExampleTown:
    """The site of a module's examples on one day, under rules that may say `more`."""

    def __init__(self, folder: Path, module: Module, state: str, more: Mapping[str, Any] | None = None) -> None:
        self.examples, self.folder = read_examples(module), folder
        files = town_files(module, self.examples, more)
        self.content: Content = parse_content(files, MODULES)
        self.rules = self.content.consultations[SLUG]
        for path, data in files.items():
            (folder / "town" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "town" / path).write_bytes(data)
        self._take_acts(module)
        self._write_snapshot(STATES[state])
        self.site = Site(Folders(folder / "town", folder / "snapshots", THEME, folder / "site"), processes=1)
        build_site(self.site)

    @property
    def desk(self) -> Desk:
        """The consultation as the builder holds it."""
        return self.site.desks[SLUG]

    def one_of_each(self) -> list[str]:
        """An address for each template that a page is made of."""
        drawn = {page.template: page.path for page in self.desk.pages(None)}
        return [path for path in drawn.values() if path.endswith("/")]  # what else is drawn is no HTML: a calendar

    def _take_acts(self, module: Module) -> None:
        self.ledger = open_ledger(f"sqlite:///{self.folder / 'preau.sqlite'}")
        for number, one in enumerate(self._said(module)):
            text = sealed(one, number, self.rules)
            act = check(parse_envelope(text), SPACE, rules_of(self.rules), MODULES, OPENS + DAY + number, "",
                        self._person(one.voter))  # fmt: skip
            self.ledger.append(SPACE, [Offer(act, SALT, commitment(SALT, text))])

    def _said(self, module: Module) -> list[Said]:
        return list(acts_of(module, self.examples, self.rules))

    def _person(self, voter: int) -> Person | None:
        """Who a key stands for; only a named consultation asks."""
        return None

    def _tables(self, fold: Fold) -> Tables:
        with self.ledger.reading() as reading:
            is_final = fold.moment.state == "results"
            return fold.tables(reading.lines(SPACE, SLUG, fold.counted_kinds) if is_final else [])

    def _listed(self) -> AllListed:
        """What a moderator has published of the words of the examples."""
        vault = Vault(bytes(32), bytes(32), bytes)
        rules = Manifest(SLUG, self.rules.mh, 1, self.rules.manifest)
        self.ledger.register_manifests(SPACE, [rules])
        with self.ledger.writing() as connection:
            for about, some in self.examples.get("listed", {}).items():
                for words in some:
                    mark = mark_of(vault, self.rules, about, words)
                    put_verdict(self.ledger, connection, Verdict(SPACE, SLUG, mark, about, LISTED, "", OPENS))
        with self.ledger.reading() as now:
            return listed_in(now, vault, MODULES, self.rules)

    def _write_snapshot(self, now: int) -> None:
        moment = moment_at(self.rules, now)
        fold, _ = loaded(self.ledger, self.rules, moment, self._listed() if moment.state == "results" else {})
        tables = self._tables(fold)
        installation = {
            "space": self.content.space.id, "sync_url": "https://sync.valbrume.example", "precompress": False,
            "site_url": self.content.space.site_url, "methods": ["email"],
            "receipt_key": {"crv": "P-256", "kty": "EC", "x": "x" * 43, "y": "y" * 43},
        }  # fmt: skip
        (self.folder / "snapshots").mkdir()
        for name, found in {"space": {"installation": [installation]}, SLUG: tables}.items():
            numbered = {table: {str(n): row for n, row in enumerate(rows, 1)} for table, rows in found.items()}
            (self.folder / "snapshots" / f"{name}.json").write_text(json.dumps(numbered), "utf-8")


def private_site(town: ExampleTown, folder: Path) -> Path:
    """The site of the same town on the same day, had it made its consultation private."""
    shutil.copytree(town.folder / "town", folder / "town")
    shutil.copytree(town.folder / "snapshots", folder / "snapshots")
    file = folder / "town" / "consultations" / SLUG / "consultation.toml"
    open_to_all = re.compile(r"^(?:unsigned|mode|assurance|publish_rows) = .*\n", re.MULTILINE)
    file.write_text(f'mode = "named"\nprivate = "members"\n{open_to_all.sub("", file.read_text("utf-8"))}', "utf-8")
    rules = parse_content(read_content(folder / "town"), MODULES).consultations[SLUG]
    sealed = folder / "snapshots" / snapshot_name(rules)
    sealed.parent.mkdir()
    (folder / "snapshots" / f"{SLUG}.json").rename(sealed)
    (folder / "snapshots" / key_name(SLUG)).write_bytes(bytes(32))
    build_site(Site(Folders(folder / "town", folder / "snapshots", THEME, folder / "site"), processes=1))
    return folder / "site"
