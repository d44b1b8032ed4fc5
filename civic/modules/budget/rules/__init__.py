"""How a budget is shared out: ballots, the rules that choose winners, and why each project won or lost.

Whole numbers and fractions only: the same ballots give the same winners on every machine.
"""
