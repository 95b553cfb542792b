"""Face and ears go, the brain stays: against phantoms whose every voxel is known."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydicom import dcmread

from provident.deid.faces import deface_exam
from provident.deid.profile import FaceRemoval
from tests.spec.deid_faces.exams import (
    Scan,
    classic,
    enhanced,
    left_and_lost,
    slices,
    stored,
)


title = "Removal of faces"

HEADS = [
    # who           | scanned how
    ("an adult", Scan(contrast="T1", plane="sagittal", turned=(8, -4, 6))),
    ("an adult", Scan(contrast="CT", slice=5.0, noise=0.05, turned=(-10, 3, -4))),
    ("a child", Scan(contrast="T1", plane="coronal", moved=(6, -9, 12))),
    ("an old man", Scan(contrast="FLAIR", plane="axial", slice=5.0, turned=(5, 6, -8))),
    ("a broad head", Scan(contrast="T2 fat suppressed", plane="axial", below=-100)),
    ("a woman", Scan(contrast="T2", slice=5.0, turned=(-20, 0, 0))),
    ("a long head", Scan(contrast="CT", turned=(0, 0, 20), noise=0.03)),
    ("a woman", Scan(contrast="T1", turned=(12, -12, 15), moved=(9, 14, -11))),
    ("an adult", Scan(contrast="T1", front=-96)),
    ("an adult", Scan(contrast="FLAIR", beside=78, plane="coronal")),
    ("a woman", Scan(contrast="T1", above=55)),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "scan"),
    HEADS,
    ids=lambda v: v if isinstance(v, str) else f"{v.contrast} {v.plane}",
)
def test_face_and_ears_go_and_the_brain_stays(phantom, who, scan):
    made = slices(phantom(who), scan)
    files = classic(made, scan)

    found = deface_exam(files)

    left, lost = left_and_lost(
        made, [stored(f) for f in files], [stored(f) for f in found.files]
    )
    assert (found.verdict, found.report.reasons) == ("done", ())
    assert left <= 0.05, f"{left:.1%} of face and ears are left"
    assert lost <= 0.003, f"{lost:.2%} of the brain is lost"


@pytest.mark.slow
def test_a_slab_above_the_face_keeps_its_brain(phantom):
    scan = Scan(contrast="T1", below=25, slice=4.0)
    made = slices(phantom("an adult"), scan)
    files = classic(made, scan)

    found = deface_exam(files)

    after = [stored(f) for f in found.files]
    _, lost = left_and_lost(made, [s.stored for s in made], after)
    assert lost <= 0.003


@pytest.mark.slow
def test_an_enhanced_image_loses_the_same_voxels_as_classic_ones(phantom):
    scan = Scan(contrast="T1", slice=5.0)
    made = slices(phantom("an adult"), scan)

    whole = deface_exam([enhanced(made, scan)])
    single, again = (deface_exam(classic(made, scan)) for _ in range(2))

    assert single == again, "the same exam gives the same bytes"
    assert (whole.verdict, single.verdict) == ("done", "done")
    told = dcmread(BytesIO(whole.files[0]))
    kinds = told.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence[0]
    assert (kinds.FrameType[0], told.RecognizableVisualFeatures) == ("ORIGINAL", "NO")
    one, many = stored(whole.files[0]), [stored(f) for f in single.files]
    changed = [
        (a != s.stored, b != s.stored) for a, b, s in zip(one, many, made, strict=True)
    ]
    both = sum(int((a & b).sum()) for a, b in changed)
    either = sum(int((a | b).sum()) for a, b in changed)
    assert both / either > 0.98


@pytest.mark.slow
def test_ears_alone_go_where_the_plan_says_so(phantom):
    scan = Scan(contrast="T1", slice=6.0, pixel=3.0)
    made = slices(phantom("an adult"), scan)
    files = classic(made, scan)

    found = deface_exam(files, removal=FaceRemoval(remove=("ears",)))

    changed = [stored(a) != stored(b) for a, b in zip(files, found.files, strict=True)]
    faces = sum(int((c & s.truth["face"]).sum()) for c, s in zip(changed, made, strict=True))  # fmt: skip
    ears = sum(int((c & s.truth["ears"]).sum()) for c, s in zip(changed, made, strict=True))  # fmt: skip
    assert found.verdict == "done"
    assert ears > 50
    assert faces < 0.03 * sum(int(s.truth["face"].sum()) for s in made)
