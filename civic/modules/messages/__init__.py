"""Private letters to the town hall, and its answers: nothing of them is published."""

from __future__ import annotations

from civic.modules.messages.module import Messages

MODULE = Messages()
