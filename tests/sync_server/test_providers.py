"""A phone is recognised through a provider of identity; certified ones answer, and nothing else is believed.

FranceConnect, itsme and Google are panva's oidc-provider on loopback, over real HTTP; Facebook is a server of ours.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sync_server.identity.oidc.client_keys import open_client_keys
from sync_server.identity.oidc.providers import Provider
from sync_server.identity.oidc.web import Answer, Web
from sync_server.settings import Settings
from sync_server.storage.enrolments import Enrolments
from sync_server.storage.people_tables import enrolments, identities, persons
from sync_server.vault import Vault
from tests.contracts.history import rows
from tests.end_to_end.processes import free_port
from tests.identity_providers import graph, house
from tests.identity_providers.house import Browser, Form, Providers, query_of
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.town_files import SPACE

SYNC = "http://127.0.0.1:8000"
CALLBACK = f"{SYNC}/v1/oidc/callback"
SECRET = "a-client-secret-of-more-than-32-letters"
ANGELA = {
    "given_name": "Angela Claire Louise", "family_name": "DUBOIS", "birthdate": "1962-08-24", "gender": "female",
    "birthplace": "75107", "birthcountry": "99100", "email": "angela@wanadoo.example",
}  # fmt: skip
KARIM = ANGELA | {"given_name": "Karim", "gender": "male", "birthplace": "", "birthcountry": "99352"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory):
    return tmp_path_factory.mktemp("oidc")


@pytest.fixture(scope="module")
def providers(keys) -> Iterator[Providers]:
    def client(name: str, **more: Any) -> dict[str, Any]:
        back = {"redirect_uris": [f"{CALLBACK}/{name}"], "post_logout_redirect_uris": [f"{SYNC}/v1/oidc/left/{name}"]}
        return {"client_id": f"preau-{name}", **back, **more}

    clients = {name: client(name, client_secret=SECRET) for name in ("franceconnect", "google")}
    clients["itsme"] = client("itsme", jwks=open_client_keys(keys, "itsme").public())
    with house.running(clients, house.free_ports()) as found:
        found.know(angela=ANGELA, karim=KARIM)
        yield found


@pytest.fixture(scope="module")
def facebook() -> Iterator[str]:
    with graph.running() as address:
        yield address


@pytest.fixture
def town(open_house: Opener, providers: Providers, facebook: str, settings: Settings, keys) -> House:
    (settings.keys / "oidc").parent.mkdir(parents=True)
    (settings.keys / "oidc").symlink_to(keys)
    at = providers.issuers
    known = [
        Provider(
            name="franceconnect", issuer=at["franceconnect"], client_id="preau-franceconnect", client_secret=SECRET
        ),
        Provider(name="itsme", issuer=at["itsme"], client_id="preau-itsme", service="PREAU_TEST"),
        Provider(name="google", issuer=at["google"], client_id="preau-google", client_secret=SECRET),
        Provider(name="facebook", issuer=facebook, client_id=graph.APP, client_secret=graph.SECRET),
    ]
    opened = open_house(NAMED, oidc=tuple(known), enrolments_per_hour=0)
    opened.clock.at = time.time()  # tokens are of now
    return opened


class Visitor:
    """Somebody with a phone, and a browser that goes to the provider and comes back."""

    def __init__(self, town: House, login: str = "angela", provider: str = "franceconnect") -> None:
        self.town, self.login, self.method = town, login, f"oidc:{provider}"
        self.phone = Phone(town)
        self.enrol, self.go = "", ""

    def begin(self, **more: str) -> str:
        jws = self.phone.enrol_jws("A" * 22, method=self.method)
        answer = self.phone.post("/v1/enrol/start", {"jws": jws, **more})
        assert answer.status_code == 202, answer.text
        self.enrol, self.go = answer.json["enrol"], answer.json["go"]
        return self.go

    def come_back(self, address: str = "", do: str = "yes") -> str:
        """The address the provider sends the browser back to."""
        return Browser(SYNC).go(address or self.go or self.begin(), self.login, do)

    def land(self, address: str):
        return self.town.client.get(address.removeprefix(SYNC))

    def finish(self, proof: str = ""):
        return self.phone.finish(self.enrol, proof, method=self.method)

    def recognised(self) -> dict[str, Any]:
        """The whole way; what the phone is told."""
        self.begin()
        page = self.land(self.come_back())
        assert page.status_code == 200, page.text
        answer = self.finish(code_of(page.text))
        assert answer.status_code == 200, answer.text
        return dict(answer.json)


def code_of(page: str) -> str:
    return page.rpartition("#c=")[2][:8] if "#c=" in page else ""


def count(town: House) -> int:
    return len(rows(town.services.ledger, persons))


@pytest.mark.parametrize(
    ("provider", "level"),
    [("franceconnect", "identity"), ("itsme", "identity"), ("google", "social"), ("facebook", "social")],
)
def test_each_provider_recognises_a_phone_at_its_level(town: House, provider: str, level: str) -> None:
    told = Visitor(town, "angela", provider).recognised()
    assert told == {"v": 1, "level": level, "devices": 1, "is_new": True}
    again = Visitor(town, "angela", provider).recognised()
    assert again == {"v": 1, "level": level, "devices": 2, "is_new": False}
    assert Visitor(town, "karim", provider).recognised()["is_new"]
    assert (count(town), len(rows(town.services.ledger, identities))) == (2, 2)


def test_what_is_offered_is_what_is_set_up(town: House, open_house: Opener) -> None:
    assert town.read("/v1/oidc/jwks/itsme")["keys"][1].keys() >= {"n", "e", "kid", "use"}
    assert "d" not in town.read("/v1/oidc/jwks/itsme")["keys"][0]
    for name in ("franceconnect", "unknown"):
        assert town.client.get(f"/v1/oidc/jwks/{name}").status_code == 404
    bare = Phone(open_house(NAMED))
    jws = bare.enrol_jws("A" * 22, method="oidc:franceconnect")
    assert bare.post("/v1/enrol/start", {"jws": jws}).status_code == 404
    assert bare.house.client.get("/v1/oidc/callback/franceconnect?state=x&code=y").status_code == 404


def test_franceconnect_is_asked_for_a_level_long_numbers_and_no_more_than_civil_identity(town: House) -> None:
    asked = query_of(Visitor(town).begin(lang="en"))
    assert (asked["acr_values"], asked["code_challenge_method"], asked["response_type"]) == ("eidas1", "S256", "code")
    assert len(asked["nonce"]) >= 32
    assert len(asked["state"]) >= 32
    assert asked["scope"] == "openid given_name family_name birthdate gender birthplace birthcountry"


def test_a_human_is_the_same_whatever_their_account_and_address(town: House, providers: Providers) -> None:
    """Another number at the provider, another e-mail, another way of writing the same name: one person."""
    Visitor(town, "angela").recognised()
    providers.know(
        again=ANGELA | {"sub": "another-number", "email": "other@mail.example", "given_name": "ANGÉLA CLAIRE-LOUISE"}
    )
    assert Visitor(town, "again").recognised() == {"v": 1, "level": "identity", "devices": 2, "is_new": False}
    providers.know(twin=ANGELA | {"sub": "twin", "given_name": "Anna"})
    assert Visitor(town, "twin").recognised()["is_new"]
    assert count(town) == 2


def test_the_session_at_franceconnect_ends_on_the_way_back(town: House) -> None:
    visitor, browser = Visitor(town), Browser(SYNC)
    page = visitor.land(browser.go(visitor.begin(), "angela")).text
    leave = next(link for link in page.split('"') if "/session/end" in link).replace("&amp;", "&")
    asked = query_of(leave)
    assert asked["post_logout_redirect_uri"] == f"{SYNC}/v1/oidc/left/franceconnect"
    assert len(asked["state"]) >= 32
    browser.go(visitor.begin(), "angela")
    assert browser.asked == 1  # the provider still knows this browser
    back = visitor.land(browser.go(leave, "angela"))
    assert (back.status_code, back.headers["Location"]) == (
        303,
        f"https://participer.valbrume.example/moi/#c={code_of(page)}",
    )
    browser.go(visitor.begin(), "angela")
    assert browser.asked == 3  # asked whether to leave, and then who it is
    assert visitor.land("/v1/oidc/left/franceconnect?state=elsewhere").status_code == 400


def test_an_answer_alone_recognises_nobody(town: House) -> None:
    """An address to the provider sent to a victim: they say who they are, and the stranger's phone learns nothing."""
    stranger = Visitor(town)
    stranger.begin()
    page = stranger.land(stranger.come_back())
    assert "Encore un geste" in page.text
    assert (stranger.finish().status_code, stranger.finish().json) == (202, {"v": 1, "waiting": True})
    code = code_of(page.text)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert [stranger.finish(wrong).status_code for _ in range(6)] == [400] * 5 + [410]
    assert stranger.finish(code).status_code == 410
    assert count(town) == 0


def test_only_the_phone_that_began_can_end_it(town: House) -> None:
    visitor, thief = Visitor(town), Visitor(town)
    visitor.begin()
    code = code_of(visitor.land(visitor.come_back()).text)
    thief.enrol = visitor.enrol
    assert thief.finish(code).json == {"code": "bad_proof", "retry": False}
    assert visitor.finish(code).status_code == 200


def test_who_stops_at_the_provider_is_told_that_nothing_has_happened(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin(lang="en")
    page = visitor.land(visitor.come_back(do="no"))
    assert (page.status_code, code_of(page.text)) == (200, "")
    assert "You stopped" in page.text
    assert 'href="https://participer.valbrume.example/en/moi/"' in page.text
    assert visitor.finish().json == {"code": "expired", "retry": False}
    assert count(town) == 0


def refused(visitor: Visitor, address: str, status: int = 400) -> str:
    page = visitor.land(address)
    assert (page.status_code, code_of(page.text)) == (status, ""), page.text
    return str(page.text)


def test_a_level_that_was_not_reached_is_refused(town: House, providers: Providers) -> None:
    providers.know(low=ANGELA | {"acr": "low"})
    visitor = Visitor(town, "low")
    refused(visitor, visitor.come_back())
    assert visitor.finish().status_code == 410
    providers.know(high=ANGELA | {"acr": "eidas3"})
    assert Visitor(town, "high").recognised()["level"] == "identity"


def test_a_token_that_answers_another_question_is_refused(town: House) -> None:
    visitor = Visitor(town)
    go = visitor.begin()
    asked = query_of(go) | {"nonce": "n" * 43}
    refused(visitor, visitor.come_back(f"{go.partition('?')[0]}?{urlencode(asked)}"))
    assert visitor.finish().status_code == 410


def test_a_stolen_code_is_of_no_use_in_another_enrolment(town: House) -> None:
    victim, thief = Visitor(town), Visitor(town)
    victim.begin()
    thief.begin()
    stolen = query_of(victim.come_back())
    state = query_of(thief.go)["state"]
    refused(thief, f"{CALLBACK}/franceconnect?{urlencode(stolen | {'state': state})}")
    assert thief.finish("00000000").status_code == 410
    assert count(town) == 0


def test_an_answer_is_taken_once(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin()
    back = visitor.come_back()
    code = code_of(visitor.land(back).text)
    assert "déjà servi" in refused(visitor, back, 410)
    assert visitor.finish(code).status_code == 200
    assert "Trop tard" in refused(visitor, back, 410)


class Tampered(Web):
    """What comes from the network is what somebody else was told; between two answers the phone asks how it stands."""

    def __init__(self, visitor: Visitor, told: Answer | None = None) -> None:
        self.visitor, self.told, self.heard, self.stood = visitor, told, [], []  # type: ignore[var-annotated]

    def get(self, address: str, bearer: str = "", accept: str = "", **query: str) -> Answer:
        answer = super().get(address, bearer, accept, **query)
        self.heard.append(answer)
        self.stood.append(self.visitor.finish().status_code)
        return self.told or answer


def listen(town: House, web: Web) -> None:
    town.services.identities.returning.method("franceconnect").exchange._web = web


def test_particulars_of_somebody_else_are_refused(town: House) -> None:
    karim, angela = Visitor(town, "karim"), Visitor(town)
    for one in (karim, angela):
        one.begin()
    heard = Tampered(karim)
    listen(town, heard)
    karim.land(karim.come_back())
    assert heard.stood == [202]  # while the provider is asked, the phone waits
    listen(town, Tampered(angela, heard.heard[0]))
    refused(angela, angela.come_back())
    assert angela.finish().status_code == 410


def test_a_code_is_redeemed_once_at_the_provider_too(town: House) -> None:
    """The same code under a new question: the provider itself refuses it."""
    first, second = Visitor(town), Visitor(town)
    first.begin()
    back = query_of(first.come_back())
    first.land(f"{CALLBACK}/franceconnect?{urlencode(back)}")
    second.begin()
    refused(second, f"{CALLBACK}/franceconnect?{urlencode(back | {'state': query_of(second.go)['state']})}")


def test_half_an_hour_later_it_is_too_late(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin()
    back = visitor.come_back()
    town.clock.at += 1801
    assert "Trop tard" in refused(visitor, back, 410)
    assert visitor.finish().status_code == 410


def test_answers_of_two_providers_are_not_mixed_up(town: House, providers: Providers) -> None:
    visitor = Visitor(town)
    visitor.begin()
    google = Visitor(town, "angela", "google")
    google.begin()
    answer = query_of(google.come_back())
    refused(visitor, f"{CALLBACK}/franceconnect?{urlencode(answer)}")  # its state is Google's
    mine = answer | {"state": query_of(visitor.go)["state"]}
    refused(visitor, f"{CALLBACK}/franceconnect?{urlencode(mine)}")  # its issuer is Google's
    refused(visitor, f"{CALLBACK}/google?{urlencode(mine)}")
    without = {name: value for name, value in mine.items() if name != "iss"}
    refused(visitor, f"{CALLBACK}/franceconnect?{urlencode(without)}")  # and FranceConnect always names itself
    assert visitor.land(visitor.come_back()).status_code == 200  # none of that has ended the question


@pytest.mark.parametrize("query", ["", "state=x", "state=AAAA&code=x", "code=x", "state=a&state=b"])
def test_what_answers_no_question_of_ours_is_refused(town: House, query: str) -> None:
    assert town.client.get(f"/v1/oidc/callback/franceconnect?{query}").status_code == 400


def test_a_state_that_was_touched_is_refused(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin()
    back = query_of(visitor.come_back())
    other = "B" if back["state"][40] == "A" else "A"
    touched = back["state"][:40] + other + back["state"][41:]
    refused(visitor, f"{CALLBACK}/franceconnect?{urlencode(back | {'state': touched})}")
    assert visitor.land(f"{CALLBACK}/franceconnect?{urlencode(back)}").status_code == 200


def test_a_provider_that_is_down_is_said_to_be_so(open_house: Opener) -> None:
    gone = Provider(name="google", issuer=f"http://127.0.0.1:{free_port()}", client_id="x", client_secret="y")
    phone = Phone(open_house(NAMED, oidc=(gone,)))
    answer = phone.post("/v1/enrol/start", {"jws": phone.enrol_jws("A" * 22, method="oidc:google")})
    assert (answer.status_code, answer.json) == (503, {"code": "unavailable", "retry": True})


def test_a_network_that_begins_too_many_is_told_to_wait(town: House, open_house: Opener) -> None:
    few = open_house(NAMED, oidc=town.services.settings.oidc, enrolments_per_hour=1)
    Visitor(few).begin()
    jws = Phone(few).enrol_jws("A" * 22, method="oidc:franceconnect")
    assert Phone(few).post("/v1/enrol/start", {"jws": jws}).status_code == 429


def test_nothing_of_a_civil_identity_is_kept(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin()
    visitor.land(visitor.come_back())
    waiting = Enrolments(town.services.ledger).find(SPACE, visitor.enrol, town.clock.now())
    assert waiting is not None
    keys = town.services.keys
    kept = Vault(keys.vault, keys.pepper, bytes).open(waiting.state, "enrolments", SPACE, visitor.enrol)
    visitor.recognised()
    stored = repr([kept, *(rows(town.services.ledger, table) for table in (persons, identities, enrolments))])
    assert not re.search(r"eyJ[\w-]+\.eyJ", stored)  # how a token of theirs begins
    for said in ("angela", "dubois", "1962", "75107", "wanadoo"):
        assert said not in stored.lower()


def test_the_page_of_the_answer_loads_nothing_and_sets_no_cookie(town: House) -> None:
    visitor = Visitor(town)
    visitor.begin()
    page = visitor.land(visitor.come_back())
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert Form.of(page.text).action == ""
    assert urlsplit(visitor.go).hostname == "127.0.0.1"


def test_a_provider_may_be_asked_without_what_it_does_not_know(town: House, open_house: Opener) -> None:
    known = tuple(replace(one, pkce=False) for one in town.services.settings.oidc)
    assert "code_challenge" not in query_of(Visitor(open_house(NAMED, oidc=known)).begin())
