"""Judging an exam: roles, counts, repeats, visits, the baseline, and words for people."""

from __future__ import annotations

from copy import deepcopy

import pytest

from provident.acquisition import (
    CODES,
    ExamVerdict,
    exam_kind,
    judge,
    judge_exams,
    reference_markdown,
)
from provident.kernel import Outcome
from tests.spec.acquisition import manuals, scans


HANDS = manuals.manual(manuals.HANDS, "baseline")


def judged(*series, manual=HANDS, visit="baseline", baseline=()) -> ExamVerdict:
    return judge(scans.facts(*series), manual, visit=visit, baseline=baseline)


def found(verdict: ExamVerdict) -> set[str]:
    return {f.code for f in verdict.all_findings()}


def roles(verdict: ExamVerdict) -> list[tuple[str | None, bool]]:
    return [(s.role, s.counts) for s in verdict.series]


def small(text: str):
    head = 'exam: knee_mri\nmodality: MR\nmanual: "1"\nminutes: 10\n'
    return manuals.manual(head + text, "baseline")


def test_the_examples_manual_passes_the_exam_that_it_asks_for(shared):
    exam = scans.hands(slices=24)

    verdict = judged(*exam.values(), manual=manuals.example(shared, "hands-mri.yaml"))

    assert (verdict.outcome, verdict.all_findings()) == (Outcome.PASS, ())
    assert verdict.sentence == "The exam is as version 3.1 of its manual asks."


def test_a_radiographer_reads_what_was_found_what_was_asked_and_what_to_do():
    exam = scans.hands()
    for image in exam["cor_stir"]:
        image.EchoTime = 95

    verdict = judged(*exam.values())

    assert verdict.sentence == (
        "Echo time of the cor stir is 95 ms, the manual asks for 70 ± 5 ms. "
        "For the radiographer: correct the protocol on the scanner before the next participant. "
        "A repeat may be asked for within the visit window (advised by the physicist, decided by the investigator)."
    )


def test_a_bar_has_the_value_what_is_allowed_and_the_ends_of_its_scale():
    exam = scans.hands()
    for image in exam["cor_stir"]:
        image.EchoTime = 95

    (_, stir, _) = judged(*exam.values()).series
    bar = next(m for m in stir.measures if m.rule == "TE")

    assert (bar.label, bar.unit, bar.value, bar.low, bar.high) == (
        "Echo time",
        "ms",
        95,
        65,
        75,
    )
    assert bar.scale_low < 65 < 75 < 95 < bar.scale_high
    assert bar.outcome is Outcome.FAIL


def test_a_verdict_survives_being_stored():
    exam = scans.hands()
    del exam["cor_t1"]
    exam["cor_stir"][2].EchoTime = 95
    verdict = judged(*exam.values())

    assert ExamVerdict.from_json(verdict.as_json()) == verdict


def test_the_json_has_what_the_contract_names():
    written = judged(*scans.hands().values()).as_json()

    assert {"uid", "exam", "visit", "outcome", "findings", "series"} <= set(written)
    assert {"uid", "role", "outcome", "findings"} <= set(written["series"][0])


def test_a_series_of_another_plane_is_named_as_the_one_that_was_perhaps_meant():
    exam = scans.hands()
    for image in exam["cor_stir"]:
        image.ImageOrientationPatient = scans.FACING["axial"]

    (finding,) = judged(*exam.values()).findings

    assert finding.message == (
        'The series cor stir is missing: the manual asks for 1, 0 are there. Series "stir_cor" comes nearest, but its plane is axial, not coronal.'
    )


def test_a_series_that_fits_no_role_is_kept_and_labelled_and_does_not_decide():
    extra = scans.mr("localizer", study="1.2", slices=3)

    verdict = judged(*scans.hands(study="1.2").values(), extra)

    assert verdict.outcome is Outcome.PASS
    assert (
        verdict.series[3].role,
        verdict.series[3].label,
        verdict.series[3].counts,
    ) == (None, "localizer", False)
    assert [f.code for f in verdict.series[3].findings] == ["QC.SERIES_UNMATCHED"]


def test_a_report_in_the_exam_is_no_image():
    report = scans.header("1.2.840.10008.5.1.4.1.1.88.11", "SR", "siemens", "1.2")
    report.SeriesInstanceUID = "1.2.9"

    verdict = judged(*scans.hands(study="1.2").values(), [report])

    assert verdict.outcome is Outcome.PASS
    assert "holds no images" in verdict.series[3].findings[0].message


def again(series, **values):
    copy = deepcopy(series)
    uid = scans.uid()
    for image in copy:
        image.SOPInstanceUID, image.SeriesInstanceUID = scans.uid(), uid
        for keyword, value in {"AcquisitionTime": "104500", **values}.items():
            setattr(image, keyword, value)
    return copy


def test_of_a_repeated_series_the_latest_complete_one_is_used():
    exam = scans.hands()
    repeat = again(exam["cor_stir"])
    for image in exam["cor_stir"]:
        image.EchoTime = 95

    verdict = judged(*exam.values(), repeat)

    assert verdict.outcome is Outcome.PASS
    assert roles(verdict) == [
        ("cor_t1", True),
        ("cor_stir", False),
        ("ax_t1_post", True),
        ("cor_stir", True),
    ]
    assert "QC.SERIES_REPEATED" in found(verdict)


def test_a_repeat_that_was_broken_off_is_not_used():
    exam = scans.hands()

    verdict = judged(*exam.values(), again(exam["cor_stir"], EchoTime=95)[:5])

    assert (verdict.outcome, roles(verdict)[3]) == (Outcome.PASS, ("cor_stir", False))


def test_without_a_word_on_repeats_too_many_series_are_a_fault():
    manual = small('series: {t1: {match: {description: "~t1"}, count: 1}}')
    one = scans.mr("t1", study="1")

    verdict = judged(one, again(one), manual=manual)

    assert (verdict.outcome, found(verdict)) == (Outcome.FAIL, {"QC.SERIES_EXTRA"})


COUNTS = [
    ("1..2", 1, "pass"),
    ("1..2", 2, "pass"),
    ("1..2", 3, "fail"),
    ('">= 2"', 1, "fail"),
    ('">= 2"', 4, "pass"),
    ("3", 2, "fail"),
]


@pytest.mark.parametrize(("count", "there", "outcome"), COUNTS)
def test_a_count_is_exact_a_range_or_a_bound(count, there, outcome):
    manual = small(f'series: {{t1: {{match: {{description: "~t1"}}, count: {count}}}}}')
    one = scans.mr("t1", study="1", slices=2)

    assert judged(*(again(one) for _ in range(there)), manual=manual).outcome == outcome


def test_an_optional_series_may_be_absent_but_is_judged_when_it_is_there():
    text = 'series: {t1: {match: {description: "~t1"}}, t2: {match: {description: "~t2"}, optional: true, require: {TE: 80 ± 5 ms}}}'
    one, two = scans.mr("t1", study="1"), scans.mr("t2", study="1", EchoTime=120)

    assert judged(one, manual=small(text)).outcome is Outcome.PASS
    assert judged(one, two, manual=small(text)).outcome is Outcome.FAIL


VISITS = [
    ("baseline", True, "pass"),
    ("baseline", False, "fail"),
    ("week12", False, "pass"),
    ("week12", True, "pass"),
    (None, True, "pass"),
    (None, False, "not_assessable"),
]


@pytest.mark.parametrize(("visit", "sent", "outcome"), VISITS)
def test_a_series_is_needed_at_its_visits_alone(visit, sent, outcome):
    text = 'series: {t1: {match: {description: "~t1"}}, post: {match: {description: "~post"}, at: [baseline]}}'
    series = [
        scans.mr("t1", study="1"),
        *([scans.mr("post", study="1")] if sent else []),
    ]

    verdict = judged(*series, manual=small(text), visit=visit)

    assert verdict.outcome == outcome
    assert ("QC.SERIES_UNPLANNED" in found(verdict)) == (visit == "week12" and sent)


def test_a_series_that_the_visit_does_not_plan_is_judged_and_does_not_decide():
    text = 'series: {t1: {match: {description: "~t1"}}, post: {match: {description: "~post"}, at: [baseline], require: {TE: 5 ms}}}'

    verdict = judged(
        scans.mr("t1", study="1"),
        scans.mr("post", study="1"),
        manual=small(text),
        visit="week12",
    )

    assert verdict.outcome is Outcome.PASS
    assert (verdict.series[1].outcome, verdict.series[1].counts) == (
        Outcome.FAIL,
        False,
    )


def test_the_more_exact_of_two_roles_is_meant():
    text = 'series: {any: {match: {description: "~t1"}, optional: true}, fat: {match: {description: "~t1", fat_sat: FS}}}'

    verdict = judged(scans.mr("t1", study="1", ScanOptions="FS"), manual=small(text))

    assert [s.role for s in verdict.series] == ["fat"]


def test_a_series_that_fits_two_roles_equally_is_not_assessable():
    text = 'series: {one: {match: {description: "~t1"}}, other: {match: {description: "~tse"}, optional: true}}'

    verdict = judged(scans.mr("t1_tse", study="1"), manual=small(text))

    assert (verdict.outcome, found(verdict)) == (
        Outcome.NOT_ASSESSABLE,
        {"QC.SERIES_AMBIGUOUS"},
    )


def baseline_of(**changes):
    exam = scans.hands()
    for series in exam.values():
        for image in series:
            for keyword, value in changes.items():
                setattr(image, keyword, value)
    return scans.facts(*exam.values())


CHANGES = [
    ({}, "pass"),
    ({"ReceiveCoilName": "hand_8"}, "fail"),
    ({"MagneticFieldStrength": 2.9}, "fail"),
    ({"MagneticFieldStrength": 3.001}, "pass"),
    ({"MagneticFieldStrength": None}, "not_assessable"),
]


@pytest.mark.parametrize(("before", "outcome"), CHANGES)
def test_what_must_not_change_is_compared_with_the_baseline(before, outcome):
    week12 = {k: v for k, v in scans.hands().items() if k != "ax_t1_post"}

    verdict = judged(*week12.values(), visit="week12", baseline=baseline_of(**before))

    assert verdict.outcome == outcome
    assert ("QC.BASELINE_DIFFERS" in found(verdict)) == (outcome == "fail")


BASELINES = [
    ("baseline", "pass", False),
    ("week12", "not_assessable", True),
    (None, "not_assessable", True),
]


@pytest.mark.parametrize(("visit", "outcome", "said"), BASELINES)
def test_without_a_baseline_later_visits_are_not_assessable(visit, outcome, said):
    exam = scans.hands()
    if visit != "baseline":
        del exam["ax_t1_post"]

    verdict = judged(*exam.values(), visit=visit)

    assert (verdict.outcome, "QC.BASELINE_MISSING" in found(verdict)) == (outcome, said)


@pytest.mark.parametrize(("before", "outcome"), [(12, "pass"), (14, "fail")])
def test_a_rule_may_ask_for_the_value_of_the_baseline(before, outcome):
    manual = small(
        'series: {t1: {match: {description: "~t1"}, require: {TE: same as baseline}}}'
    )
    now, then = scans.mr("t1", study="1"), scans.mr("t1", study="2", EchoTime=before)

    assert judged(now, manual=manual, visit="baseline").outcome is Outcome.PASS
    assert judged(now, manual=manual, visit="week12").outcome is Outcome.NOT_ASSESSABLE
    assert (
        judged(now, manual=manual, visit="week12", baseline=scans.facts(then)).outcome
        == outcome
    )


def test_a_baseline_that_does_not_say_is_not_assessable():
    manual = small(
        'series: {t1: {match: {description: "~t1"}, require: {TE: same as baseline, coverage: same as baseline}}}'
    )
    now, then = scans.mr("t1", study="1"), scans.mr("t1", study="2", EchoTime=None)

    verdict = judged(now, manual=manual, visit="week12", baseline=scans.facts(then))

    assert (verdict.outcome, found(verdict)) == (
        Outcome.NOT_ASSESSABLE,
        {"QC.NOT_ASSESSABLE"},
    )


def test_a_role_may_have_its_own_makers_rules_and_another_role_as_substitute():
    text = (
        'series: {t1: {match: {description: "~t1"}, or: {t2: with reason}, vendor: {SIEMENS: {TE: 12 ms}, GE: {TE: 9 ms}}}, '
        't2: {match: {description: "~t2"}, optional: true}}'
    )
    manual = small(text)

    assert judged(scans.mr("t1", study="1"), manual=manual).outcome is Outcome.PASS
    assert (
        judged(scans.mr("t1", study="1", maker="ge"), manual=manual).outcome
        is Outcome.FAIL
    )
    assert found(judged(scans.mr("t2", study="1"), manual=manual)) == {"QC.SUBSTITUTE"}


SEVERITIES = [
    ("research", "", "fail"),
    ("pragmatic", "", "warn"),
    ("pragmatic", "severity: {t1.TE: critical}", "fail"),
    ("research", "severity: {t1.TE: minor}", "warn"),
    ("research", "severity: {TE: minor}", "warn"),
    ("research", "severity: {default: minor}", "warn"),
    ("research", "severity: {default: minor, t1: major}", "fail"),
]


@pytest.mark.parametrize(("strictness", "severity", "outcome"), SEVERITIES)
def test_severity_says_whether_a_broken_rule_fails_or_warns(
    strictness, severity, outcome
):
    text = f'strictness: {strictness}\nseries: {{t1: {{match: {{description: "~t1"}}, require: {{TE: 20 ms}}}}}}\n{severity}'

    assert judged(scans.mr("t1", study="1"), manual=small(text)).outcome == outcome


@pytest.mark.parametrize("strictness", ["research", "pragmatic"])
def test_an_absent_series_fails_however_strict_the_manual(strictness):
    text = f'strictness: {strictness}\nseverity: {{default: minor}}\nseries: {{t1: {{match: {{description: "~t1"}}}}}}'

    assert judged(scans.mr("t2", study="1"), manual=small(text)).outcome is Outcome.FAIL


RULES = [
    ("TE: 12 ms", "pass"),
    ("TE: 12.5 ms", "fail"),
    ("TE: 0.012 s", "pass"),
    ("TE: {target: 12 ms, fail: 10 %}", "pass"),
    ("TE: {target: 14 ms, fail: 10 %}", "fail"),
    ("TE: {pass: 15..20 ms, warn: 10..30 ms}", "warn"),
    ("TE: {at_most: 15 ms}", "pass"),
    ("TE: {at_least: 13 ms, at_most: 15 ms}", "fail"),
    ("TE: [10 ms, 12 ms]", "pass"),
    ("TE: present", "pass"),
    ("TI: present", "fail"),
    ("TI: absent", "pass"),
    ("TE: absent", "fail"),
    ("TI: 150 ms", "not_assessable"),
    ("coil: handwrist_16", "pass"),
    ("coil: [Knee, HandWrist_16]", "pass"),
    ("coil: ~^hand", "pass"),
    ("coil: ~^wrist", "fail"),
    ("image_type: PRIMARY", "pass"),
    ("image_type: DERIVED", "fail"),
    ("contrast: no", "pass"),
    ("contrast: yes", "fail"),
    ("make: Siemens Healthineers", "pass"),
    ("make: GE", "fail"),
    ("TE: {by: make, GE: 9 ms, SIEMENS: 12 ms}", "pass"),
    ("TE: {by: model, ~prisma: 13 ms}", "fail"),
    ("TE: {by: field, 1.5 T: 12 ms, else: 13 ms}", "fail"),
    ("TE: {by: field, 1.5 T: 12 ms}", "not_assessable"),
    ("TE: {by: TI, 100 ms: 12 ms}", "not_assessable"),
    ("coverage: {along: LR, at_least: 200 mm}", "pass"),
    ("coverage: {along: slices, at_least: 38 mm, at_most: 39 mm}", "pass"),
    ("coverage: {along: FH, at_least: 21 cm}", "fail"),
    ("TE: same as t1", "pass"),
    ("constant: [TE, coil]", "pass"),
    ("constant: [TI]", "not_assessable"),
    ("plane: coronal", "pass"),
    ("plane: [axial, sagittal]", "fail"),
    ("obliquity: <= 5 deg", "pass"),
    ("phase_axis: LR", "pass"),
]


@pytest.mark.parametrize(("rule", "outcome"), RULES)
def test_the_rules_of_the_language(rule, outcome):
    manual = small(
        f'series: {{t1: {{match: {{description: "~t1"}}, require: {{{rule}}}}}}}'
    )

    assert judged(scans.mr("t1", study="1"), manual=manual).outcome == outcome


def test_a_rule_compares_with_another_series_of_the_exam():
    text = 'series: {t1: {match: {description: "~t1"}}, t2: {match: {description: "~t2"}, require: {pixel_spacing: same as t1}}}'
    one, two = scans.mr("t1", study="1"), scans.mr("t2", study="1", PixelSpacing=[1, 1])

    assert judged(one, two, manual=small(text)).outcome is Outcome.FAIL
    # The fault is the absent series: there is nothing to compare with.
    alone = judged(two, manual=small(text))
    assert {"QC.SERIES_MISSING", "QC.NOT_ASSESSABLE"} <= found(alone)


MATCHES = [
    ('{description: "~t1", not: {description: "~post"}}', "t1", "pass"),
    ('{description: "~t1", not: {description: "~post"}}', "t1_post", "fail"),
    ('{any: [{description: "~stir"}, {description: "~t1"}]}', "t1", "pass"),
    ('{all: [{plane: coronal}, {TE: "< 20 ms"}]}', "x", "pass"),
    ('{all: [{plane: axial}, {TE: "< 20 ms"}]}', "x", "fail"),
    ("{modality: CT}", "x", "fail"),
    ("{slices: 10..14}", "x", "pass"),
    ('{description: ["T1", "t1_tse"]}', "T1_TSE", "pass"),
]


@pytest.mark.parametrize(("match", "name", "outcome"), MATCHES)
def test_the_match_rules_of_the_language(match, name, outcome):
    manual = small(f"series: {{t1: {{match: {match}}}}}")

    assert judged(scans.mr(name, study="1"), manual=manual).outcome == outcome


def test_an_exam_kind_is_recognised_by_its_series_else_by_its_modality():
    all_of_them = {
        name: manuals.manual(getattr(manuals, name))
        for name in ("HANDS", "DWI", "HANDS_XRAY", "JOINTS", "CHEST")
    }
    kinds = {
        "HANDS": scans.hands().values(),
        "DWI": [scans.dwi()],
        "HANDS_XRAY": [scans.radiograph()],
        "JOINTS": [scans.clip()],
        "CHEST": [scans.ct()],
    }

    assert {
        name: exam_kind(scans.facts(*s), all_of_them) for name, s in kinds.items()
    } == {n: n for n in kinds}
    assert exam_kind(scans.facts(scans.clip(frames=1)), all_of_them) == "JOINTS"
    assert (
        exam_kind(scans.facts(scans.mr("knee", "sagittal", study="1")), all_of_them)
        is None
    )
    assert exam_kind([], all_of_them) is None


def test_exams_of_one_folder_are_judged_each_by_its_kind():
    manual = {"hands_mri": HANDS, "chest_ct": manuals.manual(manuals.CHEST)}
    series = scans.facts(
        *scans.hands(study="1.1").values(),
        scans.ct(study="1.2"),
        scans.pet(study="1.3"),
    )

    verdicts = judge_exams(series, manual, visit="baseline")

    assert [(v.uid, v.exam, v.outcome) for v in verdicts] == [
        ("1.1", "hands_mri", "pass"), ("1.2", "chest_ct", "pass"), ("1.3", "", "not_assessable"),
    ]  # fmt: skip


def test_the_visit_is_read_from_the_header_when_nobody_says_it():
    exam = scans.hands()
    for series in exam.values():
        for image in series:
            image.ClinicalTrialTimePointID = "week24"

    known = judge_exams(
        scans.facts(*exam.values()), {"hands_mri": HANDS}, visits=frozenset(["week24"])
    )
    unknown = judge_exams(
        scans.facts(*exam.values()), {"hands_mri": HANDS}, visits=frozenset(["week12"])
    )

    assert (known[0].visit, unknown[0].visit) == ("week24", None)


def test_an_exam_without_series_fails_for_what_it_lacks():
    assert judge([], HANDS, visit="baseline").outcome is Outcome.FAIL


def test_an_exam_in_which_nothing_could_be_judged_is_not_assessable():
    manual = small('series: {t1: {match: {description: "~t1"}, optional: true}}')

    verdict = judged(scans.mr("t2", study="1"), manual=manual)

    assert (verdict.outcome, "QC.NOTHING_JUDGED" in found(verdict)) == (
        Outcome.NOT_ASSESSABLE,
        True,
    )


def test_every_code_is_in_the_catalogue_once():
    page = reference_markdown()

    assert all(page.count(f"`{code}`") == 1 for code in CODES)


def test_no_finding_names_a_person():
    exam = scans.hands()
    for image in exam["cor_stir"]:
        image.EchoTime = 95

    assert "SECRET" not in str(judged(*exam.values()).as_json())
