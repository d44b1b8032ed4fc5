"""Invitations: opening one does nothing, it serves once, for three days, and opens no account that is there already."""

from sync_server.office.writing import INVITED_SECONDS
from tests.office.rooms import ANA, PASSWORD, Browser, arrive, desk_of, invited
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import letters

PEOPLE = "/office/space/valbrume/people"


def roles(house: House) -> dict[str, list[str]]:
    return {one.name: [role.role for role in given] for one, given in desk_of(house).clerks.of_space("valbrume")}


def test_a_machine_that_opens_the_link_takes_nothing(house: House) -> None:
    link = invited(house)
    for _ in range(3):
        assert Browser(house).get(link.partition("8000")[2]).status_code == 200
    assert roles(house) == {}
    assert Browser(house).accept(link).status_code == 303
    assert roles(house) == {"Ana Ruiz": ["owner"]}


def test_it_serves_once_and_not_for_ever(house: House) -> None:
    link, late = invited(house), invited(house, "noe@valbrume.example")
    assert Browser(house).accept(link).status_code == 303
    assert Browser(house).accept(link).status_code == 410
    house.clock.at += INVITED_SECONDS + 1
    assert Browser(house).accept(late).status_code == 410
    assert Browser(house).accept("/office/invitation/" + "A" * 22).status_code == 410
    assert list(roles(house)) == ["Ana Ruiz"]


def test_a_link_alone_does_not_open_an_account_that_is_there(house: House) -> None:
    ana = arrive(house, role="reader")
    link = invited(house, ANA.upper(), "owner")
    stranger = Browser(house)
    assert stranger.accept(link, "Eve", "trois grenouilles vertes au bal").status_code == 401
    assert "a déjà un compte" in stranger.page
    assert roles(house) == {"Ana Ruiz": ["reader"]}
    assert ana.accept(link).status_code == 303
    assert roles(house) == {"Ana Ruiz": ["owner"]}


def test_an_owner_invites_by_letter_and_the_letter_leads_in(open_house: Opener) -> None:
    house = open_house(smtp_url="mailbox:")
    ana = arrive(house)
    ana.get(PEOPLE)
    ana.post(f"{PEOPLE}/invite", {"email": "noe@valbrume.example", "role": "moderator", "consultation": "filature"})
    letter = letters(house)[-1]
    assert letter.to == "noe@valbrume.example"
    assert letter.link not in ana.page
    noe = Browser(house)
    assert noe.accept(letter.link, "Noé").status_code == 303
    assert roles(house)["Noé"] == ["moderator"]


def test_without_a_mail_server_the_owner_hands_the_link_over(house: House) -> None:
    ana = arrive(house)
    ana.get(PEOPLE)
    ana.post(f"{PEOPLE}/invite", {"email": "noe@valbrume.example", "role": "reader", "consultation": ""})
    link = ana.page.partition('class="key">')[2].partition("<")[0]
    assert Browser(house).accept(link, "Noé").status_code == 303
    assert roles(house)["Noé"] == ["reader"]


def test_an_invitation_that_was_taken_back_serves_no_more(house: House) -> None:
    ana, link = arrive(house), invited(house, "noe@valbrume.example")
    (waiting,) = desk_of(house).invitations.waiting("valbrume", house.clock.now())
    ana.get(PEOPLE)
    assert ana.post(f"{PEOPLE}/invitations/{waiting.id}/cancel").status_code == 303
    assert Browser(house).accept(link, "Noé").status_code == 410


def test_who_has_lost_everything_gets_a_new_link_and_keeps_the_name(house: House) -> None:
    ana = arrive(house)
    noe = arrive(house, "noe@valbrume.example", "moderator", name="Noé")
    desk = desk_of(house)
    clerk = next(one.id for one, _ in desk.clerks.of_space("valbrume") if one.name == "Noé")
    ana.get(PEOPLE)
    ana.post(f"{PEOPLE}/{clerk}/renew")
    link = ana.page.partition('class="key">')[2].partition("<")[0]
    assert noe.get("/office/space/valbrume/").status_code == 303
    assert Browser(house).sign_in("noe@valbrume.example").status_code == 400
    back, new = Browser(house), "sept chaises au bord du lac"
    other = invited(house, "noe@valbrume.example", "reader")  # what another owner might send meanwhile
    assert Browser(house).accept(other, "Eve", new).status_code == 401
    assert back.accept(link, "", new).status_code == 303
    assert back.set_up().status_code == 200
    assert back.get("/office/space/valbrume/").status_code == 200
    assert roles(house)["Noé"] == ["moderator"]
    assert Browser(house).sign_in("noe@valbrume.example", PASSWORD).status_code == 400


def test_a_guest_reads_the_invitation_in_their_language_and_stays_on_it(house: House) -> None:
    path = invited(house).partition("8000")[2]
    browser = Browser(house)
    browser.get(path)
    answer = browser.get(f"/office/language/nl?to={path}")
    assert answer.headers["Location"] == path
    browser.get(path)
    assert "Uitnodiging voor het kantoor" in browser.page
    for elsewhere in ("//evil.example/office/", "https://evil.example", "/form"):
        assert browser.get("/office/language/nl", query_string={"to": elsewhere}).headers["Location"] == "/office/"
