"""A sum to share out: the town's projects and their costs, a basket a person, winners that anyone computes again."""

from __future__ import annotations

from civic.modules.budget.module import MODULE

__all__ = ["MODULE"]
