"""The database itself refuses to change a row that must not change.

SQLite: UPDATE, DELETE, and INSERT OR REPLACE of an existing row. PostgreSQL: UPDATE, DELETE, TRUNCATE.
Django's AlterField drops SQLite's triggers without a word, so they are put back after every migrate
and looked for before anything is served.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from provident.web.ledger.guards import GUARDS


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows stay as they were written. `erasable`: a row may be deleted, never changed."""

    table: str
    key: str = "id"
    erasable: bool = False


KEPT = (
    Kept("ledger_event"),
    Kept("ledger_values", key="event_id", erasable=True),
    Kept("reading_read"),
    Kept("reading_stagelock"),
    Kept("reading_shownreads"),
    Kept("reading_choice"),
    Kept("reading_cosignature"),
    Kept("reading_outputfile"),
    Kept("reading_outputread"),
    Kept("people_signature"),
)


def _sqlite(kept: Kept) -> dict[str, str]:
    stop = f"SELECT RAISE(ABORT, '{kept.table} is append-only')"
    same = " ".join(
        ("SELECT 1 FROM", kept.table, "WHERE", kept.key, "= NEW." + kept.key)
    )
    made = {
        f"{kept.table}_no_update": f"BEFORE UPDATE ON {kept.table} BEGIN {stop}; END",
        f"{kept.table}_no_replace": f"BEFORE INSERT ON {kept.table} WHEN EXISTS ({same}) BEGIN {stop}; END",
    }
    if not kept.erasable:
        made[f"{kept.table}_no_delete"] = (
            f"BEFORE DELETE ON {kept.table} BEGIN {stop}; END"
        )
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in made.items()}


def _postgresql(kept: Kept) -> dict[str, str]:
    verbs = "UPDATE" if kept.erasable else "UPDATE OR DELETE"
    call = "EXECUTE FUNCTION provident_append_only()"
    return {
        f"{kept.table}_no_update": (
            f"CREATE TRIGGER {kept.table}_no_update BEFORE {verbs} ON {kept.table} FOR EACH ROW {call}"
        ),
        f"{kept.table}_no_truncate": (
            f"CREATE TRIGGER {kept.table}_no_truncate BEFORE TRUNCATE ON {kept.table} FOR EACH STATEMENT {call}"
        ),
    }


_FUNCTION = """
CREATE OR REPLACE FUNCTION provident_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Trigger name to (table, statement) for the tables that exist."""
    tables = set(connection.introspection.table_names())
    postgresql = connection.vendor == "postgresql"
    build = _postgresql if postgresql else _sqlite
    wanted = {
        name: (kept.table, sql)
        for kept in KEPT
        if kept.table in tables
        for name, sql in build(kept).items()
    }
    for guard in GUARDS:
        if guard.table in tables:
            made = guard.postgresql() if postgresql else guard.sqlite()
            wanted |= {name: (guard.table, sql) for name, sql in made.items()}
    return wanted


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put back every trigger that is not there."""
    wanted, present = _wanted(connection), _present(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, (_, sql) in wanted.items():
            if name not in present:
                cursor.execute(sql)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should be there and are not, and of tables that are not."""
    tables = set(connection.introspection.table_names())
    asked = {row.table for row in (*KEPT, *GUARDS)}
    absent = sorted(asked - tables)
    return absent + sorted(set(_wanted(connection)) - _present(connection))
