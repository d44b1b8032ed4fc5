"""Petitions, as docs/adding-a-module.md builds them: copied beside the other modules by test_petition.py."""

from __future__ import annotations

from civic.modules.petition.module import Petition

MODULE = Petition()
