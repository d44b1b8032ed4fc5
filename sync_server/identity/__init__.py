"""Who is voting: a phone is recognised by proving an identity, then acts for one person (docs/formats.md §14)."""
