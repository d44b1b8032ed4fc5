"""Photos that an act names: strictly parsed, and shown once they have arrived."""

import hashlib
from typing import Any

import pytest

from civic.canonical import b64u_encode
from civic.modules.ideas import MODULE
from civic.photos import ALT, MOST, Photo, Size, attached_by, check_photos, file_name, shown_photos
from civic.refusals import Code, Refused
from tests.civic.town import MODULES, always_open

RULES = always_open()
ONE, TWO = (b64u_encode(hashlib.sha256(text).digest()) for text in (b"one", b"two"))
BODY = {"title": "Un banc", "text": "Devant l’école.", "category": "", "name": "", "lang": "fr"}


def named(*hashes: str, alt: str = "Le lavoir") -> list[dict[str, str]]:
    return [{"sha256": one, "alt": alt} for one in hashes]


def test_an_idea_brings_up_to_three_photos_or_does_not_speak_of_any() -> None:
    assert check_photos(named(ONE, TWO)) == (Photo(ONE, "Le lavoir"), Photo(TWO, "Le lavoir"))
    with_one = MODULE.parse("proposal", BODY | {"photos": named(ONE, alt="")}, RULES, ("fr",))
    without = MODULE.parse("proposal", BODY, RULES, ("fr",))
    assert (attached_by(MODULE, "proposal", with_one), attached_by(MODULE, "proposal", without)) == ((ONE,), ())
    assert attached_by(MODULE, "vote", MODULE.parse("vote", {"choice": "for"}, RULES, ("fr",))) == ()
    assert attached_by(MODULE, "proposal", None) == ()
    assert attached_by(MODULES["comments"], "comment", with_one) == ()


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, "x", [ONE], [{"sha256": ONE}], [{"sha256": ONE, "alt": "", "w": 1}], named(ONE, ONE),
        named("A" * 42),
        named(ONE[:-1] + "B"), named("é" * 43), [{"sha256": 5, "alt": ""}], [{"sha256": ONE, "alt": None}],
        named(ONE, alt=" x"), named(ONE, alt="a\nb"), named(ONE, alt="x" * (ALT + 1)),
        named(*(b64u_encode(hashlib.sha256(bytes([n])).digest()) for n in range(MOST + 1))),
    ],
)  # fmt: skip
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(Refused) as refused:
        MODULE.parse("proposal", BODY | {"photos": value}, RULES, ("fr",))
    assert (refused.value.code, refused.value.field) == (Code.BAD_PAYLOAD, "photos")


def test_only_what_has_arrived_is_shown_under_names_that_no_folder_confuses() -> None:
    photos = (Photo(ONE, "Le lavoir"), Photo(TWO, ""))
    (shown,) = shown_photos(photos, {TWO: Size(480, 360)})
    digest = hashlib.sha256(b"two").hexdigest()
    assert shown == {
        "file": f"/photos/{digest}-480.webp", "large": f"/photos/{digest}-1200.webp", "w": 480, "h": 360, "alt": "",
    }  # fmt: skip
    assert file_name(TWO, 480) == f"{digest}-480.webp"
