"""The clerks' office, below `/office/` of the sync server: one file a room. Loaded at the first request for it."""
