"""The one place that says what may be analysed: first reads of study cases, and nothing else.

A hidden repeat, a bridging read and a case of a test set are cases of another purpose (`Case.purpose`), and their
assignments have an occasion above 1. A trigger of the database refuses a final value that comes from one of them.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from provident.reading import Serves
from provident.web.reading.models import Assignment, Case, FinalValue, Read
from provident.web.studies.models import Study


def cases(study: Study) -> QuerySet[Case]:
    """The cases of a study that count."""
    return Case.objects.filter(study=study, purpose=Case.Purpose.STUDY)


def _counts(prefix: str = "") -> Q:
    return Q(
        **{f"{prefix}case__purpose": Case.Purpose.STUDY, f"{prefix}occasion": 1}
    ) & ~Q(**{f"{prefix}state__in": ("cancelled", "superseded")})


def assignments(study: Study) -> QuerySet[Assignment]:
    """What readers and adjudicators have to read, or have read, that counts."""
    return Assignment.objects.filter(_counts(), case__study=study)


def reads(study: Study, *, serves: Serves | None = Serves.ANALYSIS) -> QuerySet[Read]:
    """All versions of all signed reads that count.

    Those of an interim analysis or an ancillary study (`serves` of the read design) are asked for by name;
    None gives those of all designs.
    """
    rows = Read.objects.filter(_counts("assignment__"), assignment__case__study=study)
    return rows if serves is None else rows.filter(assignment__case__serves=serves)


def reads_of(case: Case) -> QuerySet[Read]:
    """All versions of the signed reads of one case that count."""
    return Read.objects.filter(_counts("assignment__"), assignment__case=case)


def final_values(
    study: Study, *, serves: Serves | None = Serves.ANALYSIS
) -> QuerySet[FinalValue]:
    """The final values of a study; `serves` as for `reads`."""
    rows = FinalValue.objects.filter(
        case__study=study, case__purpose=Case.Purpose.STUDY
    )
    return rows if serves is None else rows.filter(case__serves=serves)
