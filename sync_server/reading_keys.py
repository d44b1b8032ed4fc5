"""The keys that private consultations are sealed with: one each, in a file of the server's (docs/formats.md §30)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from civic.census_code import SIGNS
from civic.privacy import KEY_BYTES, NONCE_BYTES, kid_of, salt_of
from sync_server.catalogue import Stamp, stamp_of
from sync_server.keys import KeyUnreadable, read_or_make

CODE_SIGNS = 16  # of five bits each
ROUNDS = 600_000  # of PBKDF2: with the eighty bits of a code, more than anybody can try


def wrap(key: bytes, code: str) -> bytes:
    """`key` as `code` opens it. What wraps it wraps nothing else, so its nonce need not differ from anything."""
    own = hashlib.pbkdf2_hmac("sha256", code.encode("ascii"), salt_of(key), ROUNDS)
    return AESGCM(own).encrypt(bytes(NONCE_BYTES), key, None)


def on_paper(code: str) -> str:
    """A code as people are given it, in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


class ReadingKeys:
    """Those in `folder`; `random` gives so many bytes."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._folder, self._random = folder, random

    def of(self, space: str, slug: str) -> bytes:
        """The key of one consultation, made first where there is none; KeyUnreadable where its file is no key."""
        key = self._read(space, f"{slug}.key", lambda: self._random(KEY_BYTES))
        if len(key) != KEY_BYTES:
            raise KeyUnreadable(f"{self._folder / space / slug}.key: not {KEY_BYTES} bytes")
        return key

    def code(self, space: str, slug: str) -> str:
        """The code that opens it where one does, likewise."""
        code = self._read(space, f"{slug}.code", self._new_code).decode("ascii", "replace").strip()
        if len(code) != CODE_SIGNS or not set(code) <= set(SIGNS):
            raise KeyUnreadable(f"{self._folder / space / slug}.code: not {CODE_SIGNS} signs")
        return code

    def wrapped(self, space: str, slug: str) -> bytes:
        """The key as the code opens it; made once, for that takes a while."""
        key = self.of(space, slug)  # first: whoever replaces both ends the code before the key
        # Under the name of the key: what is still being made while another key comes is never taken for that one's.
        return self._read(space, f"{slug}.{kid_of(key)}.wrapped", lambda: wrap(key, self.code(space, slug)))

    def replace(self, space: str, slug: str) -> None:
        """Another key and another code from now on: who may not read any more opens nothing that is sealed with it."""
        folder = self._folder / space
        for file in (folder / f"{slug}.code", folder / f"{slug}.key", *folder.glob(f"{slug}.*.wrapped")):
            file.unlink(missing_ok=True)
        self.of(space, slug)

    def stamp(self, space: str) -> Stamp:
        """Another value means that a key of this town is another one."""
        return stamp_of(self._folder / space)

    def _new_code(self) -> bytes:
        number = int.from_bytes(self._random(CODE_SIGNS * 5 // 8), "big")
        return "".join(SIGNS[number >> 5 * at & 31] for at in range(CODE_SIGNS)).encode("ascii") + b"\n"

    def _read(self, space: str, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / space / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return read_or_make(path, make)


def place_key(file: Path, key: bytes) -> None:
    """Makes `file` hold `key` for nobody but this user, whole at any moment."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.is_file() and file.read_bytes() == key:
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(key)
    draft.replace(file)
