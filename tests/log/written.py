"""A log in a folder, as a worker publishes it, without the database."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic import signing
from civic.log.checkpoint import Checkpoint, checkpoint_text
from civic.log.note import ed25519_signer, sign_note, vkey
from civic.log.tiles import new_files
from civic.log.tree import Tree, leaf_hash

ORIGIN = "participer.valbrume.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"v" * 32)
SIGNER = ed25519_signer(ORIGIN, signing.public_ed25519(KEY), lambda text: signing.sign_ed25519(KEY, text))
VKEY = vkey(ORIGIN, signing.public_ed25519(KEY))


def write_log(folder: Path, entries: Sequence[bytes]) -> Tree:
    """Writes the whole log of `entries`; its tree."""
    tree = Tree(map(leaf_hash, entries))
    note = sign_note(checkpoint_text(Checkpoint(ORIGIN, tree.size, tree.root())), SIGNER)
    files = [*new_files(tree, lambda start, end: entries[start:end], 0, tree.size), ("checkpoint", note.encode())]
    for path, data in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return tree
