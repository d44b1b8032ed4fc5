"""The server's own keys, in files that only it can read (docs/operating.md says what each one opens)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from civic import signing
from civic.canonical import b64u_encode, parse_json
from civic.keys import jwk_text, thumbprint
from civic.log.note import Signer, ed25519_signer, vkey

SECRET_BYTES = 32
RSA_BITS = 2048


class KeyUnreadable(ValueError):
    """A key file is not what it should be; the message says which."""


class SigningKey(NamedTuple):
    """A P-256 key with its public point and thumbprint."""

    private: ec.EllipticCurvePrivateKey
    x: bytes
    y: bytes
    kid: str

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an ES256 signature."""
        return signing.sign(self.private, message)

    @property
    def jwk(self) -> dict[str, str]:
        """The public key, as a site carries it."""
        found: dict[str, str] = parse_json(jwk_text(self.x, self.y))
        return found


class LogKey(NamedTuple):
    """An Ed25519 key that signs the checkpoints of public logs."""

    private: Ed25519PrivateKey
    public: bytes

    def signer(self, origin: str) -> Signer:
        """What signs the log of this origin."""
        return ed25519_signer(origin, self.public, lambda text: signing.sign_ed25519(self.private, text))

    def vkey(self, origin: str) -> str:
        """The verifier key of the log of this origin, as a site carries it."""
        return vkey(origin, self.public)


class Keys(NamedTuple):
    """`receipt` signs receipts, `form` unsigned acts, `log` public logs, `witness` those of others.

    `admin` (a token) may ask for rebuilds. `push` says to push services who sends (VAPID, RFC 8292).
    `pepper` goes into the marks that identities are found by, `vault` opens what is kept encrypted: both 32 bytes.
    """

    receipt: SigningKey
    form: SigningKey
    admin: str
    log: LogKey
    witness: LogKey
    pepper: bytes
    vault: bytes
    push: SigningKey


def open_keys(folder: Path, random: Callable[[int], bytes]) -> Keys:
    """The keys in `folder`, made first where they are missing; two processes that start together get the same."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = read_or_make(folder / "admin.token", lambda: b64u_encode(random(32)).encode("ascii") + b"\n")
    return Keys(
        receipt=open_signing_key(folder / "receipt.pem"),
        form=open_signing_key(folder / "form.pem"),
        admin=token.decode("ascii").strip(),
        log=_log_key(folder / "log.pem"),
        witness=_log_key(folder / "witness.pem"),
        pepper=_secret(folder / "pepper", random),
        vault=_secret(folder / "vault.key", random),
        push=open_signing_key(folder / "vapid.pem"),
    )


def signing_key(private: ec.EllipticCurvePrivateKey) -> SigningKey:
    """A key with what is asked of it at every answer, worked out once."""
    x, y = signing.coordinates(private.public_key())
    return SigningKey(private, x, y, thumbprint(jwk_text(x, y)))


def open_rsa(path: Path) -> rsa.RSAPrivateKey:
    """The RSA key in a file, made first where it is missing; KeyUnreadable where it is another kind of key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = read_or_make(path, lambda: new_pem(rsa.generate_private_key(65537, RSA_BITS)))
    try:
        private = load_pem_private_key(pem, None)
    except ValueError as error:
        raise KeyUnreadable(f"{path}: {error}") from error
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < RSA_BITS:
        raise KeyUnreadable(f"{path}: not an RSA key of {RSA_BITS} bits or more")
    return private


def _log_key(path: Path) -> LogKey:
    try:
        private = load_pem_private_key(read_or_make(path, lambda: new_pem(Ed25519PrivateKey.generate())), None)
    except ValueError as error:
        raise KeyUnreadable(f"{path}: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnreadable(f"{path}: not an Ed25519 key")
    return LogKey(private, signing.public_ed25519(private))


def open_signing_key(path: Path) -> SigningKey:
    """The P-256 key in a file, made first where it is missing."""
    return read_signing_key(path, read_or_make(path, lambda: new_pem(ec.generate_private_key(ec.SECP256R1()))))


def read_signing_key(path: Path, pem: bytes) -> SigningKey:
    """The P-256 key in the bytes of `path`; KeyUnreadable if it is none."""
    try:
        private = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(f"{path}: {error}") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyUnreadable(f"{path}: not a P-256 key")
    return signing_key(private)


def new_pem(private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A private key as the files of this program hold it: PKCS 8, without a passphrase."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _secret(path: Path, random: Callable[[int], bytes]) -> bytes:
    secret = read_or_make(path, lambda: random(SECRET_BYTES))
    if len(secret) != SECRET_BYTES:
        raise KeyUnreadable(f"{path}: not {SECRET_BYTES} bytes")
    return secret


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes of a file of secrets, made first where it is missing: whole at once, and durable on return."""
    if not path.exists():
        # A name of its own for each: the threads of one process may be first together.
        opened, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # for nobody but this user
        draft = Path(name)
        with os.fdopen(opened, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # whole at once, and never over a key that another process has just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
