"""The tests' own reader of codes, tried on codes of another maker before anything is concluded from it."""

import pytest
import segno

from tests.end_to_end.qr_reader import read_qr

TEXTS = [
    "https://exemple.fr/q/7",
    "HTTPS://EXEMPLE.FR/MES-ENVOIS/ 0123456789",
    "0123456789012",
    "https://participer.valbrume.example/mes-envois/#envoi=" + "eyJhbGciOiJFUzI1NiIsInR5cCI6" * 20,
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("error", ["l", "q"])
def test_a_drawn_code_is_read_back(text: str, error: str) -> None:
    code = segno.make(text, error=error, micro=False, boost_error=False)
    scale = 3
    lines = [[bool(dark) for dark in row] for row in code.matrix_iter(scale=scale, border=4)]
    assert read_qr(lines) == text
