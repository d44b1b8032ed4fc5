"""One blind signature of RSA-2048: with gmpy2's constant-time power, with Python's own, and what blinding costs."""

from __future__ import annotations

import importlib
import os
import sys
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.peers.install import site_packages
from bench.timing import in_turn, seconds_of
from civic.blind import blind, finalize, is_blind_signed, prepare
from civic.issuer import Issuer, Power, blind_sign
from sync_server import issuer_keys

TEXT = b"preau-token-v1|valbrume|filature|q1|" + b"A" * 43


def measure(size: Size) -> list[Figure]:
    """Each way in turn on one key and fresh numbers; what either signs must check."""
    steady = steady_power()
    issuer = issuer_keys.issuer_of_pem(issuer_keys.new_issuer_pem(), "a new key")
    d = pow(issuer.key.e, -1, (issuer.p - 1) * (issuer.q - 1))
    token = signed_and_checked(issuer, steady)
    with_gmpy2, without, plain, checking = in_turn(
        20 if size.is_quick else 200,
        lambda: seconds_to_sign(issuer, steady),
        lambda: seconds_to_sign(issuer, pow),
        lambda: seconds_of(lambda: pow(issuer.key.draw(os.urandom), d, issuer.key.n)),
        lambda: seconds_of(lambda: is_blind_signed(issuer.key, *token)),
    )
    beside = f"one plain power of Python, nothing hidden or checked: {median(plain) * 1e3:.1f} ms"
    return [
        row("blind signature with gmpy2", with_gmpy2, 5),
        row("blind signature without gmpy2", without, 12, beside),
        row("check of a token", checking),
    ]


def row(what: str, seconds: list[float], hard: float | None = None, beside: str = "") -> Figure:
    """The median as a line of the table."""
    bound = None if hard is None else at_most(hard)
    return Figure(what, median(seconds) * 1e3, "ms", beside or f"median of {len(seconds)}", hard=bound)


def steady_power() -> Power:
    """gmpy2's power: of this environment, else of the rivals' (bench/peers/requirements.in)."""
    if issuer_keys.gmpy2 is None:
        sys.path.append(str(site_packages()))
        importlib.reload(issuer_keys)
    power = issuer_keys.power()
    if power is pow:
        raise RuntimeError("gmpy2 is in neither environment")
    return power


def seconds_to_sign(issuer: Issuer, power: Power) -> float:
    """One signature of a number that nobody has seen before."""
    blinded = issuer.key.write(issuer.key.draw(os.urandom))
    return seconds_of(lambda: blind_sign(issuer, blinded, os.urandom, power))


def signed_and_checked(issuer: Issuer, steady: Power) -> tuple[bytes, bytes]:
    """A token made the whole way, the same with both powers."""
    message = prepare(TEXT, os.urandom)
    blinded = blind(issuer.key, message, os.urandom)
    one, other = (blind_sign(issuer, blinded.message, os.urandom, power) for power in (steady, pow))
    if one != other:
        raise RuntimeError("gmpy2 and Python sign differently")
    return message, finalize(issuer.key, message, one, blinded.inverse)
