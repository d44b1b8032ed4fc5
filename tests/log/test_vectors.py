"""Vectors of the log that browser and server share: tests/js/log.test.mjs reads the same file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from civic.canonical import b64_decode, b64_encode, b64u_decode, b64u_encode
from civic.log.checkpoint import parse_checkpoint
from civic.log.entries import Committed, entry_bytes
from civic.log.note import NoteRefused, open_note, parse_vkey
from civic.log.proof import LogProof, check_inclusion, format_proof, parse_proof
from civic.log.tiles import tile_path
from civic.log.tree import Tree, leaf_hash, root_hash
from civic.receipt import commitment

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "log.json").read_text("utf-8"))
SIZE = 700


def entry(index: int) -> bytes:
    c = b64u_encode(hashlib.sha256(str(index).encode()).digest())
    assert VECTORS["entry_of"].startswith('{"a":"filature","c":"<')
    return entry_bytes(Committed("env", "filature", c))


LEAVES = [leaf_hash(entry(index)) for index in range(SIZE)]


@pytest.fixture(scope="module")
def tree() -> Tree:
    tree = Tree()
    for leaf in LEAVES:
        tree.append(leaf)
    return tree


@pytest.mark.parametrize("case", VECTORS["tiles"], ids=lambda case: str(case["path"]))
def test_tiles_lie_where_both_say(case: dict[str, Any]) -> None:
    assert tile_path(case["level"], case["index"], case["width"]) == case["path"]


def test_roots_and_proofs_are_the_same(tree: Tree) -> None:
    for size, root in VECTORS["roots"].items():
        assert b64_encode(root_hash(LEAVES[: int(size)])) == root
        assert b64_encode(tree.root(int(size))) == root
    for case in VECTORS["inclusion"]:
        proof = tree.inclusion(case["index"], case["size"])
        assert [b64_encode(one) for one in proof] == case["proof"]
        check_inclusion(LEAVES[case["index"]], case["index"], case["size"], tree.root(case["size"]), proof)


@pytest.mark.parametrize("case", VECTORS["notes"], ids=lambda case: str(case["why"]))
def test_a_note_opens_on_both_sides_or_on_none(case: dict[str, Any]) -> None:
    if case["opens"]:
        checkpoint = parse_checkpoint(open_note(case["note"], [parse_vkey(case["vkey"])]).text)
        assert b64_encode(checkpoint.root) == VECTORS["roots"][str(checkpoint.size)]
    else:
        with pytest.raises(NoteRefused):
            open_note(case["note"], [parse_vkey(case["vkey"])])


@pytest.mark.parametrize("case", VECTORS["malformed"], ids=lambda case: str(case["why"]))
def test_what_is_no_checkpoint_of_the_log_is_refused_on_both_sides(case: dict[str, Any]) -> None:
    verifier = parse_vkey(case["vkey"])

    def read() -> None:
        if parse_checkpoint(open_note(case["note"], [verifier]).text).origin != verifier.name:
            raise NoteRefused("of another log")

    with pytest.raises(ValueError, match=r"."):
        read()


def test_a_vkey_that_is_none_is_refused_on_both_sides() -> None:
    for text in VECTORS["bad_vkeys"]:
        with pytest.raises(NoteRefused):
            parse_vkey(text)


def test_a_proof_is_the_same_text_on_both_sides(tree: Tree) -> None:
    case = VECTORS["proof"]
    proof = parse_proof(case["text"])
    hashes = tuple(tree.inclusion(case["index"], SIZE))
    assert proof == LogProof(case["index"], hashes, proof.checkpoint, case["extra"].encode())
    assert format_proof(proof) == case["text"]


def test_a_commitment_opens_and_becomes_the_same_entry() -> None:
    case = VECTORS["commitment"]
    assert commitment(b64u_decode(case["salt"]), case["envelope"]) == case["c"]
    case = VECTORS["entry"]
    assert leaf_hash(entry_bytes(Committed("env", case["consultation"], case["c"]))) == b64_decode(case["leaf"])
