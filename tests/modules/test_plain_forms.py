"""The plain forms of every module over HTTP, as a phone without scripts sends them: reviewed, confirmed, kept."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from civic.consultation import Consultation
from civic.content import parse_content
from civic.module import Module
from sync_server.drafts import body_of
from sync_server.settings import Settings
from sync_server.storage.tables import payloads
from tests.civic.town import DAY, OPENS
from tests.contracts.history import rows
from tests.modules.example_town import MODULES, SLUG, acts_of, read_examples, sealed, town_files
from tests.sync_server.conftest import House, Opener

NOBODY = re.compile(r"([AB])\1{20}[AB]")  # an id that stands in examples for one that is there


@pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
def test_every_plain_form_of_the_examples_is_reviewed_and_received(
    module: Module, open_house: Opener, settings: Settings
) -> None:
    examples = read_examples(module)
    forms: list[dict[str, Any]] = examples["forms"]
    files = town_files(module, examples, {"unsigned": sorted({one["kind"] for one in forms})})
    rules = parse_content(files, MODULES).consultations[SLUG]
    for path, data in files.items():
        file = settings.content / "valbrume" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    house = open_house()
    house.clock.at = OPENS + 2 * DAY
    acts = [(one, sealed(one, number, rules)) for number, one in enumerate(acts_of(module, examples, rules))]
    house.results(*(text for _, text in acts))
    there = [one.slot_id for one, _ in acts if one.kind in module.targets]
    there += [one.id for name in rules.modules for one in MODULES[name].declared(rules)]
    for one in forms:
        send(house, module, rules, one, there[0] if there else "")


def send(house: House, module: Module, rules: Consultation, form: dict[str, Any], about: str) -> None:
    """Sends one form to its end; `about` is what it is about where its slot is not the module's to say."""
    body = {name: about if is_nobody(value) else value for name, value in form["body"].items()}
    payload = module.parse(form["kind"], body, rules, rules.languages)
    fields = {"lang": "fr", **form["fields"], "consultation": SLUG, "kind": form["kind"], "back": f"/{SLUG}/"}
    if is_nobody(fields.get("target")):
        fields["target"] = module.slot_of(form["kind"], payload, rules) or about
    review = house.client.post("/form", data=fields)
    assert review.status_code == 200, review.text
    assert "Rien n’est encore envoyé" in review.text
    draft = re.search(r'name="draft" value="([^"]*)"', review.text)
    assert draft
    received = house.client.post("/form/confirm", data={"draft": html.unescape(draft[1])})
    assert "Reçu, n°" in received.text, received.text
    assert list(envelopes(house))[-1] == body


def is_nobody(value: object) -> bool:
    return isinstance(value, str) and NOBODY.fullmatch(value) is not None


def envelopes(house: House) -> Iterator[Any]:
    """The bodies in the ledger, in order of arrival."""
    for row in sorted(rows(house.services.ledger, payloads)):
        yield from (body_of(one) for one in row if isinstance(one, str) and one.count(".") == 2)
