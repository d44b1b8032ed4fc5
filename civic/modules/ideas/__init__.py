"""Call for proposals: citizens write proposals, everybody votes for, against or blank."""

from __future__ import annotations

from civic.modules.ideas.module import Ideas

MODULE = Ideas()
