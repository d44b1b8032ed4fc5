"""A server that lies, and what catches it: each lie is signed by the server's keys as well as the truth would be."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic.canonical import b64u_encode, canonical_json
from civic.log.entries import Closed, Committed, Declared
from civic.receipt import commitment
from civic.rows import Line, Row, line_bytes
from site_builder.verify.page import languages, page, read_page_words
from tests.civic.test_groups import rules
from tests.civic.town import Citizen
from tests.sync_server.town_files import RULES
from tests.theme.sources import LANGUAGES
from tests.verify.town import FORM, LOG_KEY, SLUG, TOWN_KEY, Server, Told, checked, codes, log_files, told

PLACE = re.compile(r"\{(\w+)\}")
ROWS, RESULTS = f"{SLUG}/donnees/rows.jsonl", f"{SLUG}/donnees/results.json"


@pytest.fixture
def server() -> Server:
    return told(Server())


def false_codes(folder: Path, **known: object) -> set[str]:
    report = checked(folder, **known)
    assert report.status == 1
    return {one.code for one in report if one.verdict == "false"}


def sentence(folder: Path, start: str) -> str:
    """The line of the page that begins so, joined where it was wrapped."""
    text = page(checked(folder), read_page_words("en"))
    lines = text.replace("\n      ", " ").splitlines()
    return next(line.strip() for line in lines if line.strip().startswith(start))


def test_the_truth_passes_and_says_what_nobody_can_check(server: Server, tmp_path: Path) -> None:
    report = checked(server.publish(tmp_path))
    assert report.status == 0
    assert {"ok log.rebuilt", "ok close.same", "ok rows.opened", "ok result.same", "ok rules.signed"} <= codes(report)
    assert "note eligibility.device" in codes(report)
    text = page(report, read_page_words("en"))
    assert "RECOUNTED: 12 votes by 12 people give exactly the published result." in text
    assert text.endswith("Everything that can be checked is true.\n")


def test_figures_by_group_are_said_to_rest_on_the_towns_word(tmp_path: Path) -> None:
    named = RULES.replace('unsigned = ["proposal", "comment", "vote"]', 'mode = "named"')
    private = told(Server(rules('[profile]\ngroups = ["age"]', named)))
    report = checked(private.publish(tmp_path))
    assert "note groups" in codes(report)
    assert "what each person says of themselves stays private" in sentence(
        tmp_path, "·  Nobody can check from outside the"
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_is_written_in_every_language_of_the_site(server: Server, tmp_path: Path, code: str) -> None:
    assert SLUG in page(checked(server.publish(tmp_path)), read_page_words(code))
    places = {key: sorted(PLACE.findall(text)) for key, text in read_page_words(code).items()}
    assert code in languages()
    assert places == {key: sorted(PLACE.findall(text)) for key, text in read_page_words("fr").items()}


def test_an_act_that_was_removed_is_missing(server: Server, tmp_path: Path) -> None:
    lines = [line for line in server.lines() if not (isinstance(line, Row) and line.no == 5)]
    without = [act for no, act in enumerate(server.acts, 1) if no != 5]
    server.write(tmp_path, server.entries(), lines)
    assert "rows.missing" in false_codes(tmp_path)
    assert sentence(tmp_path, "[X] Acts of the log") == (
        "[X] Acts of the log that are not published: 1. They were removed. - #5"
    )
    # The same with a result, and a log, that agree with the lie: the log still holds the act.
    lying = Server(server.rules, without)
    entries = [*server.entries()[:-1], lying.entries()[-1]]
    server.write(tmp_path, entries, lines, lying.results())
    assert "rows.missing" in false_codes(tmp_path)


def test_an_act_that_was_changed_does_not_open_its_entry(server: Server, tmp_path: Path) -> None:
    other = Citizen(3, server.rules).vote(1, "against")
    lines = [replace_jws(line, 5, other) for line in server.lines()]
    server.write(tmp_path, server.entries(), lines)
    assert "rows.unopened" in false_codes(tmp_path)


def replace_jws(line: Line, no: int, jws: str) -> Line:
    return line._replace(jws=jws) if isinstance(line, Row) and line.no == no else line


def test_an_act_that_was_made_up_is_not_signed_by_anybody(server: Server, tmp_path: Path) -> None:
    good = server.acts[4].text
    server.acts[4] = Told(good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBQ"))
    lines, entries = server.lines(), [Declared(SLUG, server.rules.mh)]
    del server.acts[4]
    server.write(tmp_path, [*entries, *with_acts(lines), server.entries()[-1]], lines)
    assert "rows.signature" in false_codes(tmp_path)
    assert sentence(tmp_path, "[X] Acts that their author").endswith("- n° 5 bad_signature")


def with_acts(lines: list) -> list:
    return [Committed("env", SLUG, commitment(line.salt, line.jws)) for line in lines if isinstance(line, Row)]


def test_an_act_counted_twice_is_told(server: Server, tmp_path: Path) -> None:
    server.acts.append(server.acts[4])
    server.publish(tmp_path)
    assert false_codes(tmp_path) == {"rows.twice"}


def test_a_row_shown_twice_is_told(server: Server, tmp_path: Path) -> None:
    lines = server.lines()
    server.write(tmp_path, server.entries(), [*lines[:6], lines[5], *lines[6:]])
    assert "rows.twice" in false_codes(tmp_path)
    assert sentence(tmp_path, "[X] Acts published twice") == "[X] Acts published twice, or out of order: 1. - n° 5"


def test_an_act_that_was_added_later_is_not_in_the_log(server: Server, tmp_path: Path) -> None:
    entries = server.entries()
    server.hear(Citizen(40, server.rules).vote(1, "for"))
    server.write(tmp_path, entries, server.lines())
    assert {"rows.not_logged", "close.other"} <= false_codes(tmp_path)


def test_a_total_that_was_changed_is_named_beside_the_true_one(server: Server, tmp_path: Path) -> None:
    results = json.loads(server.results())
    results["items"][0]["for"] += 3
    lie = canonical_json(results) + b"\n"
    server.write(tmp_path, server.entries(), server.lines(), lie)
    assert false_codes(tmp_path) == {"close.other", "result.other"}
    # The log closed on the lie as well: the ballots still say the truth.
    entries = server.entries()
    closed = entries[-1]
    assert isinstance(closed, Closed)
    server.write(tmp_path, [*entries[:-1], closed._replace(results=hash_of(lie))], server.lines(), lie)
    assert false_codes(tmp_path) == {"result.other"}
    truth = json.loads(server.results())["items"][0]
    told_line = sentence(tmp_path, "[X] RECOUNTED")
    assert told_line.endswith(f"- items · {truth['number']} · for: {truth['for'] + 3} ≠ {truth['for']}")


def hash_of(data: bytes) -> str:
    return b64u_encode(hashlib.sha256(data).digest())


def test_a_result_that_has_gone_is_told(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    (tmp_path / RESULTS).unlink()
    assert false_codes(tmp_path) == {"results.gone"}


def test_other_rules_than_those_of_the_vote_are_told(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    manifest = server.rules.manifest.replace(b'"grace":259200', b'"grace":0')
    assert manifest != server.rules.manifest
    (tmp_path / SLUG / "manifest.json").write_bytes(manifest)
    assert false_codes(tmp_path) == {"rules.other"}


def test_a_signature_that_is_not_the_towns_is_told(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    file = tmp_path / SLUG / "manifest.jws"
    file.write_text(file.read_text()[:-6] + "AAAAAA")
    assert false_codes(tmp_path) == {"rules.signature"}
    file.unlink()
    assert "note rules.unsigned" in codes(checked(tmp_path))
    (tmp_path / "town.jwk").unlink()
    assert false_codes(tmp_path, town=TOWN_KEY.kid) == {"town.gone"}


def test_another_key_than_the_one_on_paper_is_told(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    assert checked(tmp_path, town=TOWN_KEY.kid).status == 0
    assert false_codes(tmp_path, town="A" * 43) == {"town.other"}


def test_two_logs_of_one_size_are_told(server: Server, tmp_path: Path) -> None:
    mine, theirs = server.publish(tmp_path / "mine"), tmp_path / "theirs"
    other = Server(server.rules, [*server.acts])
    other.acts[4] = Told(Citizen(3, server.rules).vote(1, "blank"))
    other.publish(theirs)
    kept = (mine / "log" / "checkpoint").read_text()
    assert checked(mine, checkpoints=[kept]).status == checked(theirs).status == 0
    assert false_codes(theirs, checkpoints=[kept]) == {"log.seen.other"}


def test_a_log_that_was_cut_is_told_to_who_kept_a_checkpoint(server: Server, tmp_path: Path) -> None:
    kept = log_files(server.entries())["log/checkpoint"].decode()
    shorter = Server(server.rules, server.acts[:-2])
    shorter.publish(tmp_path)
    assert checked(tmp_path).status == 0  # by itself it is a log as good as any
    assert false_codes(tmp_path, checkpoints=[kept]) == {"log.seen.cut"}


def test_a_log_that_grew_is_the_one_that_was_kept(server: Server, tmp_path: Path) -> None:
    kept = log_files(server.entries()[:7])["log/checkpoint"].decode()
    assert "ok log.seen.grown" in codes(checked(server.publish(tmp_path), checkpoints=[kept]))


def test_a_checkpoint_of_somebody_else_proves_nothing(server: Server, tmp_path: Path) -> None:
    other = log_files(server.entries(), Ed25519PrivateKey.from_private_bytes(bytes(32)))["log/checkpoint"].decode()
    report = checked(server.publish(tmp_path), checkpoints=[other])
    assert report.status == 2
    assert "unknown log.seen.unreadable" in codes(report)


def test_a_log_signed_by_another_key_than_the_one_known_is_told(server: Server, tmp_path: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    server.publish(tmp_path)
    key = log_files(server.entries(), other)["log/vkey"].decode()
    assert false_codes(tmp_path, log_key=key) == {"log.signature"}
    own = log_files(server.entries(), LOG_KEY)["log/vkey"].decode()
    assert checked(tmp_path, log_key=own).status == 0


@pytest.mark.parametrize("place", range(0, 1600, 97))
def test_one_changed_bit_of_the_log_is_told(server: Server, tmp_path: Path, place: int) -> None:
    server.publish(tmp_path)
    file = next((tmp_path / "log" / "tile" / "entries").rglob("*"), None)
    files = [one for one in (tmp_path / "log" / "tile" / "entries").rglob("*") if one.is_file()]
    assert file is not None
    data = bytearray(files[0].read_bytes())
    data[place % len(data)] ^= 1
    files[0].write_bytes(bytes(data))
    assert false_codes(tmp_path) <= {"log.entry", "log.root"}


def test_one_person_made_many_by_calling_the_acts_unsigned_is_told(server: Server, tmp_path: Path) -> None:
    server.acts[4] = replace(server.acts[4], is_unsigned=True)
    lines = server.lines()
    honest = Server(server.rules, [replace(one, is_unsigned=one is server.acts[-1]) for one in server.acts])
    server.write(tmp_path, server.entries(), lines, honest.results())
    assert checked(tmp_path).status == 1


def test_a_server_key_cannot_pass_for_a_phone(server: Server, tmp_path: Path) -> None:
    form = Citizen(FORM, server.rules)
    server.hear(form.vote(2, "for"))
    server.publish(tmp_path)
    assert "rows.refused" in false_codes(tmp_path)


def test_an_act_received_when_nothing_was_open_is_told(server: Server, tmp_path: Path) -> None:
    lines = [line._replace(rx=5) if isinstance(line, Row) and line.no == 6 else line for line in server.lines()]
    server.write(tmp_path, server.entries(), lines)
    assert sentence(tmp_path, "[X] Acts that break").endswith("- n° 6 not_open")
    assert "rows.refused" in false_codes(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"no"', '"noo"', 1),
        lambda text: text.replace('{"mh"', '{ "mh"', 1),
        lambda text: text + "{}\n",
        lambda text: text + text.splitlines()[0] + "\n",
        lambda text: text.replace(',"rules":"', ',"rules":" ', 1),
    ],
)
def test_a_file_of_ballots_that_is_not_as_written_is_told(
    server: Server, tmp_path: Path, change: Callable[[str], str]
) -> None:
    server.publish(tmp_path)
    file = tmp_path / ROWS
    file.write_text(change(file.read_text()))
    assert "rows.unreadable" in false_codes(tmp_path)


def test_hidden_words_take_their_place_and_nothing_else_does(server: Server, tmp_path: Path) -> None:
    server.hear(Citizen(1, server.rules).propose(1, "Un banc à l’ombre", rev=2))
    server.acts[0].is_withheld = True
    report = checked(server.publish(tmp_path / "true"))
    assert report.status == 0
    assert "note rows.some_withheld" in codes(report)
    # A vote that nobody may see can't be passed off as hidden words.
    server.acts[8].is_withheld = True
    assert {"rows.withheld", "result.other"} <= false_codes(server.publish(tmp_path / "false"))


def test_words_that_the_town_hall_hides_are_told_and_a_vote_is_never_among_them(server: Server, tmp_path: Path) -> None:
    server.hear(Citizen(1, server.rules).comment(70, 1, text="Une injure."))
    server.acts[-1].is_hidden = True
    report = checked(server.publish(tmp_path / "true"))
    assert report.status == 0
    assert "note rows.some_hidden" in codes(report)
    assert "Une injure." not in (tmp_path / "true" / ROWS).read_text("utf-8")
    server.acts[8].is_hidden = True
    assert {"rows.withheld", "result.other"} <= false_codes(server.publish(tmp_path / "false"))


def test_an_erased_act_is_told_and_leaves_a_doubt(server: Server, tmp_path: Path) -> None:
    server.acts[8].is_erased = True
    report = checked(server.publish(tmp_path))
    assert report.status == 2
    assert {"note rows.some_erased", "unknown result.erased"} <= codes(report)
    results = json.loads(server.results())
    results["items"][0]["for"] += 3
    server.write(tmp_path, server.entries(), server.lines(), canonical_json(results) + b"\n")
    assert "result.other" in false_codes(tmp_path)


def test_votes_on_an_erased_idea_still_count(server: Server, tmp_path: Path) -> None:
    server.acts[1].is_erased = True
    assert checked(server.publish(tmp_path)).status == 2


def test_a_site_without_a_log_proves_nothing(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    (tmp_path / "log" / "checkpoint").unlink()
    report = checked(tmp_path)
    assert report.status == 2
    assert "unknown log.missing" in codes(report)


def test_a_result_that_the_log_has_not_closed_yet_is_not_called_false(server: Server, tmp_path: Path) -> None:
    server.write(tmp_path, server.entries()[:-1], server.lines())
    report = checked(tmp_path)
    assert report.status == 2
    assert {"unknown close.missing", "ok result.same"} <= codes(report)


def test_without_ballots_the_page_says_why(server: Server, tmp_path: Path) -> None:
    server.publish(tmp_path)
    (tmp_path / ROWS).unlink()
    report = checked(tmp_path)
    assert report.status == 2
    assert "unknown rows.absent" in codes(report)
    assert line_bytes(server.lines()[0]).startswith(b'{"mh"')
