"""A town with news: that of the module's own examples."""

from typing import Any

from civic.consultation import Consultation
from civic.content import parse_content
from tests.civic.town import MODULES, Citizen, jti
from tests.modules.example_town import SLUG, read_examples, town_files

NEWS = MODULES["news"]
PARTY = "fete-du-pont"  # 4 seats, 3 at most for one person


def news_files() -> dict[str, bytes]:
    return town_files(NEWS, read_examples(NEWS))


def folder(name: str) -> str:
    return f"consultations/{SLUG}/news/{name}"


def news_rules(**changed: bytes | None) -> Consultation:
    """The rules; `changed` replaces a file of the party, None takes the party out."""
    files = news_files()
    for name, data in changed.items():
        if data is None:
            files = {path: one for path, one in files.items() if not path.startswith(folder(PARTY))}
        else:
            files[f"{folder(PARTY)}/{name}"] = data
    return parse_content(files, MODULES).consultations[SLUG]


def party_of(text: str) -> bytes:
    """The party's table with something put at its end."""
    return news_files()[f"{folder(PARTY)}/article.toml"] + f"{text}\n".encode()


def slot(rules: Consultation, event: str = PARTY) -> str:
    body = {"event": event, "seats": 1, "name": "", "lang": "fr"}
    return NEWS.slot_of("registration", NEWS.parse("registration", body, rules, ("fr", "en")), rules)


def registering(citizen: Citizen, seats: int = 1, name: str = "", event: str = PARTY, **changed: Any) -> str:
    """The envelope of a registration."""
    body = {"event": event, "seats": seats, "name": name, "lang": "fr"}
    slot_id = slot(citizen.consultation, event)
    own = {"jti": jti(7000 + citizen.number * 10 + changed.get("rev", 1))} | changed
    return citizen.seal(citizen.payload("registration", f"registration:{slot_id}", body, **own))
