"""The private keys that sign rights to a secret vote: made, read, and the arithmetic that uses them.

One a question (docs/formats.md §3.1), destroyed once no right to vote is given any more. As PEM, PKCS 8.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from civic.issuer import Issuer, Power, issuer_of
from civic.issuer_key import BITS, EXPONENT
from sync_server.keys import KeyUnreadable

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
