"""Series that must be acquired one after the other: by acquisition time, never by number."""

from __future__ import annotations

import pytest

from provident.acquisition import ExamVerdict, judge
from provident.kernel import Outcome, Severity
from tests.spec.acquisition import manuals, scans


title = "The order of series"

ORDER = manuals.HANDS + "order: [cor_t1, cor_stir, ax_t1_post]\n"
USUAL = {"cor_t1": "100000", "cor_stir": "100600", "ax_t1_post": "101500"}


def judged(text: str = ORDER, **times: str | None) -> ExamVerdict:
    exam = scans.hands()
    for name, at in {**USUAL, **times}.items():
        if at == "absent":
            del exam[name]
            continue
        for image in exam[name]:
            if at is None:
                del image.AcquisitionDate
                del image.AcquisitionTime
            else:
                image.AcquisitionTime = at
    return judge(
        scans.facts(*exam.values()), manuals.manual(text, "baseline"), visit="baseline"
    )


def codes(verdict: ExamVerdict) -> set[str]:
    return {f.code for f in verdict.all_findings() if f.severity != "note"}


def test_series_in_their_order_pass():
    assert (Outcome.PASS, set()) == (judged().outcome, codes(judged()))


@pytest.mark.parametrize(
    "times",
    [
        pytest.param({"cor_stir": "095000"}, id="the second before the first"),
        pytest.param({"ax_t1_post": "100300", "cor_t1": "100330"}, id="after contrast before plain"),
    ],
)  # fmt: skip
def test_a_series_out_of_its_turn_fails(times):
    verdict = judged(**times)

    assert verdict.outcome is Outcome.FAIL
    assert "QC.ORDER" in codes(verdict)


def test_what_was_found_is_said_in_minutes_with_what_to_do():
    verdict = judged(cor_stir="095000")
    finding = next(f for f in verdict.findings if f.code == "QC.ORDER")

    assert (
        finding.message
        == "The cor stir was acquired 10 min before the cor t1; the manual asks for the cor t1 first."
    )
    assert finding.found == "cor stir at 09:50:00, cor t1 at 10:00:00"
    assert finding.remedy.startswith("For the radiographer: keep the order")


def test_series_that_begin_at_the_same_second_are_in_order():
    verdict = judged(cor_stir="100000")

    assert Outcome.PASS is verdict.outcome


def test_a_series_without_a_time_is_not_assessable():
    verdict = judged(cor_stir=None)

    assert (Outcome.NOT_ASSESSABLE, {"QC.NOT_ASSESSABLE"}) == (
        verdict.outcome,
        codes(verdict),
    )


def test_the_others_keep_their_order_when_one_is_absent():
    # The STIR is missed as such; T1 after the contrast series is out of order all the same.
    verdict = judged(cor_stir="absent", cor_t1="103000")

    assert {"QC.SERIES_MISSING", "QC.ORDER"} == codes(verdict)


def test_a_minor_order_warns():
    text = ORDER.replace("severity: {", "severity: {order: minor, ")
    verdict = judged(text, cor_stir="095000")
    finding = next(f for f in verdict.findings if f.code == "QC.ORDER")

    assert (verdict.outcome, finding.severity) == (Outcome.WARN, Severity.WARNING)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("[cor_t1, cor_stri]", 'no series "cor_stri"'),
        ("[cor_t1, cor_t1]", "named twice"),
        ("[cor_t1]", "needs two series"),
    ],
)
def test_an_order_of_what_is_not_there_is_refused(order, words):
    with pytest.raises(ValueError, match=words):
        manuals.manual(manuals.HANDS + f"order: {order}\n")
