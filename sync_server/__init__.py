"""Receives acts, keeps the ledger, answers with receipts, announces what changed. Owns no civic rule."""
