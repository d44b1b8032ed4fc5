"""The list of residents as a town hall's software writes it: a CSV file, read strictly, with messages that say where.

UTF-8 or Windows-1252, `;`, `,` or tabulations, French or English names of columns.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sync_server.identity.oidc.civil import normalised

MOST_FAULTS = 20  # told at once
MOST_SIGNS = 120
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("n", "no", "numero", "id", "identifiant", "number"),
    "last": ("nom", "nom de famille", "nom de naissance", "last name", "surname", "family name"),
    "first": ("prenom", "prenoms", "first name", "first names", "given name", "given names"),
    "born": ("date de naissance", "naissance", "ne le", "birth date", "birthdate", "date of birth"),
    "household": ("foyer", "menage", "household"),
    "neighbourhood": ("quartier", "neighbourhood", "neighborhood"),
    "postcode": ("code postal", "cp", "postcode", "postal code"),
    "place": ("commune", "ville", "localite", "town", "city"),
    "mailbox": ("courriel", "email", "e mail", "mail", "adresse mail", "adresse electronique"),
}
_ADDRESS = re.compile(r"(?:adresse|address)(?: ligne| line)?(?: [1-6])?")
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
)
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class ListUnreadable(ValueError):
    """The file is no list of residents; the message says every line to mend."""


class Entry(NamedTuple):
    """Somebody of the list. `who` tells them from everybody else, `household` with whom they live."""

    line: int
    who: str
    number: str
    first: str
    last: str
    born: str  # ISO 8601, "" where the list does not say
    address: tuple[str, ...]
    household: str
    neighbourhood: str

    @property
    def name(self) -> str:
        """As on an envelope."""
        return f"{self.first} {self.last}"


class ResidentList(NamedTuple):
    """A list that was read whole; `ignored` are columns that nothing is taken from."""

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]


def read_list(data: bytes, today: date) -> ResidentList:
    """The residents in a file; ListUnreadable with everything that is to be mended."""
    rows = _rows(_decoded(data))
    if not rows:
        raise ListUnreadable("the file is empty: its first line must name the columns")
    _, header = rows[0]
    columns, ignored = _columns(header)
    reader = _Reader(columns, today)
    entries = [one for line, row in rows[1:] if (one := reader.read(line, row, len(header))) is not None]
    if not entries and not reader.faults:
        reader.faults.append("there is nobody under the names of the columns")
    if reader.faults:
        raise ListUnreadable("\n".join(_told(reader.faults)))
    return ResidentList(tuple(entries), ignored)


def _told(faults: list[str]) -> Iterator[str]:
    yield from faults[:MOST_FAULTS]
    if len(faults) > MOST_FAULTS:
        yield f"… and {len(faults) - MOST_FAULTS} more. Mend these first."


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK")):
        raise ListUnreadable("this is no CSV file: save the sheet again as CSV (UTF-8)")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListUnreadable("the letters can't be read: save the sheet again as CSV (UTF-8)")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, with their numbers, cut where the first line has most columns."""
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise ListUnreadable(f"line {reader.line_num}: quotation marks do not match ({error})") from error
    return rows


def _columns(header: list[str]) -> tuple[dict[str, list[int]], tuple[str, ...]]:
    found: dict[str, list[int]] = {}
    ignored = []
    for place, title in enumerate(header):
        plain = normalised(title)
        name = next((name for name, titles in _COLUMNS.items() if plain in titles), "")
        if not name and _ADDRESS.fullmatch(plain):
            name = "address"
        if not name:
            ignored.append(title)
        elif name in found and name not in ("address", "last"):
            raise ListUnreadable(f"line 1: two columns say the same: '{title}' and '{header[found[name][0]]}'")
        else:
            found.setdefault(name, []).append(place)
    needed = {"last": "nom", "first": "prénom", "address": "adresse"}
    if "number" not in found:
        needed["born"] = "date de naissance (or a number, 'numéro')"
    missing = [title for name, title in needed.items() if name not in found]
    if missing:
        raise ListUnreadable(f"line 1: no column {', '.join(missing)}. There are: {', '.join(header)}")
    return found, tuple(one for one in ignored if one)


class _Reader:
    """Reads line after line; what is wrong is in `faults`."""

    def __init__(self, columns: Mapping[str, list[int]], today: date) -> None:
        self._columns, self._today = columns, today
        self._lines: dict[str, int] = {}
        self.faults: list[str] = []

    def read(self, line: int, row: list[str], width: int) -> Entry | None:
        if len(row) != width:
            self.faults.append(f"line {line}: {len(row)} cells under {width} columns")
            return None
        unfit = [cell for cell in row if len(cell) > MOST_SIGNS or any(map(_is_unprintable, cell))]
        if unfit:
            self.faults.append(f"line {line}: '{unfit[0][:20]}…' is too long, or holds a sign that can't be printed")
            return None
        try:
            entry = self._entry(line, row)
        except ListUnreadable as fault:
            self.faults.append(f"line {line}: {fault}")
            return None
        before = self._lines.setdefault(entry.who, line)
        if before != line:
            same = f"number {entry.number}" if entry.number else "name and day of birth"
            self.faults.append(f"line {line}: the same {same} as line {before}: one person twice, or two to number")
        return entry

    def _entry(self, line: int, row: list[str]) -> Entry:
        first, last, number = (self._cell(row, name) for name in ("first", "last", "number"))
        if not first or not last:
            raise ListUnreadable("a first name and a last name are needed")
        if "number" in self._columns and not number:
            raise ListUnreadable("the number is missing: give one to everybody, or take the column away")
        born = self._born(self._cell(row, "born"))
        if not born and not number:
            raise ListUnreadable("the day of birth is missing")
        place = " ".join(one for one in (self._cell(row, "postcode"), self._cell(row, "place")) if one)
        lines = [row[at] for at in self._columns["address"]]
        address = tuple(one for one in (*lines, place) if one)
        if not address:
            raise ListUnreadable("the address is missing")
        who = f"n|{number}" if number else "|".join(("p", normalised(last), normalised(first), born))
        own = self._cell(row, "household")
        household = f"h|{own}" if own else "|".join(("a", normalised(last), *map(normalised, address)))
        return Entry(line, who, number, first, last, born, address, household, self._neighbourhood(row))

    def _cell(self, row: list[str], name: str) -> str:
        return row[self._columns[name][0]] if name in self._columns else ""

    def _neighbourhood(self, row: list[str]) -> str:
        written = self._cell(row, "neighbourhood")
        slug = "-".join(normalised(written).split())
        if written and (len(slug) > 60 or not _SLUG.fullmatch(slug)):
            raise ListUnreadable(f"the neighbourhood '{written}' can't be made a name of letters and figures")
        return slug

    def _born(self, written: str) -> str:
        if not written:
            return ""
        match = next((found for one in _DATES if (found := one.fullmatch(written))), None)
        try:
            born = date(*(int(match[part]) for part in "ymd")) if match else None
        except ValueError:
            born = None
        if born is None or not date(1880, 1, 1) <= born <= self._today:
            raise ListUnreadable(f"'{written}' is no day of birth: write it as 31/12/1980 or 1980-12-31")
        return born.isoformat()


def find_entries(entries: Iterable[Entry], number: str, name: str) -> list[Entry]:
    """Those of this number, or whose names and day of birth hold every word of `name`."""
    if number:
        return [one for one in entries if one.number == number]
    words = set(normalised(name).split())
    return [one for one in entries if words and words <= {*normalised(f"{one.name} {one.born}").split()}]


def _is_unprintable(sign: str) -> bool:
    return sign in _OVERRIDES or unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn")
