"""A site is built whole or not at all: whatever is missing or wrong says so and stops."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pelican
import pytest

from site_builder import plugin
from site_builder.failure import BuildFailure
from site_builder.press import in_parallel
from site_builder.settings import build_site
from tests.site_builder.town import THEME, Town, furnished, site_of, tree

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = furnished(tmp_path)
    town.write_snapshots()
    return town


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    shutil.copytree(THEME, tmp_path / "theme")
    return tmp_path / "theme"


def failure(town: Town, theme: Path, tmp_path: Path) -> str:
    with pytest.raises(BuildFailure) as failed:
        build_site(site_of(town, tmp_path / "site", theme))
    assert not (tmp_path / "site/index.html").exists()
    return str(failed.value)


def test_a_template_that_is_missing_is_named(town: Town, theme: Path, tmp_path: Path) -> None:
    # Pelican has a page.html of its own, which must not be taken instead.
    (theme / "templates/page.html").unlink()
    assert "page.html" in failure(town, theme, tmp_path)


def test_a_word_that_is_missing_is_named(town: Town, theme: Path, tmp_path: Path) -> None:
    words = json.loads((theme / "words/en.json").read_text("utf-8"))
    del words["x.home"]
    (theme / "words/en.json").write_text(json.dumps(words), "utf-8")
    assert "'x.home' is missing in 'en'" in failure(town, theme, tmp_path)


def test_a_language_that_is_missing_is_named(town: Town, theme: Path, tmp_path: Path) -> None:
    (theme / "words/en.json").unlink()
    assert "en.json is missing" in failure(town, theme, tmp_path)


def test_a_variable_that_is_missing_is_named(town: Town, theme: Path, tmp_path: Path) -> None:
    (theme / "templates/decided.html").write_text("{{ consultation_s }}", "utf-8")
    assert "consultation_s" in failure(town, theme, tmp_path)


def test_a_part_of_the_stylesheet_that_is_missing_is_named(town: Town, theme: Path, tmp_path: Path) -> None:
    (theme / "static/css/list.css").unlink()
    assert "list.css" in failure(town, theme, tmp_path)


def test_a_python_warning_is_fatal(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_builder.site.core_pages", lambda _, **__: warnings.warn("mind this", stacklevel=1))
    with pytest.raises(UserWarning, match="mind this"):
        build_site(site_of(town, tmp_path / "site"))


def test_a_warning_of_pelican_is_fatal(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("pelican.generators")
    monkeypatch.setattr("site_builder.site.core_pages", lambda _, **__: logger.warning("mind this %d", id(town)))
    with pytest.raises(BuildFailure, match="mind this"):
        build_site(site_of(town, tmp_path / "site"))


def test_a_plugin_that_does_not_register_is_fatal(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(plugin, "register", fail)
    with pytest.raises(BuildFailure, match="plugin"):
        build_site(site_of(town, tmp_path / "site"))
    assert not tree(tmp_path / "site")


def test_the_plugin_leaves_other_sites_of_the_process_alone(town: Town, tmp_path: Path) -> None:
    build_site(site_of(town, tmp_path / "site"))
    assert [one for one in pelican.signals.get_generators.send(_Other()) if one[1] is not None] == []


class _Other:
    settings: Mapping[str, Any] = MappingProxyType({})


def test_two_pages_of_one_address_are_refused(town: Town, tmp_path: Path) -> None:
    site = site_of(town, tmp_path / "site")
    build_site(site)
    site.core.append(site.core[0])
    with pytest.raises(BuildFailure, match="two pages have the address /"):
        site.write()


def test_the_snapshot_of_another_town_is_refused(town: Town, tmp_path: Path) -> None:
    town.installation["space"] = "elsewhere"
    town.write_snapshots()
    with pytest.raises(BuildFailure, match="elsewhere"):
        build_site(site_of(town, tmp_path / "site"))


def test_ballots_before_the_results_are_refused(town: Town, tmp_path: Path) -> None:
    town.write_snapshots()
    (town.snapshots / "berges.rows.jsonl").write_text("{}\n")
    with pytest.raises(BuildFailure, match="ballots that are still secret"):
        build_site(site_of(town, tmp_path / "site"))


def test_the_program_says_why_and_fails(town: Town, theme: Path, tmp_path: Path) -> None:
    (theme / "templates/page.html").unlink()
    command = [sys.executable, "-m", "site_builder", "build", "--content", str(town.content), "--theme", str(theme)]
    command += ["--snapshots", str(town.snapshots), "--output", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "page.html" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failure_in_the_second_process_is_one_here() -> None:
    def work(jobs: Any) -> int:
        if 1 in jobs:
            raise BuildFailure("number 1 is wrong")
        return len(jobs)

    with pytest.raises(BuildFailure, match="number 1"):
        in_parallel(range(1000), work, lambda _: None, 2)


def test_both_processes_do_every_job_once() -> None:
    told: list[int] = []
    own: list[int] = []

    def work(jobs: Any) -> list[int]:
        own.extend(jobs)
        return list(jobs)

    in_parallel(range(1000), work, told.extend, 2)
    assert sorted(told + own) == list(range(1000))
    assert told
