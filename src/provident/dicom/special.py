"""Facts of one instance that need more than one element, or a maker's own form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pydicom.dataset import Dataset
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless

from provident.dicom import csa, values
from provident.dicom.extract import code_meaning, uid_name
from provident.dicom.frames import Instance, csa_bytes
from provident.dicom.tally import Tally


LOSSY = {JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless}
_WHEN = (
    (0x0008002A, None),
    (0x00189074, None),
    (0x00080022, 0x00080032),
    (0x00080023, 0x00080033),
    (0x00080021, 0x00080031),
    (0x00080020, 0x00080030),
)
_VIEWS = (
    ("cranio-caudal", "CC"),
    ("medio-lateral oblique", "MLO"),
    ("mediolateral oblique", "MLO"),
    ("postero-anterior", "PA"),
    ("antero-posterior", "AP"),
    ("left lateral", "LL"),
    ("right lateral", "RL"),
)
_FAT = ("SPAIR", "SPIR", "FAT_SAT", "FATSAT", "FS", "FSL", "WATEREX", "WE", "STIR")
_REGION_TYPES = {
    1: "tissue", 2: "colour flow", 3: "PW spectral Doppler", 4: "CW spectral Doppler",
    5: "Doppler mean trace", 6: "Doppler mode trace", 7: "Doppler max trace",
    8: "volume trace", 10: "ECG trace", 11: "pulse trace", 12: "phonocardiogram trace",
}  # fmt: skip


def text(ds: Dataset, tag: int) -> str:
    """The first text of an element, or an empty one."""
    found = values.texts(ds, tag)
    return found[0] if isinstance(found, tuple) else ""


def number(ds: Dataset, tag: int) -> float | None:
    """The first number of an element, if it has a readable one."""
    found = values.numbers(ds, tag)
    return found[0] if isinstance(found, tuple) else None


def moment(day: str, clock: str) -> datetime | None:
    """A DICOM date and time (PS3.5 6.2 DA, TM), or None when they do not make one."""
    whole, _, fraction = clock.replace(":", "").partition(".")
    for length, form in ((6, "%Y%m%d%H%M%S"), (4, "%Y%m%d%H%M"), (2, "%Y%m%d%H")):
        if len(whole) >= length:
            try:
                at = datetime.strptime(day.replace(".", "") + whole[:length], form)  # noqa: DTZ007
            except ValueError:
                return None
            micro = (fraction + "000000")[:6]
            return at + timedelta(microseconds=int(micro) if micro.isdigit() else 0)
    return None


def acquired(ds: Dataset) -> tuple[datetime, str] | None:
    """When the image was acquired, by the most exact pair of elements that it has."""
    for day_tag, clock_tag in _WHEN:
        day = text(ds, day_tag)
        if clock_tag is None:
            clock = day[8:].split("+")[0].split("-")[0]
            day = day[:8]
        else:
            clock = text(ds, clock_tag)
        at = moment(day, clock) if day and clock else None
        if at is not None:
            return at, f"({day_tag >> 16:04X},{day_tag & 0xFFFF:04X})"
    return None


def special(
    ds: Dataset, instance: Instance, modality: str, maker: str, tally: Tally
) -> None:
    """Count what one instance says beyond the tables."""
    images = max(len(instance.overlays), 1)
    syntax = text(getattr(ds, "file_meta", ds), 0x00020010)
    if syntax:
        tally.add(
            "transfer_syntax", uid_name(syntax), "(0002,0010) TransferSyntaxUID", images
        )
    lossy = text(ds, 0x00282110) == "01" or syntax in LOSSY
    tally.add("lossy", lossy, "(0028,2110) LossyImageCompression", images)
    if storage := text(ds, 0x00080016):
        tally.add("storage", uid_name(storage), "(0008,0016) SOPClassUID", images)
    _sides(ds, tally, images)
    tally.add("frames", instance.declared_frames, "(0028,0008) NumberOfFrames", images)
    for read in _BY_MODALITY.get(modality, ()):
        read(instance.base, maker, tally, images)


def _sides(ds: Dataset, tally: Tally, images: int) -> None:
    """A side that two elements contradict is not known."""
    series, image = (text(ds, tag).upper() for tag in (0x00200060, 0x00200062))
    if {series, image} == {"L", "R"}:
        source = "(0020,0060) Laterality"
        why = f"it says {series} and (0020,0062) ImageLaterality says {image}"
        tally.withdraw("laterality", text(ds, 0x00200060), why, source, images)


Special = Callable[[Dataset, str, Tally, int], None]


def _contrast(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    signs = (0x00180010, 0x00180012, 0x00181041, 0x00181042, 0x00181044, 0x00189342)
    given = any(_says_something(ds, tag) for tag in signs)
    source = "(0018,0010) ContrastBolusAgent and its neighbours"
    tally.add("contrast", given, source, images)
    start, at = text(ds, 0x00181042), text(ds, 0x00080032)
    day = "20000101"  # injection and acquisition are on one day, or around one midnight
    injected, taken = moment(day, start), moment(day, at)
    if injected is None or taken is None:
        missing = (
            "(0018,1042) ContrastBolusStartTime"
            if not injected
            else "(0008,0032) AcquisitionTime"
        )
        tally.nothing("time_after_injection", missing, images)
        return
    seconds = (taken - injected).total_seconds()
    if seconds < -43200:
        seconds += 86400
    tally.add("time_after_injection", seconds, "(0008,0032) minus (0018,1042)", images)


def _says_something(ds: Dataset, tag: int) -> bool:
    if tag not in ds:
        return False
    if tag == 0x00180012:
        return bool(values.items(ds, tag))
    said = text(ds, tag)
    return said.upper() not in ("", "NO", "NONE", "N", "0", "0.0")


def _mr(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    if not tally.silent["fat_sat"]:
        return
    options = values.texts(ds, 0x00180022)
    if isinstance(options, tuple):
        found = next((word for word in options if word.upper() in _FAT), "NONE")
        tally.instead("fat_sat", found, "(0018,0022) ScanOptions", images)


def siemens_protocol(ds: Dataset) -> dict[str, str]:
    """The lines of the protocol that a Siemens scanner ran, if the header has it."""
    raw = csa_bytes(ds, 0x20)
    header = csa.parse(raw) if raw else {}
    found = header.get("MrPhoenixProtocol") or header.get("MrProtocol") or ()
    if found:
        return csa.protocol(found[0])
    tag = values.private(ds, 0x0021, "SIEMENS MR SDS 01", 0x19)
    newer = values.data(ds, tag) if tag is not None else None
    return csa.protocol(newer.decode("latin-1")) if newer else {}


def phase_sign(ds: Dataset, maker: str) -> tuple[int, str] | None:
    """Whether phase encoding runs with (1) or against (-1) the row or column; and the source."""
    if maker == "GE":
        order = text(ds, 0x00189034)
        sign = {"LINEAR": 1, "REVERSE_LINEAR": -1}.get(order)
        return (sign, "(0018,9034) RectilinearPhaseEncodeReordering") if sign else None
    if maker != "SIEMENS":
        return None
    tag = values.private(ds, 0x0021, "SIEMENS MR SDI 02", 0x1C)
    newer = values.numbers(ds, tag, "IS") if tag is not None else None
    if isinstance(newer, tuple):
        return (1 if newer[0] else -1), "(0021,xx1C) SIEMENS MR SDI 02"
    raw = csa_bytes(ds, 0x10)
    said = csa.parse(raw).get("PhaseEncodingDirectionPositive", ()) if raw else ()
    sign = {"1": 1, "0": -1}.get(said[0] if said else "")
    source = "PhaseEncodingDirectionPositive of (0029,xx10) SIEMENS CSA HEADER"
    return (sign, source) if sign else None


def _xray(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    if 0x00181152 in ds or 0x00181153 in ds or 0x00189332 in ds:
        return
    current, time = number(ds, 0x00181151), number(ds, 0x00181150)
    if current is not None and time is not None:
        tally.instead(
            "exposure", current * time / 1000, "(0018,1151) times (0018,1150)", images
        )


def _injected(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    weight = number(ds, 0x00101030)
    tally.add("weight_given", bool(weight), "(0010,1030) PatientWeight", images)
    item = next(iter(values.items(ds, 0x00540016)), ds)
    started = text(item, 0x00181078)[8:14] or text(item, 0x00181072)
    scanned = text(ds, 0x00080031) or text(ds, 0x00080032)
    day = "20000101"
    start, scan = moment(day, started), moment(day, scanned)
    if start is None or scan is None:
        tally.nothing("uptake_time", "(0018,1072) RadiopharmaceuticalStartTime", images)
        return
    minutes = (scan - start).total_seconds() / 60
    source = "(0008,0031) SeriesTime minus (0018,1072)"
    tally.add("uptake_time", minutes + (1440 if minutes < 0 else 0), source, images)


def _ultrasound(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    regions = values.items(ds, 0x00186011)
    source = "(0018,6011) SequenceOfUltrasoundRegions"
    if not regions:
        tally.nothing("regions", source, images)
        tally.nothing("calibrated", source, images)
        return
    tally.add("regions", len(regions), source, images)
    kinds = {int(k) for r in regions if (k := number(r, 0x00186014)) is not None}
    words = [_REGION_TYPES.get(k, f"type {k}") for k in sorted(kinds)]
    tally.add(
        "region_types", "\\".join(words) or "none", "(0018,6014) RegionDataType", images
    )
    calibrated = any(map(_in_centimetres, regions))
    tally.add("calibrated", calibrated, "(0018,602C) PhysicalDeltaX", images)
    frequency = next((f for r in regions if (f := number(r, 0x00186030))), None)
    if frequency is not None:
        tally.add(
            "transducer_frequency", frequency, "(0018,6030) TransducerFrequency", images
        )


def _in_centimetres(region: Dataset) -> bool:
    """Whether distances can be measured in it (PS3.3 C.8.5.5.1.15: 3 is cm); old files say no unit."""
    sizes = (number(region, 0x0018602C), number(region, 0x0018602E))
    units = (number(region, 0x00186024), number(region, 0x00186026))
    return all(sizes) and all(unit in (None, 3) for unit in units)


def _cine(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    if 0x00181063 in ds:
        return
    rate = number(ds, 0x00180040) or number(ds, 0x00082144)
    if rate:
        tally.instead(
            "frame_time", 1000 / rate, "1000 over (0018,0040) CineRate", images
        )


def view_word(said: str) -> str:
    """The short word of a view whose code's meaning is written out."""
    lower = said.casefold()
    return next((short for long, short in _VIEWS if long in lower), said)


def _view(ds: Dataset, maker: str, tally: Tally, images: int) -> None:
    if meaning := code_meaning(ds, 0x00540220):
        seen, short = tally.seen.get("view"), view_word(meaning)
        if seen and meaning in seen and short != meaning:
            seen[short] += seen.pop(meaning)


_BY_MODALITY: dict[str, tuple[Special, ...]] = {
    "MR": (_contrast, _mr),
    "CT": (_contrast, _xray),
    "XA": (_contrast, _xray, _cine),
    "RF": (_contrast, _xray, _cine),
    "DX": (_xray, _view),
    "CR": (_xray, _view),
    "MG": (_xray, _view),
    "PT": (_injected,),
    "NM": (_injected,),
    "US": (_ultrasound, _cine),
}
