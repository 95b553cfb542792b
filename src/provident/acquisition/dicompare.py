"""A dicompare schema (JSON, dicompare.org/metaschema/v1, MIT) as a drafted manual.

What has a place in the language of manuals is carried over; what has none is listed, item
by item. dicompare pairs acquisitions with series by hand, so a schema does not say how a
series is recognised: where it names no Series Description, `match` is a guess, and said.
Rules that are Python code are never run and never carried over.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from pydantic import ValidationError

from provident.acquisition.draft_text import (
    DraftManual,
    DraftRole,
    DraftRule,
    identifier,
)
from provident.acquisition.drafting import read_draft
from provident.dicom.registry import FACTS
from provident.kernel import InvalidInput, PlanError
from provident.plan.models.imaging_rules import rule_of
from provident.plan.models.patterns import safe_pattern


MOST_BYTES = 5_000_000
# DICOM keyword, as dicompare names fields: the fact. Units are those of DICOM, as here.
FIELDS: Mapping[str, str] = {
    "EchoTime": "TE", "RepetitionTime": "TR", "InversionTime": "TI", "FlipAngle": "flip",
    "EchoTrainLength": "echo_train", "NumberOfAverages": "averages", "PixelBandwidth": "bandwidth",
    "MagneticFieldStrength": "field", "SliceThickness": "slice_thickness", "PixelSpacing": "pixel_spacing",
    "SpacingBetweenSlices": "nominal_spacing", "Rows": "rows", "Columns": "columns",
    "MRAcquisitionType": "acquisition_type", "ScanningSequence": "scanning_sequence",
    "SequenceVariant": "sequence_variant", "ScanOptions": "scan_options", "SequenceName": "sequence_name",
    "PulseSequenceName": "sequence_name", "ImageType": "image_type", "SeriesDescription": "description",
    "ProtocolName": "protocol", "BodyPartExamined": "body_part", "Manufacturer": "make",
    "ManufacturerModelName": "model", "SoftwareVersions": "software", "DeviceSerialNumber": "serial",
    "StationName": "station", "ReceiveCoilName": "coil", "TransmitCoilName": "transmit_coil",
    "ImagedNucleus": "nucleus", "ImagingFrequency": "imaging_frequency",
    "InPlanePhaseEncodingDirection": "phase_encoding", "NumberOfPhaseEncodingSteps": "phase_steps",
    "PercentSampling": "percent_sampling", "PercentPhaseFieldOfView": "percent_phase_fov",
    "ParallelReductionFactorInPlane": "acceleration", "NumberOfTemporalPositions": "temporal_positions",
    "TemporalResolution": "temporal_resolution", "AcquisitionDuration": "acquisition_duration",
    "ContrastBolusAgent": "contrast_agent", "PatientPosition": "patient_position", "TriggerTime": "trigger_time",
    "SpectrallySelectedSuppression": "fat_sat", "KVP": "kVp", "ConvolutionKernel": "kernel",
    "ReconstructionDiameter": "reconstruction_diameter", "Modality": "modality", "DiffusionBValue": "b_values",
}  # fmt: skip
_WORDS = re.compile(r"(?<![a-z0-9])(t1|t2|flair|dwi|dti|diff|asl|swi|qsm|fmri|bold|tof|pd|stir|dixon|b0|b1|fieldmap)", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The manual that was made, how many constraints it carries, and what was left behind."""

    exam: str
    text: str
    carried: int
    left: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """A schema while it is read."""

    left: list[str] = field(default_factory=list)
    minor: list[str] = field(default_factory=list)
    carried: int = 0


def import_dicompare(data: bytes, *, exam: str | None = None) -> Imported:
    """Read a dicompare schema.

    Raises:
        InvalidInput: it is no JSON, or no dicompare schema.
    """
    schema = _schema(data)
    reading = _Reading()
    roles: list[DraftRole] = []
    for name, acquisition in schema["acquisitions"].items():
        taken = frozenset(role.id for role in roles)
        roles.append(_role(str(name), acquisition, taken, reading))
    _left_rules("the schema", schema.get("rules"), reading)
    if not roles:
        raise InvalidInput("The schema has no acquisition that could become a series.")
    title = str(schema.get("name") or "imported")
    made = exam or identifier(title, otherwise="exam")
    manual = DraftManual(
        exam=made,
        title=title,
        modality=("MR",),
        minutes=30,
        roles=tuple(roles),
        version=str(schema.get("version") or "0.1"),
        minor=tuple(reading.minor),
        notes=(
            "Imported from a dicompare schema by `provident manual import`. For a physicist to confirm.",
            *(f"not carried over: {item}" for item in reading.left),
        ),
    )
    text = manual.text()
    try:
        read_draft(text)
    except ValidationError as error:
        raise InvalidInput(
            f"The schema cannot be made a manual: {error.errors()[0]['msg']}."
        ) from None
    return Imported(
        exam=made, text=text, carried=reading.carried, left=tuple(reading.left)
    )


def _schema(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise InvalidInput("The file is larger than 5 MB: it is no dicompare schema.")
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidInput(
            "The file is not JSON. Give a dicompare schema (.json)."
        ) from None
    known = isinstance(schema, dict) and isinstance(schema.get("acquisitions"), dict)
    if not known or not all(
        isinstance(a, dict) for a in schema["acquisitions"].values()
    ):
        raise InvalidInput(
            'The file is no dicompare schema: it has no "acquisitions" by name.'
        )
    return dict(schema)


def _role(
    name: str, acquisition: Mapping[str, Any], taken: frozenset[str], reading: _Reading
) -> DraftRole:
    role = identifier(name, taken, otherwise="series")
    rules: dict[str, DraftRule] = {}
    match: DraftRule | None = None
    for one in _mappings(acquisition.get("fields")):
        made = _rule(f"{name}: {one.get('field')}", one, reading)
        if made is None:
            continue
        reading.carried += 1
        if made.fact in ("description", "protocol") and match is None:
            match = made
            continue
        rules[made.fact] = made
        if one.get("severity") == "warning":
            reading.minor.append(f"{role}.{made.fact}")
    _series(name, acquisition, rules, reading)
    _left_rules(name, acquisition.get("rules"), reading)
    notes = ["confirm: from dicompare"]
    if match is None:
        match = _guess(name)
        notes.append(
            "match is a guess from the acquisition's name: the schema names no Series Description"
        )
        reading.left.append(
            f"{name}: how the series is recognised; match was guessed from its name"
        )
    return DraftRole(
        id=role,
        title=name,
        match=(match,),
        rules=tuple(rules.values()),
        notes=tuple(notes),
    )


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def _left_rules(where: str, rules: Any, reading: _Reading) -> None:
    for rule in _mappings(rules):
        said = rule.get("name") or rule.get("id") or "without a name"
        reading.left.append(
            f'{where}: rule "{said}", which is Python code; write it with the facts it asks about'
        )


def _guess(name: str) -> DraftRule:
    words = list(dict.fromkeys(w.lower() for w in _WORDS.findall(name)))
    if not words:
        words = [w.lower() for w in re.findall(r"[A-Za-z0-9]{2,}", name)][:2]
    pattern = ".*".join(words)[:60] or "."
    return DraftRule(fact="description", text=json.dumps(f"~{pattern}"))


def _series(
    name: str,
    acquisition: Mapping[str, Any],
    rules: dict[str, DraftRule],
    reading: _Reading,
) -> None:
    """Several series of one acquisition: echo times and b-values become sets, the rest is left."""
    found: dict[str, list[float]] = {"EchoTime": [], "DiffusionBValue": []}
    for one in _mappings(acquisition.get("series")):
        for constraint in _mappings(one.get("fields")):
            keyword, value = str(constraint.get("field")), constraint.get("value")
            if keyword in found and _is_number(value):
                found[keyword].append(float(value))
            else:
                reading.left.append(
                    f"{name}: series {one.get('name') or '-'}: {keyword}; make it a series role of its own"
                )
    for keyword, fact, value in (
        (
            "EchoTime",
            "TE",
            [f"{v:g} ± {max(0.1, 0.02 * v):.3g} ms" for v in found["EchoTime"]],
        ),
        (
            "DiffusionBValue",
            "b_values",
            {"shells": [f"{v:g} s/mm2" for v in found["DiffusionBValue"]]},
        ),
    ):
        if found[keyword]:
            rules[fact] = DraftRule(
                fact=fact,
                text=json.dumps(value, ensure_ascii=False),
                why="from the schema's series",
            )
            reading.carried += len(found[keyword])


def _rule(where: str, one: Mapping[str, Any], reading: _Reading) -> DraftRule | None:
    fact = FIELDS.get(str(one.get("field")))
    if fact is None:
        reading.left.append(f"{where}: there is no such fact")
        return None
    value = _asked(fact, one)
    if value is None:
        reading.left.append(f"{where}: what it asks has no place in a rule")
        return None
    try:
        rule_of(FACTS[fact], value)
    except PlanError as error:
        reading.left.append(f"{where}: {error}")
        return None
    notes = str(one.get("notes") or "")
    return DraftRule(
        fact=fact, text=json.dumps(value, ensure_ascii=False), why=notes[:160]
    )


def _asked(fact: str, one: Mapping[str, Any]) -> Any:
    """What a constraint asks, in the grammar of rules; None when it has no place there."""
    spec = FACTS[fact]
    if spec.kind == "shells":
        values = (
            one["value"] if isinstance(one.get("value"), list) else [one.get("value")]
        )
        numbers = [v for v in values if _is_number(v)]
        return {"shells": [f"{v:g} s/mm2" for v in numbers]} if numbers else None
    if spec.numeric:
        return _number_rule(one, spec.unit)
    return _text_rule(one)


def _is_number(value: Any) -> TypeGuard[float]:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _with(value: float, unit: str) -> str:
    return f"{value:.8g} {unit}".rstrip()


def _number_rule(one: Mapping[str, Any], unit: str) -> Any:
    if "min" in one or "max" in one:
        return _range_rule(one, unit)
    said = one.get("value", one.get("contains_any"))
    values = said if isinstance(said, list) else [said]
    if not values or not all(_is_number(v) for v in values):
        return None
    near, far = one.get("tolerance"), one.get("errorTolerance")
    distinct = list(dict.fromkeys(float(v) for v in values))
    if len(distinct) == 1 and _is_number(near) and _is_number(far):
        return {
            "target": _with(distinct[0], unit),
            "warn": _with(near, unit),
            "fail": _with(far, unit),
        }
    each = [
        f"{v:.8g} ± {_with(near, unit)}" if _is_number(near) else _with(v, unit)
        for v in distinct
    ]
    return each[0] if len(each) == 1 else each


def _range_rule(one: Mapping[str, Any], unit: str) -> Any:
    inner = _range(one.get("min"), one.get("max"), unit)
    if inner is None or not ("errorMin" in one or "errorMax" in one):
        return inner
    outer = _range(
        one.get("errorMin", one.get("min")), one.get("errorMax", one.get("max")), unit
    )
    return None if outer is None else {"pass": inner, "warn": outer}


def _range(low: Any, high: Any, unit: str) -> str | None:
    if _is_number(low) and _is_number(high):
        return f"{low:.8g}..{_with(high, unit)}"
    if _is_number(low):
        return f">= {_with(low, unit)}"
    return f"<= {_with(high, unit)}" if _is_number(high) else None


def _text_rule(one: Mapping[str, Any]) -> Any:
    if isinstance(one.get("contains"), str):
        return _pattern([one["contains"]])
    if isinstance(one.get("contains_any"), list):
        return _pattern([str(v) for v in one["contains_any"]])
    if isinstance(one.get("contains_all"), list):
        texts = [str(v) for v in one["contains_all"]]
        return _pattern(texts) if len(texts) == 1 else None
    value = one.get("value")
    if isinstance(value, list):
        value = "\\".join(str(v) for v in value)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    text = str(value).strip()
    words = text in ("present", "absent") or text.startswith(("~", "same as "))
    return None if words or not text else text


def _pattern(texts: list[str]) -> str | None:
    made = "|".join(
        re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text) for text in texts if text
    )
    try:
        return f"~{safe_pattern(made)}"
    except PlanError:
        return None
