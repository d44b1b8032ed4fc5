"""When the worker does what: with a real ledger, a builder that only notes what it is asked, and clocks of ours."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic import signing
from civic.consultation import Consultation
from civic.content import Content, parse_content
from civic.log.checkpoint import Checkpoint, parse_note_unchecked
from civic.log.note import ed25519_signer
from civic.module import Document
from civic.space import Space
from sync_server.catalogue import read_files
from sync_server.reading_keys import ReadingKeys
from sync_server.storage import Ledger, PublicLog, open_ledger
from sync_server.worker.builder import BuilderFailed, Folders, WarmBuilder
from sync_server.worker.fold import Fold
from sync_server.worker.installation import Installation
from sync_server.worker.log import Place, TownLog
from sync_server.worker.publish import PublishFailed
from sync_server.worker.snapshot_files import read_snapshot
from sync_server.worker.town import Town
from sync_server.worker.watch import Clocks, Worker
from tests.civic.town import MODULES, OPENS, SPACE_TOML, TEXTS, Citizen
from tests.worker.test_fold import SPACE, offer

RULES = """
modules = ["ideas", "comments"]
counts = "{counts}"
grace = "1h"
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["proposal", "vote", "comment"]
"""
LOG_SECONDS = 600
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SIGNER = ed25519_signer(
    "participer.valbrume.example/log", signing.public_ed25519(KEY), lambda text: signing.sign_ed25519(KEY, text)
)
ENDS = OPENS + 30 * 86_400


class NotingBuilder(WarmBuilder):
    """Notes what it is asked; `fails` lets the next question fail."""

    def __init__(self, site: Path) -> None:
        super().__init__(Folders(Path(), Path(), Path(), site), lambda _: None)
        self.asked: list[str] = []
        self.applied: list[Mapping[str, Sequence[Document]]] = []
        self.fails = 0

    def _note(self, what: str) -> list[str]:
        self.asked.append(what)
        if self.fails:
            self.fails -= 1
            raise BuilderFailed("it died")
        return ["index.html"] if what.startswith("apply") else []

    def reload(self) -> list[str]:
        return self._note("reload")

    def apply(self, slug: str, tables: Mapping[str, Sequence[Document]]) -> list[str]:
        self.applied.append(tables)
        return self._note(f"apply {slug}")

    def settle(self) -> list[str]:
        return self._note("settle")


class FailingHost:
    """A host that is down `fails` times."""

    def __init__(self) -> None:
        self.fails, self.published = 0, 0

    def publish(self) -> int:
        if self.fails:
            self.fails -= 1
            raise PublishFailed("the host is down")
        self.published += 1
        return 1


class Scene:
    """A worker whose time passes when we say so."""

    def __init__(self, folder: Path, ledger: Ledger, counts: str) -> None:
        self.folder, self.ledger, self.builder, self.host = (
            folder,
            ledger,
            NotingBuilder(folder / "site"),
            FailingHost(),
        )
        self.wall, self.steady = float(OPENS + 1000), 50.0
        self.told: list[int] = []  # how many consultations were looked at, each time
        self.write(counts)
        self.worker = self.hire("one")

    def write(self, counts: str) -> None:
        slug = self.folder / "content" / "consultations" / "filature"
        slug.mkdir(parents=True, exist_ok=True)
        (self.folder / "content" / "space.toml").write_text(SPACE_TOML)
        (slug / "consultation.toml").write_text(RULES.format(counts=counts))
        for language, text in TEXTS.items():
            (slug / f"{language}.md").write_bytes(text)

    @property
    def rules(self) -> Consultation:
        content: Content = parse_content(read_files(self.folder / "content"))
        return content.consultations["filature"]

    def hire(self, name: str) -> Worker:
        def open_town(_: str, content: Path) -> Town:
            return Town(
                content, self.folder / "snapshots", self.ledger, MODULES, self.builder, self.host,
                Installation(lambda town: {"space": town.space.id}, self.open_log, bytes(32), self.draw_groups,
                             self.folder / "media", ReadingKeys(self.folder / "keys", bytes),
                             dispatch=lambda _, folds: self.told.append(len(folds))),
                lambda: int(self.wall),
            )  # fmt: skip

        clocks = Clocks(lambda: self.wall, lambda: self.steady)
        return Worker(self.ledger, lambda: {SPACE: self.folder / "content"}, open_town, name, clocks)

    def draw_groups(self, space: Space, fold: Fold) -> list[Document]:
        return []

    def open_log(self, space: Space) -> TownLog:
        place = Place(space.id, self.folder / "snapshots" / "log", SIGNER)
        return TownLog(place, PublicLog(self.ledger), LOG_SECONDS, lambda: int(self.wall), list.reverse)

    def pass_time(self, seconds: float, worker: Worker | None = None) -> list[str]:
        """What the builder is asked meanwhile."""
        self.builder.asked.clear()
        for _ in range(round(seconds / 0.05)):
            self.steady += 0.05
            self.wall += 0.05
            (worker or self.worker).step()
        return self.builder.asked

    def act(self, text: str) -> None:
        outcomes = self.ledger.append(SPACE, [offer(text, self.rules, int(self.wall))])
        assert [one.status for one in outcomes] == ["accepted"]

    def shown(self) -> dict[str, list[Document]]:
        return read_snapshot(self.folder / "snapshots" / "filature.json")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    yield ledger
    ledger.close()


@pytest.fixture
def scene(tmp_path: Path, ledger: Ledger) -> Scene:
    scene = Scene(tmp_path, ledger, "open")
    scene.pass_time(0.1)
    return scene


def test_it_begins_with_a_whole_build(tmp_path: Path, ledger: Ledger) -> None:
    assert Scene(tmp_path, ledger, "open").pass_time(0.1) == ["reload"]


def test_an_act_waits_a_tenth_of_a_second_then_its_pages_are_built(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    assert scene.pass_time(0.1) == []
    assert scene.pass_time(0.1) == ["apply filature"]
    assert [one["title"] for one in scene.builder.applied[-1]["proposals"]] == ["Un banc au soleil"]


def test_a_stream_of_acts_is_built_at_least_every_four_tenths_of_a_second(scene: Scene) -> None:
    asked = []
    for number in range(1, 21):
        scene.act(Citizen(number, scene.rules).propose(number))
        asked += list(scene.pass_time(0.05))
    assert asked.count("apply filature") >= 2


def test_cold_files_follow_when_the_town_is_quiet(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(0.3)
    assert scene.shown()["proposals"] == []
    assert scene.pass_time(1.5) == []
    assert scene.pass_time(0.7) == ["settle"]
    assert len(scene.shown()["proposals"]) == 1


def test_cold_files_follow_after_thirty_seconds_even_if_it_is_not(scene: Scene) -> None:
    asked = []
    for number in range(1, 33):
        scene.act(Citizen(number, scene.rules).propose(number))
        asked += list(scene.pass_time(1.0))
    assert asked.count("settle") == 1


def test_what_the_clock_alone_makes_happen_is_looked_for_every_minute_and_builds_nothing(scene: Scene) -> None:
    scene.pass_time(3)
    scene.told.clear()
    scene.builder.asked.clear()
    for seconds in (61, 1, 61, 30, 31):
        scene.steady += seconds
        scene.worker.step()
    assert (scene.told, scene.builder.asked) == ([1, 1, 1], [])


def test_a_hidden_vote_builds_nothing(tmp_path: Path, ledger: Ledger) -> None:
    scene = Scene(tmp_path, ledger, "hidden")
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(5)
    scene.act(Citizen(2, scene.rules).vote(1))
    assert scene.pass_time(5) == []
    assert scene.worker.works.built(SPACE).no == 2


def test_results_appear_by_themselves_after_the_grace(tmp_path: Path, ledger: Ledger) -> None:
    scene = Scene(tmp_path, ledger, "hidden")
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.act(Citizen(2, scene.rules).vote(1))
    scene.pass_time(1)
    assert scene.shown()["proposals"][0]["votes"] is None
    assert [one["kind"] for one in scene.shown()["rows"]] == ["proposal"]
    scene.wall = ENDS + 0.9
    scene.pass_time(0.5)
    assert scene.builder.applied[-1]["consultation"][0]["state"] == "grace"
    scene.wall = ENDS + 3600.9
    assert "apply filature" in scene.pass_time(0.5)
    row = scene.builder.applied[-1]["consultation"][0]
    assert row["state"] == "results"
    assert row["results"] == {"ballots": 1, "voters": 1, "unsigned": 0, "closed_at": ENDS, "as_of": ENDS}
    assert scene.builder.applied[-1]["proposals"][0]["votes"] == {"for": 1, "against": 0, "blank": 0}
    assert [one["choice"] for one in scene.builder.applied[-1]["rows"]] == ["", "for"]


def test_a_vote_committed_just_after_the_results_were_drawn_is_in_them(tmp_path: Path, ledger: Ledger) -> None:
    scene = Scene(tmp_path, ledger, "hidden")
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.wall = ENDS + 3601.0
    scene.pass_time(1)
    rx = ENDS + 3600
    ledger.append(SPACE, [offer(Citizen(2, scene.rules).vote(1), scene.rules, rx)])
    scene.pass_time(1)
    assert scene.builder.applied[-1]["consultation"][0]["results"]["ballots"] == 1
    assert scene.builder.applied[-1]["consultation"][0]["results"]["as_of"] == rx


def test_what_a_clerk_writes_is_read_again(scene: Scene) -> None:
    scene.write("hidden")
    assert scene.pass_time(1.5) == ["reload"]


def test_a_mistake_in_the_content_leaves_the_site_as_it_is(scene: Scene) -> None:
    file = scene.folder / "content" / "space.toml"
    file.write_text("id = ")
    assert scene.pass_time(3) == []
    file.write_text(SPACE_TOML)
    assert scene.pass_time(1.5) == ["reload"]


def test_a_rebuild_is_made_when_it_is_asked_for(scene: Scene) -> None:
    scene.ledger.request_rebuild(SPACE)
    assert scene.pass_time(1) == ["reload"]
    assert scene.pass_time(1) == []


def test_a_dead_builder_is_replaced_and_everything_built_again(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.builder.fails = 1
    assert scene.pass_time(0.4) == ["apply filature"]
    assert scene.pass_time(2) == ["reload"]
    assert len(scene.shown()["proposals"]) == 1


def test_a_key_that_is_cut_short_stops_its_own_town_until_it_is_mended(scene: Scene) -> None:
    key = scene.folder / "keys" / SPACE / "filature.key"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"short")
    rules = scene.folder / "content" / "consultations" / "filature" / "consultation.toml"
    rules.write_text(f'private = "members"\nmode = "named"\n{RULES.format(counts="open")}')
    assert "reload" not in scene.pass_time(2)
    key.write_bytes(bytes(32))
    assert "reload" in scene.pass_time(40)


def test_a_host_that_is_down_is_tried_again_without_building_again(scene: Scene) -> None:
    assert scene.host.published == 1
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.host.fails = 2
    assert scene.pass_time(12) == ["apply filature", "settle", "settle", "settle"]
    assert scene.host.published == 2
    assert scene.pass_time(12) == []


def checkpoint_of(scene: Scene) -> Checkpoint:
    return parse_note_unchecked((scene.folder / "snapshots" / "log" / "checkpoint").read_text("utf-8"))


def test_the_public_log_is_published_at_a_whole_build_and_then_at_its_pace(scene: Scene) -> None:
    assert checkpoint_of(scene).size == 1  # the rules
    scene.act(Citizen(1, scene.rules).propose(1))
    assert scene.pass_time(3) == ["apply filature", "settle"]
    assert checkpoint_of(scene).size == 1
    scene.wall += LOG_SECONDS
    assert scene.pass_time(1) == ["settle"]
    assert checkpoint_of(scene).size == 2
    scene.wall += LOG_SECONDS
    assert scene.pass_time(1) == []


def test_the_public_log_waits_for_no_lull_in_the_voting(scene: Scene) -> None:
    scene.steady += LOG_SECONDS
    scene.wall += LOG_SECONDS
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(0.05)
    assert checkpoint_of(scene).size == 2


def test_a_worker_that_leaves_has_published_the_log(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(0.4)
    scene.worker.run(lambda _: True)
    assert checkpoint_of(scene).size == 2


def test_a_result_is_closed_in_the_log_once_it_is_final_and_on_the_site(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(3)
    scene.wall = float(scene.rules.accept_until)
    scene.pass_time(3)
    file = scene.folder / "site" / "filature" / "donnees" / "results.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"{}")
    assert checkpoint_of(scene).size == 2  # somebody's act may still be on its way
    for _ in range(2):
        scene.wall += LOG_SECONDS
        scene.pass_time(1)
        assert checkpoint_of(scene).size == 3


def test_a_log_that_is_not_what_was_signed_stops_and_the_pages_go_on(scene: Scene) -> None:
    scene.worker.run(lambda _: True)
    with scene.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE log_entries SET entry = CAST('{}' AS BLOB)")
    scene.act(Citizen(1, scene.rules).propose(1))
    before = checkpoint_of(scene)
    assert "reload" in scene.pass_time(3, scene.hire("two"))
    assert checkpoint_of(scene) == before
    assert len(scene.shown()["proposals"]) == 1


def test_two_workers_never_hold_the_same_town(scene: Scene) -> None:
    other = scene.hire("two")
    assert scene.pass_time(5, other) == []
    scene.pass_time(0.1)
    assert scene.pass_time(45, other) == ["reload"]
    scene.act(Citizen(1, scene.rules).propose(1))
    assert scene.pass_time(20) == []


def test_a_worker_that_leaves_gives_the_town_back_at_once(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1))
    scene.pass_time(0.4)
    scene.builder.asked.clear()
    scene.worker.run(lambda _: True)
    assert scene.builder.asked == ["settle"]
    assert scene.pass_time(10.5, scene.hire("two")) == ["reload"]


def test_ballots_come_with_the_results_and_only_by_the_rules(tmp_path: Path, ledger: Ledger) -> None:
    scene = Scene(tmp_path, ledger, "hidden")
    rows = tmp_path / "snapshots" / "filature.rows.jsonl"
    scene.pass_time(0.1)
    scene.act(Citizen(1, scene.rules).propose(1))
    for number in range(2, 12):
        scene.act(Citizen(number, scene.rules).vote(1))
    scene.pass_time(5)
    assert not rows.exists()
    scene.wall = float(scene.rules.accept_until + 1)
    scene.pass_time(LOG_SECONDS + 5)
    scene.pass_time(LOG_SECONDS + 5)
    assert len(rows.read_bytes().splitlines()) == 1 + 11
    toml = tmp_path / "content" / "consultations" / "filature" / "consultation.toml"
    notice = '\n[[notice]]\nrevision = 2\nat = 2026-01-01T00:00:00Z\ntext = {fr = "Moins.", en = "Less."}\n'
    toml.write_text("revision = 2\nk_min = 11\n" + toml.read_text() + notice)
    scene.pass_time(3)
    assert not rows.exists()
