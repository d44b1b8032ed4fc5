"""The folder of snapshots: what is private lies where no route looks, and leaves where it lay before."""

import tomllib
from pathlib import Path

from civic.consultation import Consultation, parse_consultation
from sync_server.reading_keys import ReadingKeys
from sync_server.worker.snapshot_folder import SnapshotFolder
from tests.civic.town import TEXTS, space

RULES = """modules = ["ideas"]
mode = "named"
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["vote"]
"""


def rules(private: str) -> Consultation:
    return parse_consultation("filature", tomllib.loads(f'private = "{private}"\n{RULES}'), TEXTS, space())


def files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_a_consultation_that_becomes_private_leaves_nothing_where_everybody_looks(tmp_path: Path) -> None:
    keys = ReadingKeys(tmp_path / "keys", bytes)
    folder = SnapshotFolder(tmp_path / "snapshots", keys)
    folder.write_town({"space": "valbrume"})
    seen = {}
    for how in ("no", "members", "code", "no"):
        folder.write(rules(how), {"proposals": [{"id": how}]})
        folder.forget_others([rules(how)])
        seen[how] = files(folder.path)
    assert seen["no"] == {"space.json", "filature.json"}
    assert seen["members"] == {"space.json", "private/filature.json", "private/filature.key"}
    assert seen["code"] == seen["members"] | {"private/filature.wrapped"}


def test_only_who_runs_the_server_reads_the_key(tmp_path: Path) -> None:
    keys = ReadingKeys(tmp_path / "keys", bytes)
    folder = SnapshotFolder(tmp_path / "snapshots", keys)
    folder.write(rules("members"), {})
    placed = folder.path / "private" / "filature.key"
    assert placed.read_bytes() == keys.of("valbrume", "filature")
    assert placed.stat().st_mode & 0o077 == 0
    assert placed.parent.stat().st_mode & 0o077 == 0
