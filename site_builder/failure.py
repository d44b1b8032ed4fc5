"""Why a site was not built."""

from __future__ import annotations


class BuildFailure(RuntimeError):
    """The site can't be built whole; nothing half-made may be published. The message is for the person who runs it."""
