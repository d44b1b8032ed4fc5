"""A witness signs a log that only grows, and nothing else (C2SP tlog-witness, tlog-cosignature)."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from civic import signing
from civic.log.checkpoint import Checkpoint, checkpoint_text
from civic.log.note import Signer, Verifier, ed25519_signer, parse_vkey, sign_note, signature_line, vkey
from civic.log.tree import Tree, leaf_hash
from civic.log.witness import (
    Fault,
    WitnessRefused,
    WitnessRequest,
    check_growth,
    cosigner,
    format_request,
    has_signed,
    open_request,
    parse_request,
    parse_witness,
    with_cosignatures,
    witness_vkey,
)

ORIGIN = "autrebourg.example/log"
TIME = 1_790_000_000


def key_of(number: int) -> tuple[bytes, Callable[[bytes], bytes]]:
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return signing.public_ed25519(private), private.sign


def log_signer(number: int = 1) -> Signer:
    return ed25519_signer(ORIGIN, *key_of(number))


LOGS = {ORIGIN: parse_vkey(vkey(ORIGIN, key_of(1)[0]))}


def tree_of(size: int, *, bent_at: int = -1) -> Tree:
    tree = Tree()
    for index in range(size):
        tree.append(leaf_hash(b"bent" if index == bent_at else b"%d" % index))
    return tree


def head(tree: Tree, size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, tree.root(size))


def request_for(tree: Tree, old: int, new: int, proof: tuple[bytes, ...] | None = None) -> WitnessRequest:
    if proof is None:
        proof = tuple(tree.consistency(old, new)) if 0 < old < new else ()
    note = sign_note(checkpoint_text(head(tree, new)), log_signer())
    return WitnessRequest(old, proof, note)


def fault_of(request: WitnessRequest, seen: Checkpoint | None) -> Fault | None:
    try:
        check_growth(request, open_request(parse_request(format_request(request)), LOGS), seen)
    except WitnessRefused as refused:
        return refused.fault
    return None


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_a_log_that_only_grew_is_signed_and_one_that_did_not_is_not(old: int, more: int, data: st.DataObject) -> None:
    tree, new = tree_of(old + more), old + more
    seen = head(tree, old) if old else None
    assert fault_of(request_for(tree, old, new), seen) is None
    if old:
        bent = tree_of(new, bent_at=data.draw(st.integers(0, old - 1)))
        assert fault_of(request_for(bent, old, new), seen) is Fault.INCONSISTENT


def test_another_size_than_the_one_signed_last_is_stale_and_told() -> None:
    tree = tree_of(12)
    with pytest.raises(WitnessRefused) as refused:
        check_growth(request_for(tree, 5, 12), head(tree, 12), head(tree, 7))
    assert (refused.value.fault, refused.value.seen) == (Fault.STALE, 7)


def test_a_proof_where_none_is_needed_or_none_where_one_is_is_refused() -> None:
    tree = tree_of(12)
    assert fault_of(request_for(tree, 0, 12, proof=(bytes(32),)), None) is Fault.INCONSISTENT
    assert fault_of(request_for(tree, 7, 12, proof=()), head(tree, 7)) is Fault.INCONSISTENT
    empty = sign_note(checkpoint_text(Checkpoint(ORIGIN, 0, bytes(32))), log_signer())
    assert fault_of(WitnessRequest(0, (), empty), None) is Fault.INCONSISTENT


def test_a_log_that_is_not_known_or_has_not_signed_is_told_apart() -> None:
    text = checkpoint_text(head(tree_of(3), 3))
    stranger = sign_note(text.replace(ORIGIN, "ailleurs.example/log"), log_signer())
    assert fault_of(WitnessRequest(0, (), stranger), None) is Fault.UNKNOWN_LOG
    assert fault_of(WitnessRequest(0, (), sign_note(text, log_signer(2))), None) is Fault.UNSIGNED
    signed = sign_note(text, log_signer())
    assert fault_of(WitnessRequest(0, (), signed.replace("\n3\n", "\n4\n")), None) is Fault.UNSIGNED


@pytest.mark.parametrize(
    "body",
    [
        "", "old 0\n", "old 00\n\nx\n", "old -1\n\nx\n", "old 1\nAA==\n\nx\n", "old 1\n" + "A" * 43 + "\n\nx\n",
        "old 1\n" + ("A" * 43 + "=\n") * 64 + "\nx\n", "old 0\n\nno checkpoint\n", "new 0\n\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(body: str) -> None:
    with pytest.raises(WitnessRefused) as refused:
        open_request(parse_request(body), LOGS)
    assert refused.value.fault is Fault.MALFORMED


def test_an_older_size_above_the_new_one_is_malformed() -> None:
    tree = tree_of(12)
    assert fault_of(request_for(tree, 12, 12)._replace(old=13), head(tree, 12)) is Fault.MALFORMED


WITNESS = "valbrume.example/witness"


def witness(number: int = 9) -> Verifier:
    return parse_witness(witness_vkey(WITNESS, key_of(number)[0]))


def test_a_cosignature_is_of_its_text_its_time_and_its_key() -> None:
    note = request_for(tree_of(3), 0, 3).note
    text = note.rpartition("\n\n")[0] + "\n"
    line = signature_line(cosigner(WITNESS, *key_of(9), TIME), text)
    signed = with_cosignatures(note, f"— ailleurs.example/w AAAAAAAA\n{line}", witness())
    assert signed == note + line
    assert has_signed(signed, witness())
    assert with_cosignatures(signed, line, witness()) == signed
    assert not has_signed(note, witness())
    assert with_cosignatures(note, line, witness(8)) == note
    bent = signature_line(cosigner(WITNESS, key_of(9)[0], key_of(8)[1], TIME), text)
    assert with_cosignatures(note, bent, witness()) == note
    other = signature_line(cosigner(WITNESS, *key_of(9), TIME), text.replace("\n3\n", "\n4\n"))
    assert with_cosignatures(note, other, witness()) == note


def test_what_is_signed_is_the_header_the_time_and_the_whole_text() -> None:
    seen: list[bytes] = []

    def sign(text: bytes) -> bytes:
        seen.append(text)
        return bytes(64)

    signature_line(cosigner(WITNESS, key_of(9)[0], sign, TIME), "a\n3\nb\n")
    assert seen == [b"cosignature/v1\ntime 1790000000\na\n3\nb\n"]
