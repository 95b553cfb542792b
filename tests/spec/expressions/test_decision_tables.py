"""Decision tables: the first row that fits gives the value."""

from __future__ import annotations

import pytest

from provident.expressions import ExpressionError, Missing, Table, compile_expression


title = "Decision tables"

# PI-RADS 2.1, peripheral zone: DWI leads, DCE lifts a 3 to a 4.
PZ = Table(
    name="pz",
    keys=("dwi", "dce"),
    rows=(
        (("1", "*"), 1),
        (("2", "*"), 2),
        (("3", "0"), 3),
        (("3", "1"), 4),
        (("4", "*"), 4),
        (("5", "*"), 5),
    ),
)


def score(**names):
    expression = compile_expression('lookup("pz", dwi, dce)', tables={"pz": PZ})
    return expression.evaluate(names)


@pytest.mark.parametrize(
    ("dwi", "dce", "expected"),
    [(1, 1, 1), (3, 0, 3), (3, 1, 4), (3.0, True, 4), (5, 0, 5)],
)
def test_a_table_gives_the_value_of_the_row_that_fits(dwi, dce, expected):
    assert expected == score(dwi=dwi, dce=dce)


def test_a_missing_cell_is_no_obstacle_where_nothing_is_asked_of_it():
    assert score(dwi=4, dce=Missing("Not done")) == 4


def test_a_missing_cell_that_decides_makes_the_value_missing():
    assert score(dwi=3, dce=Missing("Not done")) == Missing("Not done")


def test_where_no_row_fits_the_value_is_missing():
    assert score(dwi=9, dce=0) == Missing('no row of table "pz" fits')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('lookup("pq", dwi, dce)', r'unknown table "pq" \(known here: pz\)'),
        ('lookup("pz", dwi)', "needs 2 values: dwi, dce"),
        ("lookup(dwi, dce)", "lookup starts with a table"),
        ("lookup()", "lookup starts with a table"),
    ],
)
def test_a_wrong_lookup_is_refused(text, words):
    with pytest.raises(ExpressionError, match=words):
        compile_expression(text, tables={"pz": PZ})


def test_a_row_with_another_number_of_cells_is_refused():
    with pytest.raises(ExpressionError, match="has 1 cells, its keys are dwi, dce"):
        Table(name="pz", keys=("dwi", "dce"), rows=((("1",), 1),))
