"""A clerk at a browser: invited by the program, with a password and a second proof, in the front hall."""

import subprocess
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect

from tests.end_to_end.chromium import Phone
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.town import PREAU, Town
from tests.office.rooms import PASSWORD


def invitation(town: Town, email: str, url: str) -> str:
    """The link that the program prints, for an office that browsers know as `url`."""
    command = [str(PREAU), "clerk", "invite", "--var", str(town.var), "--email", email, "--url", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
    return said.splitlines()[0]


def check(page: Page) -> None:
    """The page suits everybody, and a phone."""
    verdict = check_accessibility(page)
    assert not verdict.wrong, page.url
    assert sideways(page) == 0, page.url


def accept(page: Page, link: str, name: str = "Léa Martin") -> None:
    """Takes the invitation with a new account."""
    page.goto(link)
    check(page)
    page.get_by_label("Votre nom").fill(name)
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le même, encore une fois").fill(PASSWORD)
    page.get_by_role("button", name="Accepter l’invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ajouter une deuxième preuve")
    check(page)


def add_application(page: Page) -> None:
    """Adds an application that makes codes; the sheet of codes is shown."""
    secret = page.locator(".key").inner_text()
    page.get_by_label("Le code que l’application montre").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Ajouter cette preuve").click()
    expect(page.locator(".codes li")).to_have_count(8)


def clerk_at(town: Town, phone: Phone, email: str, name: str) -> Page:
    """A new clerk's page in the front hall."""
    page = phone.open("about:blank")
    accept(page, invitation(town, email, town.sync_url), name)
    add_application(page)
    page.get_by_role("link", name="C’est noté").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")
    return page
