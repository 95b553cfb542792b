"""Costs of running a study; nothing here yet (docs/status.md)."""
