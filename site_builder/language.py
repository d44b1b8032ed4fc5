"""A language of the site: its name, its prefix, and how it writes dates, times and numbers (Babel's CLDR data).

French and English follow the words of the mock-ups ("jeudi 18 juin à 20 h", "Thursday 18 June, 8 pm"); Dutch and
German take CLDR's dates with the hours of a notice board ("20 uur", "20 Uhr"); any other language gets CLDR's own
forms.
"""

from __future__ import annotations

import re
from copy import copy
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

NBSP = "\u00a0"
# CLDR has no locale "en" with the day before the month.
_LOCALES = {"en": "en_GB"}
_OWN = ("fr", "en")  # written here, the others by CLDR
# A whole hour, an hour and its minutes, what joins it to its date: as the scripts of the page say them.
_HOURS = {
    "fr": ("{hour} h", "{hour} h {minute:02}", " à"),
    "nl": ("{hour} uur", "{hour}.{minute:02} uur", " om"),
    "de": ("{hour} Uhr", "{hour}:{minute:02} Uhr", " um"),
}
_YEAR = re.compile(r"\s*(,|'[^']*')?\s*y+.*$")
_REMEMBERED = 8192


class Language:
    """Formats for one language in one time zone. Instants are epoch seconds."""

    def __init__(self, code: str, timezone: str, *, is_default: bool) -> None:
        self.code = code
        self.prefix = "" if is_default else f"/{code}"
        self.locale = Locale.parse(_LOCALES.get(code, code))
        self.name = self._own_name()
        self.zone = ZoneInfo(timezone)
        self._percents = self.locale.percent_formats[None].pattern.replace("##0", "##0.#")
        formats = self.locale.date_formats
        self._without_year = {length: _YEAR.sub("", formats[length].pattern) for length in ("medium", "long", "full")}
        # Pages repeat instants and numbers; Babel takes longer to write one than a template to render a row.
        self.date = lru_cache(_REMEMBERED)(self._date)
        self.day = lru_cache(_REMEMBERED)(self._day)
        self.month = lru_cache(_REMEMBERED)(self._month)
        self.short_day = lru_cache(_REMEMBERED)(self._short_day)
        self.short_month = lru_cache(_REMEMBERED)(self._short_month)
        self.weekday_date = lru_cache(_REMEMBERED)(self._weekday_date)
        self.time = lru_cache(_REMEMBERED)(self._time)
        self.datetime = lru_cache(_REMEMBERED)(self._datetime)
        self.number = lru_cache(_REMEMBERED)(self._number)
        self.percent = lru_cache(_REMEMBERED)(self._percent)
        self.plural = lru_cache(_REMEMBERED)(self.locale.plural_form)

    def __str__(self) -> str:
        return self.code

    def _own_name(self) -> str:
        name = str(Locale.parse(self.code).get_display_name(self.code) or self.code)
        return name[:1].upper() + name[1:]

    def _at(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self.zone)

    def _date(self, instant: int) -> str:
        """18 juin 2026 · 18 June 2026."""
        at = self._at(instant)
        if self.code in _OWN:
            return f"{self.day(instant)} {at.year}"
        return format_date(at, "long", self.locale)

    def calendar_day(self, day: str) -> str:
        """18 juin 2026, for 2026-06-18 wherever the town is."""
        noon = datetime.combine(date.fromisoformat(day), time(12), self.zone)
        return self.date(int(noon.timestamp()))

    def _day(self, instant: int) -> str:
        """18 juin · 18 June."""
        return self._day_with(instant, "long", self.month(instant))

    def _short_day(self, instant: int) -> str:
        """18 déc. · 18 Dec, where a phone leaves little room."""
        return self._day_with(instant, "medium", self.short_month(instant))

    def _day_with(self, instant: int, length: str, month: str) -> str:
        at = self._at(instant)
        if self.code in _OWN:
            number = "1er" if self.code == "fr" and at.day == 1 else str(at.day)
            return f"{number}{NBSP}{month}"
        return format_date(at, self._without_year[length], self.locale)

    def _month(self, instant: int) -> str:
        """Juin, in lower case · June."""
        return str(self.locale.months["stand-alone"]["wide"][self._at(instant).month])

    def _short_month(self, instant: int) -> str:
        """Déc., in lower case · Dec."""
        return str(self.locale.months["format"]["abbreviated"][self._at(instant).month])

    def _weekday_date(self, instant: int) -> str:
        """Jeudi 18 juin à 20 h, in lower case · Thursday 18 June, 8 pm."""
        at = self._at(instant)
        if self.code in _OWN:
            weekday = self.locale.days["format"]["wide"][at.weekday()]
            return self._joined(f"{weekday} {self.day(instant)}", self.time(instant))
        return self._joined(format_date(at, self._without_year["full"], self.locale), self.time(instant))

    def _time(self, instant: int) -> str:
        """20 h, 7 h 40 · 8 pm, 7:40 am, 12 noon · 20 uur, 7.40 uur · 20 Uhr, 7:40 Uhr."""
        at = self._at(instant)
        if self.code in _HOURS:
            whole, exact, _ = _HOURS[self.code]
            return (exact if at.minute else whole).format(hour=at.hour, minute=at.minute).replace(" ", NBSP)
        if self.code == "en":
            return _english_time(at)
        return format_time(at, "short", locale=self.locale, tzinfo=self.zone)

    def _datetime(self, instant: int) -> str:
        """18 juin 2026 à 20 h · 18 June 2026, 8 pm · 18 juni 2026 om 20 uur."""
        return self._joined(self.date(instant), self.time(instant))

    def _joined(self, date: str, time: str) -> str:
        if self.code in _HOURS:
            return f"{date}{_HOURS[self.code][2]}{NBSP}{time}"
        if self.code == "en":
            return f"{date}, {time}"
        return str(self.locale.datetime_formats["medium"]).replace("{1}", date).replace("{0}", time)

    def _number(self, value: int | Decimal) -> str:
        """1 236 · 1,236."""
        return format_decimal(value, locale=self.locale)

    def _percent(self, part: int, whole: int) -> str:
        """`part` of `whole` with at most one decimal: 63,3 % · 63.3%; of nothing, 0 %."""
        share = Decimal(part) * 100 / whole if whole else Decimal(0)
        rounded = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
        pattern = copy(self.locale.percent_formats[None])
        pattern.frac_prec = (0, 1)
        return str(pattern.apply(rounded / 100, self.locale))


def _english_time(at: datetime) -> str:
    if at.minute == 0 and at.hour in (0, 12):
        return f"12{NBSP}noon" if at.hour else f"12{NBSP}midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes}{NBSP}{'am' if at.hour < 12 else 'pm'}"


def iso(instant: int) -> str:
    """ISO 8601 in UTC, to the second: for machines and `<time datetime>`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
