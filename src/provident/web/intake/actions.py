"""The only writer of gateways, transfers and quarantines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from provident.adapters.gateway import linking
from provident.adapters.gateway.crosswalk import Link
from provident.adapters.gateway.reasons import reason as reason_of
from provident.adapters.gateway.testing import PURPOSE as TEST
from provident.adapters.signing import signed_by
from provident.kernel import Clock, InvalidInput, NotFound, NotReady, Refused
from provident.kernel.ids import new_id, new_token, sha256
from provident.web.exams.actions import SealedMeanwhile, take_in
from provident.web.exams.arrivals import ArrivedExam
from provident.web.exams.models import Exam
from provident.web.exams.objects import object_store
from provident.web.intake import selectors
from provident.web.intake.builtin import built_in, make_built_in, sites_without
from provident.web.intake.manifest import Manifest, parse
from provident.web.intake.models import Gateway, Quarantine, Transfer, TransferTest
from provident.web.intake.sealing import Sealing, seal
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.participants.models import Participant
from provident.web.sites.models import Site


OPERATOR = Actor(name="operator", role="command line")
SEALINGS = 5  # tries, where transfers of one exam are completed at the same moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature and the key that it is checked by, base64."""

    public_key: str
    signature: str


@transaction.atomic
def register_gateway(
    *, site: Site, name: str, by: Actor, clock: Clock
) -> tuple[Gateway, str]:
    """Register a gateway for a site; the token is told once and only its hash is kept."""
    token = new_token(32)
    gateway = Gateway.objects.create(
        study=site.study,
        site=site,
        name=name,
        token_sha256=sha256(token.encode()),
        registered_at=clock.now(),
    )
    record(clock=clock, by=by, study=site.study.slug, action="gateway.registered", thing="gateway",
           thing_id=str(gateway.pk), site=site.code, new={"name": name})  # fmt: skip
    return gateway, token


def ensure_built_in(*, study_id: int, clock: Clock) -> int:
    """Make and register the built-in gateway of every site that has none; returns how many were made.

    Raises:
        InvalidInput: two sites would listen under one AE title.
    """
    sites = sites_without(selectors.sites_of(study_id))
    for site in sites:
        _, token = register_gateway(
            site=site, name=f"{site.code} built-in", by=SYSTEM, clock=clock
        )
        make_built_in(site, token)
    return len(sites)


@transaction.atomic
def revoke_gateway(*, gateway: Gateway, by: Actor, clock: Clock, reason: str) -> None:
    """End a gateway's access; what it has not sent stays with it."""
    if not reason.strip():
        raise InvalidInput("Say why the gateway may no longer send.")
    gateway.revoked_at = clock.now()
    gateway.save(update_fields=["revoked_at"])
    record(clock=clock, by=by, study=gateway.study.slug, action="gateway.revoked", thing="gateway",
           thing_id=str(gateway.pk), site=gateway.site.code, reason=reason)  # fmt: skip


def seen(*, gateway: Gateway, clock: Clock) -> None:
    """Note that a gateway is alive, at most once a minute; no study data change, so there is no event."""
    last = gateway.seen_at
    if last is None or clock.now() - last > timedelta(minutes=1):
        Gateway.objects.filter(pk=gateway.pk).update(seen_at=clock.now())


def announce(*, gateway: Gateway, content: bytes, clock: Clock) -> Transfer:
    """Take in the manifest of a transfer; the same manifest is the same transfer.

    Raises:
        InvalidInput: the manifest is not of its form.
        Refused: it is for another site, or for nobody who is enrolled at this one.
    """
    manifest = parse(content)
    found = Transfer.objects.filter(
        study=gateway.study, manifest_sha256=manifest.sha256
    ).first()
    if found is not None:
        if found.gateway_id != gateway.pk:
            raise Refused("Another gateway announced this transfer.")
        return found
    participant = _may_send(gateway, manifest)
    token = new_id()
    key = f"{gateway.study.slug}/transfers/{token}/manifest.json"
    object_store().create(key, content)
    try:
        return _announced(gateway, manifest, participant, token, key, clock)
    except IntegrityError:
        # The same gateway announced it twice at once.
        return Transfer.objects.get(
            study=gateway.study, manifest_sha256=manifest.sha256
        )


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
) -> Transfer:
    made = Transfer.objects.create(
        study=gateway.study, site=gateway.site, gateway=gateway, participant=participant, token=token,
        manifest_sha256=manifest.sha256, manifest_key=key, way=manifest.way, announced=len(manifest.instances),
        size=manifest.size, profile=dict(manifest.profile), opened_at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=_actor(gateway), study=gateway.study.slug, action="transfer.announced", thing="transfer",
           thing_id=str(made.pk), site=gateway.site.code, participant=participant.code,
           new={"instances": made.announced, "bytes": made.size, "manifest": made.manifest_sha256})  # fmt: skip
    return made


@transaction.atomic
def note_refused(
    *, transfer: Transfer, refused: Sequence[tuple[str, str]], clock: Clock
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
    record(clock=clock, by=_actor(transfer.gateway), study=transfer.study.slug, action="transfer.instances_refused",
           thing="transfer", thing_id=str(transfer.pk), site=transfer.site.code,
           participant=transfer.participant.code if transfer.participant else "",
           new={"refused": len(fresh), "codes": sorted({row["code"] for row in fresh})})  # fmt: skip


def complete(*, transfer: Transfer, clock: Clock) -> dict[str, Any]:
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
            return _taken_in(transfer.pk, manifest, sealing, clock)
        except SealedMeanwhile:
            continue
    raise NotReady("Other transfers of this exam are being completed. Try again.")


@transaction.atomic
def _taken_in(
    transfer_pk: int, manifest: Manifest, sealing: Sealing, clock: Clock
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
            uid=manifest.exam_uid, visit=manifest.visit, acquired_on=manifest.acquired_on, day=manifest.day,
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
    record(clock=clock, by=_actor(transfer.gateway), study=transfer.study.slug, action=f"transfer.{transfer.state}",
           thing="transfer", thing_id=str(transfer.pk), site=transfer.site.code, participant=participant.code,
           new={**counts, "exam": transfer.exam_id, "reopened": reopened, "receipt": sealing.receipt_sha256})  # fmt: skip
    return sealing.receipt


def _actor(gateway: Gateway) -> Actor:
    return Actor(name=gateway.name, role="gateway")


# Quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a gateway tells of images it holds back: no identifier, only its own reference."""

    reference: str
    code: str
    files: int
    modality: str
    participant: str
    received_at: datetime
    resolved: bool

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> Held:
        """Read a report.

        Raises:
            InvalidInput: a field is missing or not of its form.
        """
        try:
            reference, code = str(told["reference"]), str(told["code"])
            if not (reference.isalnum() and len(reference) <= 64 and len(code) <= 60):
                raise ValueError
            return cls(
                reference=reference,
                code=code,
                files=int(told["files"]),
                modality=str(told["modality"])[:16],
                participant=str(told["participant"])[:20],
                received_at=datetime.fromisoformat(told["received_at"]),
                resolved=bool(told["resolved"]),
            )
        except (KeyError, ValueError, TypeError):
            raise InvalidInput(
                "The report of held images is not of its form."
            ) from None


@transaction.atomic
def note_held(*, gateway: Gateway, held: Held, clock: Clock) -> Quarantine:
    """Keep what a gateway reports; the same report again changes nothing, a resolved one closes."""
    told = reason_of(held.code)
    row, made = Quarantine.objects.get_or_create(
        gateway=gateway, reference=held.reference, code=held.code,
        defaults={
            "study": gateway.study, "site": gateway.site, "kind": told.kind, "message": told.message,
            "files": held.files, "modality": held.modality, "received_at": held.received_at,
            "participant": selectors.participant_of(gateway, held.participant),
        },
    )  # fmt: skip
    closes = held.resolved and row.state == Quarantine.State.OPEN
    if closes:
        row.state, row.act = Quarantine.State.RELEASED, "release"
        row.decided_at = row.carried_out_at = clock.now()
        row.decided_by = gateway.name
        row.decision = "The reason is gone; the images went on by themselves."
        row.save()
    if made or closes:
        record(clock=clock, by=_actor(gateway), study=gateway.study.slug,
               action="quarantine.resolved" if closes else "quarantine.opened", thing="quarantine",
               thing_id=str(row.pk), site=gateway.site.code,
               participant=row.participant.code if row.participant else "",
               new={"code": held.code, "files": held.files, "state": row.state})  # fmt: skip
    return row


@transaction.atomic
def decide(
    *,
    quarantine: Quarantine,
    act: str,
    reason: str,
    participant: Participant | None,
    by: Actor,
    clock: Clock,
) -> Quarantine:
    """Decide about held images; the gateway carries it out.

    Raises:
        InvalidInput: no reason, or no participant to link to.
        Refused: this reason of holding does not allow the act.
        NotReady: it is decided already.
    """
    row = (
        Quarantine.objects.select_for_update(of=("self",))
        .select_related("study", "site", "gateway")
        .get(pk=quarantine.pk)
    )
    if row.decided_at is not None:
        raise NotReady("Somebody has decided about these images already.")
    if act not in reason_of(row.code).acts:
        raise Refused("That cannot be done about images held for this reason.")
    if not reason.strip():
        raise InvalidInput("Say why, in a few words and without names or hospital numbers.")  # fmt: skip
    if act == "link":
        if participant is None or participant.site_id != row.site_id:
            raise InvalidInput("Choose the participant of your site that the images are of.")  # fmt: skip
        row.participant = participant
    row.act, row.decision, row.decided_by, row.decided_at = act, reason.strip(), by.name, clock.now()  # fmt: skip
    row.problem = ""
    row.state = Quarantine.State.DISCARDED if act == "discard" else Quarantine.State.RELEASED  # fmt: skip
    row.save()
    record(clock=clock, by=by, study=row.study.slug, action=f"quarantine.{act}", thing="quarantine",
           thing_id=str(row.pk), site=row.site.code, participant=row.participant.code if row.participant else "",
           old={"state": Quarantine.State.OPEN}, new={"state": row.state, "files": row.files}, reason=reason)  # fmt: skip
    transaction.on_commit(lambda: _knock(row.site))
    return row


def _knock(site: Site) -> None:
    """A gateway of this machine is told at once; one elsewhere asks within seconds."""
    gateway = built_in(site)
    if gateway is not None:
        gateway.knock()


@transaction.atomic
def decision_done(
    *, gateway: Gateway, reference: str, error: str, clock: Clock
) -> None:
    """The gateway carried a decision out; or could not, and the images wait for another decision.

    Raises:
        NotFound: this gateway has no decision under that reference.
    """
    row = (
        gateway.quarantines.select_for_update(of=("self",))
        .filter(reference=reference, decided_at__isnull=False)
        .first()
    )
    if row is None:
        raise NotFound("There is no decision under that reference.")
    if row.carried_out_at is not None:
        return
    if error:
        row.state, row.act, row.problem = Quarantine.State.OPEN, "", error[:500]
        row.decided_at, row.decided_by, row.decision = None, "", ""
    else:
        row.carried_out_at = clock.now()
    row.save()
    record(clock=clock, by=_actor(gateway), study=gateway.study.slug,
           action="quarantine.not_carried_out" if error else "quarantine.carried_out", thing="quarantine",
           thing_id=str(row.pk), site=gateway.site.code, new={"state": row.state})  # fmt: skip


@transaction.atomic
def note_look(*, quarantine: Quarantine, by: Actor, clock: Clock) -> None:
    """Record that a person of the site looked at whose images the gateway holds; what was seen stays there."""
    record(clock=clock, by=by, study=quarantine.study.slug, action="quarantine.looked_at", thing="quarantine",
           thing_id=str(quarantine.pk), site=quarantine.site.code)  # fmt: skip


@transaction.atomic
def record_test(
    *,
    gateway: Gateway,
    told: Mapping[str, Any],
    signed: Signed,
    findings: Sequence[str],
    clock: Clock,
) -> TransferTest:
    """Keep the result of a transfer test; the first one tells the key that this gateway signs with.

    Raises:
        Refused: the manifest is not signed by the gateway, or is another site's.
    """
    row = Gateway.objects.select_for_update(of=("self",)).select_related("study", "site").get(pk=gateway.pk)  # fmt: skip
    if (told["study"], told["site"]) != (row.study.slug, row.site.code):
        raise Refused("This gateway may not test for that site.")
    if row.public_key and row.public_key != signed.public_key:
        raise Refused("The gateway signs with another key than in its first transfer test. Register it anew if its directory was made again.")  # fmt: skip
    if not signed_by(signed.public_key, TEST, told, signed.signature):
        raise Refused("The manifest of the transfer test is not signed by this gateway.")  # fmt: skip
    if not row.public_key:
        row.public_key = signed.public_key
        row.save(update_fields=["public_key"])
    made = TransferTest.objects.create(
        study=row.study, site=row.site, gateway=row, findings=list(findings), manifest=dict(told),
        outcome=TransferTest.Outcome.FAILED if findings else TransferTest.Outcome.PASSED,
        signature=signed.signature, public_key=signed.public_key, profile_hash=str(told["profile"]["hash"])[:64],
        plan_version=str(told["plan"]["version"])[:40], software=told["software"][:40], files=len(told["files"]),
        held=sum(f["state"] == "held" for f in told["files"]), tested_at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=_actor(row), study=row.study.slug, action="site.transfer_tested", thing="site",
           thing_id=row.site.code, site=row.site.code,
           new={"outcome": made.outcome, "files": made.files, "findings": len(made.findings), "plan": made.plan_version,
                "signature": made.signature})  # fmt: skip
    return made


@transaction.atomic
def ask_for_test(*, site: Site, by: Actor, clock: Clock) -> None:
    """Ask a site's built-in gateway for a transfer test.

    Raises:
        NotFound: the site's gateway is another machine.
    """
    gateway = selectors.gateway_at(site)
    transaction.on_commit(gateway.want_test)
    record(clock=clock, by=by, study=site.study.slug, action="site.transfer_test_asked", thing="site",
           thing_id=site.code, site=site.code)  # fmt: skip


# Hospital numbers: they go to the site's gateway; the ledger says that a link was made, never of what


@transaction.atomic
def link_number(
    *, participant: Participant, number: str, issuer: str, by: Actor, clock: Clock
) -> bool:
    """Link a hospital number to a participant in the site's gateway; False where it was linked so before.

    Raises:
        InvalidInput, Refused: the number cannot be linked; the message says why and never repeats it.
    """
    if participant.status != Participant.Status.ACTIVE:
        raise Refused("The participant has withdrawn: no more images are taken, so no number can be linked.")  # fmt: skip
    site = participant.site
    gateway = selectors.gateway_at(site)
    made = linking.link_number(
        gateway, clock, participant.code, number, issuer=issuer, by=by.name, trial_numbers=selectors.trial_numbers(site),
    )  # fmt: skip
    if made:
        gateway.knock()  # images that wait for this link go on at once
        _note_numbers(participant, "number_linked", by, clock)
    return made


@transaction.atomic
def unlink_number(
    *, participant: Participant, reference: str, reason: str, by: Actor, clock: Clock
) -> None:
    """Undo a wrong link.

    Raises:
        InvalidInput, NotFound: no reason, or no such link.
    """
    gateway = selectors.gateway_at(participant.site)
    linking.unlink_number(gateway, clock, participant.code, reference, by=by.name, reason=reason)  # fmt: skip
    _note_numbers(participant, "number_unlinked", by, clock, reason)


@transaction.atomic
def look_at_numbers(*, participant: Participant, by: Actor, clock: Clock) -> list[Link]:
    """A participant's hospital numbers in full, for a person of the site; recorded at the gateway and here."""
    gateway = selectors.gateway_at(participant.site)
    shown = linking.links_seen(gateway, clock, participant.code, by.name)
    _note_numbers(participant, "numbers_looked_at", by, clock)
    return shown


def _note_numbers(
    participant: Participant, what: str, by: Actor, clock: Clock, reason: str = ""
) -> None:
    record(clock=clock, by=by, study=participant.study.slug, action=f"participant.{what}", thing="participant",
           thing_id=participant.code, site=participant.site.code, participant=participant.code, reason=reason)  # fmt: skip
