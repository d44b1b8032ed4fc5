"""The manifest of comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.module import Declared, Document, Entered, Entry, Offered
from civic.modules.comments.shelf import CommentsShelf
from civic.refusals import Code, Refused
from civic.settings import no_settings
from civic.slots import Counted
from civic.text import check_text, normalise

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_MEMBERS = frozenset({"target", "reply_to", "text", "name", "lang"})


class Comment(NamedTuple):
    """A comment's words; `reply_to` is the id of another comment on the same target, or None."""

    target: str
    reply_to: str | None
    text: str
    name: str
    lang: str


class Comments:
    """See civic.module.Module."""

    name = "comments"
    kinds: tuple[str, ...] = ("comment",)
    tables: Mapping[str, str] = {"comment": "comments"}
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """There is nothing to set."""
        no_settings(consultation, self.name)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Comment:
        """See Module."""
        if body.keys() != _MEMBERS:
            raise Refused(Code.BAD_PAYLOAD)
        if body["lang"] not in languages:
            raise Refused(Code.BAD_PAYLOAD, "lang")
        for name in ("target", "reply_to"):
            value = body[name]
            if not (name == "reply_to" and value is None) and not (type(value) is str and _ID.fullmatch(value)):
                raise Refused(Code.BAD_PAYLOAD, name)
        return Comment(
            body["target"],
            body["reply_to"],
            check_text(body["text"], "text", 1, 2000, lines=True),
            check_text(body["name"], "name", 0, 60),
            body["lang"],
        )

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        body = {
            "target": fields["target"],
            "reply_to": fields["reply_to"] or None,
            "text": normalise(fields["text"], lines=True),
            "name": normalise(fields["name"]),
            "lang": fields["lang"],
        }
        return Entered(own_id, body)

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """Everything is typed."""
        return None

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Nothing of its own."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A comment's slot is its own."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A comment needs what it is about, and the comment it answers."""
        target = f"*:{payload.target}"
        return (target,) if payload.reply_to is None else (target, f"comment:{payload.reply_to}")

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """Comments are not votes."""
        return ()

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """What is commented on."""
        return str(payload.target)

    def document(self, entry: Entry) -> Document:
        """A row of `comments` (docs/formats.md §6)."""
        comment: Comment = entry.payload or Comment(entry.subject, None, "", "", "")
        return {
            "id": entry.id,
            "no": entry.no,
            **comment._asdict(),
            "received_at": entry.received_at,
            "revised": entry.revised,
            "withdrawn": entry.withdrawn,
            "unsigned": entry.unsigned,
        }

    def shelf(self, consultation: Consultation) -> CommentsShelf:
        """See Module."""
        return CommentsShelf(consultation)
