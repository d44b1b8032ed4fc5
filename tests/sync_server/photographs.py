"""Photos as phones take them, and as an attacker makes them."""

import hashlib
import io
import struct
import zlib

from PIL import Image

from civic.canonical import b64u_encode

MAKER = b"SpyPhone 9"


def photograph(size: tuple[int, int] = (640, 480), turned: int = 1, kind: str = "JPEG", quality: int = 80) -> bytes:
    """A picture, red above and blue below as it lies in the file, with place, maker and `turned` (EXIF orientation)."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MAKER.decode(), turned
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (48.0, 51.0, 29.5), "E", (0.0, 27.0, 40.25)
    file = io.BytesIO()
    picture.save(file, kind, quality=quality, exif=exif)
    return file.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that says it has `side` times `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def name_of(data: bytes) -> str:
    return b64u_encode(hashlib.sha256(data).digest())
