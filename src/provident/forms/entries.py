"""Made-up entries: they accept a form before anyone uses it, and feed simulated readers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from provident.forms.check import check_answers
from provident.forms.codes import named
from provident.forms.derive import NOT_EVALUABLE, derive
from provident.forms.expand import expand
from provident.forms.form import Form
from provident.forms.model import Answer, Field
from provident.kernel import Finding, Place, ProvidentError, Severity


if TYPE_CHECKING:
    import numpy as np


def synthetic_answers(
    form: Form,
    rng: np.random.Generator,
    *,
    missing: float = 0.03,
    gate_open: float = 0.7,
) -> dict[str, Answer]:
    """One complete made-up entry that passes `check_answers`.

    `missing` is the share of answers that are missing codes; `gate_open` the chance that
    a grid behind a gate question is filled cell by cell.
    """
    answers: dict[str, Answer] = {}
    gates = {g.gate.item: g.gate for g in form.grids if g.gate}
    for field in form.items:
        gate = gates.get(field.key)
        if gate and rng.random() < gate_open:
            answers[field.key] = gate.when
        else:
            answers[field.key] = _drawn(field, rng, missing)
    implied = expand(form, answers).implied
    for key, field in form.fields.items():
        if key not in answers and key not in implied:
            answers[key] = _drawn(field, rng, missing)
    return answers


def _drawn(field: Field, rng: np.random.Generator, missing: float) -> Answer:
    if field.missing and rng.random() < missing:
        return field.missing[int(rng.integers(len(field.missing)))]
    if field.choices:
        return field.choices[int(rng.integers(len(field.choices)))].value
    if field.bounds is None:
        return "made up"
    low, high = _ends(field)
    if field.type == "integer":
        # Small scores are common and large ones rare, as in patients.
        return low + int((high - low + 1) * rng.random() ** 2)
    decimals = 1 if field.decimals is None else field.decimals
    return _inside(field, round(float(rng.uniform(low, high)), decimals))


def _ends(field: Field) -> tuple[int, int] | tuple[float, float]:
    assert field.bounds is not None
    low, high = field.bounds.low, field.bounds.high
    if field.type == "integer":
        return int(low), int(high)
    low = low if math.isfinite(low) else min(0.0, high - 100.0)
    return low, high if math.isfinite(high) else low + 100.0


def _inside(field: Field, value: float) -> float:
    """The value, or the middle of the range when rounding took it outside."""
    assert field.bounds is not None
    if field.bounds.contains(value, field.unit):
        return value
    low, high = _ends(field)
    return (low + high) / 2


def acceptance_test(
    form: Form, rng: np.random.Generator, entries: int = 100
) -> list[Finding]:
    """Try a form before it is used; no findings means accepted.

    Entries at both ends of every range, with every missing code, and at random must pass
    the checks, derive, and come back unchanged from CSV; an empty entry must be refused.
    The codes are those of `CODES` that begin with FORM.TEST.
    """
    findings: list[Finding] = []
    if not check_answers(form, {}, complete=True):
        findings.append(_failed(form, "BLANK", "an empty entry is accepted"))
    drawn = (synthetic_answers(form, rng) for _ in range(entries))
    for answers in (*_extremes(form), *drawn):
        findings += _tried(form, answers)
    return findings


def _failed(form: Form, code: str, message: str, key: str = "") -> Finding:
    return Finding(
        code=named(f"TEST_{code}"),
        severity=Severity.ERROR,
        where=Place(uid=key or form.key),
        message=f"acceptance test of {form.key}: {message}",
        remedy="Change the form before anyone fills it in.",
    )


def _extremes(form: Form) -> Iterator[dict[str, Answer]]:
    """Everything at its lowest and highest, and with each missing code of the form."""
    opened = _opened(form)
    for pick in (0, -1):
        yield {**{k: _end(f, pick) for k, f in form.fields.items()}, **opened}
    for code in form.missing:
        cells = {
            k: code if code in f.missing else _end(f, 0) for k, f in form.fields.items()
        }
        yield {**cells, **opened}
    for item in opened:
        for code in form.fields[item].missing:
            yield {f.key: code if f.key == item else _end(f, 0) for f in form.items} | {
                k: _end(f, 0)
                for k, f in form.fields.items()
                if f.grid and not _behind(form, f.grid, item)
            }


def _opened(form: Form) -> dict[str, Answer]:
    """The answers with which every cell is asked for."""
    gates: dict[str, Answer] = {g.gate.item: g.gate.when for g in form.grids if g.gate}
    counts: dict[str, Answer] = {
        g.repeat.item: len(g.rows) for g in form.grids if g.repeat
    }
    return gates | counts


def _behind(form: Form, grid: str, item: str) -> bool:
    return any(g.id == grid and g.asked_first == item for g in form.grids)


def _end(field: Field, pick: int) -> Answer:
    if field.choices:
        return field.choices[pick].value
    if field.bounds is None:
        return "made up"
    end = _ends(field)[pick]
    return end if field.type == "integer" else _inside(field, end)


def _tried(form: Form, answers: dict[str, Answer]) -> list[Finding]:
    wrong = check_answers(form, answers, complete=True)
    if wrong:
        return [_failed(form, "CHECK", f.message, f.where.uid or "") for f in wrong]
    try:
        derived = derive(form, answers, [answers])
    except ProvidentError as error:
        return [_failed(form, "DERIVE", str(error))]
    values = expand(form, answers).values | derived
    return [
        _failed(form, "CSV", f"{key} comes back changed", key)
        for key, value in _through_csv(values).items()
        if value != values[key]
    ]


def _through_csv(values: dict[str, Answer]) -> dict[str, Answer]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(values)
    writer.writerow(values.values())
    out.seek(0)
    header, row = csv.reader(out)
    return {
        key: _read(cell, values[key]) for key, cell in zip(header, row, strict=True)
    }


def _read(cell: str, like: Answer) -> Answer:
    """A cell as a statistics program guesses it: a number when it looks like one."""
    if isinstance(like, str) and cell == NOT_EVALUABLE:
        return cell
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
