"""Who is who at one site: hospital number to trial number, in a file of its own, each value encrypted.

Looking up needs no value in clear: rows are found by a keyed hash (HMAC-SHA256 under the storage key).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from provident.adapters.gateway.database import Database
from provident.adapters.gateway.vault import seal, unseal
from provident.kernel import Refused


_SCHEMA = """
CREATE TABLE IF NOT EXISTS link (
    lookup TEXT PRIMARY KEY,
    participant TEXT NOT NULL,
    sealed BLOB NOT NULL
)
"""


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

    def link(self, issuer: str, patient_id: str, participant: str) -> None:
        """Remember that a hospital number is a participant's; saying it again changes nothing.

        Raises:
            Refused: the number is linked to another participant.
        """
        known = self.lookup(issuer, patient_id)
        if known == participant:
            return
        if known is not None:
            raise Refused(
                "This hospital number is linked to another participant already. Check who it is; "
                "a wrong link is undone by the site's data manager."
            )
        name = self._lookup(issuer, patient_id)
        told = {
            "issuer": issuer,
            "patient_id": patient_id,
            "participant": participant,
        }
        sealed = seal(self._key, name, json.dumps(told).encode())
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO link VALUES (?, ?, ?)",
                (name, keyed(self._key, "participant", participant), sealed),
            )

    def linked(self) -> int:
        """How many hospital numbers are linked."""
        return int(self._database.rows("SELECT count(*) AS n FROM link")[0]["n"])
