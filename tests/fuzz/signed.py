"""What can be wrong with a message that a device signs: its letters, a part, the header, a member, its JSON."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from civic.canonical import b64u_decode, b64u_encode
from tests.fuzz.mutation import junk, junk_but, spoil_bytes, spoil_json, spoil_text
from tests.fuzz.targets.envelope import unlike, written

OTHER_KINDS = ("preau-env+jws", "preau-device+jws", "preau-grant+jws", "JWT")
OTHER_ALGORITHMS = ("none", "HS256", "RS256", "")


@dataclass(frozen=True)
class SignedMessage:
    """A good message. `valid` says of each member what may stand there; `strangers` are members it must not have."""

    kind: str
    header: str
    members: Mapping[str, Any]
    valid: Mapping[str, Callable[[Any], bool]]
    strangers: tuple[str, ...]
    sign: Callable[[str, bytes], str]

    @cached_property
    def good(self) -> str:
        return self.sign(self.header, written(dict(self.members)))

    def spoilt_letters(self, chance: random.Random) -> str:
        return spoil_text(chance, self.good)

    def spoilt_part(self, chance: random.Random) -> str:
        parts = self.good.split(".")
        place = chance.randrange(3)
        parts[place] = b64u_encode(spoil_bytes(chance, b64u_decode(parts[place])))
        return ".".join(parts)

    def spoilt_header(self, chance: random.Random) -> str:
        other = chance.choice((
            lambda: unlike(self.header, lambda: spoil_text(chance, self.header)),
            lambda: self.header.replace("ES256", chance.choice(OTHER_ALGORITHMS)),
            lambda: self.header.replace(self.kind, chance.choice(OTHER_KINDS)),
        ))()  # fmt: skip
        return self.sign(other, written(dict(self.members)))

    def spoilt_member(self, chance: random.Random) -> str:
        members = dict(self.members)
        way = chance.randrange(4)
        if way == 0:
            members.pop(chance.choice(list(members)))
        elif way == 1:
            members[chance.choice(self.strangers)] = junk(chance)
        else:
            name = chance.choice(list(self.valid))
            members[name] = junk_but(chance, self.valid[name])
        return self.sign(self.header, written(members))

    def spoilt_payload(self, chance: random.Random) -> str:
        return self.sign(self.header, spoil_json(chance, written(dict(self.members))))

    def make(self, chance: random.Random, *more: Callable[[random.Random], str]) -> str:
        """A case that is not the good message; members are what most can be wrong with."""
        own = (self.spoilt_letters, self.spoilt_part, self.spoilt_header, self.spoilt_payload)
        ways = (*own, self.spoilt_member, self.spoilt_member, *more)
        good = self.good
        while (text := chance.choice(ways)(chance)) == good:
            pass
        return text
