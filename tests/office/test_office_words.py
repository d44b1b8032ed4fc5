"""What the office says: in four languages, complete, with the same places; a sentence for every refusal it makes."""

import json
import re

import pytest

from civic.moderation import REASONS
from civic.refusals import Code
from sync_server.office.parts import HERE, LANGUAGES

PLACE = re.compile(r"\{(\w+)\}")
SAID = re.compile(r"""\bt\(\s*"([\w.]+)"\s*(~)?""")
REFUSED = re.compile(r"Code\.([A-Z_]+)(?:, \"(\w+)\")?")
NEVER = {
    "fr": "enveloppe hash empreinte synchroni cache jeton serveur hors.ligne session bug veuillez valider",
    "en": "envelope hash fingerprint synchroni cache token server offline session bug please submit",
    "nl": "envelop hash vingerafdruk synchroni cache token server offline sessie bug gelieve valide",
    "de": "umschlag hash fingerabdruck synchroni cache token server offline sitzung bug validier",
}
SOURCES = [*HERE.glob("*.py"), HERE.parents[1] / "civic" / "moderation.py", HERE.parents[1] / "civic" / "official.py"]


def words(lang: str) -> dict[str, str]:
    return dict(json.loads((HERE / "words" / f"{lang}.json").read_text("utf-8")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_the_same_things(lang: str) -> None:
    places = {key: sorted(PLACE.findall(text)) for key, text in words(lang).items()}
    assert places == {key: sorted(PLACE.findall(text)) for key, text in words("fr").items()}
    assert all(words(lang).values())


def test_templates_say_only_what_there_is() -> None:
    known = words("fr")
    for file in (HERE / "templates").glob("*.html"):
        for key, is_begun in SAID.findall(file.read_text("utf-8")):
            assert any(one.startswith(key) for one in known) if is_begun else key in known, f"{file.name}: {key}"


def test_every_refusal_of_the_office_has_a_sentence() -> None:
    known, found = words("fr"), set[str]()
    for file in SOURCES:
        for code, field in REFUSED.findall(file.read_text("utf-8")):
            found |= {f"office.fault.{field}"} if field else {f"office.refusal.{Code[code].value}"}
    assert len(found) > 15
    assert not found - known.keys()


def test_every_reason_of_the_charter_has_its_words_here_and_on_the_site() -> None:
    theme = HERE.parents[1] / "themes" / "town" / "words"
    site = [json.loads(file.read_text("utf-8")) for file in theme.glob("*.json")]
    for catalogue in (*(words(lang) for lang in LANGUAGES), *site):
        assert {f"hidden.{one}" for one in REASONS} <= catalogue.keys()


@pytest.mark.parametrize("lang", NEVER)
def test_the_office_speaks_plainly(lang: str) -> None:
    never = re.compile("|".join(rf"\b{one}" for one in NEVER[lang].split()), re.IGNORECASE)
    assert not {key: text for key, text in words(lang).items() if never.search(text)}
