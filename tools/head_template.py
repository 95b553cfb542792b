"""Makes the head that faces are found with: `python tools/head_template.py` writes deid/faces/data/head.npz.

Nobody's head and no scan is in it. It is drawn from lengths that anthropometry has published, rounded
to a value between the means of men and women:

- Gordon CC et al. 2012 Anthropometric Survey of U.S. Army Personnel: Methods and Summary Statistics.
  NATICK/TR-15/007, 2014 (head length and breadth, menton to sellion, bizygomatic and bigonial breadth,
  bitragion breadth, interpupillary breadth, tragion to the top and to the back of the head).
- Young JW. Head and Face Anthropometry of Adult U.S. Civilians. DOT/FAA/AM-93/10, 1993 (nose, lips, chin).
- Thickness of scalp and skull, and the brain's lobes, are round numbers by hand.

The skin is lofted: for each height a closed curve with its own breadth, front, back and roundness.
The test heads (tests/spec/deid_faces) are made in other ways, so that they can prove something.

Frame: millimetres, x to the left, y to the back, z to the head, 0 on the plane of symmetry; the line
from the ear's canal to the lower rim of the orbit lies about level.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import ndimage
from scipy.interpolate import PchipInterpolator


TARGET = Path(__file__).resolve().parents[1] / "src/provident/deid/faces/data/head.npz"
FINE, STEP = 2.0, 4.0
LOW, HIGH = (0.0, -152.0, -176.0), (116.0, 120.0, 116.0)
SCALE = 0.5  # mm of one step of the stored distances

CROWN = 92.0
HEAD_LENGTH, HEAD_BREADTH = 194.0, 151.0
SELLION, MENTON = CROWN - 109.0, CROWN - 226.0  # heights, from the crown
BIZYGOMATIC, BIGONIAL, NECK_BREADTH = 138.0, 110.0, 116.0
NOSE_PROTRUSION, NOSE_BREADTH = 20.0, 35.0
EYES_APART, EYE_HEIGHT = 63.0, SELLION - 6.0
SCALP_AND_SKULL = 13.0  # scalp, skull and the fluid under it
FRONT, BACK = -HEAD_LENGTH / 2 - 3.0, HEAD_LENGTH / 2 - 3.0

# For each height: half the breadth, the skin in front and behind in the middle, y of the greatest
# breadth, and the roundness in front and behind (2 is an ellipse, more is squarer).
LOFT = np.array(
    [
        # z, half breadth, front, back, widest, in front, behind
        (-176.0, 58.0, -28.0, 78.0, 24.0, 2.0, 2.2),
        (-160.0, 57.0, -34.0, 76.0, 22.0, 2.0, 2.2),
        (-148.0, 56.0, -48.0, 74.0, 20.0, 1.9, 2.2),
        (-140.0, 55.0, -70.0, 73.0, 16.0, 1.8, 2.2),
        (MENTON + 4, BIGONIAL / 2 - 1, -86.0, 73.0, 8.0, 1.75, 2.2),
        (MENTON + 14, BIGONIAL / 2 + 2, -94.0, 74.0, 4.0, 1.8, 2.2),
        (-106.0, 60.0, -91.0, 76.0, 2.0, 1.95, 2.2),
        (-96.0, 62.0, -96.0, 78.0, 2.0, 2.05, 2.2),
        (-86.0, 64.0, -98.0, 81.0, 2.0, 2.1, 2.2),
        (-74.0, 66.0, -96.0, 86.0, 2.0, 2.15, 2.2),
        (-56.0, BIZYGOMATIC / 2 - 1, -92.0, 92.0, 2.0, 2.3, 2.1),
        (-40.0, BIZYGOMATIC / 2, -90.0, 96.0, 4.0, 2.45, 2.1),
        (EYE_HEIGHT, BIZYGOMATIC / 2 + 1, -91.0, BACK + 3, 6.0, 2.5, 2.1),
        (SELLION, 71.0, -93.0, BACK + 4, 8.0, 2.5, 2.1),
        (-4.0, 73.0, FRONT + 1, BACK + 4, 10.0, 2.45, 2.1),
        (8.0, 74.5, FRONT + 1, BACK + 3, 12.0, 2.35, 2.1),
        (24.0, HEAD_BREADTH / 2, -97.0, BACK, 14.0, 2.2, 2.1),
        (40.0, HEAD_BREADTH / 2 - 1, -90.0, 89.0, 14.0, 2.15, 2.1),
        (56.0, 69.0, -77.0, 80.0, 13.0, 2.1, 2.1),
        (70.0, 58.0, -59.0, 66.0, 11.0, 2.1, 2.1),
        (80.0, 45.0, -40.0, 51.0, 9.0, 2.1, 2.1),
        (87.0, 29.5, -20.0, 35.0, 8.0, 2.0, 2.0),
        (91.0, 14.0, -4.0, 20.0, 8.0, 2.0, 2.0),
        (CROWN, 0.5, 7.0, 9.0, 8.0, 2.0, 2.0),
    ]
)

# The brain: centres, radii (mm); the first is the cerebrum, which ends at the floor beneath it.
CEREBRUM = ((0.0, -1.0, 10.0), (66.0, 84.0, 69.0))
LOBES = (
    ((42.0, -12.0, -24.0), (21.0, 34.0, 20.0)),  # temporal
    ((23.0, 47.0, -38.0), (29.0, 32.0, 24.0)),  # cerebellum
    ((0.0, 18.0, -42.0), (16.0, 16.0, 34.0)),  # brain stem
)
FLOOR = ((-90.0, -9.0), (-40.0, -13.0), (-24.0, -20.0), (10.0, -22.0), (30.0, -24.0))


def made() -> dict[str, np.ndarray]:
    """The half of the head with x from 0: distances to skin and brain, negative inside, in steps of 0.5 mm."""
    x = np.arange(-HIGH[0], HIGH[0] + 1, FINE)
    y, z = (np.arange(LOW[i], HIGH[i] + 1, FINE) for i in (1, 2))
    zz, yy, xx = np.meshgrid(z, y, x, indexing="ij")
    skin = bare_head(xx, yy, zz) | nose(xx, yy, zz)
    skin &= ~orbits(xx, yy, zz)
    solid = distances(skin)
    inside = brain(xx, yy, zz) & (solid < -SCALP_AND_SKULL)
    every = int(STEP / FINE)
    half = len(x) // 2
    return {
        "skin": stored(solid[::every, ::every, half::every]),
        "brain": stored(distances(inside)[::every, ::every, half::every]),
        "origin": np.array(LOW),
        "step": np.array(STEP),
        "scale": np.array(SCALE),
    }


def bare_head(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The loft: which cells lie inside the curve of their height."""
    heights = z[:, 0, 0]
    clipped = np.clip(heights, LOFT[0, 0], CROWN)
    curves = PchipInterpolator(LOFT[:, 0], LOFT[:, 1:])(clipped)[:, :, None, None]
    breadth, front, back, widest, round_front, round_back = np.moveaxis(curves, 1, 0)
    ahead = y < widest
    length = np.where(ahead, widest - front, back - widest)
    power = np.where(ahead, round_front, round_back)
    out = np.abs(x / breadth) ** power + np.abs((y - widest) / length) ** power
    return (out < 1) & (z <= CROWN)


def nose(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """A ridge from the sellion to the tip, broader and farther out below."""
    tip, root = SELLION - 46.0, SELLION + 2.0
    way = np.clip((root - z) / (root - tip), 0, 1)
    ridge = -91.0 - NOSE_PROTRUSION * 1.25 * way**1.2
    half = 6.0 + (NOSE_BREADTH / 2 - 6.0) * way**1.5
    under = np.clip((tip - z) / 9.0, 0, 1)  # rounded below the tip
    ridge, half = ridge * (1 - under) + -93.0 * under, half * (1 - 0.3 * under)
    outside = ridge + 26.0 * (np.abs(x) / half) ** 2
    return (y > outside) & (y < -70.0) & (z < root) & (z > tip - 9.0) & (abs(x) < half)


def orbits(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The hollows around the eyes."""
    away = ((abs(x) - EYES_APART / 2) / 17.0) ** 2 + ((z - EYE_HEIGHT) / 12.0) ** 2
    return away + ((y + 97.0) / 13.0) ** 2 < 1


def brain(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The cerebrum above its floor, temporal lobes, cerebellum and brain stem."""
    behind, low = np.array(FLOOR).T
    found = ellipsoid(x, y, z, *CEREBRUM) & (z > np.interp(y, behind, low))
    for centre, radii in LOBES:
        found |= ellipsoid(abs(x), y, z, centre, radii)
    return found


def ellipsoid(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    centre: tuple[float, float, float],
    radii: tuple[float, float, float],
) -> np.ndarray:
    """Which cells lie in an ellipsoid."""
    told = zip((x, y, z), centre, radii, strict=True)
    return sum(((v - c) / r) ** 2 for v, c, r in told) < 1


def distances(inside: np.ndarray) -> np.ndarray:
    """Signed distances in mm, negative inside, without the steps of the grid."""
    inner = ndimage.distance_transform_edt(inside) * FINE
    outer = ndimage.distance_transform_edt(~inside) * FINE
    signed = np.where(inside, FINE / 2 - inner, outer - FINE / 2)
    return ndimage.gaussian_filter(signed, 1.0, mode="nearest")


def stored(mm: np.ndarray) -> np.ndarray:
    """Distances in whole steps, cut at what a byte holds."""
    return np.clip(np.rint(mm / SCALE), -127, 127).astype(np.int8)


def main() -> int:
    """Writes the file."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(target, **made())
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
