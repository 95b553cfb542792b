"""Examples beside a rule: what it must accept and what it must refuse, tried when a plan is checked."""

from __future__ import annotations

import pytest

from provident.acquisition import compile_manual
from provident.acquisition.examples import tried
from provident.plan.document import read_document
from provident.plan.models.imaging import ImagingManual


title = "Examples of a manual"

TEXT = """
exam: x
modality: MR
manual: "1"
minutes: 1
series:
  dwi:
    match: {description: "~dwi", plane: axial}
    require:
      TE: {target: 70 ms, warn: 5 ms, fail: 10 ms}
      coverage: {along: FH, at_least: 70 mm}
      b_values: {shells: [0 s/mm2, 800 s/mm2], volumes: {800 s/mm2: 3}}
      contrast: false
      TI: {by: field, 1.5 T: 150 ± 10 ms, 3 T: 220 ± 10 ms}
    vendor: {GE MEDICAL SYSTEMS: {TE: 60 ± 5 ms}}
    examples: EXAMPLES
"""


def outcomes(examples: str) -> list[tuple[str, int]]:
    read = read_document("imaging/x.yaml", TEXT.replace("EXAMPLES", examples).encode())
    model = ImagingManual.model_validate(read.value)
    role = compile_manual(model).role("dwi")
    return [(one.kind, one.number) for one in tried(role, model.series["dwi"])]


@pytest.mark.parametrize(
    "example",
    [
        "TE: 70 ms",
        "TE: 0.07 s",
        "TE: 78 ms",
        "{make: GE MEDICAL SYSTEMS, TE: 60 ms}",
        "coverage: {FH: 90 mm}",
        "b_values: {0 s/mm2: 1, 800 s/mm2: 3}",
        "contrast: no",
        "{field: 3 T, TI: 220 ms}",
        "description: ep2d_dwi",
        "{TE: [70 ms, 71 ms]}",
    ],
)
def test_what_should_be_accepted_is(example):
    example = example if example.startswith("{") else f"{{{example}}}"

    assert outcomes(f"{{pass: [{example}]}}") == []
    assert outcomes(f"{{fail: [{example}]}}") == [("fail", 0)]


@pytest.mark.parametrize(
    "example",
    [
        "TE: 81 ms",
        "{make: GE MEDICAL SYSTEMS, TE: 70 ms}",
        "coverage: {FH: 60 mm}",
        "b_values: {0 s/mm2: 1, 800 s/mm2: 2}",
        "b_values: [0 s/mm2, 700 s/mm2]",
        "contrast: yes",
        "{field: 3 T, TI: 150 ms}",
        "description: t1_tse",
        "{description: ep2d_dwi, plane: coronal}",
        "{TE: [70 ms, 90 ms]}",
    ],
)
def test_what_should_be_refused_is(example):
    example = example if example.startswith("{") else f"{{{example}}}"

    assert outcomes(f"{{fail: [{example}]}}") == []
    assert outcomes(f"{{pass: [{example}]}}") == [("pass", 0)]


def test_an_example_that_no_rule_speaks_of_is_said():
    assert outcomes("{pass: [{flip: 90 deg}], fail: [{flip: 90 deg}]}") == [
        ("pass", 0),
        ("fail", 0),
    ]


def test_a_rule_that_cannot_be_judged_by_an_example_does_not_accept_it():
    # The rule on TI depends on a field strength that the example does not say.
    assert outcomes("{pass: [{TI: 220 ms}], fail: [{TI: 150 ms}]}") == [
        ("pass", 0),
        ("fail", 0),
    ]


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("{TE: 70}", "in ms: write the unit"),
        ("{EchoTime: 70 ms}", 'did you mean "TE"'),
        ("{TE: 60..80 ms}", "one value of TE"),
        ("{description: ~dwi}", "not a regular expression"),
        ("{coverage: 70 mm}", "is given by axis"),
        ("{b_values: {800 s/mm2: many}}", "pairs b-values with numbers"),
        ("{TE: []}", "has no value"),
        ("{}", "an example is facts"),
    ],
)
def test_an_example_in_other_words_is_refused(example, words):
    with pytest.raises(ValueError, match=words):
        outcomes(f"{{pass: [{example}]}}")
