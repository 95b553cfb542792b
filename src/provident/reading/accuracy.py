"""Accuracy of reads, for a notebook: `from provident.reading import accuracy`.

accuracy.obuchowski_rockette(accuracy.read_study(...))
accuracy.report(accuracy.table(design, reads, truth={"P01": True, "P02": False}))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provident.kernel import InvalidInput
from provident.reading.agreement import table as _values
from provident.reading.design import ReadDesign
from provident.reading.reads import Read
from provident.statistics import auc as auc
from provident.statistics import compare_auc as compare_auc
from provident.statistics import dorfman_berbaum_metz as dorfman_berbaum_metz
from provident.statistics import mrmc_cases as mrmc_cases
from provident.statistics import mrmc_power as mrmc_power
from provident.statistics import obuchowski_rockette as obuchowski_rockette
from provident.statistics import read_study as read_study
from provident.statistics import roc_curve as roc_curve
from provident.statistics import sensitivity as sensitivity
from provident.statistics import specificity as specificity
from provident.statistics import u_statistic as u_statistic
from provident.statistics.readings import Readings
from provident.statistics.report import Report
from provident.statistics.report import accuracy_report as report


__all__ = [
    "Report",
    "auc",
    "compare_auc",
    "dorfman_berbaum_metz",
    "mrmc_cases",
    "mrmc_power",
    "obuchowski_rockette",
    "read_study",
    "report",
    "roc_curve",
    "sensitivity",
    "specificity",
    "table",
    "u_statistic",
]


def table(
    design: ReadDesign,
    reads: Iterable[Read],
    *,
    truth: Mapping[str, bool],
    value: str | None = None,
) -> Readings:
    """The primary readers' values with the truth of each case, under the design's name as modality.

    Cases whose truth is not known are left out. Raises `InvalidInput` where none is known.
    """
    found = _values(design, reads, value)
    rows = tuple(
        replace(row, modality=design.endpoint, truth=str(int(truth[row.case])))
        for row in found.rows
        if row.case in truth
    )
    if not rows:
        raise InvalidInput(
            f"{design.endpoint}: the truth of none of these cases is known."
        )
    return replace(found, rows=rows)
