"""Every room asks for what it says it needs: walked through by every role, by half a sign-in and by a stranger."""

import pytest
from flask import Flask

from sync_server.office.app import check_needs, create_office
from sync_server.office.permits import ROLES, Need
from tests.office.rooms import PASSWORD, Browser, arrive, desk_of, invited
from tests.sync_server.conftest import House

SPACE = "/office/space/valbrume"
FREE = (Need.NOTHING, Need.PASSWORD, Need.ACCOUNT)
NAMES = {"owner": "olga", "clerk": "carl", "moderator": "mona", "reader": "rene"}


def ways(app: Flask) -> list[tuple[str, str, Need]]:
    """Every address of the office with a method and what it needs."""
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<space>", "valbrume").replace("<int:no>", "1").replace("<lang>", "fr")
        path = path.replace("<token>", "A" * 22).replace("<clerk>", "A" * 22).replace("<identity>", "A" * 22)
        need = vars(app.view_functions[rule.endpoint])["need"]
        found += [(method, path, need) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def knock(browser: Browser, method: str, path: str) -> tuple[int, str]:
    if method == "GET":
        answer = browser.get(path)
    else:
        browser.get("/office/account")
        answer = browser.post(path)
    return answer.status_code, answer.headers.get("Location", "")


def test_every_room_opens_for_the_roles_that_have_what_it_needs_and_for_no_other(house: House) -> None:
    house.results(house.citizen(1).propose(5))
    people = {role: arrive(house, f"{name}@valbrume.example", role) for role, name in NAMES.items()}
    app = create_office(house.services)
    walked = 0
    for method, path, need in ways(app):
        if need in FREE or path.startswith("/office/account/sessions"):
            continue
        for role, browser in people.items():
            status, _ = knock(browser, method, path)
            assert (status == 403) is (need not in ROLES[role]), (method, path, role, status)
            walked += 1
    assert walked >= 4 * 13


def test_a_stranger_and_half_a_clerk_come_to_the_door_only(house: House) -> None:
    half, stranger = Browser(house), Browser(house)
    half.accept(invited(house))
    for method, path, need in ways(create_office(house.services)):
        if need is Need.NOTHING:
            continue
        if method == "GET":
            assert knock(stranger, method, path) == (303, "/office/sign-in"), path
            if need is not Need.PASSWORD:
                assert knock(half, method, path) == (303, "/office/set-up"), path
        else:
            stranger.get("/office/sign-in")
            assert stranger.post(path).status_code in (303, 403), path


def test_roles_of_one_town_open_no_other(house: House) -> None:
    ana = arrive(house)
    for room in ("/", "/moderation", "/people", "/journal"):
        assert ana.get(f"/office/space/ailleurs{room}").status_code == 403


def test_a_view_that_does_not_say_what_it_needs_keeps_the_office_shut(house: House) -> None:
    app = create_office(house.services)
    app.add_url_rule("/office/more", view_func=lambda: "more", endpoint="more")
    with pytest.raises(ValueError, match="/office/more does not say what it needs"):
        check_needs(app)


def test_a_moderator_of_one_consultation_sees_and_touches_that_one_only(house: House) -> None:
    house.results(house.citizen(1).propose(5))
    mona = arrive(house, "mona@valbrume.example", "moderator", "filature")
    mona.get(f"{SPACE}/moderation")
    assert "Un banc au soleil" in mona.page
    mia = arrive(house, "mia@valbrume.example", "moderator", "berges")
    mia.get(f"{SPACE}/moderation")
    assert "Un banc au soleil" not in mia.page
    for method, path in (("GET", f"{SPACE}/moderation/1"), ("POST", f"{SPACE}/moderation/1/hide")):
        assert knock(mia, method, path)[0] == 403


def test_a_role_that_was_taken_is_gone_at_the_next_click(house: House) -> None:
    ana, noe = arrive(house), arrive(house, "noe@valbrume.example", "moderator", name="Noé")
    clerk = next(one.id for one, _ in desk_of(house).clerks.of_space("valbrume") if one.name == "Noé")
    assert noe.get(f"{SPACE}/moderation").status_code == 200
    ana.get(f"{SPACE}/people")
    assert ana.post(f"{SPACE}/people/{clerk}/remove").status_code == 303
    assert noe.get(f"{SPACE}/moderation").status_code == 303
    assert Browser(house).sign_in("noe@valbrume.example").status_code == 400


def test_the_last_owner_stays_one(house: House) -> None:
    ana = arrive(house)
    clerk = desk_of(house).clerks.of_space("valbrume")[0][0].id
    for action, data in (("remove", {}), ("role", {"role": "reader", "consultation": ""})):
        ana.get(f"{SPACE}/people")
        answer = ana.post(f"{SPACE}/people/{clerk}/{action}", data)
        assert answer.status_code == 422
        assert "au moins un responsable" in ana.page
    arrive(house, "noe@valbrume.example", "owner")
    ana.get(f"{SPACE}/people")
    assert ana.post(f"{SPACE}/people/{clerk}/role", {"role": "reader", "consultation": ""}).status_code == 303
    assert ana.get(f"{SPACE}/people").status_code == 403


def test_what_is_hard_to_undo_asks_for_the_password_once_more(house: House) -> None:
    ana = arrive(house)
    house.clock.at += 1200
    wish = {"email": "noe@valbrume.example", "role": "reader", "consultation": ""}
    for said, status in (({}, 422), ({"password": "un autre mot de passe"}, 400), ({"password": PASSWORD}, 200)):
        ana.get(f"{SPACE}/people")
        assert ana.post(f"{SPACE}/people/invite", wish | said).status_code == status
    assert len(desk_of(house).invitations.waiting("valbrume", house.clock.now())) == 1
