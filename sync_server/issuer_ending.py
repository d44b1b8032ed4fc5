"""The end of a secret vote's keys: what is not there any more gives no right to anybody, later, in secret."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

from civic.consultation import Consultation
from civic.content import Content
from civic.receipt import LOG_MARGIN
from sync_server.storage.issued import IssuedTokens

log = logging.getLogger("preau.chores")


class IssuerEnding(NamedTuple):
    """`folder` holds the private keys; the log is published every `log_seconds`, and closes that much later."""

    folder: Path
    issued: IssuedTokens
    log_seconds: int

    def step(self, content: Content, now: int) -> None:
        """Deletes the keys of what is over, and what was kept of the erased so that they do not vote twice."""
        for one in content.consultations.values():
            if one.issuers and now > one.accept_until + self.log_seconds + LOG_MARGIN:
                self._destroy(one)
                self.issued.forget_marks(one.space, one.slug)

    def _destroy(self, one: Consultation) -> None:
        for key in sorted((self.folder / one.space / one.slug).glob("*.pem")):
            key.unlink()
            log.info("%s: the key of its secret question '%s' is destroyed", one.slug, key.stem)
