"""Scanners that do not exist: what a plan's register says, and the habits of their makers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """One machine in one hospital. `field` in tesla, for MR alone."""

    id: str
    modality: str
    make: str
    model: str
    software: str = ""
    serial: str = ""
    station: str = ""
    field: float | None = None
    institution: str = "Anytown General Infirmary"
    address: str = "1 Infirmary Road, Anytown LS1 1ZZ"
    department: str = "Radiology"

    def __post_init__(self) -> None:
        if self.modality not in MODALITIES:
            known = ", ".join(MODALITIES)
            raise InvalidInput(
                f"modality of {self.id} must be one of {known}, got {self.modality!r}"
            )
        if (self.modality == "MR") != (self.field is not None):
            raise InvalidInput(
                f"{self.id}: a field strength belongs to MR, and to MR alone"
            )
        if self.field is not None and not 0 < self.field <= 7:
            raise InvalidInput(
                f"field of {self.id} must lie in 0 to 7 T, got {self.field}"
            )


MODALITIES: Final = ("MR", "DX", "CR", "US")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a maker names its series and writes its files."""

    descriptions: Mapping[str, str]  # by series role
    coil: str
    full_scale: int  # brightest stored value of an ordinary image
    implicit: bool = False
    stir_echo_time: float = 70.0
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY", "M")
    extra: Mapping[str, str] = field(default_factory=dict)


_SIEMENS: Final = Habits(
    descriptions={"cor_t1": "t1_tse_cor_3mm", "cor_stir": "t2_tirm_stir_cor_3mm", "ax_t1_post": "t1_tse_fs_tra_KM", "phantom": "ACR_t1_se_tra"},
    coil="HandWrist_16",
    full_scale=1150,
    image_type=("ORIGINAL", "PRIMARY", "M", "NORM", "DIS2D"),
    extra={"PulseSequenceName": "tse2d1_3", "SequenceName": "*tse2d1_3"},
)  # fmt: skip
_GE: Final = Habits(
    descriptions={"cor_t1": "Cor T1 FSE", "cor_stir": "Cor STIR", "ax_t1_post": "T1 FSE FS Ax +C", "phantom": "ACR T1 Ax"},
    coil="16Ch Flex Wrist",
    full_scale=2900,
    implicit=True,
    stir_echo_time=68.0,
    image_type=("ORIGINAL", "PRIMARY", "OTHER"),
    extra={"SequenceName": "FSE-XL"},
)  # fmt: skip
_PHILIPS: Final = Habits(
    descriptions={"cor_t1": "T1W_TSE_cor", "cor_stir": "STIR_long_TE_cor", "ax_t1_post": "T1W_TSE_SPIR_tra_Gd", "phantom": "ACR_T1W_SE_tra"},
    coil="dS-HandWrist",
    full_scale=1900,
    image_type=("ORIGINAL", "PRIMARY", "M_SE", "M", "SE"),
    extra={"SequenceName": "TSE"},
)  # fmt: skip
_CANON: Final = Habits(
    descriptions={"cor_t1": "T1 FSE Cor", "cor_stir": "Fast STIR Cor", "ax_t1_post": "T1 FSE FatSAT Ax CE", "phantom": "ACR T1 SE Ax"},
    coil="16ch Flex SPDR",
    full_scale=2100,
    image_type=("ORIGINAL", "PRIMARY", "OTHER"),
    extra={"SequenceName": "FSE2D"},
)  # fmt: skip


def habits(make: str) -> Habits:
    """The habits of a maker; an unknown one writes plain files as Canon does."""
    low = make.lower()
    for word, found in (("siemens", _SIEMENS), ("ge ", _GE), ("philips", _PHILIPS)):
        if word in low + " ":
            return found
    return _CANON
