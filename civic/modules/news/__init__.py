"""News: articles and events that the town writes; citizens register for an event."""

from __future__ import annotations

from civic.modules.news.module import News

MODULE = News()
