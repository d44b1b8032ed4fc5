"""The manifest of budgets: one kind of act, the basket, in one slot a person and sum."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.groups import Told
from civic.module import Declared, Document, Entered, Entry, Offered, Option, Shelf
from civic.modules.budget.rules.ballots import KNAPSACK, POINTS, BallotRules, Part, is_allowed, parts_of
from civic.modules.budget.settings import Budget, Envelope, budget_of, check_budget, project_id, slot_id
from civic.modules.budget.totals import baskets_in, people_by_project, whole
from civic.refusals import Code, Refused
from civic.slots import SUM, Counted

BLANK = "blank"
_MEMBERS = frozenset({"envelope", "choice"})


class Chosen(NamedTuple):
    """What somebody put into the basket of a sum; no choice is blank."""

    envelope: str
    choice: tuple[str, ...]


class BudgetModule:
    """See civic.module.Module."""

    name = "budget"
    kinds: tuple[str, ...] = ("basket",)
    tables: Mapping[str, str] = {}
    choices: tuple[str, ...] = (BLANK,)
    targets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """See Module."""
        check_budget(consultation)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Chosen:
        """See Module."""
        if body.keys() != _MEMBERS or type(body["envelope"]) is not str:
            raise Refused(Code.BAD_PAYLOAD, "envelope")
        choice = body["choice"]
        if type(choice) is not list or any(type(one) is not str for one in choice):
            raise Refused(Code.BAD_PAYLOAD, "choice")
        try:
            parts = parts_of(choice)
        except ValueError:
            raise Refused(Code.BAD_PAYLOAD, "choice") from None
        budget, envelope = _find(consultation, body["envelope"])
        if budget is None or envelope is None:
            raise Refused(Code.BAD_OPTION, "envelope")
        if not is_allowed(budget.ballot, parts, budget.costs(envelope.id), envelope.amount):
            raise Refused(Code.BAD_OPTION, "choice")
        return Chosen(envelope.id, tuple(choice))

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module. Boxes ticked together come as one text; no box at all is no answer, and not a blank one."""
        said = fields["choice"].split()
        choice = None if not said else [] if said == [BLANK] else sorted(said)
        return Entered(fields["target"], {"envelope": fields["envelope"], "choice": choice})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        budget, envelope = _find(consultation, fields.get("envelope", ""))
        if budget is None or envelope is None or name not in _MEMBERS:
            return None
        if name == "envelope":
            return Offered((Option(envelope.id, "budget.envelope.whole", envelope.label),))
        options = []
        for one in budget.offered(envelope.id):
            for part in _ways(budget.ballot, one.id):
                tail = f" ({part.number})" if part.number else ""
                label = {lang: f"{one.id}. {title}{tail}" for lang, title in one.title.items()}
                options.append(Option(_written(part), label=label))
        # Always several, so that what is ticked comes as one list, even where one project only may be chosen.
        return Offered((*options, Option(BLANK, "budget.blank")), max(2, most_chosen(budget.ballot, len(options))))

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """The sums, in the town's order; then the projects, which people may talk about."""
        if "budget" not in consultation.settings:
            return ()
        budget, slug = budget_of(consultation), consultation.slug
        sums = [Declared(slot_id(slug, one.id), "envelopes", page="") for one in budget.envelopes]
        return (*sums, *(Declared(project_id(slug, one.id), "", one.number) for one in budget.projects))

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A basket lies in the slot of its sum: one a person."""
        return slot_id(consultation.slug, payload.envelope)

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A sum is there as soon as it is declared."""
        return ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """Each project chosen, or a blank; and the whole ballot, for a rule may ask who chose what together."""
        chosen = payload.choice or (BLANK,)
        return (*(Counted(slot_id, one) for one in chosen), Counted(slot_id, whole(payload.choice)))

    def grouped(self, choice: str) -> Told | None:
        """See civic.groups.Grouped: how many people of a group chose a project, whatever number stood beside it."""
        return None if choice.startswith(SUM) else Told("", choice.partition("*")[0])

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The sum."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """A row of `envelopes` (README.md): support while counts are public, and who won once they are final."""
        row: Document = {
            "id": entry.id, "number": entry.number, "as_of": entry.as_of, "votes": None, "ballots": None,
            "decision": None, "baskets": None,
        }  # fmt: skip
        if entry.votes is None:
            return row
        baskets = baskets_in(entry.votes)
        people = people_by_project(baskets)
        row["votes"] = {**{name: people[name] for name in sorted(people, key=int)}, BLANK: baskets.get((), 0)}
        row["ballots"] = sum(baskets.values())
        rules = entry.final_rules
        if rules is not None:
            budget = budget_of(rules)
            envelope = next(one for one in budget.envelopes if slot_id(rules.slug, one.id) == entry.id)
            row["decision"] = import_module("civic.modules.budget.decision").decision_of(budget, envelope, baskets)
            if rules.are_rows_public(row["ballots"]):
                row["baskets"] = [[",".join(choice), times] for choice, times in baskets.items()]
        return row

    def shelf(self, consultation: Consultation) -> Shelf:
        """See Module. Only the builder asks: a server that takes baskets loads neither pages nor rules."""
        shelf: Shelf = import_module("civic.modules.budget.shelf").BudgetShelf(consultation)
        return shelf


def most_chosen(ballot: BallotRules, projects: int) -> int:
    """How many projects a ballot may name."""
    return min(
        projects, ballot.most_sum if ballot.type == POINTS else projects if ballot.type == KNAPSACK else ballot.most
    )


def _ways(ballot: BallotRules, project: str) -> list[Part]:
    if not ballot.has_numbers:
        return [Part(project, 0)]
    most = ballot.most_each if ballot.type == POINTS else ballot.most
    return [Part(project, number) for number in range(1, most + 1)]


def _written(part: Part) -> str:
    return f"{part.project}*{part.number}" if part.number else part.project


def _find(consultation: Consultation, envelope: str) -> tuple[Budget | None, Envelope | None]:
    if "budget" not in consultation.settings:
        return None, None
    budget = budget_of(consultation)
    return budget, budget.envelope(envelope)


MODULE = BudgetModule()
