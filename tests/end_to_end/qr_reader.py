"""Reads a QR code from the pixels of a screenshot (ISO/IEC 18004). Exact pixels need no error correction."""

from collections.abc import Iterator, Sequence
from typing import Any

from segno import consts

Modules = list[list[bool]]  # rows, True = dark
_MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
_LEVELS = (consts.ERROR_LEVEL_M, consts.ERROR_LEVEL_L, consts.ERROR_LEVEL_H, consts.ERROR_LEVEL_Q)


def read_qr(pixels: Sequence[Sequence[bool]]) -> str:
    """The text of the one code in a picture (True = dark) that holds nothing else dark."""
    return decode(modules_of(pixels))


def modules_of(pixels: Sequence[Sequence[bool]]) -> Modules:
    """The squares of the code: the first row of a code begins with a finder pattern, seven dark squares wide."""
    rows = [y for y, line in enumerate(pixels) if any(line)]
    columns = [x for x in range(len(pixels[0])) if any(pixels[y][x] for y in rows)]
    top, left, width = rows[0], columns[0], columns[-1] - columns[0] + 1
    run = next(n for n in range(1, width) if not pixels[top + 1][left + n])
    count = round(width / (run / 7))
    count = min(range(21, 178, 4), key=lambda size: abs(size - count))
    step = width / count
    return [
        [pixels[int(top + (r + 0.5) * step)][int(left + (c + 0.5) * step)] for c in range(count)] for r in range(count)
    ]


def decode(modules: Modules) -> str:
    """The text that the squares hold; AssertionError where they are no code of a known form."""
    size = len(modules)
    version = (size - 17) // 4
    places = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    word = sum(modules[r][c] << (14 - n) for n, (r, c) in enumerate(places))
    assert word in consts.FORMAT_INFO, "not a QR code"
    form = consts.FORMAT_INFO.index(word)
    is_flipped = _MASKS[form & 7]
    bits = [modules[r][c] ^ is_flipped(r, c) for r, c in _data_places(version, size)]
    words = [sum(bit << (7 - n) for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    return _text(_data_words(words, _blocks(version, _LEVELS[form >> 3])), version)


def _blocks(version: int, level: int) -> Sequence[Any]:
    table: Any = consts.ECC
    groups: Sequence[Any] = table[version][level]
    return groups


def _data_places(version: int, size: int) -> Iterator[tuple[int, int]]:
    """Where the data lies: two columns at a time from the right, up and down, around the patterns."""
    fixed = _pattern_places(version, size)
    is_upward, right = True, size - 1
    while right > 0:
        right -= right == 6  # the column of the timing pattern
        for r in reversed(range(size)) if is_upward else range(size):
            for c in (right, right - 1):
                if (r, c) not in fixed:
                    yield r, c
        is_upward, right = not is_upward, right - 2


def _pattern_places(version: int, size: int) -> set[tuple[int, int]]:
    end = size - 8
    fixed = {(r, c) for r in range(9) for c in range(9)}
    fixed |= {(r, c) for r in range(9) for c in range(end, size)} | {(c, r) for r in range(9) for c in range(end, size)}
    fixed |= {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    centres: tuple[int, ...] = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    for r in centres:
        for c in centres:
            if (r, c) not in ((6, 6), (6, centres[-1]), (centres[-1], 6)):
                fixed |= {(r + y, c + x) for y in range(-2, 3) for x in range(-2, 3)}
    if version >= 7:
        fixed |= {(r, size - 11 + c) for r in range(6) for c in range(3)}
        fixed |= {(size - 11 + c, r) for r in range(6) for c in range(3)}
    return fixed


def _data_words(words: Sequence[int], groups: Sequence[Any]) -> bytes:
    """The data of the blocks one after the other: they are interleaved in the code."""
    lengths = [group.num_data for group in groups for _ in range(group.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    following = iter(words)
    for turn in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if turn < length:
                block.append(next(following))
    return bytes(word for block in blocks for word in block)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = int.from_bytes(data, "big"), len(data) * 8

    def take(self, count: int) -> int:
        self.at -= count
        return self.data >> self.at & (1 << count) - 1


def _text(data: bytes, version: int) -> str:
    bits, text = _Bits(data), ""
    size = 1 if version < 10 else 2 if version < 27 else 3
    while bits.at >= 4 and (mode := bits.take(4)):
        if mode == consts.MODE_ECI:
            assert bits.take(8) == 26, "only UTF-8 is expected"
            continue
        length = bits.take(consts.CHAR_COUNT_INDICATOR_LENGTH[mode][size])
        if mode == consts.MODE_BYTE:
            text += bytes(bits.take(8) for _ in range(length)).decode("utf-8")
        elif mode == consts.MODE_NUMERIC:
            for at in range(0, length, 3):
                digits = min(3, length - at)
                text += str(bits.take(digits * 3 + 1)).zfill(digits)
        else:
            assert mode == consts.MODE_ALPHANUMERIC, f"mode {mode}"
            letters = consts.ALPHANUMERIC_CHARS.decode("ascii")
            for at in range(0, length, 2):
                pair = bits.take(11) if length - at > 1 else bits.take(6)
                text += (letters[pair // 45] if length - at > 1 else "") + letters[pair % 45]
    return text
