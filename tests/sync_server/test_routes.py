"""What holds for every route: it says who may ask and how much it reads, and every answer has its headers."""

import json
from typing import Any

import pytest
from flask import Flask

from civic.refusals import Code
from sync_server.app import check_policies, create_app
from sync_server.problems import STATUSES
from sync_server.routes import Access, Policy, oidc
from sync_server.routes.health import DOCUMENT
from tests.sync_server.conftest import SITE, House, Opener


def policies(house: House) -> dict[str, tuple[set[str], Any]]:
    app: Flask = house.client.application
    found: dict[str, tuple[set[str], Any]] = {}
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        methods = set(rule.methods or ()) - {"OPTIONS"}
        found[path] = (
            methods - ({"HEAD"} if "GET" in methods else set()) | found.get(path, (set(), None))[0],
            getattr(app.view_functions[rule.endpoint], "policy", None),
        )
    return found


def test_every_route_declares_its_access_and_its_limit(house: House) -> None:
    for path, (_, policy) in policies(house).items():
        assert isinstance(policy, Policy), path
        assert isinstance(policy.access, Access), path
        assert policy.limit in (0, 4 * 1024, 64 * 1024, 256 * 1024, 512 * 1024), path


def test_an_application_with_an_undeclared_route_does_not_start(house: House) -> None:
    app = create_app(house.services)
    app.add_url_rule("/more", view_func=lambda: "more", endpoint="more")
    with pytest.raises(ValueError, match="/more declares no policy"):
        check_policies(app)


def test_the_document_has_every_route_and_no_other(house: House) -> None:
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    assert {path: {one.upper() for one in methods} for path, methods in paths.items()} == {
        path: methods for path, (methods, _) in policies(house).items()
    }


def test_only_what_declares_it_asks_for_the_token(house: House) -> None:
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    secured = {path for path, methods in paths.items() for one in methods.values() if one.get("security")}
    admin = {path for path, (_, policy) in policies(house).items() if policy.access is Access.ADMIN}
    assert secured == admin == {"/v1/rebuild"}


def test_a_body_longer_than_the_route_takes_is_refused_before_it_is_read(house: House) -> None:
    for path, (methods, policy) in policies(house).items():
        address = path.replace("{", "").replace("}", "")
        for method in methods:
            token = {"Authorization": f"Bearer {house.services.keys.admin}"}
            answer = house.client.open(address, method=method, data=b"x" * (policy.limit + 1), headers=token)
            assert answer.status_code == 413, path
            if path.startswith("/v1") and not path.startswith(oidc.PAGES) and method != "HEAD":
                assert answer.json == {"code": "too_large", "retry": False}


def test_every_answer_has_strict_headers_and_no_cookie(house: House) -> None:
    asked = [("GET", path) for path in ("/v1/health", "/nothing", "/openapi.json", "/v1/snapshots/nowhere", "/form")]
    for method, path in [*asked, ("POST", "/v1/sync"), ("OPTIONS", "/v1/sync"), ("PUT", "/v1/health")]:
        headers = house.client.open(path, method=method).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Strict-Transport-Security" not in headers


def test_https_is_remembered_where_the_server_has_it(open_house: Opener) -> None:
    house = open_house(sync_url="https://sync.valbrume.example")
    assert house.client.get("/v1/health").headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (SITE, True),
        ("http://127.0.0.1:8001", True),
        ("https://other.example", True),
        (f"{SITE}.evil.example", False),
        ("https://evil.example", False),
        ("null", False),
        ("http://participer.valbrume.example", False),
    ],
)
def test_scripts_of_the_towns_own_site_alone_may_read(open_house: Opener, origin: str, is_allowed: bool) -> None:
    house = open_house(site_url="http://127.0.0.1:8001/town", origins=("https://other.example",))
    for method in ("POST", "OPTIONS"):
        headers = house.client.open("/v1/sync", method=method, headers={"Origin": origin}).headers
        assert headers.get("Access-Control-Allow-Origin") == (origin if is_allowed else None)
        assert "Access-Control-Allow-Credentials" not in headers
        assert "Origin" in headers["Vary"]
    assert "Access-Control-Allow-Origin" not in house.client.post("/v1/rebuild", headers={"Origin": origin}).headers


def test_a_preflight_says_what_may_be_sent(house: House) -> None:
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = house.client.options("/v1/sync", headers=asked)
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_errors_have_one_shape(house: House) -> None:
    assert (house.client.get("/nothing").status_code, house.client.get("/nothing").json) == (
        404, {"code": "not_found", "retry": False},
    )  # fmt: skip
    wrong = house.client.put("/v1/sync")
    assert (wrong.status_code, (wrong.json or {})["code"]) == (405, "bad_request")
    assert "POST" in wrong.headers["Allow"]


def test_a_rebuild_needs_the_token(house: House) -> None:
    token = house.services.keys.admin
    for wrong in (
        "",
        "Bearer",
        f"Bearer {token}x",
        f"bearer {token}",
        f"Basic {token}",
        f"Bearer {token} ",
        "Bearer é",
    ):
        answer = house.client.post("/v1/rebuild", headers={"Authorization": wrong} if wrong else {})
        assert (answer.status_code, (answer.json or {})["code"]) == (401, "unauthorised")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert house.services.ledger.positions() == {}


def test_a_rebuild_is_noted_for_one_town_or_all(house: House) -> None:
    token = {"Authorization": f"Bearer {house.services.keys.admin}"}
    assert house.client.post("/v1/rebuild", headers=token).status_code == 202
    assert house.client.post("/v1/rebuild?space=valbrume", headers=token).status_code == 202
    assert house.services.ledger.positions()["valbrume"].rebuilds == 2
    assert house.client.post("/v1/rebuild?space=nowhere", headers=token).status_code == 404


def test_health_tells_of_towns_whose_files_cannot_be_read(house: House) -> None:
    assert house.read("/v1/health")["problems"] == {}
    file = house.services.settings.content / "valbrume" / "space.toml"
    file.write_text(file.read_text("utf-8") + "\nnonsense", "utf-8")
    house.clock.at += 2
    problems = house.read("/v1/health")["problems"]
    assert "space.toml" in problems["valbrume"]
    assert house.statuses(house.citizen(1).propose(5)) == ["accepted"]


def test_snapshots_are_listed_and_given_with_their_etag(house: House) -> None:
    folder = house.services.settings.snapshots / "valbrume"
    folder.mkdir(parents=True)
    (folder / "filature.json").write_text('{"proposals":{}}', "utf-8")
    (folder / "space.json").write_text("{}", "utf-8")
    listed = house.read("/v1/snapshots/valbrume")
    assert set(listed["snapshots"]) == {"filature", "space"}
    answer = house.client.get("/v1/snapshots/valbrume/filature")
    assert answer.json == {"proposals": {}}
    assert answer.headers["ETag"] == f'"{listed["snapshots"]["filature"]}"'
    same = house.client.get("/v1/snapshots/valbrume/filature", headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    draft = folder / "draft"
    draft.write_text('{"proposals":{"1":{}}}', "utf-8")
    draft.replace(folder / "filature.json")
    newer = house.client.get("/v1/snapshots/valbrume/filature", headers={"If-None-Match": answer.headers["ETag"]})
    assert newer.status_code == 200


@pytest.mark.parametrize(
    "path", ["nowhere", "..", "valbrume/nowhere", "valbrume/..", "valbrume/.hidden", "%2e%2e/keys"]
)
def test_no_other_file_is_given(house: House, path: str) -> None:
    (house.services.settings.snapshots / "valbrume").mkdir(parents=True)
    (house.services.settings.snapshots / "valbrume" / ".hidden.json").write_text("{}", "utf-8")
    assert house.client.get(f"/v1/snapshots/{path}").status_code == 404


def test_statuses_are_those_that_are_documented() -> None:
    assert STATUSES == {
        Code.BAD_REQUEST: 400, Code.UNAUTHORISED: 401, Code.NOT_FOUND: 404, Code.TOO_LARGE: 413,
        Code.UNSUPPORTED_TYPE: 415, Code.RATE_LIMITED: 429, Code.UNAVAILABLE: 503,
    }  # fmt: skip


def test_the_files_of_the_public_log_are_listed_and_given_and_nothing_else(house: House) -> None:
    folder = house.services.settings.snapshots / "valbrume"
    for path in ("checkpoint", "tile/0/x001/067.p/3", ".checkpoint.12", "tile/0/secret"):
        (folder / "log" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "log" / path).write_bytes(path.encode())
    (folder / "space.json").write_text("{}", "utf-8")
    assert house.read("/v1/snapshots/valbrume/log") == {"v": 1, "files": ["checkpoint", "tile/0/x001/067.p/3"]}
    assert house.client.get("/v1/snapshots/valbrume/log/tile/0/x001/067.p/3").data == b"tile/0/x001/067.p/3"
    for path in (".checkpoint.12", "tile/0/secret", "../space.json", "tile/0/999", "nowhere"):
        assert house.client.get(f"/v1/snapshots/valbrume/log/{path}").status_code == 404
