"""Identifiers and secrets: the one place where they are made."""

from __future__ import annotations

import hashlib
import secrets
import uuid


def new_id() -> str:
    """A random identifier of 32 hexadecimal digits."""
    return uuid.uuid4().hex  # noqa: TID251  # the one place


def new_token(size: int = 24) -> str:
    """A random URL-safe secret of `size` bytes."""
    return secrets.token_urlsafe(size)


def new_key() -> bytes:
    """A random 256-bit key."""
    return secrets.token_bytes(32)


def new_seed() -> int:
    """A seed for a draw; store it beside what was drawn."""
    return secrets.randbits(63)


def new_uid() -> str:
    """A fresh DICOM UID under 2.25 (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"  # noqa: TID251  # the one place


def sha256(value: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(value).hexdigest()
