"""The town asks: one or several declared questions, a ballot for each, blank always possible."""

from __future__ import annotations

from civic.modules.question.module import QuestionModule

MODULE = QuestionModule()
