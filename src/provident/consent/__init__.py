"""Consent: what may be done with whose images; nothing here yet (docs/status.md)."""
