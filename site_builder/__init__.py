"""Builds a town's site: `site = build(content, snapshot, theme)`, the same inputs giving the same bytes."""
