"""Studies, participants and readers that do not exist."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from provident.kernel import InvalidInput
from provident.plan.models.row_lists import ROW_LISTS
from provident.synthetic import (
    BONES,
    JOINTS,
    HandTruth,
    Patient,
    Reader,
    Scanner,
    study,
)


title = "Participants and readers that do not exist"

VISITS = {"baseline": 0, "week12": 84, "week24": 168, "week52": 364}


def people(seed=7, count=60, **options):
    options = {"effects": {"active": 0.6, "control": 0.1}, "sites": {"leeds": 28, "york": 12}, "visits": VISITS, **options}  # fmt: skip
    return list(study(seed=seed, participants=count, **options))


def mean_total(arm, visit, what, everyone):
    return np.mean([getattr(p.truth[visit], what) for p in everyone if p.arm == arm])


def test_a_study_is_the_same_from_the_same_seed():
    assert people() == people()
    assert people(seed=8) != people()


def test_a_longer_study_starts_with_the_same_arms_and_truths():
    short, long = people(count=8), people(count=30)

    assert [(p.arm, p.truth) for p in short] == [(p.arm, p.truth) for p in long[:8]]


def test_arms_are_balanced_and_sites_weighted():
    everyone = people()
    arms = [p.arm for p in everyone]

    assert arms.count("active") == arms.count("control") == 30
    assert sum(p.site == "leeds" for p in everyone) > 30


def test_inflammation_falls_with_treatment_and_less_without():
    everyone = people()
    fall = {
        arm: mean_total(arm, "week24", "synovitis_total", everyone) / mean_total(arm, "baseline", "synovitis_total", everyone)
        for arm in ("active", "control")
    }  # fmt: skip

    assert fall["active"] < 0.65 < fall["control"]


def test_erosion_never_heals_and_grows_more_without_treatment():
    everyone = people()
    for p in everyone:
        course = [p.truth[v].erosion_total for v in VISITS]
        assert course == sorted(course)
    growth = {
        arm: mean_total(arm, "week52", "erosion_total", everyone) - mean_total(arm, "baseline", "erosion_total", everyone)
        for arm in ("active", "control")
    }  # fmt: skip

    assert growth["control"] > growth["active"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"count": 0}, "needs participants"),
        ({"effects": {}}, "needs participants, arms"),
        ({"effects": {"active": 1.5}}, "lies in 0 to 1"),
        ({"sites": {"leeds": 0}}, "above 0"),
    ],
)
def test_a_study_that_cannot_be_is_refused(options, says):
    with pytest.raises(InvalidInput, match=says):
        people(**options)


ILL = HandTruth(erosion=dict.fromkeys(BONES[:10], 3), osteitis={"lunate": 2}, synovitis={"mcp2": 2, "druj": 1})  # fmt: skip


def erosion(answers):
    return sum(v for k, v in answers.items() if k.endswith(".ero"))


def test_a_perfect_reader_answers_the_truth():
    answers = Reader(seed=1, noise=0).read(ILL, case=1)

    assert answers["normal"] == 0
    assert {b: answers[f"bones.{b}.ero"] for b in BONES} == {b: ILL.erosion.get(b, 0) for b in BONES}  # fmt: skip
    assert {j: answers[f"joints.{j}.syn"] for j in JOINTS} == {j: ILL.synovitis.get(j, 0) for j in JOINTS}  # fmt: skip


def test_a_healthy_hand_is_answered_by_the_gate_alone():
    assert Reader(seed=1, noise=0).read(HandTruth(), case=1) == {"normal": 1}


def test_a_reader_repeats_itself_for_the_same_read_and_not_for_another():
    reader = Reader(seed=1)
    first = reader.read(ILL, case=4, read_number=3)

    assert reader.read(ILL, case=4, read_number=3) == first
    assert reader.read(ILL, case=4, read_number=9) != first
    assert Reader(seed=2).read(ILL, case=4, read_number=3) != first


def test_bias_and_drift_raise_the_scores():
    def mean(reader, number):
        return np.mean([erosion(reader.read(ILL, case=c, read_number=number)) for c in range(40)])  # fmt: skip

    straight, biased = Reader(seed=1), Reader(seed=1, bias=0.8)
    drifting = Reader(seed=1, drift=1.0)

    assert mean(biased, 0) > mean(straight, 0) + 4
    assert mean(drifting, 0) == pytest.approx(mean(straight, 0))
    assert mean(drifting, 100) > mean(drifting, 0) + 4


def test_a_reader_fills_the_rows_that_it_is_given():
    answers = Reader(seed=1, noise=0).read(
        ILL, case=1, rows={"bones": ["lunate", "elbow"]}
    )

    assert set(answers) == {"normal", "bones.lunate.ero", "bones.lunate.ost", "bones.elbow.ero", "bones.elbow.ost"}  # fmt: skip
    assert answers["bones.elbow.ero"] == 0


def test_sites_may_be_not_visible():
    answers = Reader(seed=1, not_visible=0.3).read(ILL, case=1)

    assert 3 < sum(v == "nv" for v in answers.values()) < 35


def test_a_sonographer_grades_both_hands():
    rows = [r for r, _ in ROW_LISTS["hand_joints22"].rows]
    answers = Reader(seed=1, noise=0).read_at_scan(ILL, HandTruth(), case=1, rows=rows)

    assert len(answers) == 1 + 2 * 22
    ill = {k: v for k, v in answers.items() if v and k != "normal"}
    assert ill == {"joints.r_mcp2.grey": 2, "joints.r_mcp2.doppler": 1, "joints.r_wrist.grey": 1}  # fmt: skip
    assert Reader(seed=1, noise=0).read_at_scan(HandTruth(), HandTruth(), case=1, rows=rows) == {"normal": 1}  # fmt: skip


@pytest.mark.parametrize(("row_list", "ids"), [("ramris_bones", BONES), ("ramris_joints", JOINTS)])  # fmt: skip
def test_sites_have_the_ids_that_plans_use(row_list, ids):
    assert tuple(row for row, _ in ROW_LISTS[row_list].rows) == ids


def test_scores_stay_on_their_scales():
    worst = HandTruth(erosion=dict.fromkeys(BONES, 10), osteitis=dict.fromkeys(BONES, 3), synovitis=dict.fromkeys(JOINTS, 3))  # fmt: skip
    answers = Reader(seed=1, bias=5, noise=3).read(worst, case=1)

    assert max(v for k, v in answers.items() if k.endswith(".ero")) == 10
    assert all(0 <= v <= 3 for k, v in answers.items() if k.endswith((".ost", ".syn")))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: HandTruth(erosion={"elbow": 1}), "known sites"),
        (lambda: HandTruth(erosion={"lunate": 11}), "0 to 10, got 11"),
        (lambda: HandTruth(synovitis={"mcp2": -1}), "0 to 3, got -1"),
        (lambda: Reader(seed=1, noise=-1), "must not be negative"),
        (lambda: Patient(name="Müller^Jörg", patient_id="1", birth_date=date(1960, 1, 1), sex="M", seed=1, charset="ISO_IR 6"), "cannot be written in ISO_IR 6"),
        (lambda: Patient(name="A^B", patient_id="1", birth_date=date(1960, 1, 1), sex="X", seed=1), "F, M or O"),
        (lambda: Patient(name="A^B", patient_id="1", birth_date=date(1960, 1, 1), sex="F", seed=1, charset="KOI8"), "ISO_IR 192"),
        (lambda: Scanner(id="a", modality="XX", make="m", model="m"), "one of MR, DX, CR, US"),
        (lambda: Scanner(id="a", modality="MR", make="m", model="m"), "belongs to MR"),
        (lambda: Scanner(id="a", modality="US", make="m", model="m", field=3.0), "belongs to MR"),
        (lambda: Scanner(id="a", modality="MR", make="m", model="m", field=30.0), "0 to 7 T"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(make, says):
    with pytest.raises(InvalidInput, match=says):
        make()
