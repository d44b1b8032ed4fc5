"""Events as a calendar takes them: iCalendar (RFC 5545), in UTC, dated by what the town wrote and by no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from civic.modules.news.articles import Article

OCTETS = 75  # a line of the format, without its end
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class Dated(NamedTuple):
    """An article that has a date, and the path of its page."""

    article: Article
    path: str


class Calendar(NamedTuple):
    """Some events, in the town's order."""

    entries: Sequence[Dated]

    def text(self, name: str, lang: str, root: str) -> str:
        """The file in the language `lang`, named `name`; `root` is the address of the site's first page in it."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Préau//news//FR", f"NAME:{_escaped(name)}",
                 f"X-WR-CALNAME:{_escaped(name)}"]  # fmt: skip
        for entry in self.entries:
            lines += _event_lines(entry.article, lang, root.rstrip("/") + entry.path)
        return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event_lines(article: Article, lang: str, url: str) -> Iterator[str]:
    event, text = article.event, article.texts[lang]
    if event is None:
        return
    yield "BEGIN:VEVENT"
    # The host makes it unique in the world, the id in the town; it stays when title or hour change.
    yield f"UID:{article.id}@{url.split('/')[2]}"
    yield f"DTSTAMP:{_instant(article.updated_at)}"
    yield f"DTSTART:{_instant(event.starts_at)}"
    yield f"DTEND:{_instant(event.ends_at)}"
    yield f"SUMMARY:{_escaped(text.title)}"
    if text.summary:
        yield f"DESCRIPTION:{_escaped(text.summary)}"
    yield f"LOCATION:{_escaped(event.place)}"
    yield f"URL:{url}"
    # A change or a cancellation is a later version of the event, or calendars keep the first one.
    yield f"SEQUENCE:{int(event.is_cancelled) + int(event.changed_at > 0)}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no letter cut in two; each piece but the first begins with a space."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode("utf-8"))
        if size + octets > OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
