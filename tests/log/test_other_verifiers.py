"""Programs that others wrote accept our logs at any size, and refuse one flipped byte anywhere in them."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash

from civic.log.proof import check_consistency, check_inclusion
from tests.log.written import VKEY, write_log

PACKAGES = Path(os.environ.get("PREAU_GOPATH", "/usr/share/gocode"))
DRIVER = Path(__file__).parent / "go" / "main.go"
Refusal = str | None  # None: accepted
Verifier = Callable[[Path, int], Refusal]


@pytest.fixture(scope="session")
def go_program(tmp_path_factory) -> Path:
    go = shutil.which("go")
    if go is None or not (PACKAGES / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("no Go with x/mod/sumdb here: install golang-go and golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(folder / "cache"), "GOFLAGS": "-p=1",
        "CGO_ENABLED": "0",
    }  # fmt: skip
    command = [go, "build", "-o", str(folder / "check"), str(DRIVER)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "check"


def ask_scales(folder: Path, old: int) -> Refusal:
    """tlog-scales: signature, every entry against its leaf, root, inclusion and consistency."""
    try:
        reader = TilesReader(LocalBackend(folder))
        checkpoint = reader.get_checkpoint()
        checkpoint.verify(Vkey.from_string(VKEY))
        size, root = checkpoint.size, checkpoint.root_hash
        if reader.calculate_root_hash() != root:
            return "another root"
        for number in range(size):
            if leaf_hash(reader.get_entry(number)) != reader.mth(number, number + 1):
                return f"entry {number} is not that of its leaf"
        for number in {0, size // 2, size - 1} if size else ():
            proof = reader.get_inclusion_proof(number, size)
            proof.check(reader.mth(number, number + 1), root)
            check_inclusion(reader.mth(number, number + 1), number, size, root, proof.node_hashes)  # ours takes theirs
        if 0 < old <= size:
            grown = reader.get_consistency_proof(old, size)
            grown.check(reader.mth(0, old), root)
            check_consistency(old, size, reader.mth(0, old), root, grown.node_hashes)
    except Exception as error:  # noqa: BLE001 - whatever it raises, it refuses
        return repr(error)
    return None


@pytest.fixture(params=["go", "tlog-scales"])
def verify(request: pytest.FixtureRequest) -> Verifier:
    if request.param == "tlog-scales":
        return ask_scales
    program = request.getfixturevalue("go_program")

    def ask_go(folder: Path, old: int) -> Refusal:
        command = [str(program), str(folder), VKEY, str(old)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stdout

    return ask_go


def entries_of(size: int, chance: random.Random) -> list[bytes]:
    return [chance.randbytes(chance.randint(0, 60)) for _ in range(size)]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 1000, 66_000])
def test_a_log_of_a_critical_size_is_accepted(verify: Verifier, tmp_path: Path, size: int) -> None:
    if size > 1000 and verify is ask_scales:
        return  # a minute in Python; Go does it in a moment
    write_log(tmp_path, entries_of(size, random.Random(size)))
    assert verify(tmp_path, size // 3) is None


def test_logs_of_random_sizes_are_accepted_and_one_flipped_byte_anywhere_is_refused(
    verify: Verifier, tmp_path: Path
) -> None:
    chance = random.Random(20)
    for round_number in range(6):
        folder, size = tmp_path / str(round_number), chance.randint(1, 900)
        tree = write_log(folder, entries_of(size, chance))
        assert verify(folder, chance.randint(1, size)) is None
        assert tree.size == size
        for _ in range(6):
            file = chance.choice(sorted(one for one in folder.rglob("*") if one.is_file()))
            data = file.read_bytes()
            place, flipped = chance.randrange(len(data)), bytearray(data)
            flipped[place] ^= 1 << chance.randrange(8)
            file.write_bytes(flipped)
            assert verify(folder, size) is not None, (file.relative_to(folder), place)
            file.write_bytes(data)
