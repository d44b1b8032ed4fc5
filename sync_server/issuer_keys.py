"""The private keys that sign rights to a secret vote: made, read, and the arithmetic that uses them.

One a question (docs/formats.md §3.1), destroyed once no right to vote is given any more. As PEM, PKCS 8, below
keys/issuers/<space>/<consultation>/. Loaded by the first request for a right: most towns ask nothing in secret.
"""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from civic.issuer import Issuer, Power, SigningFault, blind_sign, issuer_of
from civic.issuer_key import BITS, EXPONENT, IssuerKey, Random
from civic.refusals import Code, Refused
from sync_server.keys import KeyUnreadable

log = logging.getLogger(__name__)

# Optional (pip install preau[blind]): a town on a machine that has no wheel of it signs with Python's own integers.
gmpy2: Any = import_module("gmpy2") if find_spec("gmpy2") else None


def new_issuer_pem() -> bytes:
    """A new RSA-2048 private key."""
    private = rsa.generate_private_key(EXPONENT, BITS)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def issuer_of_pem(pem: bytes, where: str) -> Issuer:
    """The issuer of a key that `new_issuer_pem` made; KeyUnreadable, which names `where`, for anything else."""
    try:
        private = load_pem_private_key(pem, None)
    except ValueError as error:
        raise KeyUnreadable(f"{where}: {error}") from error
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size != BITS:
        raise KeyUnreadable(f"{where}: not an RSA key of {BITS} bits")
    numbers = private.private_numbers()
    if numbers.public_numbers.e != EXPONENT:
        raise KeyUnreadable(f"{where}: its exponent is not {EXPONENT}")
    return issuer_of(numbers.p, numbers.q, EXPONENT)


def steady_power(base: int, exponent: int, modulus: int) -> int:
    """base^exponent mod an odd modulus, the exponent above zero, in a time that does not depend on their bits (GMP)."""
    return int(gmpy2.powmod_sec(base, exponent, modulus))


def power() -> Power:
    """What `civic.issuer.blind_sign` should be handed here: GMP's where gmpy2 is installed, else Python's own."""
    return pow if gmpy2 is None else steady_power


def issuer_file(folder: Path, scope: tuple[str, str, str]) -> Path:
    """Where the private key of (space, consultation, question) is, below `folder`."""
    space, consultation, question = scope
    return folder / space / consultation / f"{question}.pem"


class StoredIssuers:
    """The keys below `folder`, each read once and again when its public half is another."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._folder, self._random, self._power = folder, random, power()
        self._known: dict[tuple[str, str, str], Issuer] = {}

    def sign(self, scope: tuple[str, str, str], key: IssuerKey, blinded: bytes) -> bytes:
        """See Issuers; Refused UNAVAILABLE where the key is missing or another, or the machine miscalculates."""
        try:
            known = self._known.get(scope)
            if known is None or known.key != key:
                known = self._known[scope] = self._read(scope, key)
            return blind_sign(known, blinded, self._random, self._power)
        except (OSError, KeyUnreadable, SigningFault) as error:
            log.error("no right to vote can be given: %s", error)
            raise Refused(Code.UNAVAILABLE) from error

    def _read(self, scope: tuple[str, str, str], key: IssuerKey) -> Issuer:
        path = issuer_file(self._folder, scope)
        issuer = issuer_of_pem(path.read_bytes(), str(path))
        if issuer.key != key:
            raise KeyUnreadable(f"{path}: not the key that the rules name")
        return issuer
