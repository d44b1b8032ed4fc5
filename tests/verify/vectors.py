"""Makes the vectors that Python and the browser are both tested on: `python -m tests.verify.vectors`.

recount.json holds a whole published site of a few ballots; standing.json histories of votes, and what stands after;
roots.json roots of logs of some sizes.
"""

from __future__ import annotations

import base64
import json
import random
import tempfile
from pathlib import Path
from typing import Any

from civic.admission import Act
from civic.canonical import b64u_encode
from civic.envelope import Envelope
from civic.log.tree import Tree, leaf_hash
from civic.replay import Standing
from tests.civic.town import MODULES, OPENS, Citizen, always_open
from tests.verify.test_secret_lies import CAST, PEOPLE, SecretServer
from tests.verify.town import Server, told

HERE = Path(__file__).resolve().parents[1] / "vectors"
CHOICES = ("for", "against", "blank")


def site_vector() -> dict[str, Any]:
    """The files of an honest site, in base64, with words taken back and a vote of the plain form among its acts."""
    server = told(Server())
    server.hear(Citizen(1, server.rules).propose(1, "Un banc à l’ombre", rev=2))
    server.acts[0].is_withheld = True
    with tempfile.TemporaryDirectory() as name:
        folder = server.publish(Path(name))
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        held = {file.relative_to(folder).as_posix(): base64.b64encode(file.read_bytes()).decode() for file in files}
    return {"space": server.rules.space, "slug": server.rules.slug, "acts": len(server.acts) - 1, "files": held}


def secret_vector() -> dict[str, Any]:
    """The files of an honest site whose one question was answered in secret, one voter having changed their mind."""
    server = SecretServer(ballots=[PEOPLE[0].vote("against", rev=2), *reversed(CAST)])
    with tempfile.TemporaryDirectory() as name:
        folder = server.publish(Path(name))
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        held = {file.relative_to(folder).as_posix(): base64.b64encode(file.read_bytes()).decode() for file in files}
    return {"space": server.rules.space, "slug": server.rules.slug, "acts": len(server.ballots), "files": held}


def history(seed: int) -> dict[str, Any]:
    """Votes of a few people on two ideas, revised and withdrawn in any order, some without a signature."""
    chance = random.Random(seed)
    acts: list[dict[str, Any]] = []
    for number in range(30):
        kind = chance.choice(["vote", "vote", "vote", "withdraw"])
        slot = f"vote:{_jti(1 + chance.randrange(2))}"
        voter = f"form:{_jti(500 + number)}" if chance.random() < 0.1 else f"phone {chance.randrange(6)}"
        rev = 1 if voter.startswith("form:") else chance.randint(1, 5)
        kind = "vote" if voter.startswith("form:") else kind
        choice = "" if kind == "withdraw" else chance.choice(CHOICES)
        identity = b64u_encode(chance.randbytes(32))
        acts.append({"kind": kind, "slot": slot, "voter": voter, "rev": rev, "id": identity, "choice": choice})
    return {"acts": acts, **standing_of(acts)}


def standing_of(acts: list[dict[str, Any]]) -> dict[str, Any]:
    """What civic.replay says stands after these votes."""
    rules, standing = always_open(), Standing()
    module = MODULES["ideas"]
    bodies = [("proposal", f"proposal:{_jti(number)}", "author", 1, f"p{number}", "") for number in (1, 2)]
    bodies += [(one["kind"], one["slot"], one["voter"], one["rev"], one["id"], one["choice"]) for one in acts]
    for no, (kind, slot, voter, rev, identity, choice) in enumerate(bodies, 1):
        envelope = Envelope(
            identity, voter, "", "valbrume", rules.slug, rules.mh, kind, slot, _jti(no), rev, None, 0, {}
        )
        payload = {"proposal": object(), "withdraw": None}.get(kind) if kind != "vote" else _vote(choice)
        act = Act(envelope, rules, module, slot.partition(":")[0], voter, payload, OPENS)
        standing.take(act, no)
    counted = [head for head in standing.heads.values() if head.counted]
    totals: dict[str, dict[str, int]] = {}
    for (_, one), number in standing.totals.items():
        if number:
            totals.setdefault(one.item, {})[one.choice] = number
    return {
        "ballots": len(counted),
        "voters": len({head.voter for head in counted}),
        "unsigned": sum(head.voter.startswith("form:") for head in counted),
        "items": totals,
    }


def roots() -> list[list[Any]]:
    """Sizes, and the root over that many entries "0", "1", …"""
    tree, found = Tree(), list[list[Any]]()
    for size in range(40):
        found.append([size, b64u_encode(tree.root())])
        tree.append(leaf_hash(str(size).encode()))
    return found


def _vote(choice: str) -> Any:
    return MODULES["ideas"].parse("vote", {"choice": choice}, always_open(), ("fr",))


def _jti(number: int) -> str:
    return b64u_encode(number.to_bytes(16, "big"))


def main() -> None:
    """Writes the files."""
    histories = {"cases": [history(one) for one in range(5)]}
    made = {
        "recount": site_vector(),
        "recount_secret": secret_vector(),
        "standing": histories,
        "roots": {"roots": roots()},
    }
    for name, content in made.items():
        (HERE / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
