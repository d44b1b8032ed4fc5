"""Where a phone finds that its act was counted: `lignes/<k>.json`, 512 numbers a file (docs/formats.md §7)."""

from __future__ import annotations

from collections.abc import Iterator

from civic.canonical import canonical_json
from civic.module import Document

NUMBERS = 512


class Lines:
    """The lines of one consultation by file; `touched` are the files not written since."""

    def __init__(self, slug: str) -> None:
        self._folder = f"{slug}/donnees/lignes"
        self._blocks: dict[int, dict[str, list[str]]] = {}
        self.touched: set[int] = set()

    def put(self, row: Document) -> None:
        """Takes a row of the table `rows`; one without a kind takes back the line of a record that counts no more."""
        block = row["no"] // NUMBERS
        lines, number = self._blocks.setdefault(block, {}), str(row["no"])
        if row["kind"]:
            lines[number] = [row["kind"], str(row["number"]), *([row["choice"]] if row["choice"] else [])]
        else:
            lines.pop(number, None)
        self.touched.add(block)

    def files(self) -> Iterator[str]:
        """Every file that holds a line."""
        return (self._file(block) for block, lines in sorted(self._blocks.items()) if lines)

    def take_touched(self) -> Iterator[tuple[str, bytes]]:
        """Files and contents not written since the last call; those that hold nothing any more are left out."""
        for block in sorted(self.touched):
            if self._blocks[block]:
                yield self._file(block), canonical_json(self._blocks[block]) + b"\n"
        self.touched = set()

    def _file(self, block: int) -> str:
        return f"{self._folder}/{block}.json"
