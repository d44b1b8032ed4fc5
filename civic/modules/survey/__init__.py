"""The town asks many things at once: a questionnaire in sections, answered on one page; with one question, a poll."""

from __future__ import annotations

from civic.modules.survey.module import SurveyModule

MODULE = SurveyModule()
