"""What may be wrong with a provider. Apart: who only has to know of it loads nothing of what talks to one."""

from __future__ import annotations


class ProviderDown(Exception):
    """The provider does not answer, or not in its right mind: the same may work later."""


class ProviderFault(Exception):
    """What came back must not be believed; the message is for the log and names nobody."""
