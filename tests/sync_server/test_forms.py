"""Acts without JavaScript: reviewed, confirmed, received with a number, refused in words with the entry kept."""

import html
import re

import pytest

from civic import modules
from civic.consultation import Consultation
from civic.envelope import parse_envelope
from civic.refusals import Code
from sync_server.drafts import Draft, draft_key, open_draft, seal_draft
from sync_server.storage import LedgerUnavailable
from sync_server.storage.tables import heads, records
from sync_server.words import load_words
from tests.civic.town import jti
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.town_files import RULES, write_town
from tests.theme.sources import LANGUAGES

PROPOSAL = {
    "consultation": "filature", "kind": "proposal", "target": "", "lang": "fr", "back": "/filature/proposer/",
    "title": "Un banc <au> soleil", "text": "Devant l’école,\r\npour attendre.", "category": "", "name": " Ana ",
}  # fmt: skip


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def review(house: House, **changed: str):
    return house.client.post("/form", data=PROPOSAL | changed)


def confirm(house: House, draft: str):
    return house.client.post("/form/confirm", data={"draft": draft})


def test_nothing_is_stored_before_it_is_confirmed(house: House) -> None:
    page = review(house)
    assert page.status_code == 200
    assert "Rien n’est encore envoyé" in page.text
    assert rows(house.services.ledger, records) == []


def test_the_review_shows_what_would_be_published(house: House) -> None:
    page = review(house)
    assert "Un banc &lt;au&gt; soleil" in page.text
    assert "<dd>Ana</dd>" in page.text
    assert "ne pourra plus être changé" in page.text
    assert "https://participer.valbrume.example/filature/proposer/" in page.text


def test_a_confirmed_act_is_received_with_its_number_and_is_unsigned(house: House) -> None:
    page = confirm(house, field(review(house).text, "draft"))
    assert page.status_code == 200
    assert "Reçu, n° 1" in page.text
    assert "plus être changé" in page.text
    with house.services.ledger.reading() as now:
        (head,) = now.heads("valbrume", "filature", ["proposal"])
    envelope = parse_envelope(head.envelope or "")
    assert head.head.voter == f"form:{envelope.jti}"
    assert envelope.voter == house.services.keys.form.kid
    assert envelope.body == {
        "title": "Un banc <au> soleil", "text": "Devant l’école,\npour attendre.", "category": "", "name": "Ana",
        "lang": "fr",
    }  # fmt: skip


def test_confirming_twice_is_one_act_with_one_number(house: House) -> None:
    draft = field(review(house).text, "draft")
    confirm(house, draft)
    house.clock.at += 100
    again = confirm(house, draft)
    assert "Reçu, n° 1" in again.text
    assert "une fois" in again.text
    assert len(rows(house.services.ledger, records)) == 1


def test_two_reviews_are_two_acts(house: House) -> None:
    for _ in range(2):
        confirm(house, field(review(house).text, "draft"))
    assert len(rows(house.services.ledger, records)) == 2


def test_a_vote_and_a_comment_can_be_made_too(house: House) -> None:
    house.send(house.citizen(1).propose(5))
    vote = {"kind": "vote", "target": jti(5), "choice": "against"}
    page = house.client.post("/form", data={"consultation": "filature", "lang": "en", "back": "/", **vote})
    assert "<dd>Against</dd>" in page.text
    assert "Received, no. 2" in confirm(house, field(page.text, "draft")).text
    comment = {"kind": "comment", "target": jti(5), "reply_to": "", "text": "D’accord.", "name": ""}
    page = house.client.post("/form", data={"consultation": "filature", "lang": "fr", **comment})
    assert "Reçu, n° 3" in confirm(house, field(page.text, "draft")).text
    unsigned = {row[4] for row in rows(house.services.ledger, heads) if row[2].startswith("form:")}
    assert unsigned == {"vote", "comment"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": "Un"}, "Le titre a de 3 à 120 signes"),
        ({"text": "court"}, "trop court"),
        ({"category": "sport"}, "Choisissez un thème"),
        ({"lang": "xx"}, "Il manque quelque chose"),
    ],
)
def test_what_the_rules_refuse_is_said_before_the_review_and_the_entry_is_kept(
    house: House, changed: dict[str, str], words: str
) -> None:
    page = review(house, **changed)
    assert page.status_code == 422
    assert words in page.text
    kept = PROPOSAL | changed
    assert html.escape(kept["title"]) in page.text
    assert "Devant l’école" in page.text or kept["text"] in page.text
    assert field(page.text, "back") == "/filature/proposer/"


def test_what_the_ledger_refuses_is_said_at_confirmation(house: House) -> None:
    comment = {"kind": "comment", "target": jti(404), "reply_to": "", "text": "Je garde ce texte.", "name": ""}
    page = house.client.post("/form", data={"consultation": "filature", "lang": "fr", **comment})
    page = confirm(house, field(page.text, "draft"))
    assert page.status_code == 422
    assert "n’est pas encore arrivé" in page.text
    assert "Je garde ce texte." in page.text
    house.send(house.citizen(1).propose(404))
    assert "Reçu, n° 2" in confirm(house, field(page.text, "draft")).text


def test_kinds_that_must_be_signed_are_not_taken(open_house: Opener) -> None:
    house = open_house(RULES.replace('"proposal", "comment", "vote"]\n[[', '"comment"]\n[['))
    page = review(house)
    assert page.status_code == 422
    assert "Allumez JavaScript" in page.text


def test_a_draft_cannot_be_forged(house: House) -> None:
    draft = field(review(house).text, "draft")
    forged = [draft[:-1] + ("A" if draft[-1] != "A" else "Q"), draft.partition(".")[0], "", "a.b.c", "é.é", "." * 9]
    for text in forged:
        page = confirm(house, text)
        assert page.status_code == 422
        assert "a été modifiée en route" in page.text
    other = Draft("valbrume", {"consultation": "filature"}, "A" * 22, 0, "")
    assert confirm(house, seal_draft(other, b"another secret")).status_code == 422
    assert rows(house.services.ledger, records) == []


def test_a_sealed_draft_opens_to_the_same(house: House) -> None:
    key = draft_key(house.services.keys.form)
    draft = Draft("valbrume", {"title": "é"}, "A" * 22, 5, "x")
    assert open_draft(seal_draft(draft, key), key) == draft


def test_an_envelope_signed_by_the_form_key_counts_only_as_unsigned(house: House) -> None:
    """Whoever steals the form key can't revise or withdraw what came through the form."""
    confirm(house, field(review(house).text, "draft"))
    with house.services.ledger.reading() as now:
        (head,) = now.heads("valbrume", "filature", ["proposal"])
    thief = house.citizen(1)
    thief.key = house.services.keys.form.private
    assert house.statuses(thief.withdraw(head.head.slot)) == ["not_taken"]


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        ("/filature/3/", "/filature/3/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_leads_to_the_towns_own_site(house: House, back: str, shown: str) -> None:
    assert f'<a href="https://participer.valbrume.example{shown}">' in review(house, back=back).text


def test_the_way_back_follows_the_address_of_the_site_that_is_set(open_house: Opener) -> None:
    house = open_house(site_url="http://127.0.0.1:8001")
    assert '<a href="http://127.0.0.1:8001/filature/proposer/">' in review(house).text


def test_a_page_lets_nothing_in_but_its_own_style(house: House) -> None:
    page = review(house)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert 'lang="fr"' in page.text


def test_the_page_speaks_the_language_of_the_form(house: House) -> None:
    assert "Read again before sending" in review(house, lang="en").text
    answer = house.client.get("/form", headers={"Accept-Language": "en-GB,fr;q=0.5"})
    assert answer.status_code == 405
    assert 'lang="en"' in answer.text


def test_whole_request_errors_are_pages_too(house: House) -> None:
    too_long = house.client.post("/form", data=PROPOSAL | {"text": "x" * 70_000})
    assert (too_long.status_code, too_long.mimetype) == (413, "text/html")
    assert "trop long" in too_long.text
    assert house.client.post("/form", json={}).status_code == 415
    assert house.client.post("/form", data={f"f{number}": "x" for number in range(130)}).status_code == 413
    assert house.client.post("/form", data=PROPOSAL | {"space": "elsewhere"}).status_code == 400


def test_a_form_must_name_its_town_where_two_have_the_consultation(house: House) -> None:
    content = house.services.settings.content
    text = (content / "valbrume" / "space.toml").read_text("utf-8")
    write_town(content, space=text.replace('id = "valbrume"', 'id = "montbrun"'), name="montbrun")
    house.clock.at += 2
    assert review(house).status_code == 400
    assert review(house, space="montbrun").status_code == 200
    confirm(house, field(review(house, space="montbrun").text, "draft"))
    assert house.services.ledger.positions()["montbrun"].last_no == 1


def test_a_ledger_that_cannot_be_written_keeps_the_entry_and_offers_to_send_again(house: House, monkeypatch) -> None:
    draft = field(review(house).text, "draft")
    with monkeypatch.context() as patch:

        def append(space, offers):
            raise LedgerUnavailable("disk full")

        patch.setattr(house.services.ledger, "append", append)
        page = confirm(house, draft)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "Envoyer encore" in page.text
    assert "Un banc" in page.text
    assert "Reçu, n° 1" in confirm(house, field(page.text, "draft")).text


def test_every_refusal_and_fault_has_words_in_every_language() -> None:
    words = load_words(modules.HERE)
    assert set(LANGUAGES) <= set(words)
    places = [
        {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in one._words.items()} for one in words.values()
    ]
    assert all(one == places[0] for one in places)
    for one in words.values():
        for code in Code:
            assert one.find(f"refusal.{code.value}")


def test_labels_are_those_of_the_module(house: House) -> None:
    assert "<dt>Votre idée</dt>" in review(house).text


def test_categories_are_shown_by_their_label(open_house: Opener, rules_with_categories: str) -> None:
    house = open_house(rules_with_categories)
    assert "<dd>Le sport</dd>" in review(house, category="sport").text
    page = review(house, category="sport", title="x")
    assert '<option value="sport" selected>Le sport</option>' in page.text


@pytest.fixture
def rules_with_categories() -> str:
    return RULES + '[[category]]\nid = "sport"\nlabel = {fr = "Le sport", en = "Sport"}\n'


def test_the_consultation_is_what_the_page_says(house: House) -> None:
    assert isinstance(house.rules, Consultation)
    assert "n’existe pas ici" in review(house, consultation="nowhere").text
