"""Clerks at their browsers: forms filled in and sent as a browser does, cookies and all."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sync_server.office.parts import Office, open_office
from sync_server.office.writing import Invited, invite
from tests.sync_server.conftest import House

PASSWORD = "quatre chevaux dans la neige"
ANA = "ana@valbrume.example"
_MARK = re.compile(r'name="form" value="([^"]+)"')
_SECRET = re.compile(r'class="key">([A-Z2-7]{32})<')
_SEALED = re.compile(r'name="sealed" value="([0-9a-f]+)"')
_CODE = re.compile(r"<li>([A-Z2-7]{4}-[A-Z2-7]{4})")


@dataclass
class Browser:
    """One browser at the office of `house`."""

    house: House
    client: FlaskClient = field(init=False)
    page: str = ""
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.house.client.application.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, headers={"Accept-Language": "fr"}, **more)
        self.page = unescape(answer.text)
        return answer

    def post(self, path: str, data: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Sends a form with the mark of the page that was seen last."""
        found = _MARK.search(self.page)
        filled = {"form": "" if found is None else found[1], **(data or {})}
        answer = self.client.post(path, data=filled, headers={"Accept-Language": "fr", **headers})
        if answer.status_code != 303:
            self.page = unescape(answer.text)
        return answer

    def accept(self, link: str, name: str = "Ana Ruiz", password: str = PASSWORD) -> TestResponse:
        """Opens an invitation and takes it, with a new account."""
        path = link.partition("/office")[1] + link.partition("/office")[2]
        opened = self.get(path)
        if opened.status_code != 200:
            return opened
        return self.post(path, {"name": name, "password": password, "again": password})

    def set_up(self) -> TestResponse:
        """Makes the second factor and notes the sheet of codes."""
        self.get("/office/set-up")
        secret, sealed = _SECRET.search(self.page), _SEALED.search(self.page)
        assert secret, self.page
        assert sealed, self.page
        self.secret = secret[1]
        answer = self.post("/office/set-up", {"sealed": sealed[1], "code": self.code()})
        self.codes = _CODE.findall(self.page)
        return answer

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.house.clock.now() + 30 * steps)

    def sign_in(self, email: str = ANA, password: str = PASSWORD) -> TestResponse:
        self.get("/office/sign-in")
        return self.post("/office/sign-in", {"email": email, "password": password})

    def cookie(self) -> str:
        found = self.client.get_cookie("preau-session", path="/office")
        return "" if found is None else found.value


def desk_of(house: House) -> Office:
    return open_office(house.services)


def invited(house: House, email: str = ANA, role: str = "owner", consultation: str = "") -> str:
    """The link of an invitation by whoever runs the server."""
    desk = desk_of(house)
    town = desk.town("valbrume")
    assert town is not None
    with house.services.ledger.writing() as connection:
        return invite(desk, connection, town, Invited(email, role, consultation), None)


def arrive(
    house: House, email: str = ANA, role: str = "owner", consultation: str = "", name: str = "Ana Ruiz"
) -> Browser:
    """Somebody who has taken an invitation and is signed in."""
    browser = Browser(house)
    assert browser.accept(invited(house, email, role, consultation), name).status_code == 303, browser.page
    assert browser.set_up().status_code == 200, browser.page
    return browser
