"""Check answers against their form."""

from __future__ import annotations

from collections.abc import Iterator

from provident.forms.codes import named
from provident.forms.expand import blank, implied_cells
from provident.forms.fit import misfit
from provident.forms.form import Form
from provident.forms.model import Answer, Answers, Field
from provident.kernel import Finding, Place, Severity


def check_answers(
    form: Form, answers: Answers, complete: bool, *, prefix: str = ""
) -> list[Finding]:
    """All that is wrong with answers; `where.uid` is the key of the answer, after `prefix`.

    A draft (complete=False) may have blanks; a complete entry has an answer or a reason
    everywhere. The codes are those of `CODES`.
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
        code=named(code),
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
        wrong = misfit(form.missing, field, value)
        if wrong:
            yield _finding(
                wrong.code,
                f"{prefix}{key}",
                f"{_subject(field)}: {wrong.words}",
                expected=_expected(form, field),
                found=_shown(form, value),
                remedy="Correct the answer.",
            )


def _expected(form: Form, field: Field) -> str:
    codes = ", ".join(f"{c} ({form.missing[c]})" for c in field.missing)
    return field.expected + (f"; or {codes}" if codes else "")


def _subject(field: Field) -> str:
    return field.label.rstrip(" ?:.")


def _shown(form: Form, value: object) -> str:
    """The value as it may be repeated: a typed text may name a person, so only its length."""
    if isinstance(value, str):
        known = value in form.missing
        return value if known else f"a text of {len(value)} characters"
    if isinstance(value, int | float):
        return str(value)[:20]
    return "no single value"


def _contradicting(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    for key, value in implied_cells(form, answers):
        said = answers.get(key)
        if blank(said) or said == value:
            continue
        field = form.fields[key]
        first = next(g.asked_first for g in form.grids if g.id == field.grid)
        assert first is not None
        question = form.fields[first]
        yield _finding(
            "IMPLIED",
            f"{prefix}{key}",
            f'{_subject(field)} contradicts the answer to "{question.label}"',
            expected=_meaning(form, value),
            found=_shown(form, said),
            remedy="Change one of the two answers.",
        )


def _meaning(form: Form, value: Answer) -> str:
    words = form.missing.get(str(value))
    return f"{value} ({words})" if words else str(value)


def _answered(form: Form, answers: Answers, item: str) -> bool:
    said = answers.get(item)
    return not blank(said) and misfit(form.missing, form.fields[item], said) is None


def _blanks(form: Form, answers: Answers, prefix: str) -> Iterator[Finding]:
    implied = dict(implied_cells(form, answers))
    first = {g.id: g.asked_first for g in form.grids}
    for key, field in form.fields.items():
        if key in implied or not blank(answers.get(key)):
            continue
        item = first.get(field.grid or "")
        if item and not _answered(form, answers, item):
            continue  # the question before the grid comes first; it has its own finding
        yield _finding(
            "BLANK",
            f"{prefix}{key}",
            f"{_subject(field)}: no answer",
            expected=_expected(form, field),
            found="nothing",
            remedy="Answer it, or say why there is no answer."
            if field.missing
            else "Answer it.",
        )
