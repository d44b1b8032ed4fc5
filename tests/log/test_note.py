"""Notes, checkpoints and proofs as texts: what is taken, and that nothing else is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from civic import signing
from civic.log.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from civic.log.note import NoteRefused, Signer, ed25519_signer, open_note, parse_vkey, sign_note, vkey
from civic.log.proof import LogProof, format_proof, parse_proof


def signer_of(name: str, seed: int) -> tuple[Signer, str]:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public = signing.public_ed25519(key)
    return ed25519_signer(name, public, lambda text: signing.sign_ed25519(key, text)), vkey(name, public)


TOWN, TOWN_KEY = signer_of("valbrume.example/log", 1)
WITNESS, WITNESS_KEY = signer_of("witness.example", 2)
STRANGER, _ = signer_of("stranger.example", 3)
VERIFIERS = [parse_vkey(TOWN_KEY), parse_vkey(WITNESS_KEY)]
TEXT = checkpoint_text(Checkpoint("valbrume.example/log", 7, bytes(range(32))))


def test_a_note_may_carry_signatures_of_strangers_which_mean_nothing() -> None:
    opened = open_note(sign_note(TEXT, STRANGER, TOWN, WITNESS), VERIFIERS)
    assert opened.text == TEXT
    assert [one.name for one in opened.signed] == ["valbrume.example/log", "witness.example"]
    assert len(opened.signatures) == 3


def test_a_note_that_no_known_key_has_signed_is_refused() -> None:
    with pytest.raises(NoteRefused, match=r"no known key"):
        open_note(sign_note(TEXT, STRANGER), VERIFIERS)


def test_one_false_signature_of_a_known_key_refuses_the_note() -> None:
    note = sign_note(TEXT, TOWN) + sign_note("other\n", WITNESS).rpartition("\n\n")[2]
    with pytest.raises(NoteRefused, match=r"does not check"):
        open_note(note, VERIFIERS)


@given(st.data())
def test_one_changed_character_anywhere_in_a_note_is_refused(data: st.DataObject) -> None:
    note = sign_note(TEXT, TOWN)
    place = data.draw(st.integers(0, len(note) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda one: one != note[place]))
    with pytest.raises(ValueError, match=r"."):
        open_note(note[:place] + character + note[place + 1 :], VERIFIERS)


@given(st.data())
def test_one_changed_character_anywhere_in_a_key_is_refused_or_another_key(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TOWN_KEY) - 1))
    character = data.draw(st.characters(codec="ascii").filter(lambda one: one != TOWN_KEY[place]))
    with pytest.raises(NoteRefused):
        parse_vkey(TOWN_KEY[:place] + character + TOWN_KEY[place + 1 :])


@pytest.mark.parametrize("text", ["no newline", "a\tb\n", "a\rb\n", "nul\0\n"])
def test_texts_that_a_note_may_not_have_are_not_signed(text: str) -> None:
    with pytest.raises(NoteRefused):
        sign_note(text, TOWN)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b"])
def test_names_that_a_key_may_not_have_are_refused(name: str) -> None:
    with pytest.raises(NoteRefused):
        vkey(name, bytes(32))


def test_a_signature_type_is_a_matter_of_one_entry() -> None:
    unknown = parse_vkey.__defaults__ is not None and dict(parse_vkey.__defaults__[0])
    assert unknown
    kinds = {7: lambda public: lambda text, signature: signature == public + text}
    with pytest.raises(NoteRefused, match=r"another name or type"):
        parse_vkey("a.example+00000000+Bw==", kinds)
    with pytest.raises(NoteRefused, match=r"no signature type"):
        parse_vkey("a.example+00000000+CQ==", kinds)


@pytest.mark.parametrize(
    "text",
    [
        TEXT[:-1],
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n-7\n"),
        TEXT.replace("\n7\n", "\n\n"),
        TEXT.replace("=", ""),
        "\n" + TEXT,
        TEXT + "\n",
        "o\n1\nAAAA\n",
    ],
)
def test_a_checkpoint_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_checkpoint(text)


def test_lines_after_the_root_are_kept() -> None:
    assert checkpoint_text(parse_checkpoint(TEXT + "more\n")) == TEXT + "more\n"


@given(
    st.integers(0, 2**60),
    st.lists(st.binary(min_size=32, max_size=32), max_size=5),
    st.none() | st.binary(max_size=20),
)
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = LogProof(index, tuple(hashes), sign_note(TEXT, TOWN), extra)
    assert parse_proof(format_proof(proof)) == proof


PROOF = format_proof(LogProof(12, (bytes(32),), sign_note(TEXT, TOWN)))


@pytest.mark.parametrize(
    "text",
    [
        PROOF.replace("v1", "v2"),
        PROOF.replace("index 12", "index 012"),
        PROOF.replace("index 12\n", ""),
        PROOF.replace("AAA=", "AAB="),
        PROOF.replace("AAAA", "AAA", 1),
        PROOF.partition("\n\n")[0],
    ],
)
def test_a_proof_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_proof(text)
