"""Which exams expose to ionising radiation, by their DICOM modalities. Readable without any imaging library."""

from __future__ import annotations

from provident.plan.models.imaging import ImagingManual


# A dose report (SR) and a dose screen come with them.
IONISING = frozenset({"CT", "PT", "NM", "DX", "CR", "MG", "XA", "RF"})


def exposes(manual: ImagingManual) -> bool:
    """Whether an exam uses ionising radiation."""
    return bool(IONISING & set(manual.modality))
