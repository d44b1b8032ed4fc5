"""An act typed into a plain form, from its fields to an envelope signed by the form key (docs/formats.md §3).

Between review and confirmation the draft travels in the page, sealed, and holds everything the envelope is made of:
confirmed twice it is the same envelope with the same id, and nobody can have another one made of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from civic.admission import Rules
from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json
from civic.envelope import seal
from civic.module import Entered, Module, Modules, module_of
from civic.refusals import Code, Refused
from sync_server.keys import SigningKey

# Nobody typed these.
ADDRESSING = frozenset({"space", "consultation", "kind", "target", "reply_to", "lang", "back", "seen"})
MOST_FIELDS = 128


class Draft(NamedTuple):
    """What was typed, and what makes the act this one and no other."""

    space: str
    fields: Mapping[str, str]
    jti: str
    iat: int
    mh: str

    @property
    def slug(self) -> str:
        """The consultation."""
        return self.fields.get("consultation", "")

    @property
    def kind(self) -> str:
        """The kind of act."""
        return self.fields.get("kind", "")

    def entry(self) -> dict[str, str]:
        """What a person typed or chose, without what the page added."""
        return {name: value for name, value in self.fields.items() if name not in ADDRESSING}


def draft_key(form_key: SigningKey) -> bytes:
    """The secret under which drafts are sealed; follows from the form key, so that it needs no file of its own."""
    der = form_key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return hmac.digest(der, b"preau drafts", hashlib.sha256)


def seal_draft(draft: Draft, key: bytes) -> str:
    """The draft as text that only a holder of `key` can have made."""
    content = canonical_json({**draft._asdict(), "fields": dict(draft.fields)})
    return f"{b64u_encode(content)}.{b64u_encode(hmac.digest(key, content, hashlib.sha256))}"


def open_draft(text: str, key: bytes) -> Draft:
    """The draft in `text`; Refused BAD_SIGNATURE unless it was sealed under `key`."""
    try:
        content, mark = (b64u_decode(part) for part in text.split("."))
    except ValueError as error:
        raise Refused(Code.BAD_SIGNATURE) from error
    if not hmac.compare_digest(mark, hmac.digest(key, content, hashlib.sha256)):
        raise Refused(Code.BAD_SIGNATURE)
    return Draft(**parse_json(content))


def module_for(draft: Draft, rules: Mapping[str, Rules], modules: Modules) -> Module:
    """The module that takes the draft; Refused UNKNOWN_CONSULTATION or NOT_TAKEN."""
    known = rules.get(draft.slug)
    if known is None:
        raise Refused(Code.UNKNOWN_CONSULTATION)
    module = module_of(modules, known.consultation, draft.kind)
    if module is None or draft.kind not in known.consultation.unsigned:
        raise Refused(Code.NOT_TAKEN)
    return module


def entered(draft: Draft, module: Module) -> Entered:
    """Slot and body of the draft; its words as they would be published."""
    return module.entered(draft.kind, defaultdict(str, draft.fields), draft.jti)


def envelope_of(draft: Draft, module: Module, key: SigningKey) -> str:
    """The envelope of the draft: the same id however often it is made."""
    slot_id, body = entered(draft, module)
    payload: dict[str, Any] = {
        "v": 1, "aud": draft.space, "a": draft.slug, "mh": draft.mh, "kind": draft.kind,
        "slot": f"{draft.kind}:{slot_id}", "jti": draft.jti, "rev": 1, "prev": None, "iat": draft.iat, "body": body,
    }  # fmt: skip
    return seal(payload, key.x, key.y, key.sign)


def body_of(envelope: str) -> Mapping[str, Any]:
    """What an envelope of the ledger says: the gate has checked it, here it is only read again."""
    body: Mapping[str, Any] = parse_json(b64u_decode(envelope.split(".")[1]))["body"]
    return body
