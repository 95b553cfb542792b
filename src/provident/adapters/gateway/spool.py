"""What became of every file that ever arrived at a gateway. No identifier is here: names are keyed hashes.

An arrival is in exactly one state, so that counts in are counts accounted for:
landed (bytes durable) -> indexed (header read) -> prepared (de-identified, in a transfer) -> sent,
or duplicate, held (a person decides), discarded. A sent file's bytes expire; its row stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provident.adapters.gateway.database import Database


_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY,
    way TEXT NOT NULL,
    node TEXT NOT NULL,
    opened REAL NOT NULL,
    closed REAL
);

CREATE TABLE IF NOT EXISTS left_out (
    session TEXT NOT NULL,
    code TEXT NOT NULL,
    files INTEGER NOT NULL,
    PRIMARY KEY (session, code)
);

CREATE TABLE IF NOT EXISTS arrival (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    way TEXT NOT NULL,
    received REAL NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    sha256 TEXT NOT NULL DEFAULT '',
    exam TEXT NOT NULL DEFAULT '',
    series TEXT NOT NULL DEFAULT '',
    instance TEXT NOT NULL DEFAULT '',
    patient TEXT NOT NULL DEFAULT '',
    modality TEXT NOT NULL DEFAULT '',
    note BLOB,
    hold TEXT,
    transfer TEXT,
    out_sha256 TEXT NOT NULL DEFAULT '',
    bytes_kept INTEGER NOT NULL DEFAULT 1,
    released TEXT NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS arrival_state ON arrival (state, exam);

CREATE INDEX IF NOT EXISTS arrival_instance ON arrival (instance);

CREATE INDEX IF NOT EXISTS arrival_session ON arrival (session);

CREATE INDEX IF NOT EXISTS arrival_transfer ON arrival (transfer);

CREATE TABLE IF NOT EXISTS hold (
    id TEXT PRIMARY KEY,
    exam TEXT NOT NULL,
    code TEXT NOT NULL,
    modality TEXT NOT NULL DEFAULT '',
    participant TEXT NOT NULL DEFAULT '',
    opened TEXT NOT NULL,
    reported INTEGER NOT NULL DEFAULT 0,
    decision TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS exam_link (
    exam TEXT PRIMARY KEY,
    participant TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS transfer (
    id TEXT PRIMARY KEY,
    exam TEXT NOT NULL,
    state TEXT NOT NULL,
    token TEXT NOT NULL DEFAULT '',
    made REAL NOT NULL,
    done REAL
);

CREATE TABLE IF NOT EXISTS decided_here (
    hold TEXT PRIMARY KEY,
    act TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    participant TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0
)
"""

STATES = ("landed", "indexed", "prepared", "sent", "duplicate", "held", "discarded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file that arrived; `exam`, `series`, `instance` and `patient` are keyed hashes, `note` is sealed."""

    id: str
    session: str
    way: str
    received: float
    size: int
    state: str
    sha256: str
    exam: str
    series: str
    instance: str
    patient: str
    modality: str
    note: bytes | None
    hold: str | None
    transfer: str | None
    out_sha256: str
    bytes_kept: int
    released: str  # the code of a hold that a person ended after a look


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A group of files that a person must decide about."""

    id: str
    exam: str
    code: str
    modality: str
    participant: str
    opened: str
    reported: int
    decision: str


class Spool:
    """The rows of one gateway."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, _SCHEMA)

    # sessions: an association, an upload, a folder given on the command line

    def open_session(self, id: str, way: str, node: str, at: float) -> None:  # noqa: A002  # the row's own word
        """A sender began."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO session (id, way, node, opened) VALUES (?, ?, ?, ?)",
                (id, way, node, at),
            )

    def close_session(self, id: str, at: float) -> None:  # noqa: A002  # the row's own word
        """A sender ended."""
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE session SET closed = ? WHERE id = ? AND closed IS NULL",
                (at, id),
            )

    def close_sessions_of_others(self, way: str, node: str, at: float) -> None:
        """Close what a killed process left open."""
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE session SET closed = ? WHERE way = ? AND node <> ? AND closed IS NULL",
                (at, way, node),
            )

    def session(self, id: str) -> dict[str, Any] | None:  # noqa: A002  # the row's own word
        """One session."""
        rows = self.database.rows("SELECT * FROM session WHERE id = ?", id)
        return dict(rows[0]) if rows else None

    def leave_out(self, session: str, code: str) -> None:
        """A file was refused at the door, and its sender told so; only the count is kept."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO left_out VALUES (?, ?, 1) ON CONFLICT (session, code) DO UPDATE SET files = files + 1",
                (session, code),
            )

    def left_out(self, session: str) -> dict[str, int]:
        """How many files of a session were refused at the door, by code."""
        rows = self.database.rows("SELECT code, files FROM left_out WHERE session = ?", session)  # fmt: skip
        return {row["code"]: row["files"] for row in rows}

    # arrivals

    def land(self, id: str, session: str, way: str, size: int, at: float) -> None:  # noqa: A002  # the row's own word
        """A file's bytes are durable; from now on it is accounted for.

        The row itself need not be synced: `SiteGateway.adopt` makes it again from the bytes.
        """
        with self.database.transaction(durable=False) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO arrival (id, session, way, received, size, state) "
                "VALUES (?, ?, ?, ?, ?, 'landed')",
                (id, session, way, at, size),
            )

    def arrivals(self, where: str, *values: object, limit: int = -1) -> list[Arrival]:
        """Arrivals in the order in which they came."""
        rows = self.database.rows(
            f"SELECT * FROM arrival WHERE {where} ORDER BY received, id LIMIT ?",  # noqa: S608  # own constants
            *values,
            limit,
        )
        return [Arrival(**dict(row)) for row in rows]

    def ids(self) -> set[str]:
        """The ids of all arrivals."""
        return {row["id"] for row in self.database.rows("SELECT id FROM arrival")}

    def update(self, changes: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Change arrivals, all or none: (id, {column: value}). What a power cut takes back is found out again."""
        with self.database.transaction(durable=False) as connection:
            for name, columns in changes:
                told = ", ".join(f"{column} = ?" for column in columns)
                connection.execute(
                    f"UPDATE arrival SET {told} WHERE id = ?",  # noqa: S608  # own constants
                    (*columns.values(), name),
                )

    def quiet_exams(self, before: float, patience: float) -> list[str]:
        """Exams with images to send of which nothing came since `before` and no sender is at work.

        A sender that keeps its association open for ever is waited for until `patience` alone.
        """
        rows = self.database.rows(
            """
            SELECT a.exam FROM arrival a LEFT JOIN session s ON s.id = a.session
            WHERE a.state = 'indexed' GROUP BY a.exam
            HAVING max(a.received) <= ? AND
                (sum(s.id IS NOT NULL AND s.closed IS NULL) = 0 OR max(a.received) <= ?)
            ORDER BY min(a.received)
            """,
            before,
            patience,
        )
        return [row["exam"] for row in rows]

    def sent_among(self, instances: Iterable[str]) -> set[str]:
        """Which of these images went to the centre, or are on their way."""
        found: set[str] = set()
        for name in instances:
            rows = self.database.rows("SELECT 1 FROM arrival WHERE instance = ? AND state IN ('prepared', 'sent') LIMIT 1", name)  # fmt: skip
            found |= {name} if rows else set()
        return found

    def counts(self, where: str = "1", *values: object) -> dict[str, int]:
        """How many arrivals are in each state."""
        rows = self.database.rows(
            f"SELECT state, count(*) AS n FROM arrival WHERE {where} GROUP BY state",  # noqa: S608  # own constants
            *values,
        )
        return {**dict.fromkeys(STATES, 0), **{row["state"]: row["n"] for row in rows}}

    def indexed(self, heavy: Iterable[str]) -> tuple[int, int]:
        """How many files wait to be prepared, and how many of them are of the `heavy` modalities."""
        rows = self.database.rows(
            "SELECT modality, count(*) AS n FROM arrival WHERE state = 'indexed' GROUP BY modality"
        )
        those = set(heavy)
        return sum(row["n"] for row in rows), sum(row["n"] for row in rows if row["modality"] in those)  # fmt: skip

    # holds

    def hold(self, hold: Hold, arrivals: Iterable[str]) -> None:
        """Hold files back until a person decides."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO hold (id, exam, code, modality, participant, opened) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    hold.id,
                    hold.exam,
                    hold.code,
                    hold.modality,
                    hold.participant,
                    hold.opened,
                ),
            )
            connection.executemany(
                "UPDATE arrival SET state = 'held', hold = ?, transfer = NULL WHERE id = ?",
                [(hold.id, name) for name in arrivals],
            )

    def holds(self, where: str = "decision = ''", *values: object) -> list[Hold]:
        """Holds, the oldest first."""
        rows = self.database.rows(
            f"SELECT * FROM hold WHERE {where} ORDER BY opened, id",  # noqa: S608  # own constants
            *values,
        )
        return [Hold(**dict(row)) for row in rows]

    def mark_reported(self, id: str) -> None:  # noqa: A002  # the row's own word
        """The centre knows of a hold."""
        with self.database.transaction() as connection:
            connection.execute("UPDATE hold SET reported = 1 WHERE id = ?", (id,))

    def decide(
        self,
        id: str,  # noqa: A002  # the row's own word
        decision: str,
        state: str,
        released: str = "",
    ) -> list[str]:
        """Carry out a decision: its files go to the state; returns their ids."""
        with self.database.transaction() as connection:
            names = [
                row["id"]
                for row in connection.execute(
                    "SELECT id FROM arrival WHERE hold = ? AND state = 'held'", (id,)
                )
            ]
            connection.execute(
                "UPDATE hold SET decision = ? WHERE id = ?", (decision, id)
            )
            connection.execute(
                "UPDATE arrival SET state = ?, released = ? WHERE hold = ? AND state = 'held'",
                (state, released, id),
            )
        return names

    # links of exams without a hospital number

    def link_exam(self, exam: str, participant: str) -> None:
        """An exam without a patient number is a participant's."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO exam_link VALUES (?, ?)", (exam, participant)
            )

    def exam_link(self, exam: str) -> str | None:
        """The participant that an exam was linked to by hand."""
        rows = self.database.rows(
            "SELECT participant FROM exam_link WHERE exam = ?", exam
        )
        return rows[0]["participant"] if rows else None

    # transfers

    def prepare(self, id: str, exam: str, at: float, files: Mapping[str, str]) -> None:  # noqa: A002  # the row's own word
        """A transfer is ready: arrival id -> SHA-256 of its de-identified bytes."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO transfer (id, exam, state, made) VALUES (?, ?, 'prepared', ?)",
                (id, exam, at),
            )
            connection.executemany(
                "UPDATE arrival SET state = 'prepared', transfer = ?, out_sha256 = ? WHERE id = ?",
                [(id, sha, name) for name, sha in files.items()],
            )

    def prepared(self) -> list[str]:
        """Transfers that are not through yet, the oldest first."""
        return [
            row["id"]
            for row in self.database.rows(
                "SELECT id FROM transfer WHERE state = 'prepared' ORDER BY made, id"
            )
        ]

    def transfers(self) -> set[str]:
        """All transfers ever prepared."""
        return {row["id"] for row in self.database.rows("SELECT id FROM transfer")}

    def sent(self, token: str) -> str:
        """The transfer that the centre gave this name; blank where there is none."""
        rows = self.database.rows("SELECT id FROM transfer WHERE token = ? AND token <> ''", token)  # fmt: skip
        return str(rows[0]["id"]) if rows else ""

    def sent_lately(self, most: int) -> list[dict[str, Any]]:
        """The latest transfers whose originals are still here, the newest first: token, exam, done, files, modality."""
        rows = self.database.rows(
            "SELECT t.id, t.token, t.exam, t.done, count(*) AS files, max(a.modality) AS modality FROM transfer t "
            "JOIN arrival a ON a.transfer = t.id AND a.state = 'sent' AND a.bytes_kept = 1 "
            "WHERE t.token <> '' GROUP BY t.id ORDER BY t.done DESC LIMIT ?",
            most,
        )  # fmt: skip
        return [dict(row) for row in rows]

    # decisions that were made at this gateway, of which the centre has to be told

    def decided_here(self, hold: str, act: str, by: str, reason: str, participant: str) -> None:  # fmt: skip
        """A person decided at this gateway's own screen."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO decided_here VALUES (?, ?, ?, ?, ?, 0)", (hold, act, by, reason, participant),
            )  # fmt: skip

    def untold(self) -> list[dict[str, Any]]:
        """Decisions of which the centre does not know yet."""
        return [dict(row) for row in self.database.rows("SELECT * FROM decided_here WHERE told = 0")]  # fmt: skip

    def mark_told(self, hold: str) -> None:
        """The centre knows of a decision."""
        with self.database.transaction() as connection:
            connection.execute("UPDATE decided_here SET told = 1 WHERE hold = ?", (hold,))  # fmt: skip

    def finish_transfer(self, id: str, token: str, at: float) -> None:  # noqa: A002  # the row's own word
        """The centre gave its receipt: what is still prepared is sent."""
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE transfer SET state = 'done', token = ?, done = ? WHERE id = ?",
                (token, at, id),
            )
            connection.execute(
                "UPDATE arrival SET state = 'sent' WHERE transfer = ? AND state = 'prepared'",
                (id,),
            )
