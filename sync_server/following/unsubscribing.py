"""The address in each letter that ends what brought it: sealed, so that it says nothing and nobody can make one.

A mail scanner that opens it changes nothing: it takes a press of the button, or the one-click POST of RFC 8058.
"""

from __future__ import annotations

from typing import NamedTuple

from civic.canonical import b64u_decode, b64u_encode
from civic.following import DIGEST, PUSH
from civic.refusals import Code, Refused
from sync_server.storage.follows import Follows
from sync_server.vault import Vault, VaultUnreadable

PATH = "/unfollow"
ALL = ""  # everything that is followed in one letter a day


class Stop(NamedTuple):
    """Whose follow of what ends; `lang` is the language of who reads."""

    follower: str
    about: str
    lang: str


class Stops(NamedTuple):
    """Makes and reads the addresses. They hold as long as the town's keys: a letter may be read years later."""

    vault: Vault

    def address(self, sync: str, space: str, stop: Stop) -> str:
        """The address, on the server at `sync`."""
        return f"{sync}{PATH}/{space}/{b64u_encode(self.vault.seal([*stop], 'unfollow', space))}"

    def read(self, space: str, token: str) -> Stop:
        """What is to end; Refused BAD_FORMAT where the token is none of ours."""
        try:
            return Stop(*self.vault.open(b64u_decode(token), "unfollow", space))
        except (VaultUnreadable, ValueError, TypeError) as error:
            raise Refused(Code.BAD_FORMAT) from error


def end(follows: Follows, space: str, stop: Stop) -> None:
    """Ends it, durably. Harmless to repeat; what the person follows by phone goes on."""
    for one in follows.of(space, stop.follower):
        if one.channel != PUSH and (one.about == stop.about or (stop.about == ALL and one.channel == DIGEST)):
            follows.drop(space, stop.follower, one.about)
