"""The address that ends what brought a letter: whatever is not sealed by the town, for that town, ends nothing."""

import random

from civic.canonical import b64u_decode, b64u_encode
from civic.refusals import Code
from sync_server.following.unsubscribing import PATH, Stop, Stops
from sync_server.vault import Vault
from tests.fuzz.target import Target

STOPS = Stops(Vault(b"v" * 32, b"p" * 32, bytes))
STRANGER = Stops(Vault(b"s" * 32, b"p" * 32, bytes))
SPACE, OTHER = "valbrume", "berges"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=/%é\0 "


def token(stops: Stops, space: str, follower: str) -> str:
    return stops.address("", space, Stop(follower, "halle", "fr")).removeprefix(f"{PATH}/{space}/")


def make(chance: random.Random) -> str:
    """A real token that was changed, cut, sealed for another town or by another key; or no token at all."""
    follower = f"p:{chance.randrange(10**6)}"
    real = token(STOPS, SPACE, follower)
    way = chance.randrange(6)
    if way == 0:
        data = bytearray(b64u_decode(real))
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return b64u_encode(bytes(data))
    if way == 1:
        return real[: chance.randrange(len(real))]
    if way == 2:
        return real + chance.choice(ALPHABET)
    if way == 3:
        return token(STOPS, OTHER, follower)
    if way == 4:
        return token(STRANGER, SPACE, follower)
    return "".join(chance.choice(ALPHABET) for _ in range(chance.randrange(300)))


TARGET = Target("unfollow_address", make, lambda text: STOPS.read(SPACE, text), frozenset({Code.BAD_FORMAT}))
