"""The public codes of what is found about phantoms. A code is never reused."""

from __future__ import annotations

from dataclasses import dataclass

from provident.kernel import Finding, Place, Severity


SUBDOMAIN = "qc.programme"


@dataclass(frozen=True, slots=True)
class PhantomCode:
    """One code: how much it matters, what it means, and what to do."""

    code: str
    severity: Severity
    means: str
    remedy: str

    def finding(
        self, where: str, message: str, *, expected: str = "", found: str = ""
    ) -> Finding:
        """A finding of this code about a submission or a scanner."""
        return Finding(
            code=self.code,
            severity=self.severity,
            where=Place(uid=where),
            message=message,
            expected=expected,
            found=found,
            remedy=self.remedy,
            subdomain=SUBDOMAIN,
        )


OUTSIDE = PhantomCode(
    "PHANTOM.OUTSIDE_LIMITS",
    Severity.ERROR,
    "A measured value of a phantom lies outside the plan's limits.",
    "Look at the images; if the set-up was right, call the physicist and the service.",
)
NOT_MEASURED = PhantomCode(
    "PHANTOM.NOT_MEASURED",
    Severity.ERROR,
    "A value that the plan has a limit for was not measured; this is never a pass.",
    "Scan the phantom again, or measure it with another engine.",
)
NO_LIMIT = PhantomCode(
    "PHANTOM.NO_LIMIT",
    Severity.ERROR,
    "The plan has no limit of a measure for this scanner's field strength.",
    "Add a limit for it under `accept` in imaging/phantoms.yaml.",
)
WRONG_UNIT = PhantomCode(
    "PHANTOM.WRONG_UNIT",
    Severity.ERROR,
    "A measured value has a unit that its limit cannot be compared with.",
    "State the limit in the unit of the measure.",
)
OTHER_ENGINE = PhantomCode(
    "PHANTOM.OTHER_ENGINE",
    Severity.WARNING,
    "Another engine measured than the plan names; its values are charted apart.",
    "Measure again with the engine of the plan, or bridge the two.",
)

PHANTOM_CODES: dict[str, PhantomCode] = {
    one.code: one for one in (OUTSIDE, NOT_MEASURED, NO_LIMIT, WRONG_UNIT, OTHER_ENGINE)
}
