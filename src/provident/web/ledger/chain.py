"""How an event is hashed: pure functions, so that anybody can verify a ledger without the platform."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any


FIRST = "0" * 64
FIELDS = (
    "study", "number", "at", "actor", "role", "action", "thing", "thing_id",
    "site", "participant", "commitments", "previous",
)  # fmt: skip


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def commitment(salt: str, field: str, value: Any) -> str:
    """HMAC-SHA256 of one field's value under the event's salt, in hexadecimal."""
    return hmac.new(
        bytes.fromhex(salt), field.encode() + b"\0" + canonical(value), hashlib.sha256
    ).hexdigest()


def commitments(salt: str, content: Mapping[str, Any]) -> dict[str, str]:
    """The commitments of all fields of an event's content."""
    return {
        field: commitment(salt, field, value)
        for field, value in sorted(content.items())
    }


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over the event's fields, the previous hash among them; `at` is ISO 8601 in UTC."""
    return hashlib.sha256(canonical({name: event[name] for name in FIELDS})).hexdigest()
