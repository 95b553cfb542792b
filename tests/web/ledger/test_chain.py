"""The ledger cannot be changed, and shows it when somebody managed to."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from provident.web.ledger import chain, triggers
from provident.web.ledger.models import Event, Values
from provident.web.ledger.record import SYSTEM, record
from provident.web.ledger.selectors import faults, head


pytestmark = pytest.mark.django_db


@pytest.fixture
def three_events(clock):
    with transaction.atomic():
        for number in range(3):
            record(
                clock=clock, by=SYSTEM, study="s", action="exam.judged", thing="exam", thing_id=str(number),
                old={"outcome": ""}, new={"outcome": "pass"}, reason=f"reason {number}",
            )  # fmt: skip
    return list(Event.objects.filter(study="s").order_by("number"))


def without_triggers():
    """What somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        for name, (table, _) in triggers._wanted(connection).items():
            of = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{of}")


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_chain_of_events_holds(three_events):
    assert list(faults("s")) == []
    assert [e.number for e in three_events] == [1, 2, 3]
    assert three_events[1].previous == three_events[0].hash
    assert head("s").hash == three_events[2].hash


def test_a_commitment_tells_fields_values_and_salts_apart():
    salt, other = "00" * 16, "01" * 16
    made = {
        chain.commitment(salt, "old", 1),
        chain.commitment(salt, "new", 1),
        chain.commitment(salt, "old", 2),
        chain.commitment(other, "old", 1),
    }

    assert len(made) == 4


def test_each_study_has_a_chain_of_its_own(three_events, clock):
    with transaction.atomic():
        other = record(
            clock=clock, by=SYSTEM, study="t", action="a", thing="x", thing_id="1"
        )

    assert (other.number, other.previous) == (1, chain.FIRST)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_event SET actor = 'somebody else' WHERE number = 2",
        "DELETE FROM ledger_event WHERE number = 3",
        "UPDATE ledger_values SET salt = '00' WHERE salt <> ''",
    ],
)
def test_the_database_refuses_to_change_an_event(three_events, sql):
    with pytest.raises(DatabaseError, match="append-only"):
        run(sql)

    assert list(faults("s")) == []


def test_the_database_refuses_to_replace_an_event(three_events):
    if connection.vendor != "sqlite":
        run(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # nothing of the set-up is left to be checked at commit
        with pytest.raises(DatabaseError, match="append-only"):
            run("TRUNCATE ledger_event CASCADE")
        return
    columns = ", ".join(f.column for f in Event._meta.fields)
    with pytest.raises(DatabaseError, match="append-only"):
        run(
            f"INSERT OR REPLACE INTO ledger_event ({columns}) SELECT {columns} FROM ledger_event WHERE number = 2"
        )


@pytest.mark.parametrize(
    ("sql", "number", "what"),
    [
        (
            "UPDATE ledger_event SET actor = 'x' WHERE number = 2",
            2,
            "was changed after it was written",
        ),
        (
            "UPDATE ledger_event SET number = 9 WHERE number = 3",
            9,
            "event 3 is missing",
        ),
        (
            "DELETE FROM ledger_values WHERE event_id = {second}",
            2,
            "its values are gone and no erasure is recorded",
        ),
    ],
)
def test_a_change_behind_the_database_is_found(three_events, sql, number, what):
    without_triggers()
    run(sql.format(second=three_events[1].pk))

    assert (number, what) in [(f.number, f.what) for f in faults("s")]


def test_a_forged_value_is_found(three_events):
    without_triggers()
    Values.objects.filter(event=three_events[0]).update(
        content={"outcome": {"old": "", "new": "fail"}}
    )

    assert [(f.number, f.what) for f in faults("s")] == [
        (1, "its values are not those that were committed to")
    ]


def test_an_erasure_keeps_the_chain(three_events, clock):
    Values.objects.filter(event=three_events[1]).delete()
    with transaction.atomic():
        record(clock=clock, by=SYSTEM, study="s", action="ledger.values_erased", thing="event", thing_id="2",
               reason="erasure of participant")  # fmt: skip

    assert list(faults("s")) == []
    assert Event.objects.get(study="s", number=2).reason == ""


def test_missing_triggers_are_reported():
    assert triggers.missing(connection) == []
    without_triggers()

    assert "ledger_event_no_update" in triggers.missing(connection)

    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_an_event_outside_a_transaction_is_refused(clock, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(connections["default"], "in_atomic_block", False)
        with pytest.raises(RuntimeError, match="in the transaction"):
            record(
                clock=clock, by=SYSTEM, study="s", action="a", thing="x", thing_id="1"
            )
