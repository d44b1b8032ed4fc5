"""Where a built site goes: one Publisher per kind of host."""

from __future__ import annotations

from typing import Protocol


class Publisher(Protocol):
    """Makes the folder that the builder wrote visible to citizens."""

    def publish(self) -> int:
        """Brings the host up to date with the folder; the number of files sent. PublishFailed otherwise.

        May be called again at any time: what is already there is not sent twice, what is gone is gone there too.
        """


class PublishFailed(RuntimeError):
    """The host could not be brought up to date; the site it shows is the one before."""
