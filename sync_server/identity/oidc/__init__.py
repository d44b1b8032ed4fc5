"""Proof through a provider of identity: FranceConnect, itsme, Google, Facebook (formats.md §14, docs/providers/)."""
