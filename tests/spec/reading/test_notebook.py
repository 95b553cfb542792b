"""Reads as they are, into the statistics: `from provident.reading import agreement`."""

from __future__ import annotations

import pytest

from provident.kernel import InvalidInput
from provident.reading import accuracy, agreement
from tests.unit.reading.made import design, read


title = "Agreement and accuracy from reads in a notebook"


def cases(*changes):
    """Two primary reads of each case."""
    return [
        read(change, seat, case=f"P{number}")
        for number, pair in enumerate(changes)
        for seat, change in enumerate(pair, 1)
    ]


READS = cases((1, 2), (4, 4), (0, 1), (9, 7), (3, 3))


def test_reads_become_a_table_of_cases_by_readers():
    rows = agreement.table(design(), READS).rows

    assert [(r.case, r.reader, float(r.score)) for r in rows[:2]] == [
        ("P0", "R1", 1),
        ("P0", "R2", 2),
    ]


def test_the_report_is_that_of_the_statistics():
    report = agreement.report(agreement.table(design(), READS), measured=True)

    assert "Intraclass correlation" in [s.heading for s in report.sections]


def test_adjudications_and_replaced_versions_do_not_count():
    more = [*READS, read(8, 0, case="P0"), read(5, 1, case="P0", version=2)]
    rows = agreement.table(design(), more).rows

    assert {r.reader for r in rows} == {"R1", "R2"}
    assert [float(r.score) for r in rows if (r.case, r.reader) == ("P0", "R1")] == [5]


def test_a_value_that_is_not_evaluable_is_a_blank():
    rows = agreement.table(design(), cases(("nv", 2), (1, 1))).rows

    assert rows[0].score is None


def test_accuracy_takes_the_truth_of_the_cases():
    truth = {"P0": False, "P1": True, "P2": False, "P3": True}
    rows = accuracy.table(design(), READS, truth=truth)

    assert {r.case: r.truth for r in rows.rows} == {"P0": "0", "P1": "1", "P2": "0", "P3": "1"}  # fmt: skip
    assert "ROC curves" in [s.heading for s in accuracy.report(rows).sections]


def test_without_any_truth_there_is_no_accuracy():
    with pytest.raises(InvalidInput, match="truth of none"):
        accuracy.table(design(), READS, truth={})
