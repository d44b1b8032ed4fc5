"""From a photo that has its pictures to the pages that show it, and away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.moderation import Hidden
from civic.photos import LARGE, SMALL, Size, file_name
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.hiding import Hiding, Place
from sync_server.storage.photos import Photos, Sent, State
from tests.civic.town import Citizen, jti
from tests.sync_server.photographs import name_of
from tests.worker.test_fold import SPACE, offer
from tests.worker.test_watch import Scene

ONE, TWO = name_of(b"one"), name_of(b"two")


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


def develop(scene: Scene, sha256: str) -> None:
    """As sync_server.photos.developing leaves it."""
    for side in (LARGE, SMALL):
        picture = PhotoShelf(scene.folder / "media").picture(SPACE, sha256, side)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(f"{sha256} {side}".encode())
    Photos(scene.ledger).note(Sent(SPACE, sha256), State.WHOLE, Size(480, 360))


def published(scene: Scene) -> list[str]:
    folder = scene.folder / "snapshots" / "photos"
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def pictures(*hashes: str) -> list[str]:
    return sorted(file_name(one, side) for one in hashes for side in (LARGE, SMALL))


def test_a_page_is_built_again_once_its_photo_can_be_shown_and_no_other(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1, photos=(ONE, TWO)))
    scene.act(Citizen(2, scene.rules).propose(2))
    scene.pass_time(3)
    assert "photos" not in scene.builder.applied[-1]["proposals"][0]
    assert published(scene) == []
    develop(scene, TWO)
    scene.builder.applied.clear()
    assert scene.pass_time(1.2).count("apply filature") == 1
    (row,) = scene.builder.applied[-1]["proposals"]
    assert [(one["alt"], one["w"], one["h"]) for one in row["photos"]] == [(f"Photo de {TWO[:4]}", 480, 360)]
    assert published(scene) == pictures(TWO)
    develop(scene, ONE)
    scene.pass_time(4)
    assert [one["file"][8:] for one in scene.shown()["proposals"][0]["photos"]] == [
        file_name(one, SMALL) for one in (ONE, TWO)
    ]
    assert published(scene) == pictures(ONE, TWO)


def test_a_photo_of_words_that_are_taken_back_is_taken_down(scene: Scene) -> None:
    ana = Citizen(1, scene.rules)
    scene.act(ana.propose(1, photos=(ONE,)))
    develop(scene, ONE)
    scene.pass_time(2)
    assert published(scene) == pictures(ONE)
    scene.act(ana.withdraw(f"proposal:{jti(1)}"))
    scene.pass_time(0.3)
    assert "photos" not in scene.builder.applied[-1]["proposals"][0]
    assert published(scene) == []


def test_hidden_words_show_no_photo_until_they_are_shown_again(scene: Scene) -> None:
    scene.act(Citizen(1, scene.rules).propose(1, photos=(ONE,)))
    develop(scene, ONE)
    scene.pass_time(2)
    hiding, place = Hiding(scene.ledger), Place(SPACE, "filature", f"proposal:{jti(1)}")
    with scene.ledger.writing() as connection:
        hiding.hide(connection, place, Hidden("privacy", ""), 5)
    scene.pass_time(0.1)
    assert ("photos" in scene.shown()["proposals"][0], published(scene)) == (False, [])
    with scene.ledger.writing() as connection:
        hiding.show(connection, place)
    scene.pass_time(0.1)
    assert ("photos" in scene.shown()["proposals"][0], published(scene)) == (True, pictures(ONE))


def test_erased_words_take_their_photos_with_them_from_every_folder(scene: Scene) -> None:
    act = offer(Citizen(1, scene.rules).propose(1, photos=(ONE,)), scene.rules, int(scene.wall))
    scene.ledger.append(SPACE, [act._replace(act=act.act._replace(voter="p:ana"))])
    develop(scene, ONE)
    scene.pass_time(2)
    assert published(scene) == pictures(ONE)
    erase_person(scene.ledger, SPACE, Erasure("p:ana", "request", 5, frozenset({"filature"})))
    scene.pass_time(0.1)
    assert (published(scene), list(PhotoShelf(scene.folder / "media").files(SPACE))) == ([], [])
    assert Photos(scene.ledger).count_whole(SPACE) == 0


def test_pictures_that_were_lost_are_not_shown_as_if_they_were_there(tmp_path: Path, ledger: Ledger) -> None:
    scene = Scene(tmp_path, ledger, "open")
    scene.act(Citizen(1, scene.rules).propose(1, photos=(ONE,)))
    develop(scene, ONE)
    PhotoShelf(tmp_path / "media").picture(SPACE, ONE, SMALL).unlink()
    scene.pass_time(2)
    assert ("photos" in scene.shown()["proposals"][0], published(scene)) == (False, [])
