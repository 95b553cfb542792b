"""The wording of an imaging manual: what it takes, and what it answers to a mistake."""

from __future__ import annotations

import json

import pytest

from provident import plan
from provident.plan.models.imaging import ImagingManual


HEAD = 'exam: knee\nmodality: MR\nmanual: "1"\nminutes: 10\n'


def problems(text: str) -> list[str]:
    """The findings of one imaging file, as `line:column message`."""
    loaded = plan.load_files({"imaging/knee.yaml": text.encode()})
    return [
        f"{f.where.line}:{f.where.column} {f.message}"
        for f in loaded.findings
        if f.where.file == "imaging/knee.yaml"
    ]


def required(rule: str) -> list[str]:
    return problems(
        f"{HEAD}series:\n  t1:\n    match: {{plane: coronal}}\n    require:\n      {rule}\n"
    )


MISTAKES = [
    ("TR: 400..700", "TR is in ms: write the unit"),
    ("TR: 12", "TR is in ms: write the unit"),
    ("TR: 4 mm", "TR is a time (ms), but mm is a length"),
    ("TR: 4 parsecs", "unknown unit"),
    ("TR: 700..400 ms", "the lower end is above the upper end"),
    ("TR: soon", "is not a range"),
    ("TR: {target: 400 ms}", "a target needs fail"),
    ("TR: {target: 400..500 ms, fail: 3 ms}", "target is one quantity"),
    (
        "TR: {target: 400 ms, warn: 9 ms, fail: 3 ms}",
        "warn (9 ms) is above fail (3 ms)",
    ),
    ("TR: {target: 400 ms, fial: 3 ms}", 'did you mean "fail"'),
    ("TR: {pass: 400..500 ms, warn: 450..460 ms}", "must hold pass"),
    ("TR: {atleast: 400 ms}", 'did you mean "at_least"'),
    ("TR: []", "the list of allowed values of TR is empty"),
    ("TR: {by: feild, 3 T: 4 ms}", 'unknown fact "feild" (did you mean "field"?)'),
    ("TR: {by: field}", "needs a case"),
    (
        "TR: {by: field, 3 mm: 4 ms}",
        "field is a magnetic field (T), but mm is a length",
    ),
    ("TR: same as t3", 'no series "t3"'),
    ("EchoTime: 3 ms", 'unknown fact "EchoTime" (did you mean "TE"?)'),
    ("echo_time: 3 ms", 'unknown fact "echo_time" (did you mean "TE"?)'),
    ("slice_thicknes: 3 mm", 'did you mean "slice_thickness"'),
    ("missing_slices: 0 mm", "missing_slices is a bare number, but mm is a length"),
    ("contrast: perhaps", "contrast is yes or no"),
    ("plane: coronol", 'did you mean "coronal"'),
    ("coil: ~(a+)+", "a group that repeats or branches is itself repeated"),
    ("coil: ~[", "is not a regular expression"),
    ("coil: {at_least: 3}", "coil takes a word"),
    ("coverage: {70 mm: yes}", "does not belong here"),
    ("coverage: {along: XP, at_least: 70 mm}", "along is one of LR, AP, FH, slices"),
    ("coverage: {along: AP}", "coverage needs at_least or at_most"),
    ("TE: {along: AP, at_least: 7 ms}", "TE has no axes"),
    ("b_values: {shells: []}", "shells is a list of b-values"),
    ("b_values: [50, 800]", "b_values is in s/mm2: write the unit"),
    (
        "b_values: {shells: [50 s/mm2], volumes: {800 s/mm2: 3}}",
        "which is not one of the shells",
    ),
    (
        "b_values: {shells: [50 s/mm2], volumes: {50 s/mm2: none}}",
        "is not a number of volumes",
    ),
    ("constant: [TEE]", 'unknown fact "TEE" (did you mean "TE"?)'),
]


@pytest.mark.parametrize(("rule", "words"), MISTAKES)
def test_a_mistake_in_a_rule_is_answered_at_its_line(rule, words):
    (problem,) = required(rule)

    assert words in problem
    assert problem.startswith("9:")


WHOLE = [
    ("series: {t1: {match: {plane: axial}}}\nvendor: {SIEMNES: {t1: {require: {TE: 3 ms}}}}", 'did you mean "SIEMENS"'),
    ("series: {t1: {match: {plane: axial}, vendor: {Philps: {TE: 3 ms}}}}", 'did you mean "PHILIPS"'),
    ("series: {}", "series"),
    ("series: {t1: {match: {}}}", "match is empty"),
    ("series: {t1: {match: {plane: axial}, count: -1}}", "is not a number of series"),
    ("series: {t1: {match: {plane: axial}, count: 2 mm}}", "is not a number of series"),
    ("series: {t1: {match: {plane: axial}, or: {t2: why}}}", 'no series "t2"'),
    ("series: {t1: {match: {TE: {target: 3 ms, fail: 1 ms}}}}", "match takes a range"),
    ("series: {t1: {match: {plane: axial}, on_repeat: last}}", "latest_complete"),
    ("series: {t1: {match: {plane: axial}}}\nsame_as_baseline: [t1.TEE]", 'did you mean "TE"'),
    ("series: {t1: {match: {plane: axial}}}\nsame_as_baseline: [t2.TE]", 'no series "t2"'),
    ("series: {t1: {match: {plane: axial}}}\nsame_as_baseline: [feild]", 'did you mean "field"'),
    ("series: {t1: {match: {plane: axial}}}\nseverity: {t1.TE: grave}", "critical"),
    ("series: {t1: {match: {plane: axial}}}\nseverity: {defualt: minor}", 'did you mean "default"'),
    ("series: {t1: {match: {plane: axial}}}\nvendor: {GE: {t2: {require: {TE: 3 ms}}}}", 'no series "t2"'),
    ("series: {t1: {match: {plane: axial}}}\nstrictness: lax", "research"),
    ("series: {t1: {match: {plane: axial}}}\nexposure: {kind: research, constraint: {exam: DOP <= 3 mGy}}", 'unknown dose "DOP"'),
    ("series: {t1: {match: {plane: axial}}}\nexposure: {kind: research, constraint: {exam: DAP <= 3 mm}}", "is a dose area product"),
    ("series: {t1: {match: {plane: axial}}}\nexposure: {kind: research, constraint: {exam: DAP 3 mGy}}", "is not a dose limit"),
    ("series: {t1: {match: {plane: axial}}}\nexposure: {kind: research, constraint: {exam: DAP <= -3 Gy.cm2}}", "is not above 0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), WHOLE)
def test_a_mistake_in_a_manual_is_answered(text, words):
    found = problems(HEAD + text + "\n")

    assert any(words in problem for problem in found), found


def test_all_mistakes_are_told_at_once():
    text = f"{HEAD}series:\n  t1:\n    match: {{plane: coronol}}\n    require: {{TR: 3, EchoTime: 3 ms, coil: '~['}}\n"

    assert len(problems(text)) == 4


@pytest.mark.parametrize(
    "name", ["hands-mri.yaml", "hands-xray.yaml", "joints-us.yaml"]
)
def test_the_examples_of_the_intended_wording_are_manuals(shared, name):
    data = (shared / "examples/arthritis/imaging" / name).read_bytes()
    loaded = plan.load_files({f"imaging/{name}": data})

    about = [f.message for f in loaded.findings if f.where.file == f"imaging/{name}"]
    # References to roles, visits and pictures lead out of the file, to parts that are not here.
    assert [m for m in about if "of the plan" not in m and "names" not in m] == []


def test_the_schema_completes_facts_with_their_meaning():
    schema = json.dumps(ImagingManual.model_json_schema())

    assert "Echo Time (0018,0081)" in schema
    assert len(schema) < 200_000
