"""All series of an exam lose the same face."""

from __future__ import annotations

import numpy as np
import pytest

from provident.deid.faces import deface_exam
from tests.spec.deid_faces.exams import (
    Scan,
    also,
    classic,
    edited,
    left_and_lost,
    slices,
    stored,
)


title = "Faces in all series of an exam"

pytestmark = pytest.mark.slow

MAIN = Scan(contrast="T1", slice=4.0)


def _after(found, start, count):
    return [stored(f) for f in found.files[start : start + count]]


def test_a_few_slices_lose_what_the_whole_head_in_their_space_tells(phantom):
    head = phantom("an adult")
    scout = also(MAIN, plane="sagittal", slice=70.0, uid="1.2.3.5", contrast="T2")
    whole, few = slices(head, MAIN), slices(head, scout)
    files = classic(whole, MAIN) + classic(few, scout)

    found = deface_exam(files)

    assert found.verdict == "done"
    assert [s.how for s in found.report.series] == ["fitted", "same_space"]
    after = _after(found, len(whole), len(few))
    left, lost = left_and_lost(few, [s.stored for s in few], after)
    assert left <= 0.05
    assert lost <= 0.003


def test_a_head_that_moved_between_series_is_followed(phantom):
    head = phantom("an adult")
    later = also(
        MAIN, contrast="T2", uid="1.2.3.5", moved=(4, 9, 6), turned=(7, 0, 5), slice=5.0
    )
    whole, moved = slices(head, MAIN), slices(head, later)
    files = classic(whole, MAIN) + classic(moved, later)

    found = deface_exam(files)

    assert found.verdict == "done"
    assert [s.how for s in found.report.series] == ["fitted", "moved"]
    left, lost = left_and_lost(
        moved, [s.stored for s in moved], _after(found, len(whole), len(moved))
    )
    assert left <= 0.05
    assert lost <= 0.003


def test_a_few_slices_in_a_space_of_their_own_wait(phantom):
    head = phantom("an adult")
    scout = also(MAIN, plane="sagittal", slice=70.0, uid="1.2.3.5", space="1.2.3.8")
    whole, few = slices(head, MAIN), slices(head, scout)
    files = classic(whole, MAIN) + classic(few, scout)

    found = deface_exam(files)

    assert found.verdict == "hold"
    assert found.report.reasons == ("face_few_images",)
    waits = tuple(range(len(whole), len(files)))
    assert found.report.waiting["face_few_images"] == waits
    assert [i for i, why in enumerate(found.held) if why] == list(waits)


def test_a_scout_of_ct_loses_the_face_that_it_is_cast_from(phantom):
    scan = Scan(contrast="CT", slice=4.0, noise=0.01)
    made = slices(phantom("an adult"), scan)
    scout = classic(
        slices(
            phantom("an adult"),
            also(scan, plane="sagittal", slice=500.0, uid="1.2.3.5"),
        ),
        also(scan, plane="sagittal", uid="1.2.3.5"),
    )[:1]
    scout = [edited(scout[0], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])]
    # Beside the head: a plane that cuts no face, as a scout's plane does not.
    before = np.full_like(stored(scout[0]), 1500)
    scout = [edited(scout[0], PixelData=before.tobytes())]

    found = deface_exam(classic(made, scan) + scout)

    after = stored(found.files[-1])
    assert found.verdict == "done"
    assert 0.05 < (after != before).mean() < 0.5


def test_images_of_another_part_of_the_body_are_left_alone(phantom):
    head = phantom("an adult")
    files = classic(slices(head, MAIN), MAIN)
    belly = also(MAIN, uid="1.2.3.6", space="1.2.3.7")
    others = [
        edited(f, BodyPartExamined="ABDOMEN")
        for f in classic(slices(head, belly), belly)
    ]

    found = deface_exam([*files, *others], body_parts={"HEAD"})

    assert found.verdict == "done"
    assert list(found.files[len(files) :]) == others
