"""Health economics; nothing here yet (docs/status.md)."""
