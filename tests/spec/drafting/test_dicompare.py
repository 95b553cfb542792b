"""Schemas of dicompare become manuals; what cannot be carried over is listed."""

from __future__ import annotations

import json

import pytest

from provident.acquisition import compile_manual, judge
from provident.acquisition.dicompare import import_dicompare
from provident.acquisition.drafting import read_draft
from provident.kernel import InvalidInput
from tests.spec.acquisition import scans


title = "Importing dicompare schemas"


def schema(*fields: dict, name: str = "T1 cor", **more: object) -> bytes:
    acquisition = {"fields": list(fields), **more}
    return json.dumps({"name": "My protocol", "version": "2", "acquisitions": {name: acquisition}}).encode()  # fmt: skip


def rules(*fields: dict, **more: object) -> dict[str, str]:
    made = import_dicompare(schema(*fields, **more))
    role = compile_manual(read_draft(made.text)).roles[0]
    return {fact: rule.text for fact, rule in role.rules.items()}


@pytest.mark.parametrize(
    ("field", "fact", "text"),
    [
        ({"field": "EchoTime", "value": 12, "tolerance": 3}, "TE", "12 ± 3 ms"),
        ({"field": "EchoTime", "value": 12}, "TE", "12 ms"),
        ({"field": "EchoTime", "value": 12, "tolerance": 3, "errorTolerance": 5}, "TE", "12 ± 3 ms"),
        ({"field": "RepetitionTime", "min": 400, "max": 700}, "TR", "400..700 ms"),
        ({"field": "RepetitionTime", "min": 400, "max": 700, "errorMin": 300, "errorMax": 900}, "TR", "400..700 ms"),
        ({"field": "MagneticFieldStrength", "min": 1.5}, "field", ">= 1.5 T"),
        ({"field": "SliceThickness", "max": 3}, "slice_thickness", "<= 3 mm"),
        ({"field": "PixelSpacing", "value": [0.8, 0.8], "tolerance": 0.1}, "pixel_spacing", "0.8 ± 0.1 mm"),
        ({"field": "PixelSpacing", "value": [0.8, 0.9]}, "pixel_spacing", "0.8 mm or 0.9 mm"),
        ({"field": "NumberOfAverages", "value": 1}, "averages", "1"),
        ({"field": "MRAcquisitionType", "value": "3D"}, "acquisition_type", "3D"),
        ({"field": "ImageType", "value": ["ORIGINAL", "PRIMARY", "M"]}, "image_type", "ORIGINAL\\PRIMARY\\M"),
        ({"field": "ImageType", "contains": "ORIGINAL"}, "image_type", "~ORIGINAL"),
        ({"field": "ScanningSequence", "contains_any": ["GR", "IR"]}, "scanning_sequence", "~GR|IR"),
        ({"field": "SequenceName", "value": "*tfl3d1_16ns"}, "sequence_name", "*tfl3d1_16ns"),
        ({"field": "SequenceName", "contains": "*tfl(3d)"}, "sequence_name", "~\\*tfl\\(3d\\)"),
        ({"field": "ReceiveCoilName", "value": "Head_32"}, "coil", "Head_32"),
    ],
)  # fmt: skip
def test_a_constraint_becomes_a_rule_with_its_unit(field, fact, text):
    assert rules(field) == {fact: text}


def test_graded_limits_warn_and_fail():
    made = import_dicompare(
        schema({"field": "EchoTime", "value": 12, "tolerance": 3, "errorTolerance": 5})
    )

    assert '{"target": "12 ms", "warn": "3 ms", "fail": "5 ms"}' in made.text


def test_a_warning_is_a_minor_rule():
    made = import_dicompare(
        schema({"field": "EchoTime", "value": 12, "severity": "warning"})
    )

    assert "severity: {default: major, t1_cor.TE: minor}" in made.text


def test_a_series_description_is_how_the_series_is_recognised():
    made = import_dicompare(
        schema({"field": "SeriesDescription", "contains": "t1_tse"})
    )

    assert 'description: "~t1_tse"' in made.text
    assert made.left == ()


def test_without_one_the_match_is_a_guess_and_said():
    made = import_dicompare(
        schema({"field": "EchoTime", "value": 12}, name="Axial T1 pre")
    )

    assert 'description: "~t1"' in made.text
    assert "match is a guess" in made.text
    assert made.left == (
        "Axial T1 pre: how the series is recognised; match was guessed from its name",
    )


def test_echo_times_and_b_values_of_series_are_sets():
    found = rules(
        series=[
            {"name": "a", "fields": [{"field": "EchoTime", "value": 5}, {"field": "DiffusionBValue", "value": 0}]},
            {"name": "b", "fields": [{"field": "EchoTime", "value": 10}, {"field": "DiffusionBValue", "value": 800}]},
        ]
    )  # fmt: skip

    assert found["TE"] == "5 ± 0.1 ms or 10 ± 0.2 ms"
    assert found["b_values"] == "b = 0, 800 s/mm2, each ± 25"


@pytest.mark.parametrize(
    ("fields", "more", "words"),
    [
        ([{"field": "MultibandFactor", "value": 8}], {}, "there is no such fact"),
        ([{"field": "ImageType", "contains_all": ["A", "B"]}], {}, "has no place in a rule"),
        ([{"field": "EchoTime", "value": "short"}], {}, "has no place in a rule"),
        ([{"field": "EchoTime", "value": {"nested": 1}}], {}, "has no place in a rule"),
        ([{"field": "EchoTime"}], {}, "has no place in a rule"),
        ([{"field": "ReceiveCoilName", "value": "~x"}], {}, "has no place in a rule"),
        ([{"field": "ReceiveCoilName", "value": ""}], {}, "has no place in a rule"),
        ([{"field": "EchoTime", "min": 9, "max": 2}], {}, "lower end is above"),
        ([], {"rules": [{"id": "a", "name": "Whole brain", "implementation": "import os"}]}, 'rule "Whole brain", which is Python code'),
        ([], {"series": [{"name": "Phase", "fields": [{"field": "ImageType", "contains": "P"}]}]}, "series Phase: ImageType; make it a series role"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_over_is_listed(fields, more, words):
    made = import_dicompare(schema(*fields, **more))

    assert any(words in item for item in made.left), made.left
    assert words.split(":")[-1].strip().split(";")[0] in made.text


def test_code_of_a_schema_is_not_in_the_manual():
    made = import_dicompare(
        schema(rules=[{"name": "x", "implementation": "import os; os.system('x')"}])
    )

    assert "import os" not in made.text


def test_an_imported_manual_judges():
    made = import_dicompare(
        schema(
            {"field": "SeriesDescription", "contains": "t1_tse_cor"},
            {"field": "EchoTime", "value": 12, "tolerance": 1},
        )
    )
    manual = compile_manual(read_draft(made.text))
    right, wrong = (scans.mr("t1_tse_cor", study="1", EchoTime=te) for te in (12, 15))

    outcomes = [
        judge(scans.facts(one), manual, visit=None).outcome for one in (right, wrong)
    ]

    assert outcomes == ["pass", "fail"]


def test_acquisitions_of_one_name_have_ids_of_their_own():
    data = {"name": "p", "acquisitions": {"T1": {"fields": []}, "t1": {"fields": []}}}

    made = import_dicompare(json.dumps(data).encode())

    assert [r.id for r in compile_manual(read_draft(made.text)).roles] == ["t1", "t1_2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[]", "no dicompare schema"),
        (b"{}", "no dicompare schema"),
        (b'{"acquisitions": []}', "no dicompare schema"),
        (b'{"acquisitions": {"a": 1}}', "no dicompare schema"),
        (b'{"acquisitions": {}}', "no acquisition"),
        (b" " * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_schema_is_refused(data, words):
    with pytest.raises(InvalidInput, match=words):
        import_dicompare(data)


@pytest.mark.parametrize(
    "strange",
    [
        {"fields": None},
        {"fields": "x"},
        {"fields": [1, None, []]},
        {"series": [1, {"fields": 3}]},
        {"rules": [None, {}]},
        {"fields": [{"field": None, "value": 1}]},
        {"fields": [{"field": "EchoTime", "value": float("inf")}]},
        {"fields": [{"field": "EchoTime", "value": True}]},
        {"fields": [{"field": "EchoTime", "value": 12, "notes": "a\nb: {c} # d"}]},
    ],
)
def test_strange_parts_of_a_schema_stop_nothing(strange):
    data = {"name": 'a "b"\n: c', "acquisitions": {"x: y\n# z": strange}}

    assert read_draft(import_dicompare(json.dumps(data).encode()).text)
