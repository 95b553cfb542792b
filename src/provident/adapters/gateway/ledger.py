"""The gateway's own ledger: every link, look and decision at the site, append-only and hash-chained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from provident.adapters.gateway.database import Database
from provident.kernel import Clock


_FIRST = "0" * 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);

CREATE TRIGGER IF NOT EXISTS event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER IF NOT EXISTS event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER IF NOT EXISTS event_no_replace BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""


def _hash(
    number: int, at: str, actor: str, action: str, details: str, previous: str
) -> str:
    told = json.dumps(
        [number, at, actor, action, details, previous], ensure_ascii=False
    )
    return hashlib.sha256(told.encode()).hexdigest()


class GatewayLedger:
    """The ledger of one gateway. Details never hold an identifier: codes, counts and references alone."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def record(self, clock: Clock, actor: str, action: str, **details: Any) -> int:
        """Append one event; returns its number."""
        told = json.dumps(details, sort_keys=True, ensure_ascii=False)
        at = clock.now().isoformat()
        with self._database.transaction() as connection:
            last = connection.execute(
                "SELECT number, hash FROM event ORDER BY number DESC LIMIT 1"
            ).fetchone()
            number = (last["number"] if last else 0) + 1
            previous = last["hash"] if last else _FIRST
            digest = _hash(number, at, actor, action, told, previous)
            connection.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, at, actor, action, told, previous, digest),
            )
        return number

    def events(self) -> list[dict[str, Any]]:
        """All events, oldest first."""
        rows = self._database.rows("SELECT * FROM event ORDER BY number")
        return [{**dict(row), "details": json.loads(row["details"])} for row in rows]

    def faults(self) -> list[str]:
        """Every break of the chain, in words; empty when it holds."""
        found, expected, previous = [], 0, _FIRST
        for row in self._database.rows("SELECT * FROM event ORDER BY number"):
            expected += 1
            if row["number"] != expected:
                found.append(f"event {expected} is missing")
                expected = row["number"]
            told = _hash(
                row["number"], row["at"], row["actor"], row["action"], row["details"], row["previous"],
            )  # fmt: skip
            if row["previous"] != previous or told != row["hash"]:
                found.append(f"event {row['number']} was changed or does not follow")
            previous = row["hash"]
        return found
