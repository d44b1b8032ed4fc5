"""Letters to who follows something: at once, or what a day brought in one. From the town, with a way to stop in each.

Nothing that a citizen wrote is in them: they say what happened, to which number, and where to read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from civic.content import Content
from civic.happenings import Happening
from sync_server.following.unsubscribing import ALL, Stop, Stops
from sync_server.post.letters import Letter, sender_of
from sync_server.words import Words


class Reader(NamedTuple):
    """Who reads: their id, their address, the language they follow in."""

    follower: str
    to: str
    lang: str


class Writer(NamedTuple):
    """Writes one town's letters. `site` and `sync` are addresses without a slash at the end; `words` by language."""

    content: Content
    words: Mapping[str, Words]
    stops: Stops
    mail_from: str
    site: str
    sync: str

    def at_once(self, reader: Reader, about: str, one: Happening) -> Letter | None:
        """The letter about one happening; None where the consultation is there no more."""
        words = self._words(reader.lang)
        title = self.title(one.about, words.lang)
        if not title:
            return None
        subject = self._of_module(words, one, ".subject") or words(f"told.{one.purpose}.subject", title=title)
        why = words("told.why", title=title, town=self.content.space.name)
        stop = Stop(reader.follower, about, words.lang)
        return self._letter(reader, words, subject, [self._told(words, one, title), why], stop)

    def digest(self, reader: Reader, some: Sequence[Happening]) -> Letter | None:
        """The letter about all of them, in their order; None where nothing of it is there any more."""
        words, town = self._words(reader.lang), self.content.space.name
        titled = [(one, self.title(one.about, words.lang)) for one in some]
        lines = [self._told(words, one, title) for one, title in titled if title]
        if not lines:
            return None
        lines.append(words("told.why_digest", town=town))
        stop = Stop(reader.follower, ALL, words.lang)
        return self._letter(reader, words, words("told.digest", town=town), lines, stop)

    def title(self, about: str, lang: str) -> str:
        """The title of the consultation that is followed, or of what is in it; "" where it is there no more.

        Anybody may follow what is private, by its address: a letter about it has no title of its own.
        """
        if self._is_private(about):
            return self._words(lang)("told.private")
        texts = self.content.texts.get(about.partition("/")[0], {})
        text = texts.get(lang) or texts.get(self.content.space.languages[0])
        return "" if text is None else text.title

    def path(self, lang: str, path: str) -> str:
        """The page's path in the language."""
        return path if lang == self.content.space.languages[0] else f"/{lang}{path}"

    def language(self, lang: str) -> str:
        """`lang` if the town speaks it, else its first language."""
        return lang if lang in self.content.space.languages else self.content.space.languages[0]

    def _words(self, lang: str) -> Words:
        return self.words.get(self.language(lang)) or next(iter(self.words.values()))

    def _told(self, words: Words, one: Happening, title: str) -> str:
        """What happened and, on a line of its own, where to read it."""
        return f"{' '.join(self._sentences(words, one, title))}\n{self.site}{self.path(words.lang, one.path)}"

    def _sentences(self, words: Words, one: Happening, title: str) -> list[str]:
        facts = one.facts
        if self._is_private(one.about):
            facts = {name: said for name, said in facts.items() if name in ("ends", "number")}
        if "ends" in facts:
            ends = datetime.fromtimestamp(int(facts["ends"]), ZoneInfo(self.content.space.timezone))
            return [words("told.closing", title=title, day=f"{ends:%d}", month=f"{ends:%m}", time=f"{ends:%H:%M}")]
        if "status" in facts:
            said = words("told.answer", title=title, number=facts["number"])
            status = self._status(words, one.about, facts["status"])
            return [said, words("told.status", status=status)] if status else [said]
        if "count" in facts:
            what = "comments" if "number" in facts else "new"
            many = "one" if facts["count"] == "1" else "other"
            return [words(f"told.{what}.{many}", title=title, **facts)]
        own = self._own_title(words, one)
        if own:
            return [self._of_module(words, one) or words("told.published", title=title, own=own)]
        return [words(f"told.{one.purpose}", title=title, number=facts.get("number", ""))]

    def _own_title(self, words: Words, one: Happening) -> str:
        """The title of what the town published, "" where there is none, or the consultation is private."""
        if self._is_private(one.about):
            return ""
        return one.facts.get(f"title.{words.lang}") or one.facts.get(f"title.{self.content.space.languages[0]}", "")

    def _of_module(self, words: Words, one: Happening, ending: str = "") -> str:
        """What the module itself says of what became of something, "" where it says nothing."""
        own, said = self._own_title(words, one), one.facts.get("said", "")
        rules = self.content.consultations.get(one.about.partition("/")[0])
        if not own or not said or rules is None:
            return ""
        return (words.find(*(f"{name}.told.{said}{ending}" for name in rules.modules)) or "").replace("{own}", own)

    def _is_private(self, about: str) -> bool:
        rules = self.content.consultations.get(about.partition("/")[0])
        return rules is not None and rules.private

    def _status(self, words: Words, about: str, status: str) -> str:
        rules = self.content.consultations[about.partition("/")[0]]
        return words.find(*(f"{name}.status.{status}" for name in rules.modules)) or ""

    def _letter(self, reader: Reader, words: Words, subject: str, lines: Sequence[str], stop: Stop) -> Letter:
        space = self.content.space
        address = self.stops.address(self.sync, space.id, stop)
        line = " ".join(subject.split())  # a header is one line
        said = words("told.stop")
        return Letter(sender_of(self.mail_from, space), reader.to, words.lang, line, tuple(lines), "", address, said)
