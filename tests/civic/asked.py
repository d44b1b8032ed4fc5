"""A town that asks three questions, for tests of the rules, the worker and the pages."""

from civic.consultation import Consultation
from civic.questions import slot_id
from tests.civic.town import Citizen, consultation, jti

QUESTIONS_TOML = """
[[question]]
id = "principe"
title = {fr = "Un marché du soir ?", en = "An evening market?"}
text = {fr = "De juin à août.", en = "From June to August."}
[[question]]
id = "soir"
title = {fr = "Quel soir ?", en = "Which evening?"}
[[question.option]]
id = "mardi"
label = {fr = "Le mardi", en = "Tuesday"}
[[question.option]]
id = "jeudi"
label = {fr = "Le jeudi, après l’école", en = "Thursday, after school"}
[[question.option]]
id = "samedi"
label = {fr = "Le samedi", en = "Saturday"}
[[question]]
id = "lieux"
type = "multi"
max = 2
title = {fr = "Où ?", en = "Where?"}
[[question.option]]
id = "place"
label = {fr = "Sur la place", en = "On the square"}
[[question.option]]
id = "quai"
label = {fr = "Sur le quai", en = "On the quay"}
[[question.option]]
id = "gare"
label = {fr = "À la gare", en = "At the station"}
"""
RULES = """
modules = ["question", "comments"]
counts = "{counts}"
grace = "24h"
unsigned = ["ballot"]
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["ballot", "comment"]
[[phase]]
id = "decision"
starts_at = 2026-04-01T00:00:00Z
ends_at = 2026-04-30T00:00:00Z
open = [{later}]
"""


def asking(counts: str = "hidden", questions: str = QUESTIONS_TOML, later: str = "") -> Consultation:
    """The rules of a consultation that asks `questions`."""
    return consultation(RULES.format(counts=counts, later=later) + questions)


def slot(question: str) -> str:
    """The id of the slot of a question of that consultation."""
    return slot_id("filature", question)


def ballot(citizen: Citizen, question: str, *choice: str, rev: int = 1, number: int = 1, **changed: object) -> str:
    """The ballot of a citizen as it travels."""
    body = {"question": question, "choice": list(choice)}
    own = jti(number * 1000 + rev)
    payload = citizen.payload("ballot", f"ballot:{slot(question)}", body, rev=rev, jti=own)
    return citizen.seal(payload | changed)
