"""A town hall that knows people, as far as a page sees it: answers in the browser, without checking any signature."""

import base64
import json
from typing import Any

from playwright.sync_api import BrowserContext, Route

CODE = "12345678"
SINCE = 1_790_000_000
ENROL = "E" * 22
MINOR = f"guardian:{'M' * 22}"


class Desk:
    """Answers every page of `context`; `asked` lists what was asked, `is_known` and `devices` what the town holds."""

    def __init__(self, context: BrowserContext, *, is_known: bool = False) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.is_confirmed = False
        self.is_known = is_known
        self.devices = [
            {"kid": "k" * 43, "ks": "hard", "since": SINCE, "revoked": None, "this": True},
            {"kid": "o" * 43, "ks": "soft", "since": SINCE - 9_000_000, "revoked": None, "this": False},
        ]
        self.consents = {"contact": True}
        self.profile: dict[str, Any] | None = None
        context.route("https://sync.valbrume.example/**", self._answer)

    def knows(self) -> bool:
        """Whether the phone is known now."""
        return self.is_known

    def held_profile(self) -> dict[str, Any] | None:
        """What is held of what the person said of themselves."""
        return self.profile

    def _answer(self, route: Route) -> None:
        path = route.request.url.partition("/v1/")[2]
        body = json.loads(route.request.post_data or "{}")
        self.asked.append((path, body))
        status, answer = self._said(path.partition("/n")[0].partition("nonce/")[0] or "nonce", body)
        route.fulfill(
            status=status,
            body=json.dumps(answer),
            content_type="application/json",
            headers={"Access-Control-Allow-Origin": "*"},
        )

    def _said(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "nonce":
            return 200, {"v": 1, "nonce": "N" * 22}
        if path == "enrol/start":
            return 202, {"v": 1, "enrol": ENROL, "expires": SINCE}
        if path == "enrol/confirm":
            self.is_confirmed = body["token"] == "T" * 22
            return (200, {"v": 1}) if self.is_confirmed else (400, {"code": "bad_proof", "retry": False})
        if path == "enrol/finish":
            return self._finished(body["proof"])
        if path == "census/check":
            return 200, {"v": 1, "standing": "good"}
        if path == "sync":
            refused = {"id": None, "status": "refused", "code": "not_granted", "retry": True}
            return 200, {"v": 1, "now": SINCE, "receipt": None, "results": [refused for _ in body["envelopes"]]}
        if path == "me":
            return self._held(_payload(body["jws"]))
        return 503, {"code": "unavailable", "retry": True}

    def _finished(self, proof: str) -> tuple[int, dict[str, Any]]:
        if proof and proof != CODE:
            return 400, {"code": "bad_proof", "retry": False}
        if not proof and not self.is_confirmed:
            return 202, {"v": 1, "waiting": True}
        self.is_known = True
        return 200, {"v": 1, "level": "email", "devices": 2, "is_new": True}

    def _held(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not self.is_known:
            return 401, {"code": "unknown_key", "retry": True}
        if asked["do"] == "revoke":
            for device in self.devices:
                device["revoked"] = SINCE if device["kid"] == asked["body"]["kid"] else device["revoked"]
        if asked["do"] == "consent":
            self.consents[asked["body"]["purpose"]] = asked["body"]["on"]
            self.profile = None if asked["body"]["purpose"] == "profile" else self.profile
        if asked["do"] == "profile":
            self.profile = asked["body"]
        if asked["do"] == "erase":
            self.is_known = False
            return 200, {"v": 1, "erased": 2}
        if asked["do"] != "me":
            return 200, {"v": 1, "grants": []}
        return 200, {
            "v": 1,
            "person": {"level": "email", "since": SINCE},
            "identities": [{"method": "email", "since": SINCE}],
            "devices": self.devices,
            "acts": [{"no": 4127, "consultation": "halle", "kind": "vote", "rx": SINCE}],
            "consents": {"contact": self.consents["contact"]},
            "minors": [{"purpose": MINOR, "year": "2012", "on": self.consents.get(MINOR, False)}],
            "contact": "a…@exemple.fr",
            "profile": self.profile,
        }


def _payload(jws: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(jws.split(".")[1] + "=="))
    return payload
