"""Claims, markets and evidence; nothing here yet (docs/status.md)."""
