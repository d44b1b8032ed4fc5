"""The clerks' office in a real browser: invited, hiding a comment, publishing open answers, entering with a passkey."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from civic.modules.survey.module import slot_id
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.clerks import accept, add_application, check, invitation
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, STANDARD, Plan, Step
from tests.office.rooms import PASSWORD

SLUG, INSULT = "filature", "Ana Ruiz est une voleuse."
POLL, ASKED = (
    "sondage",
    """
[[survey.section]]
id = "tout"
[[survey.section.question]]
id = "mot"
type = "long"
published = true
title = {fr = "Que changer ?", en = "What should change?"}
""",
)


def asking(seconds: int) -> Plan:
    step = Step("vote", -DAY, seconds, ("survey",))
    return Plan((step,), counts="hidden", grace_hours=0, limits={}, modules=("survey",), questions=ASKED,
                publish_rows=False)  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose server goes by a name: browsers bind passkeys to no bare address."""
    town = Town(tmp_path_factory.mktemp("var"), {SLUG: STANDARD[SLUG], POLL: asking(DAY)})
    town.serve.environment["PREAU_SYNC_URL"] = url(town)
    try:
        town.start()
        yield town
    finally:
        town.stop()


def url(town: Town) -> str:
    """The office under the name that passkeys are bound to."""
    return f"http://localhost:{town.port}"


def test_a_clerk_is_invited_signs_in_hides_a_comment_and_publishes_open_answers(town: Town, phone: Phone) -> None:
    page = phone.open("about:blank")
    accept(page, invitation(town, "lea@essai.example", url(town)))
    add_application(page)
    code = page.locator(".codes li").first.inner_text()
    check(page)
    page.get_by_role("link", name="C’est noté").click()
    page.get_by_role("button", name="Se déconnecter").click()

    page.get_by_label("Adresse de courriel").fill("lea@essai.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    check(page)
    page.get_by_role("button", name="Continuer").click()
    check(page)
    page.get_by_label("Code de votre application").fill(code)
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")
    check(page)
    hide_and_see(town, page)
    publish_and_see(town, page)
    for room in ("Personnes et rôles", "Mon compte"):
        page.get_by_role("link", name=room, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(room)
        check(page)
    assert not phone.complaints


def hide_and_see(town: Town, page: Page) -> None:
    citizen, address = Citizen(town, SLUG), f"/{SLUG}/1/"
    citizen.comment(citizen.propose("Un banc à l’ombre"), INSULT)
    town.wait_for_page(address, INSULT)
    page.get_by_role("link", name="Modération", exact=True).click()
    check(page)
    page.get_by_role("link", name=INSULT).click()
    page.get_by_label("vise une personne").check()
    page.get_by_label("Un mot de plus").fill("Elle en a été prévenue.")
    check(page)
    page.get_by_role("button", name="Masquer cette contribution").click()
    expect(page.get_by_role("main")).to_contain_text("Masquée")
    hidden = town.wait_for_page(address, "Masqué par la mairie", "vise une personne", "Elle en a été prévenue.")
    assert INSULT not in hidden
    page.get_by_role("link", name="Journal", exact=True).click()
    expect(page.locator(".rows li").first).to_contain_text("Léa Martin masque la contribution")
    expect(page.get_by_role("main")).to_contain_text("Journal entier")
    check(page)


def publish_and_see(town: Town, page: Page) -> None:
    """Five write, one of them in this browser; of three that are published one is changed before the closing."""
    others = [Citizen(town, POLL) for _ in range(4)]
    for citizen, words in zip(others, ("Le bruit", "Les prix", "Le bruit", INSULT), strict=True):
        citizen.act("survey", {"answers": {"mot": words}}, slot_id(POLL))
    own = page.context.new_page()
    own.goto(f"{town.url}/{POLL}/")
    expect(own.locator(".ask")).to_contain_text("La mairie peut publier ce que vous écrivez ici, sans votre nom")
    own.locator("textarea").fill("Des arbres\ndans la cour")
    own.get_by_role("button", name="Envoyer mes réponses").click()
    expect(own.get_by_role("main")).to_contain_text("Reçu, n°")
    page.get_by_role("link", name="Réponses libres", exact=True).click()
    check(page)
    page.get_by_role("link", name="Que changer ?").click()
    for words in ("Le bruit", "Les prix", "Des arbres"):
        row = page.locator(".rows li").filter(has_text=words)
        row.get_by_label("Décision").select_option(label="Publier, sans nom")
    row = page.locator(".rows li").filter(has_text=INSULT)
    row.get_by_label("Décision").select_option(label="Écarter : vise une personne")
    check(page)
    page.get_by_role("button", name="Garder ces décisions").click()
    expect(page.get_by_role("status")).to_contain_text("Décisions gardées : 4")
    others[1].act("survey", {"answers": {"mot": "Les prix, surtout"}}, slot_id(POLL))
    town.declare(POLL, asking(1))
    result = town.wait_for_page(f"/{POLL}/resultat/", "(3 sur 5)", "Des arbres\ndans la cour", seconds=40)
    assert "pas encore lue" in result
    assert "Les prix" not in result
    assert INSULT not in result
    own.goto(f"{town.url}/{POLL}/resultat/")
    check(own)
    page.get_by_role("link", name="À publier ou publiées").click()
    row = page.locator(".rows li").filter(has_text="Le bruit")
    row.get_by_label("Décision").select_option(label="Écarter : autre raison")
    page.get_by_role("button", name="Garder ces décisions").click()
    again = town.wait_for_page(f"/{POLL}/resultat/", "(1 sur 5)", seconds=40)
    assert "Le bruit" not in again
    assert "3 réponses sont retirées par la modération" in again.replace("\u202f", " ").replace("\xa0", " ")


def test_a_passkey_alone_opens_the_office(town: Town, phone: Phone) -> None:
    page = phone.open("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    keeps = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": keeps | {"isUserVerified": True}})
    accept(page, invitation(town, "noe@essai.example", url(town)))
    page.get_by_role("link", name="Faire une clé d’accès").click()
    check(page)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".codes li")).to_have_count(8)
    page.get_by_role("link", name="C’est noté").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("link", name="Entrer avec une clé d’accès").click()
    check(page)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")
