"""The codes of findings about answers and forms: public, documented, never reused."""

from __future__ import annotations

from collections.abc import Mapping


CODES: Mapping[str, str] = {
    "FORM.UNKNOWN": "The answer has no place in this version of the form.",
    "FORM.DERIVED": "The value is computed from the answers and cannot be typed in.",
    "FORM.VALUE": "The answer is of the wrong kind, or none of the choices.",
    "FORM.RANGE": "The number is outside its range, or the text is too long.",
    "FORM.CODE": "The missing code cannot be given at this place.",
    "FORM.IMPLIED": "The cell contradicts the question before its grid.",
    "FORM.BLANK": "There is neither an answer nor a reason why there is none.",
    "FORM.TEST_BLANK": "Acceptance test: the form accepts an empty entry.",
    "FORM.TEST_CHECK": "Acceptance test: the form refuses a complete made-up entry.",
    "FORM.TEST_DERIVE": "Acceptance test: a derived value cannot be computed.",
    "FORM.TEST_CSV": "Acceptance test: a value does not come back from CSV as it was.",
}


def named(code: str) -> str:
    """The full code; a code that is not documented is a mistake of ours."""
    full = f"FORM.{code}"
    assert full in CODES, full
    return full
