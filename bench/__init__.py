"""Every budget of the project, measured beside its rivals in one run: see docs/benchmarks.md."""
