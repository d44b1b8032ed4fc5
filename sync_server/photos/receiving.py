"""Photos come in: only those that an act in the ledger names, in as many pieces as the network wants."""

from __future__ import annotations

from typing import NamedTuple

from civic.photos import MOST_BYTES
from civic.refusals import Code, Refused
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage.photos import Photos, Sent, State


class Progress(NamedTuple):
    """How many bytes of a photo are here, and whether that is all: then the phone may forget it."""

    offset: int
    is_whole: bool


class Receiving:
    """What citizens send. Nothing is decoded here: that is done elsewhere (sync_server.photos.developing)."""

    def __init__(self, photos: Photos, shelf: PhotoShelf) -> None:
        self._photos, self._shelf = photos, shelf

    def progress(self, space: str, sha256: str) -> Progress:
        """How much has come.

        Refused NOT_FOUND where no act that stands names the photo, BAD_PHOTO where it is none that can be shown.
        """
        state = self._photos.find(space, sha256)
        if state is None:
            raise Refused(Code.NOT_FOUND)
        if state is State.REFUSED:
            raise Refused(Code.BAD_PHOTO)
        if state is State.WAITING and self._shelf.sent(space, sha256).is_file():
            self._photos.note(Sent(space, sha256), State.ARRIVED)  # what was cut off between file and table
            state = State.ARRIVED
        if state is State.WAITING:
            return Progress(self._shelf.offset(space, sha256), is_whole=False)
        return Progress(MOST_BYTES, is_whole=True)

    def take(self, space: str, sha256: str, offset: int, length: int, piece: bytes) -> Progress:
        """Adds a piece at `offset` to a photo of `length` bytes; durable on return where it is whole then.

        Refused as `progress`, and as PhotoShelf.add; OffsetWrong as there.
        """
        before = self.progress(space, sha256)
        if before.is_whole:
            return before
        offset = self._shelf.add(space, sha256, offset, length, piece)
        if offset < length:
            return Progress(offset, is_whole=False)
        self._photos.note(Sent(space, sha256), State.ARRIVED)
        return Progress(offset, is_whole=True)
