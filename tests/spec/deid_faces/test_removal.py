"""Face and ears go, the brain stays: against phantoms whose every voxel is known."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydicom import dcmread

from provident.deid.faces import deface_exam
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
    assert left <= 0.06, f"{left:.1%} of face and ears are left"
    assert lost <= 0.003, f"{lost:.2%} of the brain is lost"


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
    kinds = dcmread(BytesIO(whole.files[0])).SharedFunctionalGroupsSequence[0]
    assert kinds.MRImageFrameTypeSequence[0].FrameType[0] == "DERIVED"
    one, many = stored(whole.files[0]), [stored(f) for f in single.files]
    changed = [
        (a != s.stored, b != s.stored) for a, b, s in zip(one, many, made, strict=True)
    ]
    both = sum(int((a & b).sum()) for a, b in changed)
    either = sum(int((a | b).sum()) for a, b in changed)
    assert both / either > 0.98
