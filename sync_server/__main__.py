"""`python -m sync_server` is `preau`."""

from __future__ import annotations

from sync_server.cli import main

main()
