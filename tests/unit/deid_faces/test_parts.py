"""What the parts promise: the template, the laziness of imports, the verification."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import Head, signed_depth
from provident.deid.faces.stacks import Grid
from provident.deid.faces.template import CENTRE, ear_field, face_field, template
from provident.deid.faces.verifying import doubtful, verify


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
