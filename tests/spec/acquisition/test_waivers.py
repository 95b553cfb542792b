"""A rule that somebody answers for: it is said, with who and why, and does not decide; only there, only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from provident.acquisition import (
    Circumstances,
    ExamVerdict,
    SeriesVerdict,
    judge,
    waivable,
)
from provident.kernel import Outcome
from tests.spec.acquisition import manuals, scans


title = "Waivers of a manual"

LEEDS = Circumstances(
    site="leeds", scanner="mr_l1", participant="L-101", acquired_on=date(2026, 3, 2)
)
WHO = "why: hand coil in repair, by: Dr Lee, on: 2026-02-20"


def judged(
    waiver: str, exam: Circumstances = LEEDS, *, breaks=None, text: str = manuals.HANDS
) -> ExamVerdict:
    series = scans.hands()
    (breaks or body_coil)(series)
    manual = manuals.manual(f"{text}waived: [{{{waiver}, {WHO}}}]\n", "baseline")
    return judge(
        scans.facts(*series.values()), manual, visit="baseline", circumstances=exam
    )


def body_coil(series) -> None:
    for image in series["cor_stir"]:
        image.ReceiveCoilName = "Body_18"


def no_coil(series) -> None:
    for image in series["cor_stir"]:
        del image.ReceiveCoilName


def test_a_waived_rule_is_said_with_who_and_why_and_does_not_fail():
    verdict = judged("rule: cor_stir.coil, site: leeds")
    stir = next(s for s in verdict.series if s.role == "cor_stir")

    assert Outcome.PASS is verdict.outcome
    assert [(f.code, f.severity) for f in stir.findings] == [("QC.COIL", "note")]
    assert stir.findings[0].message.endswith(
        "Waived: hand coil in repair (Dr Lee, 2026-02-20)."
    )
    assert [m.label for m in stir.measures if m.rule == "coil"] == [
        "Receive coil, waived"
    ]
    assert (
        verdict.sentence
        == "The exam is as version 3.1 of its manual asks, but for what is waived: hand coil in repair (Dr Lee, 2026-02-20)."
    )


@pytest.mark.parametrize(
    ("waiver", "outcome"),
    [
        ("rule: coil, site: leeds", "pass"),
        ("rule: cor_t1.coil, site: leeds", "fail"),
        ("rule: cor_stir.TE, site: leeds", "fail"),
        ("rule: cor_stir.coil, site: york", "fail"),
        ("rule: cor_stir.coil, scanner: mr_l1", "pass"),
        ("rule: cor_stir.coil, scanner: mr_l2", "fail"),
        ("rule: cor_stir.coil, participants: [L-100, L-101]", "pass"),
        ("rule: cor_stir.coil, participants: [L-100]", "fail"),
        ("rule: cor_stir.coil, from: 2026-03-02", "pass"),
        ("rule: cor_stir.coil, from: 2026-03-03", "fail"),
        ("rule: cor_stir.coil, until: 2026-03-02", "pass"),
        ("rule: cor_stir.coil, until: 2026-03-01", "fail"),
        ("rule: cor_stir.coil, site: leeds, until: 2026-03-01", "fail"),
    ],
)
def test_it_holds_there_and_then_alone(waiver, outcome):
    assert outcome == judged(waiver).outcome


@pytest.mark.parametrize(
    "limit",
    ["site: leeds", "scanner: mr_l1", "participants: [L-101]", "from: 2026-01-01"],
)
def test_where_it_cannot_be_told_it_does_not_hold(limit):
    verdict = judged(f"rule: cor_stir.coil, {limit}", Circumstances())

    assert Outcome.FAIL is verdict.outcome


def test_a_critical_rule_stays_unless_the_waiver_says_so():
    text = manuals.HANDS.replace("severity: {", "severity: {cor_stir.coil: critical, ")
    plain = judged("rule: cor_stir.coil, site: leeds", text=text)
    meant = judged("rule: cor_stir.coil, site: leeds, critical: yes", text=text)

    assert (plain.outcome, meant.outcome) == ("fail", "pass")


def test_what_cannot_be_read_stays_unless_the_waiver_says_so():
    plain = judged("rule: cor_stir.coil, site: leeds", breaks=no_coil)
    meant = judged("rule: cor_stir.coil, site: leeds, unreadable: yes", breaks=no_coil)

    assert (plain.outcome, meant.outcome) == ("not_assessable", "pass")


def test_an_absent_series_and_an_order_can_be_waived():
    def absent(series) -> None:
        del series["ax_t1_post"]

    def reordered(series) -> None:
        for image in series["cor_stir"]:
            image.AcquisitionTime = "090000"

    count = judged("rule: ax_t1_post.count, participants: [L-101]", breaks=absent)
    order = judged(
        "rule: order, site: leeds", breaks=reordered,
        text=manuals.HANDS + "order: [cor_t1, cor_stir]\n",
    )  # fmt: skip

    assert (count.outcome, order.outcome) == ("pass", "pass")


def test_an_exam_of_which_nothing_is_left_never_passes():
    text = "exam: x\nmodality: MR\nmanual: '1'\nminutes: 1\nseries: {a: {match: {description: ~stir}}}\n"
    manual = manuals.manual(f"{text}waived: [{{rule: a.count, site: leeds, {WHO}}}]\n")

    verdict = judge([], manual, visit=None, circumstances=LEEDS)

    assert Outcome.NOT_ASSESSABLE is verdict.outcome


@pytest.mark.parametrize(
    ("waiver", "words"),
    [
        ("rule: cor_stir.coil", "names a site, a scanner, participants or a period"),
        ("rule: cor_stri.coil, site: leeds", 'no series "cor_stri"'),
        ("rule: cor_stir.coli, site: leeds", "unknown fact"),
        ("rule: cor_stir.coil, from: 2026-05-01, until: 2026-04-01", "is after until"),
    ],
)
def test_a_waiver_that_says_nothing_is_refused(waiver, words):
    with pytest.raises(ValueError, match=words):
        manuals.manual(manuals.HANDS + f"waived: [{{{waiver}, {WHO}}}]\n")


def test_a_rule_that_is_broken_and_in_part_unreadable_is_not_offered_for_a_signature():
    series = scans.hands()
    body_coil(series)
    manual = manuals.manual(manuals.HANDS, "baseline")
    verdict = judge(scans.facts(*series.values()), manual, visit="baseline", circumstances=LEEDS)  # fmt: skip
    assert [w.rule for w in waivable(verdict, manual)] == ["cor_stir.coil"]

    def unsure(one: SeriesVerdict) -> SeriesVerdict:
        coil = [m for m in one.measures if m.rule == "coil"]
        more = tuple(replace(m, outcome=Outcome.NOT_ASSESSABLE) for m in coil)
        return replace(one, measures=one.measures + more)

    partly = replace(verdict, series=tuple(unsure(s) for s in verdict.series))

    assert waivable(partly, manual) == []
