"""From a wish to be recognised to a device that acts for a person: begin, confirm, finish.

How an identity is proved is the method's; who that makes of the device is decided here, and is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.assurance import PERSON
from civic.canonical import b64u_encode, canonical_json, parse_json
from civic.enrolment import EnrolRequest, parse_enrol
from civic.jws import PublicKey
from civic.refusals import Code, Refused
from civic.space import Space
from sync_server.identity.method import Identity, Method, State, Wish
from sync_server.post.letters import Letter, compose, sender_of
from sync_server.storage import Ledger
from sync_server.storage.enrolments import Enrolment, Enrolments
from sync_server.storage.mails import Mail, Mails
from sync_server.storage.people import Linked, People, Recognised, lock_space
from sync_server.vault import Vault
from sync_server.words import Words

LIFE_SECONDS = 1_800
LETTER_SECONDS = 86_400  # a notice is of use for a day


class Asked(NamedTuple):
    """What came with a wish: the signed part, what was entered, and where it comes from."""

    jws: str
    to: str
    lang: str
    network: str


class Waiting(NamedTuple):
    """A proof on its way."""

    enrol: str
    expires: int
    go: str  # where the phone goes to prove, "" for nowhere


class Outcome(NamedTuple):
    """What a phone is told once it is recognised."""

    level: str
    devices: int
    is_new: bool


class Kept(NamedTuple):
    """Where everything of it is kept."""

    ledger: Ledger
    people: People
    enrolments: Enrolments
    mails: Mails


class Enrolling:
    """`methods` are those offered, by name; `now` gives epoch seconds, `random` so many bytes."""

    def __init__(
        self,
        kept: Kept,
        methods: Mapping[str, Method],
        vault: Vault,
        words: Mapping[str, Words],
        sender: str,
        now: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self._kept, self._vault, self._words, self._sender = kept, vault, words, sender
        self._now, self._random = now, random
        self.methods = methods

    def begin(self, space: Space, site: str, asked: Asked) -> Waiting:
        """A new proof. The answer, and the work for it, are the same whoever is or is not known.

        Refused where the signed part does not hold, NOT_FOUND where the method is not offered here.
        """
        request = parse_enrol(asked.jws)
        if request.aud != space.id:
            raise Refused(Code.WRONG_AUDIENCE)
        method = self.methods.get(request.method)
        if method is None:
            raise Refused(Code.NOT_FOUND)
        enrol, now = b64u_encode(self._random(16)), self._now()
        lang = asked.lang if asked.lang in self._words and asked.lang in space.languages else self._language(space)
        begun = method.begin(Wish(space, site, enrol, request.key.kid, asked.to, lang, asked.network))
        with self._kept.ledger.writing() as connection:
            self._kept.enrolments.put(connection, space.id, self._enrolment(space.id, enrol, request, begun.state))
            if begun.letter is not None:
                # One that is muted is written all the same, and already too late to be sent.
                until = now - 1 if begun.is_muted else now + LIFE_SECONDS
                self._post(connection, space.id, begun.letter, until)
        return Waiting(enrol, now + LIFE_SECONDS, begun.go)

    def confirm(self, space: str, enrol: str, token: str) -> None:
        """The button of the link was pressed; Refused BAD_PROOF or EXPIRED. Pressed twice it is pressed once."""
        waiting = self._kept.enrolments.find(space, enrol, self._now())
        if waiting is None or waiting.outcome:
            raise Refused(Code.EXPIRED)
        if not waiting.confirmed and not self._kept.enrolments.take_try(space, enrol):
            raise Refused(Code.EXPIRED)
        method = self.methods.get(waiting.method)
        if method is None or not method.confirm(self._state(space, waiting), enrol, token):
            raise Refused(Code.BAD_PROOF)
        self._kept.enrolments.confirm(space, enrol)

    def finish(self, space: Space, enrol: str, proof: str, jws: str) -> Outcome | None:
        """Recognises the device if the proof holds, durably; None while the proof must be waited for.

        Refused BAD_PROOF (five times), EXPIRED, CODE_USED, ADDRESS_SHARED (the mailbox is that of another resident
        too), or REVOKED for a key that may never act again. Asked again by the same key, the answer is the same: a
        lost one does no harm.
        """
        request = parse_enrol(jws)
        waiting = self._kept.enrolments.find(space.id, enrol, self._now())
        if waiting is None:
            raise Refused(Code.EXPIRED)
        is_same = request.key.kid == waiting.kid and request.method == waiting.method and request.nonce == enrol
        if request.aud != space.id or not is_same:
            raise Refused(Code.BAD_PROOF)
        if waiting.outcome:
            return Outcome(**parse_json(waiting.outcome))
        identity = self._prove(space.id, waiting, proof)
        if identity is None:
            return None
        outcome = self._recognise(space, waiting, request, identity)
        if outcome is None:
            raise Refused(Code.ADDRESS_SHARED)
        return outcome

    def _prove(self, space: str, waiting: Enrolment, proof: str) -> Identity | None:
        if proof and not self._kept.enrolments.take_try(space, waiting.enrol):
            raise Refused(Code.EXPIRED)
        method = self.methods.get(waiting.method)
        if method is None:
            raise Refused(Code.EXPIRED)
        state = self._state(space, waiting)
        return method.finish(state, waiting.enrol, proof, confirmed=bool(waiting.confirmed))

    def _recognise(self, space: Space, waiting: Enrolment, request: EnrolRequest, identity: Identity) -> Outcome | None:
        """What the phone is told, durably so; None where the mailbox that was proved is not one person's."""
        kept, now = self._kept, self._now()
        mark = self._vault.mark("identity", space.id, identity.method, identity.issuer, identity.subject)
        one = Recognised(request.key, waiting.ks, mark, identity.method, identity.level)
        with kept.ledger.writing() as connection:
            lock_space(kept.ledger, connection, space.id)
            still = kept.enrolments.find_on(connection, space.id, waiting.enrol, now)
            if still is None or still.outcome:
                raise Refused(Code.EXPIRED)  # finished by another request this instant: asked again, it is told
            linked = kept.people.link(connection, space.id, one, PERSON + b64u_encode(self._random(16)), now)
            if linked.is_shared:
                kept.enrolments.end(connection, space.id, waiting.enrol)
                return None
            if identity.spend is not None:
                identity.spend(connection, linked.pid)
            if linked.is_new_device and not linked.is_new:
                self._warn(connection, space, linked)
            if identity.address:
                sealed = self._vault.seal(identity.address, "contacts", space.id, linked.pid)
                kept.people.keep_contact(connection, space.id, linked.pid, sealed)
            outcome = Outcome(linked.level, linked.devices, linked.is_new)
            kept.enrolments.finish(connection, space.id, waiting.enrol, canonical_json(outcome._asdict()).decode())
        return outcome

    def _warn(self, connection: sa.Connection, space: Space, linked: Linked) -> None:
        """Tells the person, where they can be reached, that one phone more acts for them."""
        sealed = self._kept.people.contact_of(connection, space.id, linked.pid)
        if sealed is None:
            return
        to = str(self._vault.open(sealed, "contacts", space.id, linked.pid))
        words = self._words[self._language(space)]
        letter = compose(words, "device", sender_of(self._sender, space), to, {"town": space.name})
        self._post(connection, space.id, letter, self._now() + LETTER_SECONDS)

    def _post(self, connection: sa.Connection, space: str, letter: Letter, until: int) -> None:
        identity = b64u_encode(self._random(16))
        sealed = self._vault.seal([*letter], "mails", space, identity)
        self._kept.mails.put(connection, Mail(space, identity, sealed, self._now(), until, 0))

    def _enrolment(self, space: str, enrol: str, request: EnrolRequest, state: State) -> Enrolment:
        key: PublicKey = request.key
        sealed = self._vault.seal(dict(state), "enrolments", space, enrol)
        point = (b64u_encode(key.x), b64u_encode(key.y))
        return Enrolment(
            enrol, key.kid, *point, request.ks, request.method, sealed, 0, 0, "", self._now() + LIFE_SECONDS
        )  # fmt: skip

    def _state(self, space: str, waiting: Enrolment) -> State:
        found: dict[str, Any] = self._vault.open(waiting.state, "enrolments", space, waiting.enrol)
        return found

    def _language(self, space: Space) -> str:
        return next((lang for lang in space.languages if lang in self._words), next(iter(self._words)))
