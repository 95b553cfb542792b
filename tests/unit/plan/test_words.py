"""The grammars of plan values."""

from __future__ import annotations

from datetime import date

import pytest

from provident.kernel import PlanError
from provident.plan.document import plain_value, read_document
from provident.plan.nearest import did_you_mean, listed
from provident.plan.places import path_text
from provident.plan.quantities import Quantity, rate
from provident.plan.words import day
from provident.programme.checks.timing import days, months_between, per_month, per_week


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("0", 0),
        ("-14", -14),
        ("0x0C", 12),
        ("0o17", 15),
        ("017", 17),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2026-03-01", "2026-03-01"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("3 T", "3 T"),
    ],
)  # fmt: skip
def test_a_plain_scalar_means_what_yaml_1_2_says(text, value):
    found = plain_value(text)

    assert (found, type(found)) == (value, type(value))


def test_a_quoted_scalar_is_a_text():
    document = read_document("a.yaml", b'a: "167012"\nb: \'no\'\n0: "No"\n')

    assert document.value == {"a": "167012", "b": "no", 0: "No"}


def test_places_are_those_of_keys_and_values():
    document = read_document("a.yaml", b"a:\n  b: [1, {c: 2}]\n")

    assert str(document.places.value(("a", "b", 1, "c"))) == "a.yaml:2:14"
    assert str(document.places.key(("a", "b", 1, "c"))) == "a.yaml:2:11"
    assert str(document.places.value(("a", "x", "y"))) == "a.yaml:2:3"
    assert str(document.places.key(("a", "x"))) == "a.yaml:1:1"


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    document = read_document("a.yaml", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    assert document.value == {"a": 1, "b": 2}
    assert str(document.places.value(("b",))) == "a.yaml:2:4"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-01", date(2026, 3, 1), date(2026, 3, 1)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_month_stands_for_its_days(text, first, last):
    found = day(text)

    assert (found.first, found.last, str(found)) == (first, last, text)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-02-30", "March 2026", "26-03-01", 2026, None]
)
def test_other_dates_are_refused(text):
    with pytest.raises(PlanError, match="is not a date"):
        day(text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("visits", "week12", "window"), "visits.week12.window"),
        (("waived", 0, "by"), "waived[0].by"),
        ((), ""),
    ],
)
def test_a_path_reads_like_the_plan(path, text):
    assert path_text(path) == text


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("windw", ' (did you mean "window"?)'),
        ("WINDOW", ' (did you mean "window"?)'),
        ("zebra", ""),
    ],
)
def test_the_nearest_name_is_offered(word, hint):
    assert did_you_mean(word, ["window", "imaging"]) == hint


def test_long_lists_are_cut():
    assert listed(range(14)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (Quantity(5, "working day"), 7.0),
        (Quantity(1, "year"), 365.25),
        (Quantity(36, "h"), 1.5),
    ],
)
def test_durations_are_counted_in_calendar_days(quantity, expected):
    assert days(quantity) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("6 per week", 6.0),
        ("2 per day", 14.0),
        ("1.2 per site and month", 1.2 * 7 * 12 / 365.25),
        ("3 per site", None),
    ],
)
def test_rates_are_counted_by_week(text, weekly):
    assert per_week(rate(text)) == (None if weekly is None else pytest.approx(weekly))


def test_rates_are_counted_by_month():
    assert per_month(rate("1.2 per site and month")) == pytest.approx(1.2)
    assert per_month(rate("3 per site")) is None


def test_months_count_parts():
    assert months_between(date(2026, 2, 2), date(2026, 10, 30)) == pytest.approx(
        8 + 28 / 31
    )
