"""Following: what phones ask for, and how they are told (docs/formats.md §31)."""
