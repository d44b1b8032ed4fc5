"""The rivals: how each is installed (only here, in bench/.cache), started and asked."""
