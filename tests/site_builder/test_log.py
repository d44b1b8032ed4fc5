"""The public log on the site: complete at every published size, whole = grown, found by leaf, without copies."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.canonical import b64u_encode
from civic.log.checkpoint import Checkpoint, checkpoint_text
from civic.log.note import Signer, sign_note
from civic.log.tiles import growth, outgrown, partial_tiles, tile_content
from civic.log.tree import Tree, leaf_hash
from site_builder.failure import BuildFailure
from site_builder.log import LogFiles
from site_builder.output import Output
from site_builder.settings import build_site
from tests.site_builder.town import Town, built, rest, site_of, tree

ENTRIES = [f"entry {number}".encode() for number in range(1400)]
TREE = Tree(map(leaf_hash, ENTRIES))
SIGNER = Signer("valbrume.example/log", 1, lambda _: bytes(64))
VKEY = "valbrume.example/log+00000001+AQ=="


class Log:
    """What a worker leaves in the snapshots."""

    def __init__(self, snapshots: Path) -> None:
        self.folder, self.size = snapshots / "log", 0

    def publish(self, size: int) -> None:
        for tile in growth(self.size, size):
            self.put(tile.path, tile_content(TREE, lambda start, end: ENTRIES[start:end], tile))
        note = sign_note(checkpoint_text(Checkpoint(SIGNER.name, size, TREE.root(size))), SIGNER)
        self.put("checkpoint", note.encode())
        for folder in outgrown(self.size, size):
            for file in (self.folder / folder).iterdir():
                file.unlink()
            (self.folder / folder).rmdir()
        self.size = size

    def put(self, path: str, data: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def log_of(folder: Path, name: str) -> LogFiles:
    log = LogFiles(folder / "snapshots", Output(folder / name))
    log.vkey = VKEY
    return log


def written_whole(folder: Path, name: str) -> dict[str, bytes]:
    log = log_of(folder, name)
    log._output.begin()
    log.write()
    log._output.finish()
    return tree(folder / name)


@settings(max_examples=20)
@given(sizes=st.lists(st.tuples(st.integers(0, 1400), st.booleans()), min_size=1, max_size=8))
def test_a_log_that_grew_is_what_a_whole_build_writes(tmp_path_factory, sizes: list[tuple[int, bool]]) -> None:
    folder = tmp_path_factory.mktemp("log")
    worker, log = Log(folder / "snapshots"), log_of(folder, "grown")
    worker.publish(0)
    log.write()
    for size, is_settled in sorted(sizes):
        worker.publish(size)
        if is_settled:
            log.grow()
            files = tree(folder / "grown")
            assert {f"log/{tile.path}" for tile in partial_tiles(size)} <= files.keys()
    log.grow()
    assert tree(folder / "grown") == written_whole(folder, "whole")


def test_every_leaf_is_found_and_nothing_else(tmp_path: Path) -> None:
    Log(tmp_path / "snapshots").publish(700)
    files = written_whole(tmp_path, "site")
    assert files["log/vkey"] == f"{VKEY}\n".encode()
    shards = {name: json.loads(data) for name, data in files.items() if name.startswith("log/find/")}
    found = {leaf: (name, number) for name, shard in shards.items() for leaf, number in shard.items()}
    assert len(found) == 700
    for number in range(700):
        leaf = leaf_hash(ENTRIES[number])
        assert found[b64u_encode(leaf)] == (f"log/find/{leaf[0]:02x}.json", number)


def test_the_size_of_the_log_is_no_matter_to_what_a_small_growth_writes(tmp_path: Path) -> None:
    worker, log = Log(tmp_path / "snapshots"), log_of(tmp_path, "site")
    worker.publish(1300)
    log.write()
    log._output.take_changed()
    worker.publish(1303)
    log.grow()
    changed = log._output.take_changed()
    assert [name for name in changed if "find" not in name] == [
        "log/checkpoint",
        "log/tile/0/005.p/23",
        "log/tile/entries/005.p/23",
    ]
    assert len(changed) <= 6
    log.grow()
    assert log._output.take_changed() == []


def test_a_checkpoint_that_cannot_be_read_fails_the_build(tmp_path: Path) -> None:
    Log(tmp_path / "snapshots").put("checkpoint", b"junk")
    with pytest.raises(BuildFailure, match="checkpoint"):
        log_of(tmp_path, "site").write()


def test_a_site_carries_its_log_and_no_copy_of_it_nor_pack_nor_address(tmp_path: Path) -> None:
    town = Town(tmp_path, precompress=True)
    town.installation["log"] = VKEY
    town.write_snapshots()
    worker = Log(town.snapshots)
    worker.publish(5)
    site = site_of(town, tmp_path / "site")
    build_site(site)
    worker.publish(9)
    assert "log/checkpoint" in site.settle()
    rest(site)
    files = tree(tmp_path / "site")
    assert {name for name in files if name.startswith("log/tile")} == {
        f"log/tile/{level}/000.p/{width}" for level in (0, "entries") for width in (5, 9)
    }
    assert not [name for name in files if name.startswith("log/") and name.endswith((".br", ".gz"))]
    assert b"/log/" not in files["sitemap.xml"] + files["donnees/sitemap.xml"] + files["files.json"]
    headers = files["_headers"].decode()
    assert "/log/tile/*\n  Cache-Control: public, max-age=31536000, immutable" in headers
    assert "/log/checkpoint\n  Cache-Control: no-cache" in headers


def test_a_town_without_a_worker_has_no_log(tmp_path: Path) -> None:
    built(Town(tmp_path), tmp_path / "site")
    assert not [name for name in tree(tmp_path / "site") if name.startswith("log/")]
