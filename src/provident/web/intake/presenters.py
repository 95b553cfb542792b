"""Transfers and quarantines as pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page

from provident.adapters.gateway.reasons import act_words, reason
from provident.adapters.gateway.uploads import LEFT_OUT, FoundExam
from provident.web.intake.builtin import built_in
from provident.web.intake.selectors import Quarantine, Transfer
from provident.web.intake.verification import WORDS as FAULT_WORDS
from provident.web.ui.tables import address_of


WAY_WORDS = {
    "dicom": "DICOM",
    "upload": "browser",
    "recovered": "found again after a crash",
}
MOST_PICTURES = 6  # of one group of held images
KIND_WORDS = {"identity": "Identity", "consent": "Consent", "integrity": "Integrity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where one is in a long list, for the pagination at its foot."""

    page: int
    pages: int
    asked: Mapping[str, str]

    def address(self, **changes: Any) -> str:
        """The query string of another page of this list."""
        return address_of(self.asked, **changes)


def pages(page: Page, asked: Mapping[str, str]) -> Pages:
    """Where a page of Django's paginator is."""
    return Pages(page=page.number, pages=page.paginator.num_pages, asked=asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """One transfer of the list."""

    pk: int
    site: str
    participant: str
    visit: str
    way: str
    state: str
    announced: int
    received: int
    duplicates: int
    refused: int
    size: int
    exam: int | None
    opened_at: datetime
    closed_at: datetime | None
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSeries:
    """One line of a receipt: how many images of which state."""

    state: str
    words: str
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLine:
    """One group of images that a gateway holds back."""

    pk: int
    site: str
    kind: str
    code: str
    message: str
    files: int
    modality: str
    participant: str
    state: str
    received_at: datetime
    acts: tuple[tuple[str, str], ...]
    needs_participant: bool
    pictures: int
    reviewable: bool
    elsewhere: bool  # the gateway is a machine of its own
    problem: str
    decided_by: str
    decided_at: datetime | None
    decision: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLine:
    """One exam found in an upload."""

    participant: str
    visit: str
    modality: str
    series: int
    images: int
    state: str
    colour: str
    remarks: tuple[str, ...]


def transfer_lines(transfers: Iterable[Transfer]) -> list[TransferLine]:
    """The lines of the list of transfers."""
    return [transfer_line(t) for t in transfers]


def transfer_line(t: Transfer) -> TransferLine:
    """One transfer."""
    return TransferLine(
        pk=t.pk,
        site=t.site.name,
        participant=t.participant.code if t.participant else "",
        visit=t.exam.visit if t.exam else "",
        way=WAY_WORDS.get(t.way, t.way),
        state=t.state,
        announced=t.announced,
        received=t.received,
        duplicates=t.duplicates,
        refused=len(t.problems),
        size=t.size,
        exam=t.exam_id,
        opened_at=t.opened_at,
        closed_at=t.closed_at,
        signature=t.signature,
    )


_RECEIPT_WORDS = {
    "stored": "stored and verified",
    "duplicate": "were here before and are not stored twice",
    "conflict": "were here before with other content; the first was kept",
    "refused": "refused by the centre's check, nothing of them stored",
}


def receipt_lines(receipt: Mapping[str, Any] | None) -> list[ReceiptSeries]:
    """What became of the images of a transfer, in counts."""
    if receipt is None:
        return []
    counts = Counter(row["state"] for row in receipt["instances"])
    return [
        ReceiptSeries(state=state, words=words, images=counts[state])
        for state, words in _RECEIPT_WORDS.items()
        if counts[state]
    ]


def fault_lines(problems: Sequence[Mapping[str, str]]) -> list[str]:
    """Why images were refused, each reason once with its count."""
    counts = Counter(row["code"] for row in problems)
    return [f"{FAULT_WORDS.get(code, code)} ({n})" for code, n in sorted(counts.items())]  # fmt: skip


def quarantine_lines(rows: Iterable[Quarantine]) -> list[QuarantineLine]:
    """The lines of the quarantine."""
    return [quarantine_line(q) for q in rows]


def reviewable(t: Transfer) -> bool:
    """Whether what was sent can be reviewed: its gateway runs on this machine and may still have the originals."""
    gateway = built_in(t.site)
    return gateway is not None and bool(gateway.spool.sent(t.token))


def quarantine_line(q: Quarantine) -> QuarantineLine:
    """One group of held images."""
    acts = reason(q.code).acts
    return QuarantineLine(
        pk=q.pk,
        site=q.site.name,
        kind=KIND_WORDS.get(q.kind, q.kind),
        code=q.code,
        message=q.message,
        files=q.files,
        modality=q.modality,
        participant=q.participant.code if q.participant else "",
        state=q.state,
        received_at=q.received_at,
        acts=tuple((act, act_words(q.code, act)) for act in acts),
        needs_participant="link" in acts,
        pictures=min(q.files, MOST_PICTURES)
        if "release" in acts or "link" in acts
        else 0,
        reviewable=q.state == "open"
        and q.participant is not None
        and "release" in acts
        and q.kind == "integrity",
        elsewhere=built_in(q.site) is None,
        problem=q.problem,
        decided_by=q.decided_by,
        decided_at=q.decided_at,
        decision=q.decision,
        done=q.carried_out_at is not None,
    )


def upload_lines(found: Iterable[FoundExam]) -> list[UploadLine]:
    """The exams of an upload with how far each has come, in words."""
    return [_upload_line(f) for f in found]


def _upload_line(f: FoundExam) -> UploadLine:
    if f.waiting:
        state, colour = "on the way", "blue"
    elif f.held:
        state, colour = "held back", "red"
    elif f.sent:
        state, colour = "received by the centre", "green"
    else:
        state, colour = "here before" if f.duplicates else "discarded", "grey"
    remarks = [f"{n} images: {reason(code).message}" for code, n in sorted(f.held.items())]  # fmt: skip
    if f.duplicates:
        remarks.append(f"{f.duplicates} images came before and are not sent twice.")
    return UploadLine(
        participant=f.participant,
        visit=f.visit,
        modality=f.modality,
        series=f.series,
        images=f.images,
        state=state,
        colour=colour,
        remarks=tuple(remarks),
    )


def left_out_lines(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Files that were refused at the door: why, and how many."""
    return [(LEFT_OUT.get(code, code), n) for code, n in sorted(counts.items())]


def totals(found: Sequence[FoundExam], left_out: Mapping[str, int]) -> dict[str, int]:
    """The counts of an upload's receipt; handed in = all the others together."""
    held = sum(sum(f.held.values()) for f in found)
    parts = {
        "on the way": sum(f.waiting for f in found),
        "received by the centre": sum(f.sent for f in found),
        "held back": held,
        "here before": sum(f.duplicates for f in found),
        "discarded": sum(f.discarded for f in found),
        "left out": sum(left_out.values()),
    }
    return {"handed in": sum(parts.values()), **parts}
