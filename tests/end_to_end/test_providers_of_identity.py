"""Known through FranceConnect: there and back in one browser, stopped half-way, and answered in another application."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import see, submit
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until
from tests.identity_providers import house

KNOWN = "La mairie vous connaît par votre identité vérifiée."
UNKNOWN = "La mairie ne sait pas qui utilise ce téléphone."
SECRET = "a-client-secret-of-more-than-32-letters"
ANGELA = {
    "given_name": "Angela", "family_name": "DUBOIS", "birthdate": "1962-08-24", "gender": "female",
    "birthplace": "75107", "birthcountry": "99100",
}  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Iterator[Town]:
    """Asks for a verified identity; FranceConnect is played by a certified provider."""
    port = house.free_ports()["franceconnect"]
    name = "PREAU_OIDC_FRANCECONNECT"
    settings = {
        f"{name}_ISSUER": f"http://127.0.0.1:{port}", f"{name}_CLIENT_ID": "preau", f"{name}_CLIENT_SECRET": SECRET,
    }  # fmt: skip
    step = Step("vote", -DAY, 10 * DAY, ("proposal", "vote", "comment"))
    town = open_town({"filature": Plan((step,), assurance="identity")}, settings=settings)
    client = {
        "client_id": "preau", "client_secret": SECRET,
        "redirect_uris": [f"{town.sync_url}/v1/oidc/callback/franceconnect"],
        "post_logout_redirect_uris": [f"{town.sync_url}/v1/oidc/left/franceconnect"],
    }  # fmt: skip
    with house.running({"franceconnect": client}, {"franceconnect": port}) as providers:
        providers.know(angela=ANGELA)
        yield town


def go_to_the_provider(town: Town, page: Page) -> None:
    page.goto(f"{town.url}/moi/")
    page.get_by_role("button", name="S’identifier avec FranceConnect").click()
    page.get_by_role("button", name="Refuser").wait_for()


def answer(page: Page) -> None:
    page.get_by_label("Nom").fill("angela")
    page.get_by_role("button", name="Continuer").click()
    see(page, "Encore un geste")


def check(page: Page) -> None:
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure
    assert sideways(page) <= 0


def test_an_act_waits_until_its_author_has_been_to_franceconnect_and_back(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/proposer/")
    page.fill('form[data-act="proposal"] [name="title"]', "Une table d’échecs")
    page.fill('form[data-act="proposal"] [name="text"]', "Devant l’école, à l’ombre.")
    submit(page, 'form[data-act="proposal"]')
    see(page, "Il partira quand la mairie saura qui vous êtes.")
    go_to_the_provider(town, page)
    answer(page)
    check(page)
    page.get_by_role("link", name="Revenir sur le site de").click()
    see(page, KNOWN)
    assert page.url == f"{town.url}/moi/"
    until(lambda: town.records(kind="proposal"), "the proposal that waited")
    assert not page.get_by_role("button", name="S’identifier avec FranceConnect").is_visible()
    assert not [one for one in phone.complaints if "favicon" not in one]  # the server's own pages have none


def test_who_refuses_is_as_unknown_as_before(town: Town, phone: Phone) -> None:
    page = phone.open(town.url)
    go_to_the_provider(town, page)
    page.get_by_role("button", name="Refuser").click()
    see(page, "Vous avez arrêté")
    check(page)
    page.get_by_role("link", name="Revenir sur le site").click()
    see(page, "Ce n’est pas allé au bout", UNKNOWN)
    check(page)
    assert page.get_by_role("button", name="S’identifier avec FranceConnect").is_visible()


def test_answered_in_another_application_a_code_is_typed(town: Town, phone: Phone, open_phone: OpenPhone) -> None:
    page = phone.open(town.url)
    with page.expect_request(lambda request: "/auth?" in request.url) as asked:
        go_to_the_provider(town, page)
    # Some phones open it in another browser than that of an installed application.
    elsewhere = open_phone("elsewhere").open(asked.value.url)
    answer(elsewhere)
    elsewhere.get_by_role("link", name="Revenir sur le site de").click()
    see(elsewhere, "Vous aviez commencé dans une autre application", UNKNOWN)
    check(elsewhere)
    code = elsewhere.locator("[data-returned]").inner_text()
    page.goto(f"{town.url}/moi/")
    see(page, "Finir de dire qui vous êtes")
    check(page)
    page.get_by_label("Le code affiché").fill("0000 0000")
    page.get_by_role("button", name="Envoyer ce code").click()
    see(page, "Ce n’est pas le bon code")
    page.get_by_label("Le code affiché").fill(code)
    page.get_by_role("button", name="Envoyer ce code").click()
    see(page, KNOWN)
