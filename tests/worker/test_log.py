"""The worker publishes the log: whole at every size, once each, and whatever cuts it off, the next run finishes it."""

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civic.canonical import b64u_encode
from civic.log.checkpoint import Checkpoint, parse_checkpoint
from civic.log.entries import Closed, Committed, parse_entry
from civic.log.note import open_note, parse_vkey
from civic.log.proof import check_consistency
from civic.log.tiles import WIDTH, growth, is_outgrown, parse_bundle, parse_tile, partial_tiles
from civic.log.tree import Tree, leaf_hash
from sync_server.storage import PublicLog, open_ledger
from sync_server.storage.tables import records
from sync_server.worker import log as module
from sync_server.worker.log import LogUnsound, Place, TownLog
from sync_server.worker.snapshot_files import replace_file
from tests.civic.town import OPENS, Citizen, always_open
from tests.contracts.history import rows
from tests.log.written import SIGNER, VKEY
from tests.worker.test_fold import SPACE, offer

RULES = always_open()


class Scene:
    """A log in a folder, a ledger, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "snapshots" / "log"
        self.ledger = open_ledger(f"sqlite:///{folder}/preau.sqlite")
        self.stored, self.now = PublicLog(self.ledger), OPENS
        self.town, self.numbers = self.hire(), itertools.count(1)
        self.shown: list[Checkpoint] = []

    def hire(self) -> TownLog:
        return TownLog(Place(SPACE, self.folder, SIGNER), self.stored, 600, lambda: self.now, list.reverse)

    def act(self, times: int = 1) -> None:
        number = next(self.numbers)
        texts = [Citizen(number, RULES).propose(number, rev=place + 1) for place in range(times)]
        self.ledger.append(SPACE, [offer(text, RULES, OPENS) for text in texts])

    def check(self) -> list[object]:
        """Re-verifies the whole of what is published, and that it goes on from what was; the entries."""
        checkpoint = published(self.folder)
        tree, entries = read_log(self.folder, checkpoint)
        for before in self.shown:
            check_consistency(
                before.size, checkpoint.size, before.root, checkpoint.root, tree.consistency(before.size, tree.size)
            )
        self.shown.append(checkpoint)
        return entries


def published(folder: Path) -> Checkpoint:
    note = (folder / "checkpoint").read_text("utf-8")
    return parse_checkpoint(open_note(note, [parse_vkey(VKEY)]).text)


def read_log(folder: Path, checkpoint: Checkpoint) -> tuple[Tree, list[object]]:
    tree, entries = Tree(), list[bytes]()
    for tile in growth(0, checkpoint.size):
        data = (folder / tile.path).read_bytes()
        if tile.level == -1:
            entries += parse_bundle(data, tile.width)
    for one in entries:
        tree.append(leaf_hash(one))
    for tile in growth(0, checkpoint.size):
        if tile.level >= 0:
            hashes = b"".join(parse_tile((folder / tile.path).read_bytes(), tile.width))
            assert hashes == tree.hashes(8 * tile.level, tile.index * WIDTH, tile.index * WIDTH + tile.width)
    assert (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)
    return tree, [parse_entry(one) for one in entries]


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    opened = Scene(tmp_path)
    yield opened
    opened.ledger.close()


def test_a_log_of_nothing_has_a_checkpoint(scene: Scene) -> None:
    assert scene.town.publish({})
    assert scene.check() == []
    assert not scene.town.publish({})
    assert files_of(scene.folder).keys() == {"checkpoint"}


def test_acts_are_published_in_order_and_a_second_time_changes_nothing(scene: Scene) -> None:
    for times in (3, 5):
        scene.act(times)
        assert scene.town.publish({})
        assert not scene.town.publish({})
    assert scene.check() == [Committed("env", row[2], row[6]) for row in rows(scene.ledger, records)]


def test_partial_tiles_of_every_published_size_stay_until_the_full_one_is_there(scene: Scene) -> None:
    sizes = []
    for times in (5, 100, 120, 30, 1, 300):
        scene.act(times)
        scene.town.publish({})
        scene.check()
        sizes.append(scene.shown[-1].size)
        wanted = {tile.path for size in sizes for tile in partial_tiles(size) if not is_outgrown(tile, sizes[-1])}
        there = {path for path in files_of(scene.folder) if ".p/" in path}
        assert there == wanted
    assert len(there) <= 6


def test_a_worker_that_begins_again_writes_the_same_files(scene: Scene) -> None:
    for times in (7, 300, 2):
        scene.act(times)
        scene.town.publish({})
    before = files_of(scene.folder)
    (scene.folder / "tile/0/000").unlink()
    (scene.folder / "tile/stray").write_bytes(b"x")
    assert scene.hire().publish({}, is_whole=True)
    assert files_of(scene.folder) == before
    assert not scene.hire().publish({}, is_whole=True)
    for path in before:
        (scene.folder / path).unlink()
    scene.hire().publish({})
    assert files_of(scene.folder) == before


def test_a_result_is_logged_once_by_its_hash(scene: Scene) -> None:
    scene.act(3)
    scene.town.publish({RULES.slug: b'{"ballots":3}'})
    scene.town.publish({RULES.slug: b'{"ballots":4}'})
    closed = [one for one in scene.check() if isinstance(one, Closed)]
    assert [(one.consultation, one.env, one.ballot, one.issue) for one in closed] == [(RULES.slug, 3, 0, 0)]
    assert closed[0].results == b64u_encode(hashlib.sha256(b'{"ballots":3}').digest())


def test_it_is_published_at_most_as_often_as_is_set_and_not_later_where_the_clock_was_set_back(scene: Scene) -> None:
    said = []
    for seconds in (0, 599, 1, -100_000):
        scene.now += seconds
        said.append(scene.town.is_due)
        if scene.town.is_due:
            scene.town.publish({})
    assert said == [True, False, True, True]


def test_a_new_key_signs_what_is_there(scene: Scene) -> None:
    scene.act(3)
    other = SIGNER._replace(key_id=77)
    TownLog(Place(SPACE, scene.folder, other), scene.stored, 600, lambda: scene.now, list.reverse).publish({})
    assert scene.town.publish({})
    assert len(scene.check()) == 3


class Killed(BaseException):
    """Raised in place of the next thing done: what a kill leaves."""


STEPS = ("append_due", "keep_checkpoint")


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(12))
def test_killed_anywhere_the_next_run_publishes_a_whole_log(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, at: int, is_done: bool
) -> None:
    scene.act(250)
    scene.town.publish({})
    scene.check()
    scene.act(20)  # over the end of a tile: the most that one publication has to do
    left = itertools.count()

    def mortal(work: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **rest: object) -> object:
            is_last = next(left) == at
            if is_last and not is_done:
                raise Killed
            result = work(*arguments, **rest)
            if is_last:
                raise Killed
            return result

        return step

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(PublicLog, name, mortal(getattr(PublicLog, name)))
        patch.setattr(module, "replace_file", mortal(replace_file))
        patch.setattr(shutil, "rmtree", mortal(shutil.rmtree))
        try:
            scene.town.publish({})
        except Killed:
            was_killed = True
        else:
            was_killed = False
    assert was_killed == (at < 10), "every step of a publication is tried"
    scene.check()  # what is shown is whole at any moment
    scene.act(2)
    for is_whole in (False, True):
        heir = scene.hire()
        heir.publish({}, is_whole=is_whole)
        assert len(scene.check()) == 272
    assert not [path for path in files_of(scene.folder) if path.startswith(("tile/0/000.p", "tile/entries/000.p"))]


def test_a_ledger_that_lost_entries_that_were_shown_signs_nothing_more(scene: Scene, tmp_path: Path) -> None:
    scene.act(5)
    scene.town.publish({})
    before = files_of(scene.folder)
    older = Scene(tmp_path / "older")
    older.act(3)
    town = TownLog(Place(SPACE, scene.folder, SIGNER), older.stored, 600, lambda: OPENS, list.reverse)
    for is_whole in (False, True):
        with pytest.raises(LogUnsound):
            town.publish({}, is_whole=is_whole)
    assert older.stored.newest_checkpoint(SPACE) is None
    assert files_of(scene.folder) == before
    older.ledger.close()


def test_a_ledger_whose_entries_are_others_than_were_signed_signs_nothing_more(scene: Scene) -> None:
    scene.act(5)
    scene.town.publish({})
    with scene.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE log_entries SET entry = CAST('x' AS BLOB) WHERE i = 2")
    scene.act()
    for worker in (scene.hire(), scene.town):  # one that reads everything, and one that knew what was there
        with pytest.raises(LogUnsound):
            worker.publish({})
    assert scene.check()
