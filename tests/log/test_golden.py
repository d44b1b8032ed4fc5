"""A log written by another program, reproduced tile by tile and root by root; the examples of the specifications."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic import signing
from civic.log.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from civic.log.note import NoteRefused, ed25519_signer, open_note, parse_vkey, sign_note, vkey
from civic.log.tiles import new_files
from civic.log.tree import Tree, leaf_hash

WORDS = (
    b"one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()
)  # as they are in the golden log
ORIGIN = "example.com/log/testdata"
GOLDEN_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


@pytest.fixture(scope="module")
def golden(shared_data: Path) -> Path:
    return shared_data / "tlog-golden" / "log"


def test_every_tile_of_the_golden_log_is_reproduced(golden: Path) -> None:
    tree, files = Tree(), dict[str, bytes]()
    for size in range(1, len(WORDS) + 1):
        tree.append(leaf_hash(WORDS[size - 1]))
        files |= dict(new_files(tree, lambda start, end: WORDS[start:end], size - 1, size))
    expected = {
        path.relative_to(golden).as_posix(): path.read_bytes()
        for path in (golden / "tile").rglob("*")
        if path.is_file()
    }
    assert len(expected) == 30
    assert {path: data for path, data in files.items() if path in expected} == expected


def test_every_checkpoint_of_the_golden_log_opens_and_has_our_root(golden: Path) -> None:
    verifier = parse_vkey(GOLDEN_KEY)
    for size in range(16):
        note = (golden / f"checkpoint.{size}").read_text("utf-8")
        checkpoint = parse_checkpoint(open_note(note, [verifier]).text)
        assert checkpoint == Checkpoint(ORIGIN, size, Tree(map(leaf_hash, WORDS[:size])).root())
        assert note.startswith(checkpoint_text(checkpoint))
        with pytest.raises(NoteRefused):
            open_note(note.replace(f"\n{size}\n", f"\n{size + 1}\n"), [verifier])


def test_the_example_of_the_note_specification_opens() -> None:
    opened = open_note(EXAMPLE, [parse_vkey(EXAMPLE_KEY)])
    assert opened.text == "This is an example message.\n"
    assert [(one.name, one.key_id) for one in opened.signed] == [("example.com/foo", 0x530D903A)]


def test_the_key_of_the_example_is_written_as_there() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = signing.public_ed25519(key)
    written = vkey("example.com/foo", public)
    assert parse_vkey(written).name == "example.com/foo"
    from_example = parse_vkey(EXAMPLE_KEY)
    assert EXAMPLE_KEY.startswith(f"{from_example.name}+{from_example.key_id:08x}+")
    note = sign_note("text\n", ed25519_signer("example.com/foo", public, lambda text: signing.sign_ed25519(key, text)))
    assert open_note(note, [parse_vkey(written)]).text == "text\n"
