"""Comments under a proposal, with one level of answers."""

from __future__ import annotations

from civic.modules.comments.module import Comments

MODULE = Comments()
