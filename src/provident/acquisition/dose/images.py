"""Read what image headers say of dose, where no report does (PS3.3 C.8.15.3.8, C.8.7.8, C.8.9.2)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from provident.acquisition.dose.content import Code, code_of, items, text, texts
from provident.acquisition.dose.model import MAIN, Event, Kind, Source
from provident.acquisition.dose.units import Reading, canonical
from provident.dicom import values


IONISING = {
    "CT": Kind.CT, "DX": Kind.PROJECTION, "CR": Kind.PROJECTION, "RF": Kind.PROJECTION, "XA": Kind.PROJECTION,
    "DR": Kind.PROJECTION, "PX": Kind.PROJECTION, "IO": Kind.PROJECTION, "MG": Kind.MAMMOGRAPHY,
    "PT": Kind.ADMINISTRATION, "NM": Kind.ADMINISTRATION,
}  # fmt: skip
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
DOUBTFUL = "the activity cannot be right in the unit that DICOM prescribes"
_PHANTOMS = {"113690": 16, "113691": 32}
_CTDI, _DAP = 0x00189345, 0x0018115E
# An injected activity lies between; outside, the sender mistook Bq for MBq or the other way round.
_LEAST_MBQ, _MOST_MBQ = 0.01, 50_000.0


def kind_of(header: Dataset) -> Kind | None:
    """The kind of exposure that an image belongs to; None without ionising radiation."""
    return IONISING.get(text(header, 0x00080060))


def is_secondary(header: Dataset) -> bool:
    """Whether an image is a secondary capture: a picture of a screen, not of the participant."""
    sop_class = text(header, 0x00080016)
    return sop_class == SECONDARY or sop_class.startswith(f"{SECONDARY}.")


def image_events(header: Dataset) -> Iterator[Event]:
    """The exposure that an image header tells of, None for what it does not say."""
    kind = kind_of(header)
    if kind is Kind.CT:
        yield _ct(header)
    elif kind is Kind.ADMINISTRATION:
        yield from _administrations(header)
    elif kind is not None:
        yield _projection(header, kind)


def event_uids(header: Dataset) -> tuple[str, ...]:
    """The irradiation events that an image was made from (0008,3010), enhanced ones too."""
    own = values.texts(header, 0x00083010)
    if isinstance(own, tuple):
        return own
    for groups in (0x52009229, 0x52009230):
        for group in items(header, groups)[:1]:
            for one in items(group, 0x00189477)[:1]:
                found = values.texts(one, 0x00083010)
                if isinstance(found, tuple):
                    return found
    return ()


def _number(ds: Dataset, tag: int, unit: str, measured: str) -> Reading:
    number = values.numbers(ds, tag)
    if number is None:
        return Reading(None, "the image does not state it")
    if isinstance(number, values.Unreadable):
        return Reading(None, number.why)
    if number[0] == 0:
        # Machines without a meter fill the element in: no image was made without radiation.
        return Reading(None, "the image states zero")
    return canonical(number[0], unit, measured)


def _common(header: Dataset) -> dict[str, str]:
    uids = event_uids(header)
    return {
        "uid": uids[0] if uids else "",
        "study_uid": text(header, 0x0020000D),
        "read_from": text(header, 0x00080018),
        "started": _started(header),
        "protocol": text(header, 0x00181030),
        "region": region_of(header),
    }


def region_of(header: Dataset) -> str:
    """The region as the anatomic code says it, else Body Part Examined."""
    return code_of(header, 0x00082218).meaning or text(header, 0x00180015)


def _started(header: Dataset) -> str:
    return text(header, 0x0008002A) or (
        text(header, 0x00080022) + text(header, 0x00080032)
    )


def _ct(header: Dataset) -> Event:
    exposure = _ct_exposure(header)
    ctdi = _number(exposure, _CTDI, "mGy", "absorbed dose")
    localizer = "LOCALIZER" in texts(header, 0x00080008)
    unread = {"dlp_mgycm": "image headers have no dose length product"}
    if ctdi.value is None:
        unread["ctdivol_mgy"] = ctdi.why
    # One acquisition gives many images at many times: the acquisition stands for the event.
    common = {**_common(header), "read_from": text(header, 0x0020000E)}
    return Event(
        kind=Kind.CT,
        source=Source.IMAGE,
        view=text(header, 0x00200012),
        localizer=localizer,
        phantom_cm=_PHANTOMS.get(code_of(exposure, 0x00189346).value),
        amounts={} if ctdi.value is None else {"ctdivol_mgy": ctdi.value},
        unread=unread,
        **{**common, "started": common["started"] if common["uid"] else ""},
    )


def _ct_exposure(header: Dataset) -> Dataset:
    """Where CTDIvol stands: the header, its exposure doses (0040,030E) or the enhanced groups."""
    if _CTDI in header:
        return header
    for dose in items(header, 0x0040030E):
        if _CTDI in dose:
            return dose
    for groups in (0x52009229, 0x52009230):
        for group in items(header, groups)[:1]:
            for exposure in items(group, 0x00189321)[:1]:
                return exposure
    return header


def _projection(header: Dataset, kind: Kind) -> Event:
    readings = {
        "dap_gycm2": _number(header, _DAP, "dGy.cm2", "dose area product"),
        "entrance_dose_mgy": _entrance(header),
        "agd_mgy": _number(header, 0x00400316, "dGy", "absorbed dose"),
    }
    main = MAIN[kind]
    laterality = text(header, 0x00200062) or text(header, 0x00200060)
    return Event(
        kind=kind,
        source=Source.IMAGE,
        view=text(header, 0x00185101),
        side={"L": "left", "R": "right"}.get(laterality, ""),
        amounts={n: r.value for n, r in readings.items() if r.value is not None},
        unread={main: readings[main].why} if readings[main].value is None else {},
        **_common(header),  # type: ignore[arg-type]  # all are texts
    )


def _entrance(header: Dataset) -> Reading:
    """Entrance dose in mGy: (0040,8302), else (0040,0302), which DICOM states in dGy."""
    fine = _number(header, 0x00408302, "mGy", "absorbed dose")
    return (
        fine
        if fine.value is not None
        else _number(header, 0x00400302, "dGy", "absorbed dose")
    )


def _administrations(header: Dataset) -> Iterator[Event]:
    unit = "Bq" if text(header, 0x00080060) == "PT" else "MBq"
    for item in items(header, 0x00540016) or [Dataset()]:
        activity = _activity(item, unit)
        tracer = _tracer(item)
        common = {
            **_common(header),
            "uid": text(item, 0x00083012),
            "started": _injected(item),
        }
        yield Event(
            kind=Kind.ADMINISTRATION,
            source=Source.IMAGE,
            tracer=tracer.meaning,
            tracer_code=tracer.value,
            amounts={} if activity.value is None else {"activity_mbq": activity.value},
            unread={} if activity.value is not None else {"activity_mbq": activity.why},
            **common,  # type: ignore[arg-type]  # all are texts
        )


def _activity(item: Dataset, unit: str) -> Reading:
    """Radionuclide Total Dose (0018,1074): PET states it in Bq, NM in MBq (PS3.3 C.8.9.2, C.8.4.10)."""
    activity = _number(item, 0x00181074, unit, "activity")
    if activity.value is not None and not _LEAST_MBQ <= activity.value <= _MOST_MBQ:
        return Reading(None, DOUBTFUL)
    return activity


def _tracer(item: Dataset) -> Code:
    coded = code_of(item, 0x00540304)
    return coded if coded.value else Code("", text(item, 0x00180031))


def _injected(item: Dataset) -> str:
    return text(item, 0x00181078) or text(item, 0x00181072)
