"""Training and delegation; nothing here yet (docs/status.md)."""
