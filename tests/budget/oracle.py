"""The same election in pabutools, the reference of the field, with our rule for ties (docs/decisions/0022)."""

from __future__ import annotations

from pabutools.election import Cardinality_Sat, Cost_Sat, Instance
from pabutools.election import Project as Named
from pabutools.election.ballot import ApprovalBallot, CardinalBallot
from pabutools.election.profile import ApprovalProfile, CardinalProfile
from pabutools.election.satisfaction import Additive_Cardinal_Sat
from pabutools.rules import completion_by_rule_combination, greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from civic.modules.budget.rules.election import Completion, Election, Measure, Rule

TIES = TieBreakingRule(lambda _, __, project: (project.cost, project.name))


def winners(election: Election, rule: Rule, completion: Completion) -> set[int]:
    """Places of the winners that anyone supports: pabutools also spends what is left on what nobody chose."""
    projects = [Named(f"{place:06d}", one.cost) for place, one in enumerate(election.projects)]
    instance = Instance(projects, budget_limit=election.amount)
    profile, measure = profile_of(election, instance, projects)
    common = {"sat_class": measure, "tie_breaking": TIES}
    if rule is Rule.GREEDY:
        found = greedy_utilitarian_welfare(instance, profile, **common)
    else:
        step = election.step if completion in (Completion.ADD1, Completion.ADD1_GREEDY) else None
        shares = {**common, "voter_budget_increment": step}
        if completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
            rules = [method_of_equal_shares, greedy_utilitarian_welfare]
            found = completion_by_rule_combination(instance, profile, rules, [shares, common])
        else:
            found = method_of_equal_shares(instance, profile, **shares)
    supported = {project for basket in election.baskets for project, _ in basket.weights}
    return {int(one.name) for one in found} & supported


def profile_of(election: Election, instance: Instance, projects: list[Named]):
    """Approvals as they are; else the satisfaction of each weight, as points."""
    is_approval = all(weight == 1 for basket in election.baskets for _, weight in basket.weights)
    baskets = [basket for basket in election.baskets for _ in range(basket.times)]
    if is_approval:
        ballots = [ApprovalBallot([projects[project] for project, _ in one.weights]) for one in baskets]
        profile = ApprovalProfile(ballots, instance=instance)
        return profile, Cost_Sat if election.measure is Measure.COST else Cardinality_Sat
    worth = [one.cost if election.measure is Measure.COST else 1 for one in election.projects]
    points = [CardinalBallot({projects[p]: weight * worth[p] for p, weight in one.weights}) for one in baskets]
    return CardinalProfile(points, instance=instance), Additive_Cardinal_Sat
