"""A town exported and made again elsewhere: the same ledger, the same site, byte for byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import Progress

from civic import modules
from sync_server.demo_house import make_town
from sync_server.export import ExportUnreadable, export_town, import_town
from sync_server.settings import Settings, read_settings
from sync_server.storage import PublicLog, Record, open_ledger
from tests.worker.test_kill_worker import files_of

NOW = 1_795_500_000  # 2026-11-24
ENVIRONMENT = {"PREAU_PRECOMPRESS": "0", "PREAU_SITE_URL": "https://participer.valbrume.example"}


def settings_of(folder: Path) -> Settings:
    return read_settings(folder, {})


def records_of(settings: Settings) -> list[Record]:
    ledger = open_ledger(settings.database)
    try:
        with ledger.reading() as now:
            return now.records_after("valbrume", 0, 100_000)
    finally:
        ledger.close()


def build(settings: Settings) -> dict[str, bytes]:
    command = [sys.executable, "-m", "sync_server", "build", "--var", str(settings.var)]
    subprocess.run(command, check=True, env=os.environ | ENVIRONMENT, capture_output=True)
    return files_of(settings.site)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_of(tmp_path_factory.mktemp("town"))
    with Progress(disable=True) as progress:
        make_town(settings, NOW, progress)
    build(settings)  # which makes the keys of what is private
    return settings


@pytest.fixture(scope="module")
def exported(town: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "export"
    ledger = open_ledger(town.database)
    export_town(ledger, town.content / "valbrume", target, town.keys, lambda _: None)
    ledger.close()
    return target


def restore(exported: Path, settings: Settings) -> int:
    ledger = open_ledger(settings.database)
    try:
        return import_town(exported, settings, ledger, modules.load(), lambda _: None)
    finally:
        ledger.close()


def test_the_same_town_elsewhere_has_the_same_records_and_the_same_site(
    town: Settings, exported: Path, tmp_path: Path
) -> None:
    elsewhere = settings_of(tmp_path)
    assert restore(exported, elsewhere) == len(records_of(town)) > 2000
    assert records_of(elsewhere) == records_of(town)
    here, there = files_of(town.site), build(elsewhere)
    assert set(here) == set(there)
    assert [path for path in sorted(here) if here[path] != there[path]] == []


def log_of(settings: Settings) -> tuple[object, object]:
    ledger = open_ledger(settings.database)
    try:
        log = PublicLog(ledger)
        return log.rows_after("valbrume", 0, 100_000), log.checkpoints_after("valbrume", -1)
    finally:
        ledger.close()


def test_the_same_public_log_goes_on_elsewhere_and_another_one_is_refused(town: Settings, tmp_path: Path) -> None:
    ledger = open_ledger(town.database)
    PublicLog(ledger).append_due("valbrume")
    PublicLog(ledger).keep_checkpoint("valbrume", 7, "signed\n")
    export_town(ledger, town.content / "valbrume", tmp_path / "export", None, lambda _: None)
    ledger.close()
    elsewhere = settings_of(tmp_path / "elsewhere")
    for _ in range(2):
        restore(tmp_path / "export", elsewhere)
        assert log_of(elsewhere) == log_of(town)
    lines = (tmp_path / "export" / "log.jsonl").read_text().splitlines()
    lines[3] = lines[3].replace("manifest", "env") if "manifest" in lines[3] else lines[3].replace("env", "ballot")
    (tmp_path / "export" / "log.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(ExportUnreadable, match="another log"):
        restore(tmp_path / "export", elsewhere)


def test_a_second_import_changes_nothing(town: Settings, exported: Path, tmp_path: Path) -> None:
    elsewhere = settings_of(tmp_path)
    restore(exported, elsewhere)
    restore(exported, elsewhere)
    assert records_of(elsewhere) == records_of(town)


def test_keys_are_left_out_unless_they_are_asked_for(town: Settings, tmp_path: Path) -> None:
    ledger = open_ledger(town.database)
    export_town(ledger, town.content / "valbrume", tmp_path / "export", None, lambda _: None)
    ledger.close()
    assert not (tmp_path / "export" / "keys").exists()


def test_a_folder_that_holds_something_is_not_written_over(town: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ledger = open_ledger(town.database)
    with pytest.raises(ExportUnreadable, match="not empty"):
        export_town(ledger, town.content / "valbrume", tmp_path, None, lambda _: None)
    ledger.close()


def change_line(exported: Path, copy: Path, number: int, member: str, value: object) -> Path:
    copy.mkdir()
    subprocess.run(["cp", "-r", f"{exported}/.", str(copy)], check=True)
    lines = (copy / "records.jsonl").read_text().splitlines()
    line = json.loads(lines[number])
    line[member] = value
    lines[number] = json.dumps(line)
    (copy / "records.jsonl").write_text("\n".join(lines) + "\n")
    return copy


@pytest.mark.parametrize(
    ("member", "value"),
    [("c", "A" * 43), ("salt", "A" * 43), ("id", "A" * 43), ("voter", "A" * 43), ("rx", 5), ("no", 7)],
)
def test_a_record_that_was_changed_is_found(exported: Path, tmp_path: Path, member: str, value: object) -> None:
    changed = change_line(exported, tmp_path / "changed", 3, member, value)
    if member == "rx":  # no signature covers the time: but two towns that differ are never mixed
        restore(exported, settings_of(tmp_path / "elsewhere"))
    with pytest.raises(ExportUnreadable, match="record no"):
        restore(changed, settings_of(tmp_path / "elsewhere"))


def test_what_is_not_an_export_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExportUnreadable, match="preau export"):
        restore(tmp_path, settings_of(tmp_path / "elsewhere"))
