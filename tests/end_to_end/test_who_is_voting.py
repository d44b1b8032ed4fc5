"""A town that asks who votes: known by a mail's link or code, on two phones, one taken away, everything erased."""

import email
import email.policy
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Playwright

from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see, vote
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

WAITING = "Il partira quand la mairie saura qui vous êtes."
KNOWN = "La mairie vous connaît par votre courriel."
BEGUN = "n => Object.keys(localStorage).filter(key => key.startsWith('preau:words:')).length === n"
UNKNOWN = "La mairie ne sait pas qui utilise ce téléphone."


class Letter(NamedTuple):
    link: str
    code: str


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """One idea, which nobody may vote for unless the town knows their e-mail."""
    step = Step("vote", -DAY, 10 * DAY, ("proposal", "vote", "comment"))
    return open_town({"filature": Plan((step,), assurance="email")}, settings={"PREAU_SMTP_URL": "mailbox:"})


@pytest.fixture(scope="module")
def idea(town: Town, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the idea, which its author wrote before being known."""
    author = Phone(playwright, tmp_path_factory.mktemp("author")).start()
    page = author.open(f"{town.url}/filature/proposer/")
    page.fill('form[data-act="proposal"] [name="title"]', "Une table d’échecs")
    page.fill('form[data-act="proposal"] [name="text"]', "Devant l’école, à l’ombre.")
    page.click('form[data-act="proposal"] button[type="submit"]')
    see(page, WAITING)
    make_known(town, page, "auteur@exemple.fr")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    author.close()
    return f"{town.url}/filature/1/"


def letter_to(town: Town, address: str) -> Letter:
    """The newest letter that the worker has sent to `address`, once there is one."""

    def found() -> str:
        for file in sorted((town.var / "mailbox").glob("*.eml"), key=lambda one: -one.stat().st_mtime_ns):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            text = "" if body is None else body.get_content()
            if message["To"] == address and "/confirmer/" in text:
                return str(text)
        return ""

    text = until(found, f"a letter to {address}", 30)
    code = re.search(r"\b\d{4} ?\d{4}\b", text)
    link = re.search(r"\S+/confirmer/#\S+", text)
    assert code, text
    assert link, text
    return Letter(link[0], code[0])


def ask_for_a_letter(town: Town, page: Page, address: str) -> Letter:
    page.goto(f"{town.url}/moi/")
    page.get_by_label("Votre adresse").fill(address)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Le code du courriel").wait_for()
    return letter_to(town, address)


def make_known(town: Town, page: Page, address: str) -> None:
    """By the code, in the browser that asked."""
    code = ask_for_a_letter(town, page, address).code
    page.get_by_label("Le code du courriel").fill(code)
    page.get_by_role("button", name="Envoyer ce code").first.click()
    see(page, KNOWN)


def voters(town: Town) -> list[str]:
    return [row["voter"] for row in town.records(kind="vote")]


def test_a_vote_waits_until_the_link_is_opened_in_another_browser(
    town: Town, idea: str, phone: Phone, open_phone: OpenPhone
) -> None:
    page = phone.open(idea)
    see(page, "par votre courriel au moins")
    page.locator("form[data-act=vote][data-grant]").wait_for()
    vote(page, "for")
    see(page, WAITING)
    before = len(voters(town))
    link = ask_for_a_letter(town, page, "anne@exemple.fr").link
    # Closing the page loses nothing.
    page.close()
    other = open_phone("mail").open(link)
    other.get_by_role("button", name="C’est bien moi").click()
    see(other, "Revenez à la page où vous avez commencé")
    assert len(voters(town)) == before
    page = phone.open(f"{town.url}/moi/")
    see(page, KNOWN)
    until(lambda: len(voters(town)) == before + 1, "the vote that waited")
    page.goto(idea)
    see(page, "Vous avez voté pour", "Reçu, n° ")
    until(lambda: not page.locator("[data-asks]:visible").count(), "no note that asks who votes")
    assert not phone.complaints


def test_a_second_phone_changes_the_vote_and_takes_away_the_first(
    town: Town, idea: str, phone: Phone, open_phone: OpenPhone
) -> None:
    lost = phone.open(idea)
    make_known(town, lost, "bernard@exemple.fr")
    lost.goto(idea)
    lost.locator("form[data-act=vote][data-grant]").wait_for()
    vote(lost, "for")
    see(lost, "Reçu, n° ")
    found = open_phone("new").open(idea)
    make_known(town, found, "Bernard+lettres@exemple.fr")
    found.goto(idea)
    found.locator("form[data-act=vote][data-grant]").wait_for()
    vote(found, "against")
    until(lambda: [act["state"] for act in kept_acts(found)][-1:] in (["received"], ["refused"]), "an answer")
    if kept_acts(found)[-1]["state"] == "refused":  # it could not know of the other: it is told, and votes again
        see(found, "un autre de vos appareils compte déjà")
        found.goto(idea)
        found.locator("form[data-act=vote][data-grant]").wait_for()
        vote(found, "against")
    see(found, "Reçu, n° ")
    assert len(set(voters(town)[-2:])) == 1
    found.goto(f"{town.url}/moi/")
    found.get_by_role("button", name="Retirer cet appareil").click()
    found.get_by_role("button", name="Oui, le retirer").click()
    see(found, "Retiré le")
    vote(lost, "blank")
    see(lost, "Refusé parce que ce téléphone n’agit plus pour vous")
    lost.goto(f"{town.url}/moi/")
    see(lost, "La mairie ne connaît plus ce téléphone", UNKNOWN)


def test_two_people_of_one_household_share_a_phone(town: Town, idea: str, phone: Phone) -> None:
    page = phone.open(idea)
    for address in ("denise@exemple.fr", "emile@exemple.fr"):
        make_known(town, page, address)
        page.goto(idea)
        page.locator("form[data-act=vote][data-grant]").wait_for()
        before = len(voters(town))
        vote(page, "for")
        until(lambda: len(voters(town)) == before + 1, f"the vote of {address}")  # noqa: B023
        page.goto(f"{town.url}/moi/")
        page.get_by_role("button", name="Retirer ce téléphone").click()
        page.get_by_role("button", name="Oui, le retirer").click()
        see(page, UNKNOWN)
    assert len(set(voters(town)[-2:])) == 2


def test_what_the_town_holds_is_read_taken_away_and_erased(town: Town, idea: str, phone: Phone) -> None:
    page = phone.open(idea)
    make_known(town, page, "chloe@exemple.fr")
    page.goto(idea)
    page.locator("form[data-act=vote][data-grant]").wait_for()
    vote(page, "for")
    see(page, "Reçu, n° ")
    (act,) = kept_acts(page)
    page.locator("form[data-act=comment] textarea").fill("Un brouillon")
    page.wait_for_function(BEGUN, arg=1)
    page.goto(f"{town.url}/moi/")
    see(page, "Vos envois (1)", "Commencé, pas envoyé")
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer le fichier").click()
    held = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert [one["no"] for one in held["acts"]] == [act["no"]]
    assert [one["this"] for one in held["devices"]] == [True]
    page.locator("[data-erase] [data-ask]").click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    see(page, UNKNOWN, "C’est fait : la mairie a tout effacé")
    assert act["no"] not in [row["no"] for row in town.records()]
    assert not kept_acts(page)
    page.wait_for_function(BEGUN, arg=0)
