"""Roots and proofs of RFC 6962, against its own recursive definitions."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.log.proof import ProofRefused, check_consistency, check_inclusion
from civic.log.tree import EMPTY_ROOT, Tree, leaf_hash, node_hash, root_hash, split

sizes = st.integers(1, 600)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


TREE = Tree(leaves(600))


def mth(part: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word by word."""
    if not part:
        return hashlib.sha256(b"").digest()
    if len(part) == 1:
        return part[0]
    k = split(len(part))
    return node_hash(mth(part[:k]), mth(part[k:]))


@given(st.integers(0, 600))
def test_a_root_is_what_the_rfc_defines(size: int) -> None:
    assert TREE.root(size) == mth(leaves(size)) == root_hash(leaves(size))


def test_a_tree_of_nothing_has_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(sizes, st.data())
def test_every_leaf_is_proved_to_be_in_and_nothing_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root, leaf = TREE.inclusion(index, size), TREE.root(size), leaf_hash(str(index).encode())
    check_inclusion(leaf, index, size, root, proof)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index)) if size > 1 else size
    with pytest.raises(ProofRefused):
        check_inclusion(leaf, other, size, root, proof)
    with pytest.raises(ProofRefused):
        check_inclusion(leaf_hash(b"another"), index, size, root, proof)
    with pytest.raises(ProofRefused):
        check_inclusion(leaf, index, size, root, [*proof, root])


@given(sizes, sizes)
def test_a_log_that_grew_is_proved_to_begin_with_what_it_was(one: int, other: int) -> None:
    old, new = sorted((one, other))
    check_consistency(old, new, TREE.root(old), TREE.root(new), TREE.consistency(old, new))
    check_consistency(0, new, EMPTY_ROOT, TREE.root(new), TREE.consistency(0, new))


@given(sizes, sizes, st.data())
def test_one_flipped_bit_anywhere_in_a_proof_is_refused(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other))
    index = data.draw(st.integers(0, new - 1))
    included, grown = TREE.inclusion(index, new), TREE.consistency(old, new)
    with pytest.raises(ProofRefused):
        check_inclusion(leaf_hash(str(index).encode()), index, new, *flip([TREE.root(new), *included], data))
    parts = flip([TREE.root(old), TREE.root(new), *grown], data)
    with pytest.raises(ProofRefused):
        check_consistency(old, new, parts[0], *flat(parts[1]))


def flip(parts: list[bytes], data: st.DataObject) -> tuple[bytes, list[bytes]]:
    place = data.draw(st.integers(0, len(parts) * 256 - 1))
    part = bytearray(parts[place // 256])
    part[place % 256 // 8] ^= 1 << place % 8
    parts[place // 256] = bytes(part)
    return parts[0], parts[1:]


def flat(parts: list[bytes]) -> tuple[bytes, list[bytes]]:
    return parts[0], parts[1:]


@given(sizes, sizes, st.data())
def test_a_shortened_proof_is_refused(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other))
    grown = TREE.consistency(old, new)
    if grown:
        with pytest.raises(ProofRefused):
            check_consistency(old, new, TREE.root(old), TREE.root(new), grown[:-1])
    index = data.draw(st.integers(0, new - 1))
    if new > 1:
        with pytest.raises(ProofRefused):
            check_inclusion(leaf_hash(str(index).encode()), index, new, TREE.root(new), TREE.inclusion(index, new)[:-1])


def test_a_log_that_lost_an_entry_or_changed_one_can_prove_nothing() -> None:
    shown = Tree(leaves(300))
    for changed in (leaves(300)[:100] + leaves(400)[101:400], [*leaves(99), leaf_hash(b"x"), *leaves(400)[100:]]):
        other = Tree(changed)
        with pytest.raises(ProofRefused):
            check_consistency(300, other.size, shown.root(), other.root(), other.consistency(300, other.size))


@pytest.mark.parametrize("ask", [lambda: TREE.root(601), lambda: TREE.inclusion(5, 5), lambda: TREE.consistency(3, 2)])
def test_what_a_tree_does_not_hold_cannot_be_asked(ask) -> None:
    with pytest.raises(ValueError, match=r"tree"):
        ask()
