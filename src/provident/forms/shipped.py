"""Published scores, shipped as form files: copy one into a plan and adapt it there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from provident.forms.compile import compile_form
from provident.forms.form import Form
from provident.kernel import NotFound
from provident.plan.document import read_document
from provident.plan.models.forms import FormFile
from provident.plan.nearest import did_you_mean


SCORES: Mapping[str, str] = {
    "irecist": "iRECIST",
    "lugano": "Lugano, PET-CT",
    "maria": "MaRIA",
    "megs": "MEGS",
    "mtss": "Sharp/van der Heijde",
    "myrads": "MY-RADS",
    "pirads21": "PI-RADS 2.1",
    "ramris": "RAMRIS",
    "ramris2016": "RAMRIS, update of 2016 with narrowing and tenosynovitis",
    "recist11": "RECIST 1.1",
    "smaria": "Simplified MaRIA",
    "sparcc_sij": "SPARCC, sacroiliac joints",
}
"""The shipped scores by name, and how people call them."""


def score_file(name: str) -> bytes:
    """The form file of a shipped score, as it may be put into a plan's forms/ folder.

    Raises:
        NotFound: no score of that name is shipped.
    """
    if name not in SCORES:
        raise NotFound(
            f'no score called "{name}" is shipped{did_you_mean(name, SCORES)}'
        )
    folder = resources.files("provident.forms").joinpath("scores")
    return folder.joinpath(f"{name}.yaml").read_bytes()


@cache
def score(name: str) -> Form:
    """A shipped score, compiled.

    Raises:
        NotFound: no score of that name is shipped.
    """
    document = read_document(f"{name}.yaml", score_file(name))
    return compile_form(FormFile.model_validate(document.value))
