"""Locks, unblinding and exports: what each holds, and when."""

from __future__ import annotations

import csv
import io
import json

import pytest

from provident.kernel import Denied, InvalidInput, NotReady
from provident.kernel.ids import sha256
from provident.web.exams.objects import object_store
from provident.web.reports import actions, tables
from tests.web.reading.conftest import answers_for, drawn, open_case, people  # noqa: F401  # fixtures
from tests.web.reading.test_flow import sign  # noqa: F401  # fixture


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def statistician(make_member):
    return make_member("statistician", username="stat")


@pytest.fixture
def final(drawn, people, sign):  # noqa: F811
    sign(drawn, people["ana"], {"baseline": 2, "week24": 1})
    sign(drawn, people["ben"], {"baseline": 2, "week24": 1})
    return drawn


@pytest.fixture
def locked(final, people, clock):  # noqa: F811
    lock(people["tm"], clock)
    return final.study


def lock(tm, clock):
    tm.study.refresh_from_db()
    return actions.lock(by=tm, password=PASSWORD, reason="all read", clock=clock)


def rows(export, name):
    return list(
        csv.DictReader(
            io.StringIO(object_store().read(export.files[name]["key"]).decode())
        )
    )


def made(statistician, clock):
    statistician.study.refresh_from_db()
    return actions.make_export(by=statistician, clock=clock)


def test_before_the_lock_an_export_holds_no_score(final, statistician, clock):
    export = made(statistician, clock)

    assert set(export.files) == {"scans.csv", "codebook.csv", "manifest.json"}
    assert {r["participant"] for r in rows(export, "scans.csv")} == {"L-101"}


def test_the_lock_waits_for_open_work(drawn, people, clock):  # noqa: F811
    with pytest.raises(NotReady, match="2 reads not signed"):
        lock(people["tm"], clock)


def test_after_the_lock_an_export_holds_reads_and_final_values(
    locked, statistician, clock
):
    export = made(statistician, clock)

    long = rows(export, "reads_long.csv")
    erosion = next(
        r
        for r in long
        if r["variable"] == "bones.capitate.ero" and r["visit"] == "week24"
    )
    assert (
        erosion["value"],
        erosion["missing"],
        erosion["reader"],
        erosion["kind"],
    ) == ("0", "", "ana", "entered")
    wide = rows(export, "final_wide.csv")
    assert wide[0]["synovitis_change__week24__synovitis_change"] in ("-7", "-7.0")
    assert "allocation.csv" not in export.files
    assert {r["column"] for r in rows(export, "codebook.csv")} >= {
        "participant",
        "visit",
        "value",
    }


def test_the_manifest_has_the_hashes_and_the_ledgers_head(locked, statistician, clock):
    export = made(statistician, clock)
    manifest = json.loads(object_store().read(export.files["manifest.json"]["key"]))

    for name, file in manifest["files"].items():
        assert sha256(object_store().read(export.files[name]["key"])) == file["sha256"]
    assert manifest["ledger"] == {
        "number": export.ledger_number,
        "hash": export.ledger_hash,
    }
    assert manifest["plan"]["hash"]


def test_unblinding_waits_for_the_lock(final, statistician, clock):
    with pytest.raises(NotReady, match="waits for the lock"):
        actions.unblind(
            by=statistician,
            allocation={"L-101": "active"},
            password=PASSWORD,
            reason="r",
            clock=clock,
        )


def test_unblinding_needs_every_participant(locked, statistician, clock):
    with pytest.raises(InvalidInput, match="without an arm: L-101"):
        actions.unblind(
            by=statistician,
            allocation={"X-1": "active"},
            password=PASSWORD,
            reason="r",
            clock=clock,
        )


def test_unblinded_exports_hold_the_allocation(locked, statistician, clock):
    actions.unblind(
        by=statistician,
        allocation={"L-101": "active"},
        password=PASSWORD,
        reason="final",
        clock=clock,
    )

    assert rows(made(statistician, clock), "allocation.csv") == [
        {"study": locked.slug, "participant": "L-101", "arm": "active"}
    ]


def test_who_withdrew_from_use_is_left_out(locked, statistician, clock, participant):
    from provident.web.participants.models import Participant

    Participant.objects.filter(pk=participant.pk).update(consent={"take_part": False})
    export = made(statistician, clock)

    assert rows(export, "reads_long.csv") == rows(export, "scans.csv") == []


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [("stop_visits", False), ("no_further_use", False), ("erase", True)],
)
def test_the_kind_of_withdrawal_decides_what_an_export_keeps(
    kind, left_out, locked, statistician, clock, participant
):
    from provident.web.participants.models import Participant

    Participant.objects.filter(pk=participant.pk).update(withdrawal=kind)
    export = made(statistician, clock)

    assert (rows(export, "reads_long.csv") == []) is left_out


def test_only_a_statistician_makes_an_export(people, clock):  # noqa: F811
    for member in people.values():
        with pytest.raises(Denied):
            actions.make_export(by=member, clock=clock)


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "=HYPERLINK(1)"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_defused(text):
    assert tables.cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(-7.0, "-7.0"), (0, "0"), (None, ""), (True, "1"), ("007", "007")],
)
def test_numbers_and_leading_zeros_stay(value, text):
    assert tables.cell(value) == text


def test_a_value_and_its_reason_never_share_a_column():
    long = [
        {
            "participant": "L-101",
            "visit": "week24",
            "variable": "total",
            "value": 3,
            "missing": "",
        },
        {
            "participant": "L-102",
            "visit": "week24",
            "variable": "total",
            "value": None,
            "missing": "nv",
        },
    ]
    columns, wide = tables.widened(long, ("participant",), ("visit", "variable"))

    assert columns == ["participant", "week24__total", "week24__total__missing"]
    assert [w["week24__total"] for w in wide] == [3, None]


def test_the_data_pages(locked, statistician, as_member, people, make_member):  # noqa: F811
    base = f"/s/{locked.slug}/data"
    client = as_member(statistician)
    assert client.post(f"{base}/export").status_code == 302
    page = client.get(base).content.decode()
    assert "reads_long.csv" in page
    pk = locked.exports.get().pk
    assert client.get(f"{base}/export/{pk}/reads_long.csv").content.startswith(
        b"study,participant"
    )
    assert client.get(f"{base}/export/{pk}/nothing.csv").status_code == 404
    assert (
        as_member(people["tm"]).get(f"{base}/export/{pk}/reads_long.csv").status_code
        == 403
    )
    assert as_member(people["ana"]).get(base).status_code == 403
