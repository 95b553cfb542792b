"""A signed read as a DICOM structured report (TID 1500, Comprehensive SR), one for each exam that was read.

It refers to the stored, de-identified images by their own UIDs. The observer is the reader's code or the algorithm
with its version, never a name. The same read gives the same bytes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provident import dicom
from provident.adapters import sr_codes
from provident.adapters.sr_codes import ours, part_name, uid_of, unit_code
from provident.forms import Answer, Form
from provident.forms import Field as FormField
from provident.kernel import InvalidInput
from provident.reading.measurements import ImageRef, Measurement
from provident.reading.measuring import Value
from provident.reading.shapes import REGIONS, Point, Shape


if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.sr.coding import Code

_SERIES_NUMBER = 9900  # after any that a scanner gives
# Attributes of type 2 that the images may lack, and what stands for them.
_EMPTY = (
    "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID", "StudyDate", "StudyTime",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """What reads in the place of a person."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRead:
    """What a report says of one read at one visit.

    Attributes:
        key: what tells this read and version from every other; the report's UIDs are made of it.
        visit: the plan's id of the visit.
        answers, derived: the values of this visit.
        measurements: those on images of this visit.
        observer: the reader's code, or the algorithm.
        at: when it was signed, UTC.
    """

    key: str
    form: Form
    visit: str
    answers: Mapping[str, Answer]
    derived: Mapping[str, Answer]
    measurements: Sequence[Measurement]
    observer: str | Algorithm
    at: datetime
    version: int = 1


def structured_report(read: ReportedRead, images: Sequence[Dataset]) -> bytes:
    """The report as a DICOM file.

    Args:
        read: what was read.
        images: headers of all images that a measurement lies on, and at least one of the exam.

    Raises:
        InvalidInput: an image that is measured is not among them, or a value cannot be written as DICOM.
    """
    import highdicom as hd
    from pydicom.sr.codedict import codes

    if not images:
        raise InvalidInput("A structured report needs the exam that was read.")
    known = {str(ds.SOPInstanceUID): ds for ds in images}
    for made in read.measurements:
        if made.image.sop_uid not in known:
            raise InvalidInput("An image that was measured is not there.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = hd.sr.MeasurementReport(
            observation_context=_context(read),
            procedure_reported=codes.SCT.ImagingProcedure,
            title=codes.DCM.ImagingMeasurementReport,
            imaging_measurements=[*_groups(read, known)],
            language_of_content_item_and_descendants=hd.sr.LanguageOfContentItemAndDescendants(
                hd.sr.CodedConcept("en", "RFC5646", "English")
            ),
        )
        made_report = hd.sr.ComprehensiveSR(
            evidence=[_with_empty(ds) for ds in images],
            content=report[0],
            series_instance_uid=uid_of("series", read.key, read.visit),
            series_number=_SERIES_NUMBER,
            series_description=f"Read by {read.form.key}"[:64],
            sop_instance_uid=uid_of("report", read.key, read.visit),
            instance_number=read.version,
            manufacturer="Provident",
            manufacturer_model_name="Provident",
            is_complete=True,
            is_final=True,
            content_date=read.at.date(),
            content_time=read.at.time().replace(microsecond=0),
        )
        return dicom.write(_finished(made_report, read))


def _finished(report: Dataset, read: ReportedRead) -> Dataset:
    """With our scheme named, and no time but that of the signature."""
    from pydicom import Dataset

    report.InstanceCreationDate = read.at.strftime("%Y%m%d")
    report.InstanceCreationTime = read.at.strftime("%H%M%S")
    report.TimezoneOffsetFromUTC = "+0000"
    for software in report.get("ContributingEquipmentSequence", ()):
        software.ContributionDateTime = read.at.strftime("%Y%m%d%H%M%S")
    scheme = Dataset()
    scheme.CodingSchemeDesignator = sr_codes.OURS
    scheme.CodingSchemeName = f"Items and codes of {read.form.key} in a Provident plan"
    report.CodingSchemeIdentificationSequence = [scheme]
    return report


def _with_empty(ds: Dataset) -> Dataset:
    """A header with the attributes that the report takes from it, empty where the image has none."""
    from pydicom import Dataset

    made = Dataset()
    made.update(ds)
    for name in _EMPTY:
        if name not in made:
            setattr(made, name, None if name.startswith("Study") else "")
    if made.PatientSex not in ("M", "F", "O"):
        made.PatientSex = ""
    return made


def _context(read: ReportedRead) -> Any:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    who = read.observer
    if isinstance(who, Algorithm):
        device = hd.sr.ObserverContext(
            observer_type=codes.DCM.Device,
            observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
                uid=uid_of("algorithm", who.name, who.version), name=who.name[:64], model_name=who.version[:64]
            ),
        )  # fmt: skip
        return hd.sr.ObservationContext(observer_device_context=device)
    person = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(
            name=f"{who}^"
        ),
    )
    return hd.sr.ObservationContext(observer_person_context=person)


# -- groups


def _groups(read: ReportedRead, known: Mapping[str, Dataset]) -> Iterator[Any]:
    for one in read.measurements:
        yield _measured(one, read, known[one.image.sop_uid])
    for kind, values in (
        (sr_codes.ANSWERS, read.answers),
        (sr_codes.DERIVED_VALUES, read.derived),
    ):
        group = _answered(kind, values, read)
        if group is not None:
            yield group


def _common(read: ReportedRead, identifier: str) -> dict[str, Any]:
    import highdicom as hd

    common: dict[str, Any] = {
        "tracking_identifier": hd.sr.TrackingIdentifier(
            uid=uid_of("group", read.key, read.visit, identifier), identifier=identifier
        ),
        "time_point_context": hd.sr.TimePointContext(time_point=read.visit),
    }
    if isinstance(read.observer, Algorithm):
        common["algorithm_id"] = hd.sr.AlgorithmIdentification(
            name=read.observer.name, version=read.observer.version
        )
    return common


def _measured(one: Measurement, read: ReportedRead, image: Dataset) -> Any:
    import highdicom as hd

    modality = str(image.get("Modality", ""))
    frames = [one.image.frame] if one.image.frames > 1 else None
    notes = [
        _coded(sr_codes.SHAPE, ours(str(one.kind), one.kind.capitalize())),
        _coded(sr_codes.ROLE, ours(one.role, one.role.replace("_", " "))),
        _coded(sr_codes.CHECK, ours(str(one.check), str(one.check))),
    ]
    lines = {} if one.kind in REGIONS else _lines(one, frames)
    values = [
        _number(
            part_name(part, modality), value, derivation=sr_codes.DERIVED.get(part),
            referenced_coordinates=lines.get(part),
        )
        for part, value in _in_order_of_lines(one, lines)
    ]  # fmt: skip
    if one.shown is not None:
        values.append(_number(sr_codes.SHOWN, one.shown))
    values += [_filled(f, read.form) for f in one.fills]
    common = {**_common(read, one.id), "measurements": values, "qualitative_evaluations": notes}  # fmt: skip
    if one.kind in REGIONS:
        region = hd.sr.ImageRegion(
            graphic_type=sr_codes.GRAPHIC[one.kind],
            graphic_data=_graphic(_outline(one)),
            source_image=hd.sr.SourceImageForRegion(
                one.image.sop_class, one.image.sop_uid, frames
            ),
        )
        return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            referenced_region=region, **common
        )
    return hd.sr.MeasurementsAndQualitativeEvaluations(**common)


def _lines(one: Measurement, frames: list[int] | None) -> dict[str, list[Any]]:
    """The coordinates that each part of a measurement without pixels comes from."""
    import highdicom as hd

    def on_image(points: Sequence[Point]) -> list[Any]:
        graphic = "POINT" if len(points) == 1 else sr_codes.GRAPHIC[one.kind]
        return [
            hd.sr.CoordinatesForMeasurement(
                graphic_type=graphic,
                graphic_data=_graphic(points),
                source_image=_source(one.image, frames),
            )
        ]

    if one.kind is Shape.BIDIRECTIONAL:
        # The parts are in mm: the line that is longer in pixels may be the short axis.
        parts = ("long_axis", "short_axis")
        first, second = parts if _longer_first(one) else parts[::-1]
        return {first: on_image(one.points[:2]), second: on_image(one.points[2:])}
    return dict.fromkeys(one.values, on_image(one.points))


def _in_order_of_lines(
    one: Measurement, lines: Mapping[str, Any]
) -> list[tuple[str, Value]]:
    """The values, those of the first line first, so that its points come first when it is read again."""
    return [(part, one.values[part]) for part in (lines or one.values)]


def _longer_first(one: Measurement) -> bool:
    """Whether the line that is longer in pixels is also longer in mm."""
    import math

    places: Sequence[Sequence[float]] = one.patient or one.points
    return math.dist(places[0], places[1]) >= math.dist(places[2], places[3])


def _source(image: ImageRef, frames: list[int] | None) -> Any:
    import highdicom as hd

    return hd.sr.SourceImageForRegion(image.sop_class, image.sop_uid, frames)


def _outline(one: Measurement) -> Sequence[Point]:
    return one.points if one.kind is Shape.ELLIPSE else (*one.points, one.points[0])


def _graphic(points: Sequence[Point]) -> Any:
    import numpy as np

    return np.asarray(points, dtype=np.float32)


def _number(name: Code, value: Value, **more: Any) -> Any:
    import highdicom as hd

    return hd.sr.Measurement(
        name=name, value=float(value.value), unit=unit_code(value.unit), **more
    )


def _coded(name: Code, value: Code) -> Any:
    import highdicom as hd

    return hd.sr.QualitativeEvaluation(name=name, value=value)


def _filled(filled: Any, form: Form) -> Any:
    """The answer that a measurement gave: the item's code, the value in its unit, and from which part it is."""
    item = form.fields[filled.key]
    how = ("from" if filled.kept else "beside") + "." + filled.part
    words = "Answer taken from" if filled.kept else "Answer typed beside"
    return _number(
        ours(filled.key, item.label),
        Value(value=filled.gives, unit=item.unit),
        method=ours(how, f"{words} {filled.part.replace('_', ' ')}"),
    )


# -- answers


def _answered(kind: Code, values: Mapping[str, Answer], read: ReportedRead) -> Any:
    """The answers of a visit: numbers as measurements, choices and missing codes as evaluations; no free text."""
    import highdicom as hd

    numbers, coded = [], []
    for key, value in values.items():
        item = read.form.fields.get(key)
        name = ours(key, item.label if item else key.replace("_", " "))
        if isinstance(value, str) or (item is not None and item.choices):
            code = _choice(value, item, read.form)
            coded += [_coded(name, code)] if code else []
        else:
            unit = item.unit if item else _unit_of_derived(read.form, key)
            numbers.append(_number(name, Value(value=float(value), unit=unit)))
    if not numbers and not coded:
        return None
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        **_common(read, kind.value),
        finding_type=kind,
        method=ours(read.form.key, read.form.title),
        measurements=numbers or None,
        qualitative_evaluations=coded or None,
    )


def _unit_of_derived(form: Form, key: str) -> str:
    return next((d.unit for d in form.derivations if d.id == key), "")


def _choice(value: Answer, item: FormField | None, form: Form) -> Code | None:
    """The code of a choice or of a reason for no value; None for free text, which is never analysed."""
    labels = {str(c.value): c.label for c in item.choices} if item else {}
    if str(value) in labels:
        return ours(str(value), labels[str(value)])
    if str(value) in form.missing:
        return ours(str(value), form.missing[str(value)])
    return None if item is not None else ours(str(value).replace(" ", "-"), str(value))
