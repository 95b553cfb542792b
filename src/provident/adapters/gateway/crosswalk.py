"""Who is who at one site: hospital number to trial number, in a file of its own, each value encrypted.

Looking up needs no value in clear: rows are found by a keyed hash (HMAC-SHA256 under the storage key).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from provident.adapters.gateway.database import Database
from provident.adapters.gateway.vault import seal, unseal
from provident.kernel import NotFound, Refused


_SCHEMA = """
CREATE TABLE IF NOT EXISTS link (
    lookup TEXT PRIMARY KEY,
    participant TEXT NOT NULL,
    sealed BLOB NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One hospital number of a participant; `reference` names it without telling it."""

    reference: str
    issuer: str = field(repr=False)
    patient_id: str = field(repr=False)

    @property
    def hint(self) -> str:
        """The number by its last two signs, enough to tell one's links apart."""
        shown = self.patient_id[-2:] if len(self.patient_id) > 4 else ""
        return f"…{shown}"


def keyed(key: bytes, purpose: str, *parts: str) -> str:
    """A keyed hash of values, in hexadecimal: equal values find each other, nobody can guess them."""
    message = "\0".join((purpose, *parts)).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


class CrosswalkFile:
    """The crosswalk of one site. Date shifts are not in it: they follow from the site's key."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        self._database = Database(path, _SCHEMA)

    def _lookup(self, issuer: str, patient_id: str) -> str:
        return keyed(
            self._key, "patient", issuer.strip().upper(), patient_id.strip().upper()
        )

    def lookup(self, issuer: str, patient_id: str) -> str | None:
        """The participant number of a hospital number, or None when it is not linked."""
        name = self._lookup(issuer, patient_id)
        rows = self._database.rows("SELECT sealed FROM link WHERE lookup = ?", name)
        if not rows:
            return None
        told = json.loads(unseal(self._key, name, rows[0]["sealed"]))
        return str(told["participant"])

    def link(self, issuer: str, patient_id: str, participant: str) -> bool:
        """Remember that a hospital number is a participant's; returns False where that was known.

        Raises:
            Refused: the number is linked to another participant.
        """
        name = self._lookup(issuer, patient_id)
        told = {
            "issuer": issuer,
            "patient_id": patient_id,
            "participant": participant,
        }
        sealed = seal(self._key, name, json.dumps(told).encode())
        try:
            with self._database.transaction() as connection:
                connection.execute(
                    "INSERT INTO link VALUES (?, ?, ?)",
                    (name, keyed(self._key, "participant", participant), sealed),
                )
        except sqlite3.IntegrityError:
            if self.lookup(issuer, patient_id) == participant:
                return False
            raise Refused(
                "This hospital number is linked to another participant already. Check who it is; "
                "a wrong link is undone on that participant's page."
            ) from None
        return True

    def links_of(self, participant: str) -> list[Link]:
        """The hospital numbers that are linked to a participant."""
        rows = self._database.rows(
            "SELECT lookup, sealed FROM link WHERE participant = ? ORDER BY rowid",
            keyed(self._key, "participant", participant),
        )
        found = []
        for row in rows:
            told = json.loads(unseal(self._key, row["lookup"], row["sealed"]))
            found.append(Link(row["lookup"], told["issuer"], told["patient_id"]))
        return found

    def issuers(self) -> list[str]:
        """Who issued the linked numbers, the most frequent first; blank where images name nobody."""
        rows = self._database.rows("SELECT lookup, sealed FROM link")
        counts = Counter(
            str(json.loads(unseal(self._key, row["lookup"], row["sealed"]))["issuer"])
            for row in rows
        )
        return [issuer for issuer, _ in counts.most_common()]

    def unlink(self, reference: str, participant: str) -> None:
        """Forget a link by its reference.

        Raises:
            NotFound: the participant has no such link.
        """
        with self._database.transaction() as connection:
            done = connection.execute(
                "DELETE FROM link WHERE lookup = ? AND participant = ?",
                (reference, keyed(self._key, "participant", participant)),
            )
            if not done.rowcount:
                raise NotFound("There is no such link, or it was undone already.")

    def linked(self) -> int:
        """How many hospital numbers are linked."""
        return int(self._database.rows("SELECT count(*) AS n FROM link")[0]["n"])
