"""The only writer of transfers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from provident.adapters.gateway.centre import MANIFEST
from provident.kernel import Clock, NotReady, Refused
from provident.kernel.ids import new_id
from provident.web.exams.actions import SealedMeanwhile, take_in
from provident.web.exams.arrivals import ArrivedExam
from provident.web.exams.models import Exam
from provident.web.exams.objects import object_store
from provident.web.intake import selectors
from provident.web.intake.actions.gateways import (
    Signed,
    check_signature,
    gateway_actor,
)
from provident.web.intake.manifest import Manifest, parse
from provident.web.intake.models import Gateway, Transfer
from provident.web.intake.sealing import Sealing, seal
from provident.web.ledger.record import Actor, record
from provident.web.participants.models import Participant
from provident.web.planning.actions import pass_or_hold


SEALINGS = 5  # tries, where transfers of one exam are completed at the same moment


def announce(
    *,
    gateway: Gateway,
    content: bytes,
    clock: Clock,
    signed: Signed | None = None,
    by: Actor | None = None,
) -> Transfer:
    """Take in the manifest of a transfer; the same manifest is the same transfer.

    Args:
        signed: the gateway's signature of it; None for what this platform made itself, or a person sends.
        by: the person who sends, where it is not the gateway itself.

    Raises:
        InvalidInput: the manifest is not of its form.
        Refused: it is for another site, or for nobody who is enrolled at this one; or another key signed it.
        FlowClosed: not over a flow that is untested or whose agreement has ended; the gateway tries again.
    """
    manifest = parse(content)
    if signed is not None:
        _check_signed(gateway, content, signed)
    found = Transfer.objects.filter(
        study=gateway.study, manifest_sha256=manifest.sha256
    ).first()
    if found is not None:
        if found.gateway_id != gateway.pk:
            raise Refused("Another gateway announced this transfer.")
        return found
    participant = _may_send(gateway, manifest)
    pass_or_hold(
        site=gateway.site, manifest_sha256=manifest.sha256, instances=len(manifest.instances), clock=clock,
    )  # fmt: skip
    token = new_id()
    key = f"{gateway.study.slug}/transfers/{token}/manifest.json"
    object_store().create(key, content)
    try:
        return _announced(gateway, manifest, participant, token, key, clock, signed, by)
    except IntegrityError:
        # The same gateway announced it twice at once.
        return Transfer.objects.get(
            study=gateway.study, manifest_sha256=manifest.sha256
        )


@transaction.atomic
def _check_signed(gateway: Gateway, content: bytes, signed: Signed) -> None:
    row = Gateway.objects.select_for_update(of=("self",)).get(pk=gateway.pk)
    check_signature(row, MANIFEST, json.loads(content), signed)


def _may_send(gateway: Gateway, manifest: Manifest) -> Participant:
    if manifest.site != gateway.site.code:
        raise Refused("This gateway may not send for that site.")
    if gateway.site.activated_at is None:
        raise Refused("The site is not open yet; its images wait at the gateway.")
    participant = selectors.participant_of(gateway, manifest.participant)
    if participant is None:
        raise Refused("Nobody with that number is enrolled at this site.")
    if participant.status != Participant.Status.ACTIVE:
        raise Refused("The participant has withdrawn; the images stay at the site.")
    return participant


@transaction.atomic
def _announced(
    gateway: Gateway,
    manifest: Manifest,
    participant: Participant,
    token: str,
    key: str,
    clock: Clock,
    signed: Signed | None,
    by: Actor | None,
) -> Transfer:
    made = Transfer.objects.create(
        study=gateway.study, site=gateway.site, gateway=gateway, participant=participant, token=token,
        manifest_sha256=manifest.sha256, manifest_key=key, way=manifest.way, announced=len(manifest.instances),
        size=manifest.size, profile=dict(manifest.profile), opened_at=clock.now(),
        signature=signed.signature if signed else "",
    )  # fmt: skip
    record(clock=clock, by=by or gateway_actor(gateway), study=gateway.study.slug, action="transfer.announced", thing="transfer",
           thing_id=str(made.pk), site=gateway.site.code, participant=participant.code,
           new={"instances": made.announced, "bytes": made.size, "manifest": made.manifest_sha256,
                "signature": made.signature})  # fmt: skip
    return made


@transaction.atomic
def note_refused(
    *,
    transfer: Transfer,
    refused: Sequence[tuple[str, str]],
    clock: Clock,
    by: Actor | None = None,
) -> None:
    """Record instances, (sha256, fault), that the centre's own check did not let in; nothing of them is stored."""
    transfer = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    known = {row["sha256"] for row in transfer.problems}
    fresh = [
        {"sha256": digest, "code": code} for digest, code in refused if digest not in known
    ]  # fmt: skip
    if not fresh:
        return
    transfer.problems = [*transfer.problems, *fresh]
    transfer.save(update_fields=["problems"])
    record(clock=clock, by=by or gateway_actor(transfer.gateway), study=transfer.study.slug, action="transfer.instances_refused",
           thing="transfer", thing_id=str(transfer.pk), site=transfer.site.code,
           participant=transfer.participant.code if transfer.participant else "",
           new={"refused": len(fresh), "codes": sorted({row["code"] for row in fresh})})  # fmt: skip


def complete(
    *, transfer: Transfer, clock: Clock, by: Actor | None = None
) -> dict[str, Any]:
    """Everything that will come has come: seal the series, take in the exam, give the receipt. Idempotent.

    Raises:
        NotReady: announced instances are neither stored nor refused.
    """
    known = selectors.receipt(transfer)
    if known is not None:
        return known
    manifest = selectors.manifest_of(transfer)
    for _ in range(SEALINGS):
        sealing = seal(transfer, manifest, clock.now())
        try:
            return _taken_in(transfer.pk, manifest, sealing, clock, by)
        except SealedMeanwhile:
            continue
    raise NotReady("Other transfers of this exam are being completed. Try again.")


@transaction.atomic
def _taken_in(
    transfer_pk: int,
    manifest: Manifest,
    sealing: Sealing,
    clock: Clock,
    by: Actor | None,
) -> dict[str, Any]:
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("study", "site", "gateway", "participant__study")
        .get(pk=transfer_pk)
    )
    known = selectors.receipt(transfer)
    if known is not None:
        return known
    participant = transfer.participant
    assert participant is not None  # a transfer is announced for a participant
    counts = sealing.counts()
    reopened = False
    if not sealing.series:
        # Nothing new: the exam, where there is one, stays as it is.
        transfer.exam = Exam.objects.filter(study_id=transfer.study_id, uid=manifest.exam_uid).first()  # fmt: skip
    else:
        arrived = ArrivedExam(
            uid=manifest.exam_uid, visit=manifest.visit, acquired_on=manifest.acquired(participant.anchor_on), day=manifest.day,
            announced=transfer.announced, series=tuple(sealing.series), deidentified_before=manifest.deidentified_before,
        )  # fmt: skip
        transfer.exam, reopened = take_in(
            participant=participant, arrived=arrived, clock=clock
        )
    transfer.state = (
        Transfer.State.REFUSED
        if not counts["stored"] + counts["duplicate"]
        else Transfer.State.VERIFIED
    )
    transfer.received, transfer.duplicates = counts["stored"], counts["duplicate"]
    transfer.receipt_key, transfer.closed_at = sealing.receipt_key, clock.now()
    transfer.save()
    record(clock=clock, by=by or gateway_actor(transfer.gateway), study=transfer.study.slug, action=f"transfer.{transfer.state}",
           thing="transfer", thing_id=str(transfer.pk), site=transfer.site.code, participant=participant.code,
           new={**counts, "exam": transfer.exam_id, "reopened": reopened, "receipt": sealing.receipt_sha256})  # fmt: skip
    return sealing.receipt
