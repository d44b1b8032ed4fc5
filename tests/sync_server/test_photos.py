"""Photos come in pieces, only where an act names them, and leave without what they tell."""

import io
import resource
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from civic.photos import LARGE, MOST_BYTES, SMALL, Size
from sync_server.photos import pictures
from sync_server.photos.developing import NO_PICTURE, PROGRAM, TRIES, Developing
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage.photos import Photos, State
from tests.civic.town import jti
from tests.sync_server.conftest import SITE, House, Opener
from tests.sync_server.photographs import MAKER, bomb, name_of, photograph

PHOTO = photograph()
NAME = name_of(PHOTO)
SPACE = "valbrume"
HEAD = {"Origin": SITE}


def address(name: str = NAME, space: str = SPACE) -> str:
    return f"/v1/photos/{space}/{name}"


def patch(house: House, offset: int, piece: bytes, length: int = len(PHOTO), name: str = NAME) -> TestResponse:
    headers = HEAD | {"Upload-Offset": str(offset), "Upload-Length": str(length)}
    return house.client.patch(address(name), data=piece, headers=headers)


def put(house: House, data: bytes, number: int = 5) -> TestResponse:
    """Names a photo in an act, then sends all of it."""
    assert house.statuses(house.citizen(1).propose(number, photos=(name_of(data),)))[0] in ("accepted", "duplicate")
    return house.client.put(address(name_of(data)), data=data)


def shelf(house: House) -> PhotoShelf:
    return PhotoShelf(house.services.settings.media)


def developing(house: House) -> Developing:
    return Developing(Photos(house.services.ledger), shelf(house))


def test_a_photo_comes_in_pieces_after_its_act_and_is_known_whole(house: House) -> None:
    assert house.client.head(address()).status_code == 404
    house.send(house.citizen(1).propose(5, photos=(NAME,)))
    middle = len(PHOTO) // 2
    first = house.client.head(address(), headers=HEAD)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "0")
    assert first.headers["Access-Control-Allow-Origin"] == SITE
    assert "Upload-Offset" in first.headers["Access-Control-Expose-Headers"]
    half = patch(house, 0, PHOTO[:middle])
    assert (half.status_code, half.headers["Upload-Offset"]) == (204, str(middle))
    again = patch(house, 0, PHOTO[:middle])
    assert (again.status_code, again.json, again.headers["Upload-Offset"]) == (
        409, {"code": "wrong_offset", "retry": True}, str(middle),
    )  # fmt: skip
    whole = patch(house, middle, PHOTO[middle:])
    assert (whole.status_code, whole.headers["ETag"]) == (201, f'"{NAME}"')
    known = house.client.head(address())
    assert (known.status_code, known.headers["ETag"]) == (200, f'"{NAME}"')
    assert patch(house, 0, PHOTO[:middle]).status_code == 201
    assert shelf(house).sent(SPACE, NAME).read_bytes() == PHOTO


def test_a_browser_may_ask_first(house: House) -> None:
    asked = HEAD | {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "upload-offset"}
    answer = house.client.options(address(), headers=asked)
    assert answer.status_code == 200
    assert {"HEAD", "PATCH", "PUT"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Upload-Length", "Upload-Offset"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    strange = house.client.options(address(), headers=asked | {"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in strange.headers


def test_what_was_cut_off_between_file_and_table_is_found_again(house: House) -> None:
    house.send(house.citizen(1).propose(5, photos=(NAME,)))
    shelf(house).add(SPACE, NAME, 0, len(PHOTO), PHOTO)
    assert house.client.head(address()).status_code == 200
    assert Photos(house.services.ledger).find(SPACE, NAME) is State.ARRIVED


def test_other_bytes_than_those_that_were_signed_are_thrown_away(house: House) -> None:
    house.send(house.citizen(1).propose(5, photos=(NAME,)))
    spoilt = PHOTO[:-1] + b"x"
    answer = patch(house, 0, spoilt)
    assert (answer.status_code, answer.json) == (422, {"code": "photo_changed", "retry": True})
    assert house.client.head(address()).headers["Upload-Offset"] == "0"
    assert patch(house, 0, PHOTO).status_code == 201


def test_what_is_no_photo_or_too_large_is_refused_before_it_is_kept(house: House) -> None:
    for data, status, code in (
        (b"<svg onload=alert(1)>" * 9, 415, "bad_photo"), (b"", 415, "bad_photo"),
        (b"GIF89a" + bytes(90), 415, "bad_photo"),
        (PHOTO + bytes(MOST_BYTES - len(PHOTO) + 1), 413, "too_large"),
    ):  # fmt: skip
        answer = put(house, data, 10 + status + len(data) % 100)
        assert (answer.status_code, answer.json) == (status, {"code": code, "retry": False})
    house.send(house.citizen(1).propose(5, photos=(NAME,)))
    for offset, piece, length in ((0, PHOTO, len(PHOTO) - 1), (0, PHOTO, MOST_BYTES + 1)):
        assert patch(house, offset, piece, length).status_code == 413
    assert [file.suffix for file in shelf(house).files(SPACE)] == []
    largest = PHOTO + bytes(MOST_BYTES - len(PHOTO))
    assert put(house, largest, 7).status_code == 201


@pytest.mark.parametrize("name", ["short", "../keys", "A" * 42 + "B", "é" * 43])
def test_what_is_no_hash_is_not_found(house: House, name: str) -> None:
    assert house.client.head(address(name)).status_code == 404
    assert house.client.head(address(space="nowhere")).status_code == 404


def test_a_piece_says_where_it_goes(house: House) -> None:
    house.send(house.citizen(1).propose(5, photos=(NAME,)))
    for headers in ({}, {"Upload-Offset": "0"}, {"Upload-Offset": "-1", "Upload-Length": "9"},
                    {"Upload-Offset": "٣", "Upload-Length": "9"}):  # fmt: skip
        answer = house.client.patch(address(), data=PHOTO, headers=headers)
        assert answer.json == {"code": "bad_request", "retry": False}


def test_an_idea_that_was_taken_back_takes_no_photo_any_more(house: House) -> None:
    ana = house.citizen(1)
    house.send(ana.propose(5, photos=(NAME,)))
    house.send(ana.withdraw(f"proposal:{jti(5)}"))
    assert patch(house, 0, PHOTO).json == {"code": "not_found", "retry": False}


def test_who_sends_too_much_waits(open_house: Opener) -> None:
    house = open_house(requests_per_minute=3)
    answers = [house.client.head(address()) for _ in range(4)]
    assert [one.status_code for one in answers] == [404, 404, 404, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_pictures_are_upright_and_tell_neither_place_nor_maker(house: House) -> None:
    sent = photograph((2000, 1000), turned=6)
    assert MAKER in sent
    assert put(house, sent).status_code == 201
    assert developing(house).step() == 1
    for side, size in ((LARGE, (600, 1200)), (SMALL, (240, 480))):
        data = shelf(house).picture(SPACE, name_of(sent), side).read_bytes()
        assert MAKER not in data
        assert b"EXIF" not in data
        picture = Image.open(io.BytesIO(data))
        assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", size, {})
        red, _, blue = (
            picture.convert("RGB").crop((size[0] - 10, size[1] // 2, size[0] - 9, size[1] // 2 + 1)).tobytes()
        )
        assert (red > 200, blue < 60) == (True, True)  # turned: what lay above is on the right
    assert Photos(house.services.ledger).whole(SPACE) == {name_of(sent): Size(240, 480)}
    assert not shelf(house).sent(SPACE, name_of(sent)).exists()
    assert house.client.head(address(name_of(sent))).status_code == 200
    assert developing(house).step() == 0


def test_a_photo_that_cannot_be_decoded_or_swells_is_refused_for_good(house: House) -> None:
    broken = PHOTO[: len(PHOTO) // 2]
    for number, data in enumerate((bomb(), broken, b"\xff\xd8\xff" + bytes(99)), 1):
        assert put(house, data, number).status_code == 201
    assert developing(house).step() == 3
    for data in (bomb(), broken):
        assert Photos(house.services.ledger).find(SPACE, name_of(data)) is State.REFUSED
        assert house.client.put(address(name_of(data)), data=data).json == {"code": "bad_photo", "retry": False}
    assert list(shelf(house).files(SPACE)) == []


def test_the_program_keeps_within_its_memory_and_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda what, bounds: limits.update({what: bounds}))
    (tmp_path / "sent").write_bytes(photograph(kind="PNG"))
    paths = [str(tmp_path / name) for name in ("sent", "large", "small")]
    assert pictures.main(*paths) == 0
    assert set(limits) == {resource.RLIMIT_AS, resource.RLIMIT_CPU}
    monkeypatch.setattr(pictures, "MOST_PIXELS", 640 * 480 - 1)
    assert pictures.main(*paths) == NO_PICTURE == pictures.NO_PICTURE
    assert pictures.__name__ == PROGRAM


def test_a_machine_in_trouble_costs_no_photo(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    put(house, PHOTO)
    one = developing(house)
    with monkeypatch.context() as trouble:
        trouble.setattr("sync_server.photos.developing.PROGRAM", "no.such.program")
        assert [one.step() for _ in range(TRIES + 1)] == [0] * (TRIES + 1)
    assert Photos(house.services.ledger).find(SPACE, NAME) is State.ARRIVED
    assert developing(house).step() == 1


def test_what_is_erased_goes_from_the_folder_too(house: House) -> None:
    put(house, PHOTO)
    put(house, photograph((100, 100)), 6)
    developing(house).step()
    shelf(house).keep_only(SPACE, [NAME])
    assert [file.name[64:] for file in shelf(house).files(SPACE)] == ["-1200.webp", "-480.webp"]
