"""The front door as a client sees it: batches in, receipts out, every one of them checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests

from civic.receipt import open_receipt
from sync_server.signers import Sealed

MOST_ITEMS = 100
MOST_BYTES = 400 * 1024  # below the 512 KiB of docs/formats.md §4, with room for quotes and commas
TIMEOUT = (5, 60)
MOST_TRIES = 30


class DoorClosed(RuntimeError):
    """The server refuses an act for good, or gives receipts that do not check."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def batches(envelopes: Iterable[Sealed]) -> Iterator[list[Sealed]]:
    """The envelopes in requests of at most 100 and about 400 kB."""
    batch: list[Sealed] = []
    size = 0
    for one in envelopes:
        if batch and (len(batch) == MOST_ITEMS or size + len(one.text) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.text)
    if batch:
        yield batch


class Door:
    """`POST /v1/sync` of the server at `url`, whose receipts the key `(x, y)` signs."""

    def __init__(self, url: str, space: str, key: tuple[bytes, bytes], sleep: Callable[[float], object]) -> None:
        self.url, self.space, self.key, self.sleep = url.rstrip("/"), space, key, sleep
        self.session = requests.Session()
        self.session.trust_env = False  # the loopback is never behind a proxy

    def send(self, batch: list[Sealed]) -> int:
        """Delivers `batch`; on return each of its acts is in the ledger, under a receipt that was checked.

        The number of acts that were not there before. DoorClosed where the server says no for good.
        """
        fresh, waiting = 0, batch
        for attempt in range(MOST_TRIES):
            answer = self._post(waiting)
            fresh += self._check(waiting, answer)
            waiting = [
                one for one, result in zip(waiting, answer["results"], strict=True) if result["status"] == "refused"
            ]
            if not waiting:
                return fresh
            self.sleep(min(5.0, 0.1 * 2**attempt))
        raise DoorClosed("the server keeps asking to come back later")

    def _post(self, batch: list[Sealed]) -> dict[str, Any]:
        body = {"v": 1, "space": self.space, "envelopes": [one.text for one in batch]}
        for _ in range(MOST_TRIES):
            answer = self.session.post(
                f"{self.url}/v1/sync", json=body, headers={"Content-Type": "text/plain;charset=UTF-8"}, timeout=TIMEOUT
            )
            if answer.status_code == 200:
                content: dict[str, Any] = answer.json()
                return content
            if answer.status_code not in (429, 503):
                raise DoorClosed(f"the server answers {answer.status_code}: {answer.text[:200]}")
            self.sleep(float(answer.headers.get("Retry-After", "1")))
        raise DoorClosed("the server is too busy")

    def _check(self, batch: list[Sealed], answer: dict[str, Any]) -> int:
        receipt, fresh = answer["receipt"], 0
        items = {} if receipt is None else {one.id: one for one in open_receipt(receipt, self.space, *self.key).items}
        for one, result in zip(batch, answer["results"], strict=True):
            if result["status"] == "refused":
                if not result["retry"]:
                    raise DoorClosed(f"the server refuses an act: {result['code']}", result["code"])
                continue
            item = items.get(one.id)
            if item is None or result["id"] != one.id or (item.no, item.rx) != (result["no"], result["rx"]):
                raise DoorClosed("the server's receipt does not name an act it took")
            fresh += result["status"] != "duplicate"
        return fresh
