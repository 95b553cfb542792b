"""The data flow model; nothing here yet (docs/status.md)."""
