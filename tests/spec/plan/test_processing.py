"""processing/*.yaml: the steps that make derived data, in order, by somebody, with software and version."""

from __future__ import annotations

import pytest

from provident import programme
from provident.programme.documents import Request, as_html, document


title = "Processing of images"

FILE = "processing/volumes.yaml"
TEXT = """\
processing: volumes
title: Volume of synovitis
exam: hands_mri
steps:
  register:
    software: Aligner
    version: 1.4.2
    automatic: yes
    minutes: 2
    uses: [hands_mri.cor_stir, hands_mri.ax_t1_post]
    outputs: {aligned: {format: NIfTI}}
    qc: {how: overlay looked at, by: physicist}
  outline:
    software: Segmenter
    version: 2.1.0
    operator: physicist
    minutes: 20
    uses: [aligned]
    outputs: {synovitis_volume: {unit: ml}}
    qc: {how: outline looked at on every slice, by: physicist, if_not: drawn again}
"""


def problems(amend, *edits: tuple[str, str]) -> list[str]:
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    loaded = amend({FILE: text}).load()
    return [f"{f.where} {f.message}" for f in loaded.findings]


def test_steps_in_order_are_read_and_checked(amend):
    loaded = amend({FILE: TEXT}).load()
    made = loaded.require().processing["volumes"]

    assert problems(amend) == []
    assert list(made.outputs()) == ["aligned", "synovitis_volume"]
    assert programme.check_plan(loaded).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("uses: [aligned]", "uses: [alined]", ":18:", 'no earlier step makes "alined"'),
        ("hands_mri.cor_stir", "hands_mri.cor_stri", ":10:", '"hands_mri.cor_stri" is not a series of the plan'),
        ("{synovitis_volume: {unit: ml}}", "{aligned: {unit: ml}}", ":19:", "is made by the step register already"),
        ("    automatic: yes\n", "", ":5:", "either automatic: yes, or names its operator"),
        ("operator: physicist", "operator: phycisist", ":16:", '"phycisist" is not a role'),
        ("by: physicist}", "by: phycisist}", ":12:", '"phycisist" is not a role'),
        ("    version: 2.1.0\n", "", ":13:", "version"),
        ("exam: hands_mri\n", "exam: hand_mri\n", ":3:", '"hand_mri" is not an exam'),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_at_its_line(amend, old, new, place, words):
    found = problems(amend, (old, new))

    assert any(place in f and words in f for f in found), found


def test_two_files_of_one_name_are_refused(amend):
    found = amend({FILE: TEXT, "processing/again.yaml": TEXT}).load().findings

    assert len(found) == 1


def test_a_form_may_need_what_a_step_makes(amend):
    needs = ("needs: [", "needs: [volumes.synovitis_volume, ")
    loaded = amend({FILE: TEXT, "forms/ramris.yaml": [needs]}).load()
    unmade = amend({"forms/ramris.yaml": [needs]}).load()

    assert [f.message for f in loaded.findings] == []
    assert "volumes.synovitis_volume" in unmade.findings[0].message


def test_the_imaging_manual_shows_the_steps(amend):
    loaded = amend({FILE: TEXT}).load()
    page = as_html(document("imaging-manual", Request(loaded=loaded, findings=())))

    assert "Processing" in page
    assert "Segmenter 2.1.0" in page
    assert "outline looked at on every slice" in page
