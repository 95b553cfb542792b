"""What is put together of one exam while its dose is assessed."""

from __future__ import annotations

from dataclasses import dataclass, field

from provident.acquisition.dose.codes import DoseCode, finding
from provident.acquisition.dose.model import Event, Kind
from provident.kernel import Finding


@dataclass(slots=True)
class Account:
    """An exam while it is assessed.

    `more` is what machines' own totals add to the sums of events, `unsettled` names totals
    that neither know, `unknown` says of each total why it is not known. A kind is
    `reported` when a dose report of it came, `covered` when its dose stands somewhere.
    """

    uid: str
    events: list[Event] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more: dict[str, float] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)
    reported: set[Kind] = field(default_factory=set)
    covered: set[Kind] = field(default_factory=set)
    matched: bool = False

    def flag(
        self, code: DoseCode, message: str = "", *, expected: str = "", found: str = ""
    ) -> None:
        """Add a finding on this exam."""
        self.findings.append(
            finding(code, self.uid, message, expected=expected, found=found)
        )


def in_words(total: str) -> str:
    """A total's name for people, with its unit."""
    return _TOTAL_WORDS.get(total, total)


_TOTAL_WORDS = {
    "dlp_mgycm": "dose length product (mGy.cm)",
    "dap_gycm2": "dose area product (Gy.cm2)",
    "air_kerma_rp_mgy": "dose at the reference point (mGy)",
    "agd_mgy": "average glandular dose (mGy)",
    "agd_left_mgy": "glandular dose of the left breast (mGy)",
    "agd_right_mgy": "glandular dose of the right breast (mGy)",
    "agd_both_mgy": "glandular dose (mGy)",
    "activity_mbq": "administered activity (MBq)",
    "fluoro_s": "fluoroscopy time (s)",
}
