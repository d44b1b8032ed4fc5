"""A line of the clerks' journal that was changed, taken out, put in or moved is found from the lines alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_encode
from civic.journal import JOIN, OPERATOR, Fault, Said, check_journal, line_hash, parse_journal_line, seal_line
from civic.keys import jwk_text, thumbprint
from civic.refusals import Refused

SPACE = "valbrume"
ANA, LEA = (b64u_encode(bytes([number]) * 16) for number in (1, 2))


class Hand:
    """Whoever signs."""

    def __init__(self, number: int) -> None:
        self.key = ec.derive_private_key(number, ec.SECP256R1())
        self.point = signing.coordinates(self.key.public_key())
        self.kid = thumbprint(jwk_text(*self.point))

    def line(self, n: int, before: str, by: str, do: str, space: str = SPACE, **about: str) -> str:
        prev = line_hash(before) if before else ""
        return seal_line(space, n, prev, Said(by, do, about, 1_790_000_000), self.point, self.sign)

    def sign(self, message: bytes) -> bytes:
        return signing.sign(self.key, message)


OFFICE, ANAS, OTHER = Hand(11), Hand(12), Hand(13)


def whole() -> list[str]:
    """Ana joins, hides, and shows again."""
    lines: list[str] = []
    for hand, by, do, about in (
        (OFFICE, OPERATOR, JOIN, {"clerk": ANA, "kid": ANAS.kid}),
        (ANAS, ANA, "hide", {"no": "7", "reason": "attack"}),
        (ANAS, ANA, "show", {"no": "7"}),
    ):
        lines.append(hand.line(len(lines) + 1, lines[-1] if lines else "", by, do, **about))
    return lines


def faults(lines: list[str], noted: tuple[int, str] | None = None) -> list[Fault]:
    return check_journal(SPACE, lines, OFFICE.kid, noted)


def test_a_journal_that_nobody_touched_is_whole() -> None:
    assert faults([]) == faults(whole()) == []
    assert parse_journal_line(whole()[1]).said.about == {"no": "7", "reason": "attack"}


def test_a_line_that_was_taken_out_shows() -> None:
    lines = whole()
    assert faults([lines[0], lines[2]]) == [Fault(2, "number")]


def test_lines_that_changed_places_show() -> None:
    lines = whole()
    assert {one.why for one in faults([lines[0], lines[2], lines[1]])} == {"number"}


def test_a_line_that_was_written_anew_shows_at_the_next_one() -> None:
    lines = whole()
    lines[1] = ANAS.line(2, lines[0], ANA, "hide", no="8", reason="attack")
    assert faults(lines) == [Fault(3, "chain")]


def test_a_changed_letter_shows() -> None:
    lines = whole()
    head, payload, signature = lines[1].split(".")
    lines[1] = f"{head}.{payload[:-4]}AAAA.{signature}"
    assert Fault(2, "unreadable") in faults(lines)


def test_nobody_signs_for_a_clerk() -> None:
    lines = whole()[:1]
    lines.append(OTHER.line(2, lines[0], ANA, "hide", no="7"))
    assert faults(lines) == [Fault(2, "key")]
    assert faults([OTHER.line(1, "", OPERATOR, JOIN, clerk=ANA, kid=OTHER.kid)]) == [Fault(1, "key")]
    assert faults([ANAS.line(1, "", ANA, "hide", no="7")]) == [Fault(1, "key")]


def test_a_clerk_makes_no_clerks() -> None:
    lines = whole()[:1]
    lines.append(ANAS.line(2, lines[0], ANA, JOIN, clerk=LEA, kid=OTHER.kid))
    lines.append(OTHER.line(3, lines[1], LEA, "hide", no="7"))
    assert faults(lines) == [Fault(3, "key")]


def test_a_line_of_another_town_shows() -> None:
    assert faults([OFFICE.line(1, "", OPERATOR, "invite", space="ailleurs")]) == [Fault(1, "number")]


def test_lines_cut_off_the_end_show_to_whoever_noted_one() -> None:
    lines = whole()
    noted = (3, line_hash(lines[2]))
    assert faults(lines, noted) == []
    assert faults(lines[:2]) == []
    assert faults(lines[:2], noted) == [Fault(3, "cut")]
    assert faults([*lines[:2], ANAS.line(3, lines[1], ANA, "show", no="9")], noted) == [Fault(3, "other")]


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 20_000])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_journal_line(text)
