"""The vectors that the browser's recount is tested on too."""

import base64
import json
from pathlib import Path

import pytest

from tests.verify.town import checked, codes
from tests.verify.vectors import HERE, standing_of

SITES = [json.loads((HERE / f"{name}.json").read_text("utf-8")) for name in ("recount", "recount_secret")]
CASES = json.loads((HERE / "standing.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("site", SITES, ids=["open", "secret"])
def test_the_published_site_of_the_vector_is_true(site: dict, tmp_path: Path) -> None:
    for path, data in site["files"].items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(data))
    report = checked(tmp_path)
    assert report.status == 0
    assert "ok result.same" in codes(report)


@pytest.mark.parametrize("case", CASES)
def test_the_greatest_revision_stands(case: dict) -> None:
    assert standing_of(case["acts"]) == {name: case[name] for name in ("ballots", "voters", "unsigned", "items")}
