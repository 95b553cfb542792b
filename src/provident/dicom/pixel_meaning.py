"""What the pixels of an image mean beyond the modality's own scale: SUV by body weight, ADC.

SUV follows the QIBA FDG-PET/CT profile 1.13, annex G: activity concentration times weight over the dose that is left
when the scan begins. ADC is known where the header maps its values to a unit (PS3.3 C.7.6.16.2.11), where Rescale Type
names one, or where the maker stores a known one. What cannot be known is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provident.dicom import values


if TYPE_CHECKING:
    from pydicom import Dataset

_SHARED, _PER_FRAME, _TRANSFORM = 0x52009229, 0x52009230, 0x00289145


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A rescaled pixel times `factor` is the quantity `of` (`suv`, `adc`) in `unit` (`SUV`, `mm2/s`)."""

    of: str
    factor: float
    unit: str
    source: str


def meaning(ds: Dataset, frame: int = 1) -> Meaning | None:
    """The quantity that the rescaled pixels of a frame (from 1) stand for, where the header allows it."""
    if ds.get("Modality") == "PT":
        return _suv(ds)
    if ds.get("Modality") == "MR" and _is_adc(ds):
        return _adc(ds, frame)
    return None


def in_group(ds: Dataset, frame: int, group: int) -> Dataset:
    """Where an attribute of a functional group stands (PS3.3 C.7.6.16): the frame's own, the shared one, or the header."""
    own = values.items(ds, _PER_FRAME)
    found = [own[frame - 1]] if 0 < frame <= len(own) else []
    for groups in [*found, *values.items(ds, _SHARED)[:1]]:
        inner = values.items(groups, group)
        if inner:
            return inner[0]
    return ds


def rescale(ds: Dataset, frame: int = 1) -> tuple[float, float]:
    """Slope and intercept of a frame; 1 and 0 where there are none."""
    where = in_group(ds, frame, _TRANSFORM)
    slope, intercept = one(where, 0x00281053), one(where, 0x00281052)
    return (slope or 1.0, intercept or 0.0)


def one(ds: Dataset, tag: int) -> float | None:
    """The first number of an element; None where there is none."""
    found = values.numbers(ds, tag)
    return float(found[0]) if isinstance(found, tuple) and found else None


# SUV


def _suv(ds: Dataset) -> Meaning | None:
    units = str(ds.get("Units", "")).upper()
    if units == "GML" and str(ds.get("SUVType", "BW")).upper() in ("", "BW"):
        return Meaning(of="suv", factor=1.0, unit="SUV", source="(0054,1001) Units GML")
    if units == "CNTS":
        return _philips(ds)
    corrected = {str(c) for c in _listed(ds.get("CorrectedImage"))}
    if units != "BQML" or not {"ATTN", "DECY"} <= corrected:
        return None
    weight, dose = one(ds, 0x00101030), _dose_left(ds)
    if not weight or not dose:
        return None
    factor = weight * 1000 / dose
    return Meaning(
        of="suv", factor=factor, unit="SUV", source="weight over dose at scan start"
    )


def _listed(value: Any) -> list[Any]:
    if value is None or isinstance(value, str):
        return [value] if value else []
    return list(value)


def _philips(ds: Dataset) -> Meaning | None:
    """Philips stores counts, and the factor to SUV in a private element that is safe to keep (PS3.15 E.3.10)."""
    tag = values.private(ds, 0x7053, "Philips PET Private Group", 0x00)
    factor = one(ds, tag) if tag is not None else None
    if not factor:
        return None
    return Meaning(
        of="suv", factor=factor, unit="SUV", source="(7053,1000) SUV scale factor"
    )


def _dose_left(ds: Dataset) -> float | None:
    """The injected dose in Bq at the time to which the pixels are decay-corrected."""
    injected = next(iter(values.items(ds, 0x00540016)), None)
    if injected is None:
        return None
    dose, half_life = one(injected, 0x00181074), one(injected, 0x00181075)
    corrected = str(ds.get("DecayCorrection", "")).upper()
    if not dose or corrected not in ("START", "ADMIN"):
        return None
    if corrected == "ADMIN":
        return dose
    waited = _waited(ds, injected)
    if not half_life or waited is None:
        return None
    return float(dose * 2 ** (-waited / half_life))


def _waited(ds: Dataset, injected: Dataset) -> float | None:
    """Seconds from the injection to Series Time, to which START corrects; None where that cannot be so.

    A series that was saved again has a Series Time after its own acquisition: then nothing says when the scan began.
    """
    from pydicom.valuerep import TM

    started = str(injected.get("RadiopharmaceuticalStartDateTime", ""))[8:14] or str(
        injected.get("RadiopharmaceuticalStartTime", "")
    )
    series, acquired = (str(ds.get(n, "")) for n in ("SeriesTime", "AcquisitionTime"))
    try:
        injected_at, began, own = (
            _seconds(TM(t)) if t else None for t in (started, series, acquired)
        )
    except ValueError:
        return None
    if injected_at is None or began is None or (own is not None and own < began):
        return None
    # Both are of one day but for a scan soon after midnight.
    return (began - injected_at) % 86400


def _seconds(at: Any) -> float:
    return float(at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6)


# ADC

_UNITS = {
    "mm2/s": 1.0, "um2/s": 1e-6, "um2/ms": 1e-3, "10-6.mm2/s": 1e-6, "10-3.mm2/s": 1e-3, "10*-6.mm2/s": 1e-6,
    "10*-3.mm2/s": 1e-3, "1e-6mm2/s": 1e-6, "1e-3mm2/s": 1e-3, "10^-6mm2/s": 1e-6, "10^-3mm2/s": 1e-3,
    "10-6mm2/s": 1e-6, "10-3mm2/s": 1e-3,
}  # fmt: skip
# What these makers store in their ADC maps when nothing says the unit.
_MAKERS = {"SIEMENS": 1e-6, "GE MEDICAL SYSTEMS": 1e-6}


def _adc(ds: Dataset, frame: int) -> Meaning | None:
    mapped = _mapped(ds, frame)
    if mapped:
        return mapped
    named = str(in_group(ds, frame, _TRANSFORM).get("RescaleType", "") or "")
    factor = _UNITS.get(named.replace(" ", "").replace("²", "2").lower())
    if factor:
        return Meaning(
            of="adc", factor=factor, unit="mm2/s", source="(0028,1054) RescaleType"
        )
    maker = str(ds.get("Manufacturer", "")).upper()
    known = next((f for m, f in _MAKERS.items() if maker.startswith(m)), None)
    slope, intercept = rescale(ds, frame)
    if known is None or (slope, intercept) != (1.0, 0.0):
        return None
    return Meaning(
        of="adc", factor=known, unit="mm2/s", source=f"ADC maps of {maker.title()}"
    )


def _is_adc(ds: Dataset) -> bool:
    kinds = {str(k).upper() for k in _listed(ds.get("ImageType"))}
    return bool({"ADC", "ADC_MAP", "DERIVED_ADC"} & kinds)


def _mapped(ds: Dataset, frame: int) -> Meaning | None:
    """By the real world value mapping, which is over the stored values, so that it must fit the rescale."""
    for item in values.items(in_group(ds, frame, 0x00409096), 0x00409096) or values.items(ds, 0x00409096):  # fmt: skip
        slope, offset = one(item, 0x00409225), one(item, 0x00409224)
        unit = next(iter(values.items(item, 0x004008EA)), None)
        factor = _UNITS.get(str(unit.get("CodeValue", "")).lower()) if unit else None
        by, plus = rescale(ds, frame)
        if factor and slope and abs((offset or 0) - plus * slope / by) < 1e-9:
            source = "(0040,9096) RealWorldValueMappingSequence"
            return Meaning(
                of="adc", factor=factor * slope / by, unit="mm2/s", source=source
            )
    return None
