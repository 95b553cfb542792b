"""From what was drawn in the room to what is stored: placed, measured again, compared, bound to answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provident.forms import Answers, Field
from provident.kernel import Finding, InvalidInput, Place, PlanError, Severity
from provident.plan.quantities import convert
from provident.reading.cases import Labels
from provident.reading.design import ReadDesign
from provident.reading.measurements import (
    CaseImage,
    Check,
    Drawn,
    Filled,
    Measurement,
    drawn,
    placed,
)
from provident.reading.measuring import Value, values_of
from provident.reading.shapes import LONGEST, Shape, parts_for


MEASUREMENT_CODES: Mapping[str, str] = {
    "MEAS.UNREADABLE": "A measurement is not one that can be drawn: its kind, points or size.",
    "MEAS.TWICE": "Two measurements of a read have the same name.",
    "MEAS.NOT_THIS_CASE": "A measurement lies on an image that does not belong to the case.",
    "MEAS.OUTSIDE": "A measurement lies outside its image.",
    "MEAS.NO_PIXELS": "A region holds no pixel, or its image cannot be read.",
    "MEAS.DIFFERS": "What was shown is not what the stored pixels give.",
    "MEAS.ITEM": "A measurement cannot fill the answer that it is bound to.",
}
"""The codes of findings about measurements: public, never reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far what was shown may lie from what the stored pixels give.

    Attributes:
        share: of the value; the plan's `measurements.tolerance`.
        refuse: whether a read that lies further off is refused, else it is flagged.
    """

    share: float = 0.01
    refuse: bool = True

    # What rounding alone can do: points come to a thousandth of a pixel, values to a thousandth.
    ROUNDING = 0.02
    DEGREES = 0.2

    def allows(self, shown: Value, found: Value) -> bool:
        """Whether a shown value is the found one."""
        try:
            value = (
                convert(shown.value, shown.unit, found.unit)
                if shown.unit
                else shown.value
            )
        except PlanError:
            return False
        slack = self.DEGREES if found.unit == "deg" else self.ROUNDING
        return abs(value - found.value) <= slack + self.share * abs(found.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is stored of the measurements of a read, and what is wrong with them."""

    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]


ImageOf = Callable[[str], CaseImage | None]
"""The image that an address names, None when it is none of the case; raises `InvalidInput` when it cannot be read."""


def take(
    design: ReadDesign,
    labels: Labels,
    answers: Mapping[str, Answers],
    given: Sequence[Any],
    image_of: ImageOf,
    tolerance: Tolerance = Tolerance(),
) -> Taken:
    """Measure what was drawn again from the stored pixels.

    Args:
        labels: label and visit of each time point.
        answers: the read's answers by visit.
        given: the measurements as the browser sends them.
        image_of: finds an image of the case.
        tolerance: how far off what was shown may be.

    Returns:
        The measurements that are sound, in their order, and all that is wrong with the others.
        `where.uid` of a finding is the answer's key as the client has it, else the measurement's name.
    """
    desk = _Desk(design, labels, answers, image_of, tolerance)
    findings: list[Finding] = []
    made: list[Measurement] = []
    for value in given:
        try:
            one = drawn(value)
            measured = desk.measured(one)
        except _Wrong as wrong:
            findings.append(wrong.finding)
        except InvalidInput as error:
            name = value.get("id") if isinstance(value, Mapping) else None
            findings.append(_finding("UNREADABLE", str(name or ""), str(error)))
        else:
            made.append(measured)
            findings += desk.differs(one, measured)
    findings += [
        _finding("TWICE", name, "its name is that of another measurement")
        for name, n in Counter(m.id for m in made).items()
        if n > 1
    ]
    return Taken(
        measurements=tuple(desk.bound(m) for m in made), findings=tuple(findings)
    )


class _Wrong(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def _finding(code: str, uid: str, words: str, **more: str) -> Finding:
    full = f"MEAS.{code}"
    assert full in MEASUREMENT_CODES, full
    more.setdefault("remedy", "Draw it again, or remove it and type the value.")
    return Finding(
        code=full,
        severity=Severity.ERROR,
        where=Place(uid=uid[:64]),
        message=f"A measurement cannot be kept: {words}.",
        **more,
    )


class _Desk:
    """One read on the table; counts are gathered over all its measurements before they are bound."""

    def __init__(
        self,
        design: ReadDesign,
        labels: Labels,
        answers: Mapping[str, Answers],
        image_of: ImageOf,
        tolerance: Tolerance,
    ) -> None:
        self.form, self.labels, self.answers = design.form, labels, answers
        self.image_of, self.tolerance = image_of, tolerance
        self.items: dict[str, tuple[str, ...]] = {}
        self.counts: dict[tuple[str, str], float] = defaultdict(float)

    def measured(self, one: Drawn) -> Measurement:
        place = one.items[0] if one.items else one.id
        image = self._image(one, place)
        if not image.raster.holds(one.points):
            raise _Wrong(_finding("OUTSIDE", place, "it lies outside its image"))
        try:
            values = values_of(one.kind, one.points, image.raster)
        except InvalidInput as error:
            raise _Wrong(_finding("NO_PIXELS", place, str(error))) from None
        plane = image.plane
        made = Measurement(
            id=one.id,
            kind=one.kind,
            visit=image.visit,
            role=image.role,
            image=image.ref,
            points=one.points,
            patient=placed(plane, one.points),
            frame_of_reference=plane.frame_of_reference if plane else "",
            values=values,
            shown=one.shown,
            check=self._compared(one, values),
        )
        keys = tuple(self._key(made, item) for item in one.items)
        self.items[one.id] = keys
        if one.kind is Shape.POINTS:
            for key in keys:
                self.counts[made.visit, key] += values["count"].value
        return made

    def _image(self, one: Drawn, place: str) -> CaseImage:
        try:
            image = self.image_of(one.image)
        except InvalidInput:
            raise _Wrong(
                _finding("NO_PIXELS", place, "its image cannot be read")
            ) from None
        if image is None:
            raise _Wrong(
                _finding("NOT_THIS_CASE", place, "its image is none of this case")
            )
        return image

    def _compared(self, one: Drawn, values: Mapping[str, Value]) -> Check:
        if one.shown is None:
            return Check.NOT_SHOWN
        found = values[LONGEST[one.kind]]
        return (
            Check.AGREES if self.tolerance.allows(one.shown, found) else Check.DIFFERS
        )

    def differs(self, one: Drawn, made: Measurement) -> list[Finding]:
        """The finding about a value that was not what the pixels give, where the plan refuses it."""
        if made.check is not Check.DIFFERS or not self.tolerance.refuse:
            return []
        found, shown = made.values[LONGEST[one.kind]], one.shown
        assert shown is not None
        return [
            _finding(
                "DIFFERS",
                one.items[0] if one.items else one.id,
                "the value beside it is not what the stored image gives",
                expected=_words(found),
                found=_words(shown),
            )
        ]

    def _key(self, made: Measurement, item: str) -> str:
        """The key of an answer within its visit.

        Raises:
            _Wrong: it is of another time point, not asked for, or not filled by such a shape.
        """
        label, colon, rest = item.partition(":")
        if not colon and len(self.labels) == 1:
            label, rest = self.labels[0][0], item
        field = self.form.fields.get(rest)
        if dict(self.labels).get(label) != made.visit:
            raise _Wrong(
                _finding("ITEM", item, "it fills an answer of another time point")
            )
        if field is None or field.measure is None:
            raise _Wrong(
                _finding("ITEM", item, "the form takes no measurement at that answer")
            )
        if not set(parts_for(field.measure)) & set(made.values):
            wanted = field.measure.replace("_", " ")
            words = f"the answer takes {wanted}, which a {made.kind} on this image does not give"
            raise _Wrong(_finding("ITEM", item, words))
        try:
            self._gives(made, field)
        except PlanError:
            words = "its unit cannot be made that of the answer"
            raise _Wrong(
                _finding("ITEM", item, words, expected=field.expected)
            ) from None
        return rest

    def _gives(self, made: Measurement, field: Field) -> tuple[str, float]:
        """Which part fills a field, and its value in the field's unit.

        Raises:
            PlanError: there is no way from one unit to the other.
        """
        assert field.measure is not None
        part = next(p for p in parts_for(field.measure) if p in made.values)
        value = made.values[part]
        number = self.counts[made.visit, field.key] if part == "count" else value.value
        if field.unit and part != "count":
            number = convert(number, value.unit, field.unit)
        return part, number

    def bound(self, made: Measurement) -> Measurement:
        """The measurement with the answers that it gives."""
        fills = []
        for key in self.items.get(made.id, ()):
            field = self.form.fields[key]
            part, number = self._gives(made, field)
            digits = 0 if field.type == "integer" else field.decimals
            gives = round(number, 6 if digits is None else digits)
            said = self.answers.get(made.visit, {}).get(key)
            # The browser rounds its own value, which may be a hair from the stored pixels'.
            step = 10.0 ** -(1 if digits is None else digits)
            kept = isinstance(said, int | float) and self._near(
                float(said), number, step
            )
            fills.append(Filled(key=key, part=part, gives=gives, kept=kept))
        return replace(made, fills=tuple(fills))

    def _near(self, said: float, number: float, step: float) -> bool:
        return abs(said - number) <= step + self.tolerance.share * abs(number)


def _words(value: Value) -> str:
    return f"{value.value:.6g} {value.unit}".strip()
