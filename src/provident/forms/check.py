"""Check answers against their form."""

from __future__ import annotations

import math
from collections.abc import Iterator

from provident.forms.expand import blank, implied_cells
from provident.forms.form import Form
from provident.forms.model import Answer, Answers, Field
from provident.kernel import Finding, Place, Severity


def check_answers(
    form: Form, answers: Answers, complete: bool, *, prefix: str = ""
) -> list[Finding]:
    """All that is wrong with answers; `where.uid` is the key of the answer, after `prefix`.

    A draft (complete=False) may have blanks; a complete entry has an answer or a reason
    everywhere. Codes: FORM.UNKNOWN, FORM.DERIVED, FORM.VALUE, FORM.RANGE, FORM.CODE,
    FORM.IMPLIED, FORM.BLANK.
    """
    findings = [
        *_unknown(form, answers, prefix),
        *_wrong(form, answers, prefix),
        *_contradicting(form, answers, prefix),
    ]
    if complete:
        findings += _blanks(form, answers, prefix)
    return findings


def _finding(code: str, key: str, message: str, **words: str) -> Finding:
    return Finding(
        code=f"FORM.{code}",
        severity=Severity.ERROR,
        where=Place(uid=key),
        message=message,
        **words,
    )


def _unknown(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    derived = {d.id for d in form.derivations}
    for key in answers:
        if key in form.fields:
            continue
        if key in derived:
            yield _finding(
                "DERIVED",
                f"{prefix}{key}",
                f'"{key}" is computed from the answers and cannot be typed in',
                remedy="Leave it out.",
            )
        else:
            yield _finding(
                "UNKNOWN",
                f"{prefix}{key}",
                f"{form.key} has no place for this answer",
                remedy="Reload the form: its version may have changed.",
            )


def _wrong(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    implied = dict(implied_cells(form, answers))
    for key, field in form.fields.items():
        value = answers.get(key)
        if blank(value) or implied.get(key) == value:
            continue
        problem = _problem(form, field, value)
        if problem:
            code, message = problem
            yield _finding(
                code,
                f"{prefix}{key}",
                f"{field.label}: {message}",
                expected=_expected(form, field),
                found=_shown(value),
                remedy="Correct the answer.",
            )


def _problem(form: Form, field: Field, value: object) -> tuple[str, str] | None:
    """The code and words of what is wrong with one value; None when it fits."""
    if isinstance(value, str):
        if value in field.missing:
            return None
        if field.type not in ("text", "choice"):
            return _wrong_code(form, field, value)
    if field.type == "choice":
        return _not_a_choice(form, field, value)
    if field.type == "text":
        return _not_a_text(field, value)
    return _not_a_number(field, value)


def _wrong_code(form: Form, field: Field, value: str) -> tuple[str, str]:
    if value in form.missing:
        meaning = form.missing[value]
        if value in field.implied_missing:
            return (
                "CODE",
                f'"{value}" ({meaning}) belongs to the question before the grid',
            )
        return "CODE", f'"{value}" ({meaning}) cannot be given here'
    return "VALUE", "a number is needed, or a reason why there is none"


def _not_a_choice(form: Form, field: Field, value: object) -> tuple[str, str] | None:
    for choice in field.choices:
        # True == 1 in Python, but a truth value is no code.
        if type(choice.value) is type(value) and choice.value == value:
            return None
    if isinstance(value, str) and value in form.missing:
        return _wrong_code(form, field, value)
    return "VALUE", "this is not one of the choices"


def _not_a_text(field: Field, value: object) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "VALUE", "a text is needed"
    if field.at_most is not None and len(value) > field.at_most:
        return "RANGE", f"the text has {len(value)} characters, too many"
    return None


def _not_a_number(field: Field, value: object) -> tuple[str, str] | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "VALUE", "a number is needed"
    if not math.isfinite(value):
        return "VALUE", "this is not a number"
    if field.type == "integer" and not isinstance(value, int):
        return "VALUE", "a whole number is needed"
    assert field.bounds is not None
    if not field.bounds.contains(value, field.unit):
        return "RANGE", f"{value:g} {field.unit}".rstrip() + " is outside the range"
    return None


def _expected(form: Form, field: Field) -> str:
    codes = ", ".join(f"{c} ({form.missing[c]})" for c in field.missing)
    return field.expected + (f"; or {codes}" if codes else "")


def _shown(value: object) -> str:
    """The value as it may be repeated: free text may name a person, so only its length."""
    if isinstance(value, str) and len(value) > 12:
        return f"a text of {len(value)} characters"
    return str(value)[:40]


def _contradicting(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    for key, value in implied_cells(form, answers):
        said = answers.get(key)
        if blank(said) or said == value:
            continue
        field = form.fields[key]
        gate = next(g.gate for g in form.grids if g.id == field.grid)
        assert gate is not None
        question = form.fields[gate.item]
        yield _finding(
            "IMPLIED",
            f"{prefix}{key}",
            f'{field.label} contradicts the answer to "{question.label}"',
            expected=_meaning(form, value),
            found=_shown(said),
            remedy="Change one of the two answers.",
        )


def _meaning(form: Form, value: Answer) -> str:
    words = form.missing.get(str(value))
    return f"{value} ({words})" if words else str(value)


def _blanks(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    implied = dict(implied_cells(form, answers))
    gates = {g.id: g.gate for g in form.grids if g.gate}
    for key, field in form.fields.items():
        if key in implied or not blank(answers.get(key)):
            continue
        gate = gates.get(field.grid or "")
        if gate and blank(answers.get(gate.item)):
            continue  # the question before the grid decides first; it is blank itself
        yield _finding(
            "BLANK",
            f"{prefix}{key}",
            f"{field.label}: no answer",
            expected=_expected(form, field),
            found="nothing",
            remedy="Answer it, or say why there is no answer."
            if field.missing
            else "Answer it.",
        )
