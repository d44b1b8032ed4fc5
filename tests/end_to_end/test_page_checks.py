"""The checks of the other tests, tried on a page that is full of faults: a check that finds nothing proves nothing."""

from pathlib import Path

from tests.end_to_end.chromium import Phone
from tests.end_to_end.page_checks import check_accessibility, check_colours, check_html, sideways, wide_elements

FAULTY = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>Fautes</title>
<style>p { color: #bbb; background: #fff; } div { width: 900px; height: 5px; }</style></head>
<body><main><h1>Fautes</h1><p>Presque invisible</p><input type="text"><div></div><img src="a.png"><b></main></body>
</html>
"""


def test_axe_finds_faults_of_colour_and_of_names(phone: Phone) -> None:
    page = phone.context.new_page()
    page.set_content(FAULTY)
    rules = {one.partition(":")[0] for one in check_accessibility(page).wrong}
    assert {"color-contrast", "label", "image-alt"} <= rules
    assert {one.partition(":")[0] for one in check_colours(page).wrong} >= {"color-contrast"}


def test_a_page_too_wide_is_found_with_what_makes_it_so(phone: Phone) -> None:
    page = phone.context.new_page()
    page.set_content(FAULTY)
    assert sideways(page) > 500
    assert wide_elements(page)[0].startswith("<div")


def test_html_validate_finds_an_element_left_open(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_text(FAULTY, "utf-8")
    assert any("close-order" in fault for fault in check_html([file]))
