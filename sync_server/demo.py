"""The demo's town: its files, moved to today."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
TOWN = HERE.parent / "content" / "demo"
SEED = HERE / "demo_seed"
_DATED = (".toml", ".md")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d|T)")


@dataclass(frozen=True, slots=True)
class Shift:
    """So many whole days; the hour on the town's clock stays what it is, whatever the season."""

    days: int
    timezone: ZoneInfo

    def text(self, text: str) -> str:
        """`text` with every ISO date and instant in it moved."""
        moved = _INSTANT.sub(lambda match: self._instant(match[0]), text)
        return _DAY.sub(lambda match: (date.fromisoformat(match[0]) + timedelta(self.days)).isoformat(), moved)

    def _instant(self, text: str) -> str:
        local = datetime.fromisoformat(text).astimezone(self.timezone).replace(tzinfo=None)
        return (local + timedelta(self.days)).replace(tzinfo=self.timezone).isoformat()


def shift_to(today: date, town: Path = TOWN) -> Shift:
    """How far the town in `town` must be moved so that its own day is `today`."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return Shift((today - day_of(town)).days, ZoneInfo(table["timezone"]))


def day_of(town: Path) -> date:
    """The day that the town in `town` lives on."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return date.fromisoformat(table["demo"]["today"])


def today_in(town: Path, now: int) -> date:
    """What day it is in the town's time zone."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return datetime.fromtimestamp(now, ZoneInfo(table["timezone"])).date()


def copy_town(shift: Shift, target: Path, town: Path = TOWN) -> None:
    """Writes the town's files below `target`, moved; space.toml last, for without it there is no town."""
    files = [file for file in sorted(town.rglob("*")) if file.is_file()]
    for file in sorted(files, key=lambda one: one.name == "space.toml"):
        data = file.read_bytes()
        if file.suffix in _DATED:
            data = shift.text(data.decode("utf-8")).encode("utf-8")
        copy = target / file.relative_to(town)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
