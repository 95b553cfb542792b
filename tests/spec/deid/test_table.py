"""The shipped tables of the standard."""

from __future__ import annotations

from collections import Counter

from provident.deid.profile import Profile
from provident.deid.rules import Do, Rules
from provident.deid.table import METHODS, OPTION_COLUMNS, rows, safe_private
from provident.deid.vrs import is_standard, vr_of


title = "The standard's tables"


def test_the_table_has_the_rows_of_its_edition_and_every_option_has_a_column():
    columns = Counter(c for row in rows().values() for c in row.options)

    assert len(rows()) == 652
    assert {
        k: v for k, v in columns.items() if k not in ("graphics", "safe_private")
    } == {"uids": 60, "device": 57, "institution": 10, "patient": 14} | {
        "full_dates": 165,
        "modified_dates": 165,
        "descriptors": 125,
        "structured": 3,
    }


def test_every_row_has_an_action_of_the_standard():
    actions = {row.basic for row in rows().values()}

    assert {"X", "D", "Z", "U", "X/D", "X/Z", "X/Z/D", "Z/D", "X/Z/U*"} == actions


def test_the_options_are_those_of_the_standard():
    assert set(range(113100, 113113)) == set(METHODS)
    assert set(OPTION_COLUMNS) < set(METHODS)


def test_no_row_of_the_table_is_kept_by_the_basic_profile():
    rules = Rules(Profile.basic(), "1.2.840.10008.5.1.4.1.1.2")
    kept = [
        hex(tag)
        for tag in rows()
        if is_standard(tag) and rules.of(tag, vr_of(tag)) is Do.KEEP
    ]

    assert kept == []


def test_what_no_table_names_is_never_kept_as_it_stands_when_it_could_be_a_name():
    rules = Rules(Profile(), "1.2.840.10008.5.1.4.1.1.2")

    assert Do.REMOVE is rules.by_kind(0x00100099, "PN")
    assert Do.REMOVE is rules.by_kind(0x00100099, "UR")
    assert Do.CLEAN is rules.by_kind(0x00700081, "LO")
    assert Do.CLEAN is rules.by_kind(0x00100099, "UT")


def test_safe_private_elements_name_creator_and_place():
    assert all(
        r.creator and r.group % 2 and 0 <= r.element <= 0xFF for r in safe_private()
    )
    assert ("siemens mr header", 0x0019, 0x0C) in {r.key for r in safe_private()}
