"""Everything a town owns as plain files, and a town made again from them.

content/<space>/…      what the town wrote
records.jsonl          one line a record, in order: its number, times, envelope, salt and commitment
log.jsonl              one line an entry of the public log, in order: its number, that of its record or 0, the entry
checkpoints.jsonl      every checkpoint of the log that was signed
manifests.jsonl        every version of the rules that was ever shown
people.jsonl           who is voting: keyed hashes and sealed addresses, of no use without the keys
photos/…               the photos that citizens sent, as pages show them
keys/…                 only when asked for: whoever has them speaks for the town
export.json            {"v": 1, "space", "records"}
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civic.admission import FORM_VOTER, Rules, check_right
from civic.assurance import PERSON, Person
from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json
from civic.content import Content, parse_content
from civic.envelope import Envelope, parse_envelope
from civic.module import Modules
from civic.receipt import commitment
from civic.refusals import Refused
from civic.replay import admitted, widened
from civic.slots import Counted, Remains
from civic.tombstones import Stub, Tombstone, erased_act
from sync_server.catalogue import read_files
from sync_server.settings import Settings
from sync_server.storage import Ledger, Manifest, Offer, PublicLog, Record
from sync_server.storage.grants import BallotKey, Grants
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.secret_log import SecretLog

BATCH = 500
CONTENT, RECORDS, MANIFESTS, KEYS, ABOUT = "content", "records.jsonl", "manifests.jsonl", "keys", "export.json"
LOG, CHECKPOINTS, PEOPLE, PHOTOS = "log.jsonl", "checkpoints.jsonl", "people.jsonl", "photos"

Advance = Callable[[int], object]  # told how many more records are done


class ExportUnreadable(ValueError):
    """What was exported is not whole, or the place it is to go to is not empty; the message says which."""


def export_town(
    ledger: Ledger, content: Path, target: Path, keys: Path | None, advance: Advance, media: Path | None = None
) -> int:
    """Writes everything of the town in folder `content` below `target`; the number of its records.

    `keys` is the folder of its keys where they are to go too, `media` that of the photos. `target` must not exist, or
    be empty.
    """
    if target.exists() and any(target.iterdir()):
        raise ExportUnreadable(f"{target} is not empty: choose a new folder")
    town = parse_content(read_files(content))
    space, number = town.space.id, 0
    shutil.copytree(content, target / CONTENT / content.name)
    _export_log(PublicLog(ledger), space, target)
    with ledger.reading() as now, (target / RECORDS).open("wb") as file:
        while records := now.records_after(space, number, BATCH):
            stones = now.tombstones_after(space, number, records[-1].no)
            file.writelines(canonical_json(_line_of(one, stones.get(one.no))) + b"\n" for one in records)
            number = records[-1].no
            advance(len(records))
        with (target / MANIFESTS).open("wb") as manifests:
            for one in now.manifests(space):
                line = one._asdict() | {"manifest": one.manifest.decode("utf-8")}
                manifests.write(canonical_json(line) + b"\n")
        with (target / PEOPLE).open("wb") as people:
            people.writelines(canonical_json(line) + b"\n" for line in people_lines(now.connection, space))
    if keys is not None:
        shutil.copytree(keys, target / KEYS)
    if media is not None and (media / space).is_dir():
        shutil.copytree(media / space, target / PHOTOS)
    about = {"v": 1, "space": space, "records": number}
    (target / ABOUT).write_bytes(canonical_json(about) + b"\n")
    return number


def import_town(source: Path, settings: Settings, ledger: Ledger, modules: Modules, advance: Advance) -> int:
    """Makes the exported town again where `settings` say and in `ledger`; the number of its records.

    Each record keeps its number, time, salt and commitment, so that old receipts still check; each envelope's
    signature and commitment are verified. Records already there are passed over, so that a second run goes on where
    the first stopped; ExportUnreadable if they are not the same ones.
    """
    about = _read_about(source)
    folder = _only_folder(source / CONTENT)
    town = parse_content(read_files(folder))
    _copy_new(folder, settings.content / folder.name)
    if (source / KEYS).is_dir():
        _copy_new(source / KEYS, settings.keys)
    if (source / PHOTOS).is_dir():
        _copy_new(source / PHOTOS, settings.media / town.space.id)
    manifests = list(_read_manifests(source))
    ledger.register_manifests(town.space.id, manifests)
    if (source / PEOPLE).is_file():
        restore_people(ledger, town.space.id, map(parse_json, (source / PEOPLE).read_bytes().splitlines()))
    reader = _Reader(town, modules, manifests, Grants(ledger))
    done = 0
    for lines in _batches(source / RECORDS):
        ledger.append(town.space.id, reader.offers(lines))
        _check_numbers(ledger, town.space.id, lines)
        done = lines[-1]["no"]
        advance(len(lines))
    _import_log(PublicLog(ledger), town.space.id, source)
    if done != about["records"]:
        raise ExportUnreadable(f"{source / RECORDS} ends at no. {done}, but {about['records']} were exported")
    return done


def _export_log(log: PublicLog, space: str, target: Path) -> None:
    """Checkpoints before entries, and both before the records: acts may come meanwhile, and none may be missing."""
    with (target / CHECKPOINTS).open("wb") as file:
        for size, text in log.checkpoints_after(space, -1):
            file.write(canonical_json({"size": size, "text": text}) + b"\n")
    index = 0
    with (target / LOG).open("wb") as file:
        while rows := log.rows_after(space, index, BATCH):
            lines = ({"i": i, "no": no, "entry": entry.decode("utf-8")} for i, no, entry in rows)
            file.writelines(canonical_json(line) + b"\n" for line in lines)
            index = rows[-1][0] + 1


def _import_log(log: PublicLog, space: str, source: Path) -> None:
    """Puts the log back byte for byte, so that it goes on as the same one; ExportUnreadable if another is there."""
    for lines in _batches(source / LOG) if (source / LOG).is_file() else ():
        rows = [(line["i"], line["no"], line["entry"].encode("utf-8")) for line in lines]
        log.restore(space, rows)
        if log.rows_after(space, rows[0][0], len(rows)) != rows:
            raise ExportUnreadable(f"entry {rows[0][0]} of the log, or one after it: this ledger has another log")
    SecretLog(log).note_restored(space)
    for lines in _batches(source / CHECKPOINTS) if (source / CHECKPOINTS).is_file() else ():
        for line in lines:
            log.keep_checkpoint(space, line["size"], line["text"])


def _line_of(record: Record, stone: Tombstone | None) -> dict[str, Any]:
    if stone is not None:
        remains = stone.remains._asdict() | {"counted": [[*one] for one in stone.remains.counted]}
        return record._asdict() | {"erased": stone._asdict() | {"remains": remains}}
    if record.salt is None:
        raise ExportUnreadable(f"the words of record no. {record.no} are gone and have left no tombstone")
    return record._asdict() | {"salt": b64u_encode(record.salt)}


class _Reader:
    """Makes offers of exported lines: admitted once under the rules of their day, they are not judged again."""

    def __init__(self, town: Content, modules: Modules, manifests: list[Manifest], grants: Grants) -> None:
        self.modules, self.space, self.grants = modules, town.space.id, grants
        self.rules = {
            slug: widened(
                Rules(one, frozenset(), town.space.languages),
                [each.manifest for each in manifests if each.consultation == slug],
            )
            for slug, one in town.consultations.items()
        }

    def offers(self, lines: list[dict[str, Any]]) -> list[Offer]:
        """The offers of lines; ExportUnreadable where signature, identity, grant or commitment do not check."""
        try:
            envelopes = [None if "erased" in line else parse_envelope(line["envelope"]) for line in lines]
            named = [
                (one.consultation, one.voter)
                for one, line in zip(envelopes, lines, strict=True)
                if one is not None and line["voter"].startswith(PERSON)
            ]
            persons = self.grants.find_persons(self.space, named) if named else {}
            return [
                self._erased(line) if one is None else self._offer(line, one, persons)
                for one, line in zip(envelopes, lines, strict=True)
            ]
        except (Refused, KeyError, TypeError) as error:
            raise ExportUnreadable(f"records after no. {lines[0].get('no')} can't be read: {error}") from error

    def _offer(self, line: Mapping[str, Any], envelope: Envelope, persons: Mapping[BallotKey, Person]) -> Offer:
        salt = b64u_decode(line["salt"])
        person = persons.get((envelope.consultation, envelope.voter))
        voters = (envelope.voter, FORM_VOTER + envelope.jti, None if person is None else person.pid)
        is_whole = envelope.id == line["id"] and commitment(salt, envelope.text) == line["c"]
        if not is_whole or line["voter"] not in voters:
            raise ExportUnreadable(f"record no. {line['no']} is not what its commitment says")
        act = admitted(envelope, line["voter"], line["rx"], self.rules, self.modules)
        if act.is_secret:
            check_right(envelope, act.consultation, act.module)
        return Offer(act, salt, line["c"])

    def _erased(self, line: Mapping[str, Any]) -> Offer:
        """What is left of an erased record: nobody can check more of it than its number and commitment."""
        written = line["erased"]
        remains = Remains(
            written["remains"]["subject"],
            tuple(Counted(*one) for one in written["remains"]["counted"]),
            written["remains"]["withdrawn"],
        )
        stone = Tombstone(**(written | {"remains": remains}))
        stub = Stub(line["consultation"], line["kind"], line["id"], line["rx"])
        return Offer(erased_act(stub, stone, self.rules, self.modules), b"", line["c"], stone)


def _check_numbers(ledger: Ledger, space: str, lines: list[dict[str, Any]]) -> None:
    with ledger.reading() as now:
        records = now.records_after(space, lines[0]["no"] - 1, len(lines))
    kept = {one.no: one for one in records}
    for line in lines:
        record = kept.get(line["no"])
        if record is None or (record.id, record.rx, record.c) != (line["id"], line["rx"], line["c"]):
            raise ExportUnreadable(f"record no. {line['no']}: this ledger already holds other acts")


def _read_about(source: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = parse_json((source / ABOUT).read_bytes())
    except (FileNotFoundError, ValueError):
        raise ExportUnreadable(f"{source} is not what `preau export` wrote: {ABOUT} is missing") from None
    if about.get("v") != 1:
        raise ExportUnreadable(f"{source} was written by a newer version")
    return about


def _read_manifests(source: Path) -> Iterator[Manifest]:
    for line in (source / MANIFESTS).read_bytes().splitlines():
        one = parse_json(line)
        yield Manifest(one["consultation"], one["mh"], one["revision"], one["manifest"].encode("utf-8"))


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    with file.open("rb") as lines:
        batch: list[dict[str, Any]] = []
        for line in lines:
            batch.append(json.loads(line))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _only_folder(folder: Path) -> Path:
    folders = [one for one in folder.iterdir() if one.is_dir()] if folder.is_dir() else []
    if len(folders) != 1:
        raise ExportUnreadable(f"{folder} must hold one town")
    return folders[0]


def _copy_new(source: Path, target: Path) -> None:
    for file in sorted(one for one in source.rglob("*") if one.is_file()):
        copy = target / file.relative_to(source)
        if copy.is_file() and copy.read_bytes() != file.read_bytes():
            raise ExportUnreadable(f"{copy} is already there, and differs")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
