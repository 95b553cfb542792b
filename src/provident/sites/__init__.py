"""Sites and scanners; nothing here yet (docs/status.md)."""
