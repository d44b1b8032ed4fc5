"""What commands share at a terminal: the folder they work on, its settings and keys, the bar that shows progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sync_server.settings import Settings


def var_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option --var, which a command takes as its first argument."""
    return click.option(
        "--var", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True,
        help="Folder of the ledger, keys, content and site.",
    )(command)  # fmt: skip


def settings_of(var: Path, **given: Any) -> Settings:
    """The settings of the folder; what is `given` wins."""
    from sync_server.settings import read_settings

    return read_settings(var, os.environ, **given)


def keys_of(settings: Settings) -> Any:
    """The keys of the folder, made where they are missing."""
    from sync_server.keys import open_keys

    return open_keys(settings.keys, os.urandom)


@contextmanager
def progress_bar() -> Iterator[Any]:
    """A bar on the standard error, gone at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress
