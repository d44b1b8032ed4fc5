"""What whoever runs the server gives a town."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from civic.content import Content
from civic.listing import Listed
from civic.module import Document
from civic.space import Space
from sync_server.reading_keys import ReadingKeys
from sync_server.storage.reading import Reading
from sync_server.worker.fold import Fold
from sync_server.worker.log import TownLog


class Installation(NamedTuple):
    """What a town has from whoever runs its server: the one document of space.json, its public log, a secret.

    `pepper` makes the names that persons have in published ballots. `draw_groups` draws the result by group of people
    (sync_server.worker.groups), once. `media` is the folder of photos. `reading_keys` are those of private
    consultations. `dispatch` writes to who sees to what has arrived (sync_server.dispatching) and notes what followers
    are to be told of (sync_server.following). `listed` reads the words that pages tell, once votes are final
    (sync_server.listing).
    """

    document: Callable[[Content], Document]
    open_log: Callable[[Space], TownLog]
    pepper: bytes
    draw_groups: Callable[[Space, Fold], list[Document]]
    media: Path
    reading_keys: ReadingKeys
    # Another answer: something has changed beside the town's folder that its site shows or is sealed with.
    surroundings: Callable[[], object] = lambda: None
    dispatch: Callable[[Space, Sequence[Fold]], object] = lambda _space, _folds: None
    listed: Callable[[Reading, Fold], Mapping[str, Mapping[str, Listed]]] = lambda _reading, _fold: {}
