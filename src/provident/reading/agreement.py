"""Agreement of reads, for a notebook: `from provident.reading import agreement`.

    agreement.kappa(ana, ben, weights="quadratic")
    agreement.report(agreement.table(design, reads))

The statistics are those of `provident.statistics`; here are the ways from reads to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from provident.forms import NOT_EVALUABLE
from provident.reading.design import ReadDesign
from provident.reading.reads import Read, value_at
from provident.statistics import brennan_prediger as brennan_prediger
from provident.statistics import conger_kappa as conger_kappa
from provident.statistics import fleiss_kappa as fleiss_kappa
from provident.statistics import gwet_ac as gwet_ac
from provident.statistics import icc as icc
from provident.statistics import icc_forms as icc_forms
from provident.statistics import kappa as kappa
from provident.statistics import krippendorff as krippendorff
from provident.statistics import light_kappa as light_kappa
from provident.statistics import limits_of_agreement as limits_of_agreement
from provident.statistics import percent_agreement as percent_agreement
from provident.statistics import repeatability as repeatability
from provident.statistics import repeated_limits as repeated_limits
from provident.statistics import (
    smallest_detectable_change as smallest_detectable_change,
)
from provident.statistics.readings import Reading, Readings
from provident.statistics.report import Report
from provident.statistics.report import agreement_report as report


__all__ = [
    "Report",
    "brennan_prediger",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "icc",
    "icc_forms",
    "kappa",
    "krippendorff",
    "light_kappa",
    "limits_of_agreement",
    "percent_agreement",
    "repeatability",
    "repeated_limits",
    "report",
    "smallest_detectable_change",
    "table",
]


def table(
    design: ReadDesign, reads: Iterable[Read], value: str | None = None
) -> Readings:
    """The primary readers' values, first occasions before repeats, as the long table of a report.

    `value` is a dotted name of the design (`week52.change`); without it the analysed one.
    Of a read that was corrected the latest version counts; adjudications are left out. What
    is not evaluable is a blank.
    """
    latest: dict[tuple[str, str, int], Read] = {}
    for read in reads:
        key = (read.case, read.reader, read.occasion)
        if read.by_adjudicator or (
            key in latest and latest[key].version >= read.version
        ):
            continue
        latest[key] = read
    ordered = sorted(latest.values(), key=lambda r: r.occasion)
    return Readings(
        file=design.endpoint,
        rows=tuple(
            Reading(
                line=line,
                case=read.case,
                reader=read.reader,
                modality="",
                truth=None,
                score=_score(design, read, value or design.value),
            )
            for line, read in enumerate(ordered, 1)
        ),
    )


def _score(design: ReadDesign, read: Read, value: str) -> str | None:
    found = value_at(design, read, value)
    return None if found == NOT_EVALUABLE else str(found)
