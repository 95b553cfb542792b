"""The plan's rule for faces becomes the profile that removes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provident import plan
from provident.kernel import PlanError
from provident.plan.models.deidentification import Deidentification, Faces
from provident.plan.stored import as_bytes, as_text
from provident.programme.profiles import deid_profile


title = "Faces in the plan"

ROOT = Path(__file__).resolve().parents[3]
HEAD = (ROOT / "src/provident/deid/faces/data/head.npz").read_bytes()


def _plan(faces: dict, **files: bytes):
    made = plan.load(ROOT / "plans/arthritis-demo").require()
    told = made.deidentification.deidentification
    told = told.model_copy(update={"faces": Faces.model_validate(faces)})
    together = {**made.files, **{k.replace("_", "."): v for k, v in files.items()}}
    return replace(
        made, deidentification=Deidentification(deidentification=told), files=together
    )


def test_the_rule_says_where_what_and_within_which_limits():
    made = _plan(
        {
            "when": {"body_part": ["BRAIN"]},
            "remove": ["face"],
            "verify": {"left": "<= 3 %", "brain_lost": "<= 0.2 %"},
            "template": "own.npz",
        },
        own_npz=HEAD,
    )

    profile = deid_profile(made, "leeds")

    told = profile.face_removal
    assert profile.faces == {"BRAIN"}
    assert (told.remove, told.template) == (("face",), HEAD)
    assert (told.left, told.brain_lost) == pytest.approx((0.03, 0.002))


WRONG = [
    # what is said                                         | what the words say
    ({"template": "own.npz"}, {}, "own.npz.*not in the plan"),
    ({"template": "own.npz"}, {"own_npz": b"?"}, "no NumPy archive"),
    ({"verify": {"left": "> 5 %", "brain_lost": "<= 1 %"}}, {}, "verify.left.*upper"),
    ({"verify": {"left": "<= 5 %", "brain_lost": "<= 100 %"}}, {}, "verify.brain_lost"),
]


@pytest.mark.parametrize(("faces", "files", "words"), WRONG)
def test_a_wrong_rule_is_refused_in_words(faces, files, words):
    with pytest.raises(PlanError, match=words):
        deid_profile(_plan(faces, **files), "leeds")


def test_a_template_survives_where_only_text_is_stored():
    assert as_bytes(as_text(HEAD)) == HEAD
    assert as_bytes(as_text(b"a: 1\n")) == b"a: 1\n"
