"""Signing in: nobody learns who has an account, nobody guesses, and a session is the one browser's that earned it."""

from dataclasses import replace

import pytest

from civic.refusals import Refused
from sync_server.office.passwords import check_password
from sync_server.office.sessions import ABSOLUTE, IDLE
from tests.office.rooms import ANA, PASSWORD, Browser, arrive, desk_of, invited
from tests.sync_server.conftest import House, Opener

WRONG = "un autre mot de passe"
HOME = "/office/space/valbrume/"


def test_password_then_code_open_the_office_and_neither_does_alone(house: House) -> None:
    ana = arrive(house)
    house.clock.at += 60
    browser = Browser(house)
    browser.secret = ana.secret
    assert browser.get(HOME).headers["Location"] == "/office/sign-in"
    assert browser.sign_in().headers["Location"] == "/office/factor"
    assert browser.get(HOME).headers["Location"] == "/office/factor"
    browser.get("/office/factor")
    assert browser.post("/office/factor", {"code": browser.code()}).status_code == 303
    assert browser.get(HOME).status_code == 200


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(house: House) -> None:
    arrive(house)
    pages = []
    for email, password in ((ANA, WRONG), ("nobody@valbrume.example", WRONG), ("no address", PASSWORD)):
        browser = Browser(house)
        answer = browser.sign_in(email, password)
        mark = browser.page.partition('name="form" value="')[2][:43]
        pages.append((answer.status_code, browser.page.replace(mark, "").replace(email, "")))
    assert pages[0] == pages[1] == pages[2]
    assert "Ce n’est pas juste" in pages[0][1]
    assert pages[0][0] == 400


@pytest.mark.parametrize("email", [ANA, "nobody@valbrume.example"])
def test_who_guesses_waits_longer_each_time_and_the_wait_ends(house: House, email: str) -> None:
    arrive(house)
    browser = Browser(house)
    for _ in range(5):
        assert browser.sign_in(email, WRONG).status_code == 400
    assert browser.sign_in(email).status_code == 429
    house.clock.at += 16
    assert browser.sign_in(email, WRONG).status_code == 400
    house.clock.at += 16
    assert browser.sign_in(email).status_code == 429
    house.clock.at += 15
    assert browser.sign_in(email).status_code == (303 if email == ANA else 400)


def test_a_network_that_tries_many_accounts_waits(house: House) -> None:
    browser = Browser(house)
    answers = [browser.sign_in(f"one{number}@valbrume.example", WRONG).status_code for number in range(121)]
    assert answers[119:] == [400, 429]


def test_a_code_serves_once_and_a_code_of_the_sheet_too(house: House) -> None:
    ana = arrive(house)
    browser = Browser(house)
    browser.secret = ana.secret

    def give(code: str) -> int:
        browser.sign_in()
        browser.get("/office/factor")
        return browser.post("/office/factor", {"code": code}).status_code

    assert give(browser.code()) == 400  # the one that set the factor up
    house.clock.at += 60
    code = browser.code()
    assert give(code) == 303
    assert give(code) == 400
    assert give(ana.codes[0].lower()) == 303
    assert give(ana.codes[0]) == 400
    assert desk_of(house).clerks.codes_left(desk_of(house).clerks.of_space("valbrume")[0][0].id) == 7


def test_who_has_the_password_does_not_guess_the_code(house: House) -> None:
    arrive(house)
    browser = Browser(house)
    browser.sign_in()
    browser.get("/office/factor")
    answers = [browser.post("/office/factor", {"code": f"{number:06}"}).status_code for number in range(6)]
    assert answers == [400] * 5 + [429]
    assert browser.get(HOME).status_code == 303


@pytest.mark.parametrize("code", ["", "é", "١٢٣٤٥٦", "12345", "0" * 5000, "\x00"])
def test_a_code_that_is_none_is_refused_as_any_other(house: House, code: str) -> None:
    arrive(house)
    browser = Browser(house)
    browser.sign_in()
    browser.get("/office/factor")
    assert browser.post("/office/factor", {"code": code}).status_code == 400
    assert browser.get(HOME).status_code == 303


def test_a_session_somebody_planted_never_becomes_a_clerks(house: House) -> None:
    ana = arrive(house)
    house.clock.at += 60
    victim, thief = Browser(house), Browser(house)
    victim.secret = ana.secret
    planted = "p" * 43
    for one in (victim, thief):
        one.client.set_cookie("preau-session", planted, path="/office")
    victim.get("/office/sign-in")
    victim.post("/office/sign-in", {"email": ANA, "password": PASSWORD})
    half = victim.cookie()
    victim.get("/office/factor")
    victim.post("/office/factor", {"code": victim.code()})
    assert len({planted, half, victim.cookie()}) == 3
    assert victim.get(HOME).status_code == 200
    assert thief.get(HOME).status_code == 303
    thief.client.set_cookie("preau-session", half, path="/office")
    assert thief.get(HOME).status_code == 303


def test_a_session_ends_when_nobody_is_there_and_after_a_working_day(house: House) -> None:
    ana = arrive(house)
    house.clock.at += IDLE - 1
    assert ana.get(HOME).status_code == 200
    house.clock.at += IDLE + 1
    assert ana.get(HOME).status_code == 303
    noe = arrive(house, "noe@valbrume.example")
    for _ in range(ABSOLUTE // 3600):
        assert noe.get(HOME).status_code == 200
        house.clock.at += 3600
    house.clock.at += 1
    assert noe.get(HOME).status_code == 303


def test_leaving_ends_this_session_and_leaving_everywhere_the_others(house: House) -> None:
    ana = arrive(house)
    house.clock.at += 60
    other = Browser(house)
    other.secret = ana.secret
    other.sign_in()
    other.get("/office/factor")
    other.post("/office/factor", {"code": other.code()})
    kept = other.cookie()
    other.get(HOME)
    other.post("/office/sign-out")
    other.client.set_cookie("preau-session", kept, path="/office")
    assert other.get(HOME).status_code == 303
    thief = Browser(house)
    thief.client.set_cookie("preau-session", ana.cookie(), path="/office")
    assert thief.get(HOME).status_code == 200
    ana.get("/office/account")
    ana.post("/office/account/sessions/end")
    assert thief.get(HOME).status_code == ana.get(HOME).status_code == 303


def test_another_password_ends_every_other_session(house: House) -> None:
    ana = arrive(house)
    thief = Browser(house)
    thief.client.set_cookie("preau-session", ana.cookie(), path="/office")
    ana.get("/office/account")
    new = "huit bateaux sous la lune"
    assert ana.post("/office/account/password", {"password": WRONG, "new": new, "again": new}).status_code == 400
    assert ana.post("/office/account/password", {"password": PASSWORD, "new": new, "again": new}).status_code == 200
    assert ana.get(HOME).status_code == 200
    assert thief.get(HOME).status_code == 303
    assert Browser(house).sign_in(password=PASSWORD).status_code == 400
    assert Browser(house).sign_in(password=new).status_code == 303


def test_a_form_that_is_not_ours_does_nothing(house: House) -> None:
    ana = arrive(house)
    ana.get("/office/space/valbrume/people")
    wish = {"email": "eve@valbrume.example", "role": "owner", "consultation": ""}
    strange = Browser(house)
    strange.get("/office/sign-in")
    mark = strange.page.partition('name="form" value="')[2][:43]
    for forged in ({"form": ""}, {"form": "A" * 43}, {"form": "é" * 43}, {"form": mark}):
        answer = ana.client.post("/office/space/valbrume/people/invite", data=wish | forged)
        assert answer.status_code == 403, forged
        assert "rien n’est fait" in answer.text or "nothing was done" in answer.text
    ana.get("/office/space/valbrume/people")
    assert ana.post("/office/space/valbrume/people/invite", wish, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert desk_of(house).invitations.waiting("valbrume", house.clock.now()) == []


def test_cookies_are_the_hosts_alone_by_https_alone_and_no_scripts(open_house: Opener) -> None:
    house = open_house(sync_url="https://sync.valbrume.example")
    browser = Browser(house)
    answer = browser.get("/office/sign-in", base_url="https://sync.valbrume.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-preau-visit=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("password", ["court", "motdepasse123", "passwordpassword", "valbrume2026!", "AnaRuizAnaRuiz"])
def test_a_password_that_is_soon_guessed_is_not_taken(password: str) -> None:
    with pytest.raises(Refused):
        check_password(password, [ANA, "ana", "Ana Ruiz", "Valbrume"])
    check_password(PASSWORD, [ANA, "ana", "Ana Ruiz", "Valbrume"])


def test_without_a_second_factor_nobody_goes_on(house: House) -> None:
    browser = Browser(house)
    browser.accept(invited(house))
    assert browser.get(HOME).headers["Location"] == "/office/set-up"
    again = Browser(house)
    assert again.sign_in().headers["Location"] == "/office/set-up"


def test_nothing_of_a_secret_is_in_the_database(house: House) -> None:
    ana = arrive(house)
    settings = replace(house.services.settings)
    raw = b"".join(file.read_bytes() for file in settings.var.glob("preau.sqlite*"))
    for secret in (PASSWORD, ana.secret, ANA, ana.cookie(), ana.codes[0].replace("-", "")):
        assert secret.encode() not in raw, secret
