"""The town's keys for private letters: made by `preau keys messages`, opened by the office where a clerk reads.

The private half lies in the database, sealed under var/keys/vault.key, as the clerks' own keys do (decision 28).
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from civic import signing
from civic.keys import jwk_text, thumbprint
from civic.refusals import Refused
from civic.sealed_letter import SealedLetter, Words, letter_info, parse_words, point_text
from sync_server.hpke import open_sealed
from sync_server.keys import new_pem
from sync_server.storage.letters import Key
from sync_server.vault import Vault

TABLE = "letter_keys"  # place in the vault


class LetterUnreadable(ValueError):
    """A letter does not open: its key is not here, or what is inside is no letter."""


def new_letter_key(vault: Vault, space: str, now: int) -> Key:
    """A key for a town, its private half sealed."""
    private = ec.generate_private_key(ec.SECP256R1())
    x, y = signing.coordinates(private.public_key())
    kid = thumbprint(jwk_text(x, y))
    return Key(kid, point_text(x, y), vault.seal(new_pem(private).decode("ascii"), TABLE, space, kid), now)


def toml_of(keys: Sequence[Key]) -> str:
    """What stands in consultation.toml of these keys, the newest first."""
    earlier = ", ".join(f'"{one.point}"' for one in keys[1:])
    return f'[messages]\nkey = "{keys[0].point}"\n' + (f"earlier = [{earlier}]\n" if earlier else "")


def open_letter(vault: Vault, keys: Sequence[Key], space: str, consultation: str, letter: SealedLetter) -> Words:
    """What a letter says; LetterUnreadable otherwise."""
    key = next((one for one in keys if one.kid == letter.to), None)
    if key is None:
        raise LetterUnreadable("no key of ours")
    try:
        pem = str(vault.open(key.sealed, TABLE, space, key.kid)).encode("ascii")
        private = load_pem_private_key(pem, None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise LetterUnreadable("not a P-256 key")
        return parse_words(open_sealed(private, letter_info(space, consultation, letter), letter.sealed))
    except (Refused, ValueError) as error:  # VaultUnreadable is one
        raise LetterUnreadable("a letter does not open") from error
