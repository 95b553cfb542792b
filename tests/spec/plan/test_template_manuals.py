"""The manuals of the templates know the series of the three large makers, and say what is wrong with one."""

from __future__ import annotations

import pytest

from provident import plan
from provident.acquisition import judge
from provident.dicom.facts import Fact, SeriesFacts
from provident.dicom.registry import FACTS
from provident.kernel import Outcome
from provident.programme import manual


title = "Manuals of the templates"

WHOLE = {"missing_slices": 0}
CORONAL = {"plane": "coronal", **WHOLE}
AXIAL = {"plane": "axial", **WHOLE}
WIDE = {"coverage": {"LR": 400.0, "AP": 200.0, "FH": 380.0}}

SINGLE_SHOT = {"SIEMENS": "t2_haste", "GE MEDICAL SYSTEMS": "SSFSE T2", "Philips Medical Systems": "T2W_SSh"}  # fmt: skip
GRADIENT_ECHO = {"SIEMENS": "t1_vibe", "GE MEDICAL SYSTEMS": "LAVA", "Philips Medical Systems": "eTHRIVE"}  # fmt: skip
FAT = {"SIEMENS": "SPAIR", "GE MEDICAL SYSTEMS": "FAT", "Philips Medical Systems": "SPIR"}  # fmt: skip


def enterography(make):
    """A good MR enterography, as one maker's scanner describes it: role, facts."""
    t2, t1 = SINGLE_SHOT[make], GRADIENT_ECHO[make]
    volume = {"slice_thickness": 3.0, "TE": 1.5, "TR": 4.0, "flip": 10.0, **CORONAL}
    return {
        "cor_t2": {"description": f"{t2} cor", "TE": 90.0, "slice_thickness": 5.0, "slice_gap": 0.5, **WIDE, **CORONAL},
        "ax_t2": {"description": f"{t2} ax", "TE": 90.0, "slice_thickness": 5.0, "fat_sat": "NONE", **AXIAL},
        "ax_t2_fs": {"description": f"{t2} ax fs", "TE": 90.0, "slice_thickness": 5.0, "fat_sat": FAT[make], **AXIAL},
        "cor_t1_pre": {"description": f"{t1} cor", "contrast": False, **volume},
        "cor_t1_post": {"description": f"{t1} cor KM", "contrast": True, "time_after_injection": 70.0, **volume},
        "ax_dwi": {"description": "ep2d_diff", "b_max": 800.0, "b_values": (50.0, 400.0, 800.0), "slice_thickness": 5.0, **AXIAL},
    }  # fmt: skip


def whole_body(make):
    station = {"coverage": {"LR": 400.0, "AP": 250.0, "FH": 200.0}, **AXIAL}
    return {
        "ax_dwi": {"description": "dwi station 1", "b_max": 900.0, "slice_thickness": 5.0, "slice_gap": 0.0, "TE": 70.0, **station},
        "t1": {"description": f"{GRADIENT_ECHO[make]} dixon w", "contrast": False, "slice_thickness": 5.0, **station},
        "t2": {"description": f"{SINGLE_SHOT[make]} ax", "contrast": False, "slice_thickness": 6.0, **station},
    }  # fmt: skip


KERNELS = {"SIEMENS": "Br40d", "GE MEDICAL SYSTEMS": "STANDARD", "Philips": "B", "Canon Medical Systems": "FC08"}  # fmt: skip


def body_ct(make):
    return {
        "portal": {
            "description": "CAP portal venous", "image_type": "ORIGINAL\\PRIMARY\\AXIAL", "contrast": True, "modality": "CT",
            "slice_thickness": 2.0, "slice_gap": 0.0, "kVp": 120.0, "kernel": KERNELS[make],
            "coverage": {"LR": 400.0, "AP": 300.0, "FH": 650.0}, **AXIAL,
        }
    }  # fmt: skip


EXAMS = {
    ("mre-us-accuracy", "mre"): (enterography, SINGLE_SHOT, "MR"),
    ("wb-mri-pathway", "wb_mri"): (whole_body, SINGLE_SHOT, "MR"),
    ("oncology-recist", "ct_cap"): (body_ct, KERNELS, "CT"),
}
GOOD = [(*key, make) for key, (_, makes, _) in EXAMS.items() for make in makes]


def judged(template, exam, make, change=None):
    """The verdict on a good exam of a maker, after a change of one series."""
    maker_of, _, modality = EXAMS[template, exam]
    described = {role: dict(facts) for role, facts in maker_of(make).items()}
    for role, facts in (change or {}).items():
        if facts is None:
            del described[role]
        else:
            described[role].update(facts)
    whole = plan.load_files(plan.template_files(template)).require()
    return judge(
        [series(r, f, make, modality) for r, f in described.items()],
        manual(whole, exam),
        visit=next(iter(whole.study.visits)),
    )


def series(role, facts, make, modality):
    return SeriesFacts(
        uid=role,
        study_uid="1",
        modality=modality,
        manufacturer=make,
        model="any",
        files=40,
        frames=40,
        facts={
            name: Fact(
                value=value,
                unit=FACTS[name].unit,
                source="test",
                derivation="",
                counts=(20,) * len(value) if isinstance(value, tuple) else (),
            )
            for name, value in {**facts, "make": make, "field": 1.5}.items()
        },
    )


@pytest.mark.parametrize(("template", "exam", "make"), GOOD)
def test_a_good_exam_of_each_maker_passes(template, exam, make):
    verdict = judged(template, exam, make)

    assert {s.uid: s.role for s in verdict.series} == {
        s.uid: s.uid for s in verdict.series
    }
    assert [f.message for f in verdict.all_findings()] == []
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("template", "exam", "make", "change", "outcome", "words"),
    [
        ("mre-us-accuracy", "mre", "SIEMENS", {"cor_t1_post": {"flip": 14.0}}, Outcome.WARN, "flip"),
        ("mre-us-accuracy", "mre", "SIEMENS", {"cor_t2": {"coverage": {"FH": 250.0}}}, Outcome.FAIL, "coverage"),
        ("mre-us-accuracy", "mre", "GE MEDICAL SYSTEMS", {"cor_t1_post": {"missing_slices": 3}}, Outcome.FAIL, "missing"),
        ("mre-us-accuracy", "mre", "Philips Medical Systems", {"ax_t2_fs": None}, Outcome.FAIL, "fat suppression"),
        ("mre-us-accuracy", "mre", "SIEMENS", {"ax_dwi": None}, Outcome.PASS, ""),
        ("wb-mri-pathway", "wb_mri", "SIEMENS", {"ax_dwi": {"b_max": 750.0}}, Outcome.FAIL, "750"),
        ("wb-mri-pathway", "wb_mri", "GE MEDICAL SYSTEMS", {"ax_dwi": {"TE": 88.0}}, Outcome.WARN, "echo time"),
        ("oncology-recist", "ct_cap", "SIEMENS", {"portal": {"slice_thickness": 4.0}}, Outcome.WARN, "thickness"),
        ("oncology-recist", "ct_cap", "SIEMENS", {"portal": {"slice_thickness": 7.0}}, Outcome.FAIL, "thickness"),
        ("oncology-recist", "ct_cap", "GE MEDICAL SYSTEMS", {"portal": {"contrast": False}}, Outcome.FAIL, "portal"),
        ("oncology-recist", "ct_cap", "Philips", {"portal": {"kernel": "YB"}}, Outcome.WARN, "kernel"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(template, exam, make, change, outcome, words):
    verdict = judged(template, exam, make, change)
    said = " ".join(
        f"{f.message} {f.expected} {f.found} {f.remedy}" for f in verdict.all_findings()
    )

    assert verdict.outcome is outcome, said
    assert words.lower() in said.lower()
