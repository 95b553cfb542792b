"""Tissues of the synthetic hand and how bright each is in each kind of image."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Tissue(IntEnum):
    """What fills a voxel of the hand."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    TENDON = 4
    CORTEX = 5
    MARROW = 6
    CARTILAGE = 7
    CONNECTIVE = 8
    VESSEL = 9
    NERVE = 10
    SYNOVIUM = 11
    EROSION = 12
    OEDEMA_EDGE = 13
    OEDEMA = 14


# Relative signal, 1.0 the brightest. T1 and STIR follow the usual appearance at 1.5 to 3 T
# (Ostergaard 2003, J Rheumatol 30:1385, definitions of RAMRIS): fat and marrow bright on T1, dark on
# STIR; erosion and oedema dark on T1, bright on STIR; synovitis enhances.
T1 = {
    Tissue.AIR: 0.0, Tissue.SKIN: 0.40, Tissue.FAT: 0.95, Tissue.MUSCLE: 0.36, Tissue.TENDON: 0.07,
    Tissue.CORTEX: 0.04, Tissue.MARROW: 0.84, Tissue.CARTILAGE: 0.42, Tissue.CONNECTIVE: 0.46,
    Tissue.VESSEL: 0.18, Tissue.NERVE: 0.42, Tissue.SYNOVIUM: 0.30, Tissue.EROSION: 0.27,
    Tissue.OEDEMA_EDGE: 0.62, Tissue.OEDEMA: 0.42,
}  # fmt: skip
STIR = {
    Tissue.AIR: 0.0, Tissue.SKIN: 0.26, Tissue.FAT: 0.07, Tissue.MUSCLE: 0.27, Tissue.TENDON: 0.04,
    Tissue.CORTEX: 0.03, Tissue.MARROW: 0.09, Tissue.CARTILAGE: 0.40, Tissue.CONNECTIVE: 0.17,
    Tissue.VESSEL: 0.80, Tissue.NERVE: 0.42, Tissue.SYNOVIUM: 0.80, Tissue.EROSION: 0.72,
    Tissue.OEDEMA_EDGE: 0.34, Tissue.OEDEMA: 0.62,
}  # fmt: skip
T1_FAT_SATURATED = {
    Tissue.AIR: 0.0, Tissue.SKIN: 0.42, Tissue.FAT: 0.13, Tissue.MUSCLE: 0.42, Tissue.TENDON: 0.07,
    Tissue.CORTEX: 0.04, Tissue.MARROW: 0.12, Tissue.CARTILAGE: 0.50, Tissue.CONNECTIVE: 0.25,
    Tissue.VESSEL: 0.40, Tissue.NERVE: 0.38, Tissue.SYNOVIUM: 0.40, Tissue.EROSION: 0.36,
    Tissue.OEDEMA_EDGE: 0.20, Tissue.OEDEMA: 0.30,
}  # fmt: skip
T1_ENHANCED = T1_FAT_SATURATED | {
    Tissue.SKIN: 0.55, Tissue.VESSEL: 1.0, Tissue.SYNOVIUM: 0.92, Tissue.EROSION: 0.80,
    Tissue.OEDEMA_EDGE: 0.34, Tissue.OEDEMA: 0.58, Tissue.MUSCLE: 0.46,
}  # fmt: skip

# Linear attenuation at about 55 kV, per mm, relative to water 0.02 (Hubbell and Seltzer, NISTIR 5632,
# rounded; marrow stands for trabecular bone with its marrow).
ATTENUATION = {
    Tissue.AIR: 0.0, Tissue.SKIN: 0.021, Tissue.FAT: 0.0185, Tissue.MUSCLE: 0.0215, Tissue.TENDON: 0.0225,
    Tissue.CORTEX: 0.105, Tissue.MARROW: 0.047, Tissue.CARTILAGE: 0.0225, Tissue.CONNECTIVE: 0.021,
    Tissue.VESSEL: 0.0215, Tissue.NERVE: 0.0215, Tissue.SYNOVIUM: 0.0215, Tissue.EROSION: 0.0215,
    Tissue.OEDEMA_EDGE: 0.044, Tissue.OEDEMA: 0.041,
}  # fmt: skip


def table(values: dict[Tissue, float]) -> npt.NDArray[np.float32]:
    """The values as an array that labels index."""
    found = np.zeros(len(Tissue), np.float32)
    for tissue, value in values.items():
        found[tissue] = value
    return found
