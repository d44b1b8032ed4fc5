"""Makes the vectors that Python and the browser's recount are both tested on: `python -m tests.budget.vectors`.

budgets.json holds small budgets of every ballot and rule, their baskets and the result that a town publishes of them,
and the winners of Toulouse 2024 where its ballots are on this machine; recount_budget.json a whole published site.
"""

from __future__ import annotations

import base64
import json
import os
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from civic.consultation import Consultation
from civic.content import parse_content
from civic.module import Entry
from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import election_of, parse_pb
from civic.modules.budget.settings import slot_id
from civic.modules.budget.totals import whole
from tests.civic.town import MODULES, OPENS, Citizen
from tests.modules.example_town import SLUG, read_examples, town_files
from tests.verify import town as published

HERE = Path(__file__).resolve().parents[1] / "vectors"
REPOSITORY = HERE.parents[1]
BUDGET = MODULES["budget"]
RULES = [("greedy", "none"), *(("equal_shares", str(one)) for one in Completion)]
BALLOTS: tuple[dict[str, Any], ...] = (
    {"type": "knapsack"}, {"type": "approval", "max": 3}, {"type": "points", "max_each": 3, "max_sum": 6},
    {"type": "ranking", "max": 3},
)  # fmt: skip
MEASURES = ("cost", "cardinality")


def consultation(settings: Mapping[str, Any], **other: object) -> Consultation:
    """The rules of a town with this budget."""
    examples = {"settings": settings, "rules": {"k_min": 1, **other}}
    return parse_content(town_files(BUDGET, examples), MODULES).consultations[SLUG]


def drawn(chance: random.Random, ballot: Mapping[str, Any], rule: str, completion: str, measure: str) -> dict[str, Any]:
    """Settings and baskets: small numbers, so that ties are common, or shares that have a long way to rise."""
    scale = chance.choice((1, 1, 50))
    costs = [scale * chance.choice((1, 2, 3, 5, 8)) for _ in range(chance.randint(1, 6))]
    ids = sorted(chance.sample(range(1, 40), len(costs)))
    chance.shuffle(ids)
    projects = [{"id": str(one), "title": {"fr": "–", "en": "–"}, "cost": cost} for one, cost in zip(ids, costs)]  # noqa: B905
    settings: dict[str, Any] = {
        "amount": chance.randint(2 * scale, max(2 * scale, sum(costs))),
        "rule": rule,
        "measure": measure,
    }
    settings |= {"ballot": dict(ballot), "project": projects}
    if rule != "greedy":
        settings["completion"] = completion
    limit: int = settings["amount"]
    baskets = [_basket(chance, projects, ballot, limit) for _ in range(chance.randint(1, 9))]
    return {"settings": settings, "baskets": baskets}


def _basket(
    chance: random.Random, projects: Sequence[Mapping[str, Any]], ballot: Mapping[str, Any], limit: int
) -> list[str]:
    if chance.random() < 0.1:
        return []
    chosen = chance.sample(projects, chance.randint(1, min(3, len(projects))))
    if ballot["type"] == "knapsack":
        kept: list[str] = []
        for one in chosen:
            if one["cost"] <= limit:
                limit -= one["cost"]
                kept.append(one["id"])
        return sorted(kept)
    if ballot["type"] == "points":
        chosen = chosen[:2]
        return sorted(f"{one['id']}*{chance.randint(1, 3)}" for one in chosen)
    if ballot["type"] == "ranking":
        return sorted(f"{one['id']}*{rank}" for rank, one in enumerate(chosen, 1))
    return sorted(one["id"] for one in chosen)


def result_of(settings: Mapping[str, Any], baskets: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What the town publishes of these baskets."""
    rules = consultation(settings)
    slot, votes = slot_id(SLUG, "budget"), Counter[str]()
    for basket in baskets:
        payload = BUDGET.parse("basket", {"envelope": "budget", "choice": list(basket)}, rules, rules.languages)
        votes.update(one.choice for one in BUDGET.counted("basket", slot, payload))
    assert votes[whole(())] == sum(not one for one in baskets)
    row = BUDGET.document(
        Entry("", slot, slot, 1, 0, 0, OPENS, False, False, False, None, votes, final_rules=rules)
    )  # fmt: skip
    shelf = BUDGET.shelf(rules)
    results = {
        "closed_at": OPENS, "as_of": OPENS, "ballots": len(baskets), "voters": len(baskets), "unsigned": 0,
    }  # fmt: skip
    shelf.put("consultation", {"manifest": "A", "phase": "vote", "since": 0, "state": "results", "results": results})
    shelf.put("envelopes", row)
    (content,) = [one.content() for one in shelf.files() if one.path.endswith("results.json")]
    found: dict[str, Any] = json.loads(content)
    return {name: found[name] for name in ("rule", "completion", "measure", "envelopes", "items")}


def cases(seed: str, times: int) -> Iterator[dict[str, Any]]:
    """So many budgets of every ballot, rule and measure."""
    for ballot, (rule, completion), measure in product(BALLOTS, RULES, MEASURES):
        chance = random.Random(f"{seed}{ballot}{rule}{completion}{measure}")
        for _ in range(times):
            one = drawn(chance, ballot, rule, completion, measure)
            yield one | {"results": result_of(one["settings"], one["baskets"])}


def toulouse(file: Path) -> dict[str, Any]:
    """The numbers of the winners of Toulouse 2024, by rule, in the order in which they win."""
    pb = parse_pb(file.read_bytes())
    election = election_of(pb)
    rules = [
        (Rule.GREEDY, Completion.NONE),
        *((Rule.EQUAL_SHARES, one) for one in (Completion.NONE, Completion.GREEDY)),
    ]
    return {
        f"{rule}/{completion}": [pb.projects[place].id for place in decide(election, rule, completion).winners]
        for rule, completion in rules
    }


def site_vector() -> dict[str, Any]:
    """The files of an honest site whose budget of two sums was voted on, one basket changed and one taken back."""
    examples = read_examples(BUDGET)
    files = town_files(BUDGET, {**examples, "rules": {**examples["rules"], "unsigned": [], "k_min": 5}})
    renamed = {path.replace(f"/{SLUG}/", f"/{published.SLUG}/"): data for path, data in files.items()}
    rules = parse_content(renamed, MODULES).consultations[published.SLUG]
    server = published.Server(rules)
    choices = {"bourg": (["1", "2"], ["3"], [], ["2"]), "hameaux": (["4"], ["7"], ["4"])}
    for number in range(1, 13):
        for sum_, offered in choices.items():
            _cast(server, number, sum_, offered[number % len(offered)])
    _cast(server, 3, "bourg", ["1"], rev=2)
    server.hear(Citizen(4, rules).withdraw(f"basket:{slot_id(rules.slug, 'bourg')}"))
    with tempfile.TemporaryDirectory() as name:
        folder = server.publish(Path(name))
        found = sorted(file for file in folder.rglob("*") if file.is_file())
        held = {file.relative_to(folder).as_posix(): base64.b64encode(file.read_bytes()).decode() for file in found}
    return {"space": rules.space, "slug": rules.slug, "acts": len(server.acts), "files": held}


def _cast(server: published.Server, number: int, sum_: str, choice: list[str], rev: int = 1) -> None:
    citizen, slot = Citizen(number, server.rules), f"basket:{slot_id(server.rules.slug, sum_)}"
    payload = citizen.payload("basket", slot, {"envelope": sum_, "choice": choice}, rev=rev)
    server.hear(citizen.seal(payload))


def main() -> None:
    """Writes the files."""
    folder = Path(os.environ.get("PREAU_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    winners = toulouse(folder / "pabulib" / "France_Toulouse_2024.pb")
    made = {"budgets": {"cases": [*cases("vector", 1)], "toulouse": winners}, "recount_budget": site_vector()}
    for name, content in made.items():
        (HERE / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
