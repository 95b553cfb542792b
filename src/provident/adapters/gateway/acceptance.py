"""The exams of a transfer test: the first person of the acceptance corpus, the same for every site. Nobody in them exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from provident import deid
from provident.synthetic.acceptance import PEOPLE, corpus, uid
from provident.synthetic.acceptance.images import MR as MR


PARTICIPANT = "ACCEPTANCE"
_WHO = PEOPLE[0]
FIRST = _WHO.first  # of the first exam
INTERVAL = _WHO.interval  # days to the second
NUMBER, ISSUER = _WHO.number, _WHO.issuer
IDENTIFIERS = deid.Identifiers(
    names=frozenset({*_WHO.words, *_WHO.staff}),
    numbers=frozenset({NUMBER, _WHO.accession, _WHO.phone}),
    places=frozenset({_WHO.hospital, _WHO.street}),
)
"""What must not be found in any file that leaves."""
KEPT = {"RepetitionTime": 550.0, "EchoTime": 12.0, "SliceThickness": 3.0, "Rows": 64}
"""What must be there in an MR image that leaves: without it the images are of no use."""
HELD = {
    "burned-in-text": frozenset({"DEID.PIXELS_NEED_REVIEW"}),
    "document": frozenset({"DEID.DOCUMENT_NEEDS_REVIEW"}),
}
"""Files that a profile may hold, and why; what is not here must leave."""
_NAMES = {
    "mr-first-1": "MR1/IM0001.dcm",
    "mr-first-2": "MR1/IM0002.dcm",
    "mr-second-1": "MR2/IM0001.dcm",
    "mr-second-2": "MR2/IM0002.dcm",
    "ct-implicit": "CT/IM0002.dcm",
    "report": "SR/SR0001.dcm",
    "burned-in-text": "SC/SC0001.dcm",
    "document": "DOC/PDF0001.dcm",
}


@dataclass(frozen=True, slots=True)
class Planted:
    """One file of the test, by a name that says nothing of the person."""

    name: str
    data: bytes = field(repr=False)


@cache
def _by_path() -> dict[str, bytes]:
    return {one.name: one.data for one in corpus().files}


def files() -> list[Planted]:
    """The files, always the same bytes."""
    made = _by_path()
    return [Planted(name, made[f"{_WHO.folder}/{path}"]) for name, path in _NAMES.items()]  # fmt: skip


def uid_of(study: int, number: int) -> str:
    """The SOP Instance UID of a planted MR image; the studies count from 1."""
    return uid(_WHO, study - 1, 1, number)
