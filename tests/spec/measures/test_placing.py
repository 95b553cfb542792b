"""A value among those that the scanner gave before."""

from __future__ import annotations

import pytest

from provident.acquisition.measures import place
from provident.kernel import InvalidInput


title = "Measures against history"
USUAL = [50.0, 51, 49, 52, 48, 50, 51, 49, 50, 50]


@pytest.mark.parametrize(
    ("value", "level", "words"),
    [
        (50, "usual", "50 is as usual among the 10 before it (median 50)."),
        (30, "unusual", "30 lies far below the 10 before it (median 50), which is worse: look at the images."),
        (80, "unusual", "80 lies far above the 10 before it (median 50), which is better, and may mean another setting: look at the images."),
    ],
)  # fmt: skip
def test_a_value_is_usual_or_not(value, level, words):
    found = place(value, USUAL, measure="snr")

    assert (found.level, found.words) == (level, words)


def test_percentile_median_and_quartiles_are_given():
    found = place(51, USUAL)

    assert (found.percentile, found.median, found.iqr, found.n) == (
        80,
        50,
        (49.25, 50.75),
        10,
    )


@pytest.mark.parametrize("n", [0, 1, 7])
def test_too_few_values_give_no_judgement(n):
    found = place(30, USUAL[:n])

    assert (found.level, found.robust_z, found.percentile) == ("too few", None, None)
    assert "too few to say what is usual (8 are needed)" in found.words


def test_one_outlier_in_the_history_does_not_hide_another():
    assert place(80, [*USUAL, 500.0]).level == "unusual"


@pytest.mark.parametrize(("value", "level"), [(0, "usual"), (1, "constant")])
def test_a_history_of_equal_values_has_no_spread(value, level):
    found = place(value, [0.0] * 12, measure="duplicate_images")

    assert (found.level, found.robust_z) == (level, None)


@pytest.mark.parametrize("history", [[*USUAL, float("nan")], [*USUAL, float("inf")]])
def test_what_is_no_number_is_refused(history):
    with pytest.raises(InvalidInput, match="Only finite numbers"):
        place(50, history)
