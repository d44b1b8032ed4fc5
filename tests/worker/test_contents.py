"""What a town wrote is read again when it is another thing, and holds as it was while it can't be read."""

from pathlib import Path

import pytest

from sync_server.catalogue import read_files
from sync_server.worker import contents
from sync_server.worker.contents import Contents
from sync_server.worker.opening import find_towns
from tests.civic.town import SPACE_TOML
from tests.sync_server.town_files import SPACE, write_town


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders whose files were read, in order."""
    found: list[str] = []

    def counted(folder: Path) -> dict[str, bytes]:
        found.append(folder.name)
        return read_files(folder)

    monkeypatch.setattr("sync_server.worker.contents.read_files", counted)
    return found


def test_files_are_read_once_and_again_when_they_change(tmp_path: Path, read: list[str]) -> None:
    write_town(tmp_path)
    towns = Contents(lambda: find_towns(tmp_path))
    assert (towns.of("ailleurs"), read) == (None, [])
    first = towns.of(SPACE)
    assert first is not None
    assert towns.of(SPACE) is first
    assert len(read) == 1
    file = tmp_path / SPACE / "space.toml"
    file.write_text("id = 'valbrume'\nwrong = ")
    assert towns.of(SPACE) is first
    write_town(tmp_path, space=SPACE_TOML.replace('"Valbrume"', '"Valbrume-sur-Loue"'))
    again = towns.of(SPACE)
    assert again is not None
    assert again.space.name == "Valbrume-sur-Loue"
    assert towns.of(SPACE) is again
    assert len(read) == 3


def test_a_town_that_never_could_be_read_or_is_gone_says_nothing(tmp_path: Path) -> None:
    write_town(tmp_path)
    towns = Contents(lambda: find_towns(tmp_path))
    assert towns.of(SPACE) is not None
    (tmp_path / SPACE / "space.toml").write_text(f'id = "{SPACE}"\n')
    assert Contents(lambda: find_towns(tmp_path)).of(SPACE) is None
    (tmp_path / SPACE).rename(tmp_path / "ailleurs")
    (tmp_path / "ailleurs" / "space.toml").unlink()
    assert towns.of(SPACE) is None


def test_few_towns_are_kept_in_memory(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_KEPT", 1)
    for name in ("un", "deux"):
        write_town(tmp_path, space=SPACE_TOML.replace(f'id = "{SPACE}"', f'id = "{name}"'), name=name)
    towns = Contents(lambda: find_towns(tmp_path))
    found = [towns.of(name) for name in ("un", "deux", "deux", "un")]
    assert [one and one.space.id for one in found] == ["un", "deux", "deux", "un"]
    assert read == ["un", "deux", "un"]
