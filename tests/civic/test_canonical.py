"""One way to write each value."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=100))
def test_encoding_is_rfc_4648_without_padding(data: bytes) -> None:
    assert b64u_encode(data) == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert b64u_decode(b64u_encode(data)) == data


@given(st.text(alphabet=ALPHABET + "=+/ \n!é", max_size=12))
def test_a_text_is_taken_only_if_encoding_gives_it_again(text: str) -> None:
    try:
        data = b64u_decode(text)
    except ValueError:
        padded = text + "=" * (-len(text) % 4)
        try:
            other = base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
        except ValueError:
            return
        assert b64u_encode(other) != text
        return
    assert b64u_encode(data) == text


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', "1.0", "1e3", "NaN", "-Infinity", '"\\ud800"', "[" * 100_000]
)
def test_json_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_canonical_json_has_one_form() -> None:
    assert canonical_json({"b": "é", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"é"}'.encode()
