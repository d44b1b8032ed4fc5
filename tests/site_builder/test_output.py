"""The folder of the site: whole files, no stranger's files touched, copies that say what they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest

from site_builder import compression
from site_builder.failure import BuildFailure
from site_builder.output import Output
from tests.site_builder.town import tree


def output(folder: Path, *, is_compressed: bool = False) -> Output:
    one = Output(folder)
    one.is_compressed = is_compressed
    return one


def first(folder: Path, *, is_compressed: bool = False) -> Output:
    one = output(folder, is_compressed=is_compressed)
    one.begin()
    one.write("_headers", b"/*\n")
    one.write("index.html", b"<p>one</p>" * 50)
    one.write("a/b/index.html", b"<p>two</p>" * 50)
    one.finish()
    return one


def test_a_first_site_appears_whole(tmp_path: Path) -> None:
    one = output(tmp_path / "site")
    one.begin()
    one.write("index.html", b"1")
    assert not (tmp_path / "site/index.html").exists()
    assert one.read("index.html") == b"1"
    one.write("_headers", b"2")
    one.finish()
    assert tree(tmp_path / "site") == {"index.html": b"1", "_headers": b"2"}


def test_a_first_site_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    one = output(tmp_path)
    one.begin()
    one.write("old.html", b"1")
    first(tmp_path)
    assert sorted(tree(tmp_path)) == ["_headers", "a/b/index.html", "index.html"]


def test_a_file_is_replaced_by_rename(tmp_path: Path) -> None:
    one = first(tmp_path)
    before = (tmp_path / "index.html").stat().st_ino
    assert one.write("index.html", b"other")
    assert (tmp_path / "index.html").stat().st_ino != before
    assert not one.write("index.html", b"other")
    assert one.take_changed() == ["_headers", "a/b/index.html", "index.html"]
    assert one.take_changed() == []


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    one = first(tmp_path)
    with (tmp_path / "index.html").open("rb") as reader:
        one.write("index.html", b"x" * 100_000)
        assert reader.read() == b"<p>one</p>" * 50


def test_copies_are_there_before_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = first(tmp_path, is_compressed=True)
    written: list[str] = []
    replace = Output._replace

    def noted(self: Output, file: str, data: bytes) -> None:
        written.append(file)
        replace(self, file, data)

    monkeypatch.setattr(Output, "_replace", noted)
    one.begin()
    one.write("index.html", b"new")
    assert written == ["index.html.br", "index.html.gz", "index.html"]


def test_between_two_builds_the_gzip_copy_follows_later_and_is_never_an_old_one(tmp_path: Path) -> None:
    one = first(tmp_path, is_compressed=True)
    one.write("index.html", b"<p>new</p>" * 50)
    assert not (tmp_path / "index.html.gz").exists()
    assert brotli.decompress((tmp_path / "index.html.br").read_bytes()) == b"<p>new</p>" * 50
    while one.waiting:
        one.shrink()
    assert gzip.decompress((tmp_path / "index.html.gz").read_bytes()) == b"<p>new</p>" * 50


def test_a_gzip_copy_left_for_later_is_made_after_a_restart(tmp_path: Path) -> None:
    first(tmp_path, is_compressed=True).write("index.html", b"<p>one</p>" * 51)
    again = output(tmp_path, is_compressed=True)
    again.begin()
    again.write("index.html", b"<p>one</p>" * 51)
    assert list(again.waiting) == ["index.html"]
    assert again.take_changed() == []


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_bytes(b"years of work")
    with pytest.raises(BuildFailure, match=r"thesis\.odt"):
        output(tmp_path).begin()
    assert tree(tmp_path) == {"thesis.odt": b"years of work"}


def test_hidden_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_bytes(b"mine")
    first(tmp_path)
    again = output(tmp_path)
    again.begin()
    again.write("_headers", b"/*\n")
    again.finish()
    assert tree(tmp_path) == {"_headers": b"/*\n", ".git/config": b"mine"}


def test_what_is_not_written_again_is_removed_with_its_copies_and_folder(tmp_path: Path) -> None:
    first(tmp_path, is_compressed=True)
    (tmp_path / "index.html~").write_bytes(b"cut off")
    again = output(tmp_path, is_compressed=True)
    again.begin()
    again.write("_headers", b"/*\n")
    again.write("index.html", b"<p>one</p>" * 50)
    again.finish()
    assert sorted(tree(tmp_path)) == ["_headers", "index.html", "index.html.br", "index.html.gz"]
    assert not (tmp_path / "a").exists()
    assert again.take_changed() == ["a/b/index.html"]


def test_copies_go_when_they_are_no_more_wanted(tmp_path: Path) -> None:
    first(tmp_path, is_compressed=True)
    again = first(tmp_path)
    assert sorted(tree(tmp_path)) == ["_headers", "a/b/index.html", "index.html"]
    assert again.take_changed() == []


def test_a_copy_says_whether_it_is_a_small_one(tmp_path: Path) -> None:
    for data in (b"", b"a", b"<p>text</p>" * 9000, bytes(range(256)) * 3000):
        assert compression.is_small(compression.small(data))
        assert not compression.is_small(compression.quick(data))
        assert brotli.decompress(compression.small(data)) == brotli.decompress(compression.quick(data)) == data
        assert gzip.decompress(compression.gzip(data)) == data


def test_quick_copies_become_small_ones_even_after_a_restart(tmp_path: Path) -> None:
    first(tmp_path, is_compressed=True)
    again = first(tmp_path, is_compressed=True)
    assert sorted(again.waiting) == ["a/b/index.html", "index.html"]
    again.shrink(1)
    assert len(again.waiting) == 1
    again.shrink()
    assert compression.is_small((tmp_path / "index.html.br").read_bytes())
    assert not first(tmp_path, is_compressed=True).waiting


def test_a_lost_copy_is_made_again(tmp_path: Path) -> None:
    first(tmp_path, is_compressed=True)
    one = first(tmp_path, is_compressed=True)
    while one.waiting:
        one.shrink()
    (tmp_path / "index.html.gz").unlink()
    again = first(tmp_path, is_compressed=True)
    assert again.take_changed() == []
    again.shrink()
    assert gzip.decompress((tmp_path / "index.html.gz").read_bytes()) == b"<p>one</p>" * 50
