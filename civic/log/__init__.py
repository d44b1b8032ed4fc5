"""The town's public log: C2SP tlog-tiles over the Merkle tree of RFC 6962 (docs/formats.md §11)."""
