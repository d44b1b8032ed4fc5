"""A push service that checks and opens what it is given as RFC 8188, 8291 and 8292 say, with nobody's library."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from civic.canonical import b64u_decode, b64u_encode
from civic.following import Subscription


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Browser:
    """What a browser keeps of a subscription: the private half, and the secret."""

    name: str = "one"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes !!"

    def subscription(self, service: str) -> Subscription:
        return Subscription(
            f"{service}/{self.name}", b64u_encode(point_of(self.key.public_key())), b64u_encode(self.secret)
        )

    def open(self, body: bytes) -> bytes:
        """RFC 8188 with one record, its key agreed on as RFC 8291 says."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        info = b"WebPush: info\0" + point_of(self.key.public_key()) + sender
        secret = _hkdf(self.secret, self.key.exchange(ec.ECDH(), theirs), info, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        said, _, padding = AESGCM(key).decrypt(nonce, record, None).rpartition(b"\x02")
        assert not padding.strip(b"\0")
        return said


def check_vapid(header: str, own: str, now: int, town_key: bytes) -> Mapping[str, Any]:
    """The claims of who sends, whose signature by the town's key checks (RFC 8292)."""
    scheme, _, rest = header.partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    assert (scheme, b64u_decode(parts["k"])) == ("vapid", town_key)
    signed, _, signature = parts["t"].rpartition(".")
    raw = b64u_decode(signature)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), town_key).verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        signed.encode("ascii"),
        ec.ECDSA(hashes.SHA256()),
    )
    head, claims = (json.loads(b64u_decode(part)) for part in signed.split("."))
    assert head["alg"] == "ES256"
    assert claims["aud"] == own
    assert now < claims["exp"] <= now + 86_400
    return dict(claims)


@dataclass
class PushService:
    """What came in, newest last; `answers` are statuses by path, 201 for any other."""

    address: str
    got: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")


@contextmanager
def push_service() -> Iterator[PushService]:
    """A service on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status = service.answers.get(self.path, 201)
            self.send_response(status)
            if status in (301, 307):
                self.send_header("Location", f"{service.address}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
