"""What the parts promise: the template, the laziness of imports, the verification."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import Head, signed_depth
from provident.deid.faces.landmarks import Landmarks, landmarks_of, seen_from_front
from provident.deid.faces.stacks import Grid
from provident.deid.faces.template import (
    CENTRE,
    NotATemplate,
    ear_field,
    face_field,
    read,
    template,
)
from provident.deid.faces.tilting import tilt_of_face
from provident.deid.faces.verifying import disagreeing, doubtful, verify


def test_faces_are_imported_without_imaging_libraries():
    code = "import sys, provident.deid.faces; print({'scipy'} & set(sys.modules))"

    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert out.stdout.strip() == "set()"


def test_the_template_is_the_same_on_both_sides_and_holds_its_brain():
    known = template()

    assert (known.skin == known.skin[:, :, ::-1]).all()
    assert (known.skin[known.brain < 0] < 0).all()


def test_nose_eyes_and_chin_are_face_and_brain_and_nape_are_not():
    face = np.array([[0, -106, -47], [32, -85, -25], [0, -95, -97]], dtype=float)
    other = np.array([[0, -8, 30], [0, 70, -60], [0, -90, 40]], dtype=float)

    assert (face_field(face) < 0).all()
    assert (face_field(other) > 0).all()
    assert ear_field(np.array([[78.0, 15, -40], [-78.0, 15, -40]])).max() < 0


def _head():
    known = template()
    grid = Grid(known.grid.origin + 0.0, known.skin.shape, 4.0)
    solid = known.skin < 0
    values = np.where(solid, 400.0, 5.0).astype(np.float32)
    covered = np.ones(solid.shape, dtype=bool)
    skin = grid.of(np.argwhere(solid & (signed_depth(solid, 4.0) < 3)))
    return Head(grid, values, covered, solid, solid, skin, 5.0)


def _fit(error=2.0, turn=None, stretch=(1.0, 1.0, 1.0)):
    turn = np.eye(3) if turn is None else turn
    return Fit(turn, np.array(stretch), CENTRE.copy(), error, 0.9)


def test_verification_sees_a_face_that_stayed_and_a_brain_that_went():
    head = _head()

    untouched = verify(head, head.values, _fit(), "MR")
    emptied = verify(head, np.full_like(head.values, 5.0), _fit(), "MR")

    assert (untouched.left, untouched.brain_lost) == (1.0, 0.0)
    assert (emptied.left, emptied.brain_lost) == (0.0, 1.0)
    assert untouched.depth_change_mm == 0.0
    assert emptied.depth_change_mm > 50


def test_a_fit_that_is_far_off_turned_or_stretched_is_doubtful():
    upside_down = np.diag([1.0, -1.0, -1.0])

    assert not doubtful(_fit())
    assert doubtful(_fit(error=9.0))
    assert doubtful(_fit(turn=upside_down))
    assert doubtful(_fit(stretch=(1.0, 1.0, 2.0)))


ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "src/provident/deid/faces/data/head.npz"


@pytest.mark.slow
def test_the_script_makes_the_shipped_template(tmp_path):
    made = tmp_path / "head.npz"

    subprocess.run(
        [sys.executable, ROOT / "tools/head_template.py", made],
        check=True,
        capture_output=True,
    )

    with np.load(made) as new, np.load(SHIPPED) as old:
        assert sorted(new) == sorted(old)
        assert all(new[name].tobytes() == old[name].tobytes() for name in old)
    assert SHIPPED.stat().st_size < 200_000


def _file(**changes):
    with np.load(SHIPPED) as told:
        parts = {name: told[name] for name in told} | changes
    out = BytesIO()
    np.savez_compressed(out, **{k: v for k, v in parts.items() if v is not None})
    return out.getvalue()


def test_a_study_s_own_template_is_read_as_the_shipped_one():
    own = read(_file())

    assert (own.skin == template().skin).all()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no archive", "no NumPy archive"),
        (_file(brain=None), "no NumPy archive"),
        (_file(skin=np.zeros((3, 3, 3), dtype=np.int8)), "one shape"),
        (_file(step=np.array(20.0)), "1 to 6 mm"),
        (_file(origin=np.array([5.0, 0.0, 0.0])), "begin at x = 0"),
        (_file(brain=np.full((74, 69, 30), 9, dtype=np.int8)), "one shape|litres"),
    ],
)
def test_what_is_no_template_is_refused_in_words(data, words):
    with pytest.raises(NotATemplate, match=words):
        read(data)


@pytest.mark.parametrize("degrees", [-14.0, 12.0, 15.0])
def test_a_fit_that_nods_is_told_by_the_head_itself(degrees):
    head, known = _head(), template()
    nod = Rotation.from_euler("x", degrees, degrees=True).as_matrix()

    right, tilted = _fit(), _fit(turn=nod)
    marks = landmarks_of(head)

    assert not disagreeing(head, right, marks, known)
    assert disagreeing(head, tilted, marks, known)
    assert abs(tilt_of_face(head, right, known)) < 3
    # By the relief alone, too, where no nose is found.
    assert degrees < 0 or disagreeing(head, tilted, Landmarks(None, None), known)


@pytest.mark.parametrize("axis", ["y", "z"])
def test_a_fit_that_leans_or_looks_aside_is_told_by_symmetry(axis):
    head, known = _head(), template()
    turn = Rotation.from_euler(axis, 12, degrees=True).as_matrix()
    marks = Landmarks(landmarks_of(head).mirror, None)

    assert not disagreeing(head, _fit(), marks, known)
    assert disagreeing(head, _fit(turn=turn), marks, known)


def test_a_nose_that_stayed_is_seen_from_the_front():
    head = _head()
    marks = landmarks_of(head)

    gone = np.where(
        face_field(head.grid.points()).reshape(head.grid.shape) < 0, 5.0, head.values
    )

    assert abs(marks.nose - template().nose()).max() < 12
    assert seen_from_front(head, head.values, marks) == 1.0
    assert seen_from_front(head, gone, marks) < 0.1
    assert seen_from_front(head, gone, Landmarks(marks.mirror, None)) is None
