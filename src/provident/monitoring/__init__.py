"""Monitoring of sites; nothing here yet (docs/status.md)."""
