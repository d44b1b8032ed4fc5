"""Reports: what does not work in the town, where it is, and what the town hall does about it."""

from __future__ import annotations

from civic.modules.reports.module import Reports

MODULE = Reports()
