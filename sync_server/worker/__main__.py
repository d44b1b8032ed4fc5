"""`python -m sync_server.worker` is `preau work`."""

from __future__ import annotations

import sys

from sync_server.cli import main

main(["work", *sys.argv[1:]])
