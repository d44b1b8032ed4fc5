"""Every sentence of the site is in the catalogues, in every language, and in words that citizens use."""

import re

import pytest

from civic.modules import HERE
from tests.theme.sources import LANGUAGES, templates, words

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAID = re.compile(r"""\bt\(\s*"([\w.]+)"\s*(~)?""")
CHOSEN = re.compile(r"""\bt\(\s*"([\w.]+)" if [^()]* else "([\w.]+)"\s*[,)]""")
# Keys that are handed to a macro, which adds the end.
HANDED = re.compile(r"""window_of\(consultation, "\w+", "([\w.]+)"\)""")
PLURALS = {"zero", "one", "two", "few", "many", "other"}
FORBIDDEN = {
    "fr": "enveloppe hash empreinte synchroni cache jeton serveur hors.ligne module session bug veuillez valider",
    "en": "envelope hash fingerprint synchroni cache token server offline module session bug please submit",
    "nl": "envelop hash vingerafdruk synchroni cache token server offline module sessie bug gelieve valide",
    "de": "umschlag hash fingerabdruck synchroni cache token server offline modul sitzung bug validier",
}
AUDITORS = (
    "data.",
    "ideas.recount.",
    "question.recount.",
)  # here alone technical words are allowed (ux.md, six journeys)


def asked_for() -> tuple[set[str], set[str]]:
    """Whole keys, and beginnings of keys, that the templates say."""
    whole, begun = set[str](), set[str]()
    for text in templates().values():
        for key, is_begun in SAID.findall(text):
            (begun if is_begun else whole).add(key)
        for pair in CHOSEN.findall(text):
            whole |= set(pair)
        for key in HANDED.findall(text):
            whole |= {f"{key}.opens", f"{key}.closed"}
    begun |= {f"{folder.name}.home." for folder in HERE.iterdir()}  # a module's own words on the home page (home.html)
    begun.add("found.")  # what a page is, where it is found: said by the packs of words
    begun |= {f"{folder.name}.poster.says" for folder in HERE.iterdir()}  # what posters say of a module (poster.html)
    begun |= {f"{folder.name}.told." for folder in HERE.iterdir()}  # what letters say of what a module announces
    whole |= {"poster.says", "poster.decided", "poster.project"}
    whole.add("site.picture")  # drawn, not written (site_builder/pictures.py)
    return whole, begun


def stem(key: str) -> str:
    """A plural's key without its form."""
    head, _, tail = key.rpartition(".")
    return head if tail in PLURALS else key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_keys_and_places(lang: str) -> None:
    said = {key: sorted(PLACEHOLDER.findall(text)) for key, text in words(lang).items()}
    assert said == {key: sorted(PLACEHOLDER.findall(text)) for key, text in words("fr").items()}


def test_templates_say_only_what_is_in_the_catalogue() -> None:
    known = {stem(key) for key in words("fr")} | words("fr").keys()
    whole, begun = asked_for()
    assert not whole - known
    empty = [start for start in begun if not any(key.startswith(start) for key in known)]
    assert not [start for start in empty if not start.endswith((".home.", ".poster.says", ".told."))]


def named_by_modules() -> set[str]:
    """Keys that a module's own code names: what is said in letters."""
    texts = (path.read_text("utf-8") for path in HERE.glob("*/*.py"))
    return {key for text in texts for key in re.findall(r'"([a-z]+(?:\.[a-z_]+)+)"', text)}


def test_every_word_is_said_somewhere() -> None:
    whole, begun = asked_for()
    whole |= named_by_modules()
    unsaid = [
        key for key in words("fr") if stem(key) not in whole and key not in whole and not key.startswith(tuple(begun))
    ]
    assert not unsaid


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_citizen_reads_a_technical_word(lang: str) -> None:
    found = [
        (key, text)
        for key, text in words(lang).items()
        if not key.startswith(AUDITORS)
        for word in FORBIDDEN[lang].split()
        if re.search(rf"\b{word}", text, re.IGNORECASE) and not (word == "submit" and "submission" in text)
    ]
    assert not found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_exclamation_no_emoji_no_straight_quote(lang: str) -> None:
    assert not [text for text in words(lang).values() if re.search(r"[!'\"\U0001f300-\U0001faff]", text)]


def test_no_sentence_is_left_in_french() -> None:
    """What French and another language write alike is short: a name, a number, a word of both."""
    french = words("fr")
    for lang in LANGUAGES:
        alike = {key for key, text in words(lang).items() if text == french[key] and len(text.split()) > 2}
        assert lang == "fr" or alike == {"recount.program.command", "ranking.again.command"}, lang


def test_french_signs_are_held_to_their_words() -> None:
    loose = re.compile(r" [:;?»]|« |n° ")
    assert not [text for text in words("fr").values() if loose.search(text)]
