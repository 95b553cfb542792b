"""How far the face is tilted against where a fit has it: by the relief of the face alone.

A skull is round, so that a fit may nod without its skin leaving the head's. Brow, nose, lips and chin do
not let it. Laid on by themselves they tell the tilt apart from what the fit was made by.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import Head
from provident.deid.faces.stacks import Points
from provident.deid.faces.template import Template


_LOW, _HIGH = np.array([-65.0, -200.0, -120.0]), np.array([65.0, -25.0, 15.0])
_NEEDED = np.array([[0.0, -96.0, -100.0], [0.0, -96.0, 0.0]])  # chin and brow are seen
_CENTRE = np.array([0.0, 0.0, -30.0])
_FEWEST, _COUNT = 250, 1200
_SOFT_MM, _SHIFT_MM, _HELD = 4.0, 8.0, 4.0
_STARTS = (-0.2, 0.0, 0.2)
_MOST = 25.0  # degrees; beyond that the face was not found


def tilt_of_face(head: Head, fit: Fit, known: Template) -> float | None:
    """Degrees by which the face nods against the fit, positive to the front; None where too little is seen."""
    covered = head.covered.astype(np.float32)
    if head.grid.sample(covered, fit.to_patient(_NEEDED)).min() < 0.99:
        return None
    posed = fit.to_template(head.skin)
    face = posed[((posed > _LOW) & (posed < _HIGH)).all(axis=1)]
    if len(face) < _FEWEST:
        return None
    rng = np.random.default_rng(31)
    face = face[rng.permutation(len(face))[:_COUNT]] - _CENTRE

    def residuals(x: Points) -> Points:
        turned = face @ Rotation.from_rotvec([x[0], 0.0, 0.0]).as_matrix().T
        moved = turned + _CENTRE + np.array([0.0, x[1], x[2]])
        off = (known.grid.sample(known.skin, moved) + 1.0) / _SOFT_MM
        soft = np.sign(off) * np.sqrt(2 * (np.sqrt(1 + off.astype(float) ** 2) - 1))
        return np.concatenate([soft, x[1:] / _SHIFT_MM * _HELD])

    found = min(
        (
            least_squares(
                residuals, [start, 0.0, 0.0], x_scale=[0.1, 8.0, 8.0], diff_step=1e-3,
                max_nfev=30,
            )
            for start in _STARTS
        ),
        key=lambda f: float(f.cost),
    )  # fmt: skip
    degrees = float(np.degrees(found.x[0]))
    return degrees if abs(degrees) < _MOST else None
