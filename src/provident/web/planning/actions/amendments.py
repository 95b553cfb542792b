"""Amendments: each step of their table, with its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from provident import plan
from provident.kernel import Clock, Denied, InvalidInput, NotReady, PlanError, Severity
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.planning.amended import (
    approving_roles,
    loaded,
    needs_evidence,
    signs_for,
)
from provident.web.planning.models import (
    Acknowledgement,
    Amendment,
    Approval,
    Comment,
    SiteStart,
)
from provident.web.planning.workflow import moved
from provident.web.sites.actions import take_sites
from provident.web.studies.actions import load_plan
from provident.web.studies.models import Study
from provident.web.studies.plans import as_bytes, as_text, plan_of, version_in_force


S = Amendment.State


def draft(
    *, files: Mapping[str, bytes], why: str, by: Membership, clock: Clock
) -> Amendment:
    """Take in the files of a new version. It is judged, shown and discussed; nothing works by it yet.

    Raises:
        Denied: not this role's.
        PlanError: the plan does not load, or has errors; all of them in `findings`.
        InvalidInput: another study's plan, the version in force or one that is there, or no reason.
    """
    check(by, "draft", Thing.AMENDMENT)
    new = _new_plan(files)
    if new.study.id.lower() != by.study.slug:
        raise InvalidInput(f'This is the plan of "{new.study.id}", not of this study.')
    if not why.strip():
        raise InvalidInput("Say why the plan is amended.")
    return _draft(new, files, why.strip(), by, clock)


def _new_plan(files: Mapping[str, bytes]) -> plan.Plan:
    told = plan.load_files(files)
    errors = [f for f in told.findings if f.severity is Severity.ERROR]
    if told.plan is None or errors:
        raise PlanError(
            f"The plan has {len(errors)} errors; nothing was kept.", told.findings
        )
    return told.plan


@transaction.atomic
def _draft(
    new: plan.Plan, files: Mapping[str, bytes], why: str, by: Membership, clock: Clock
) -> Amendment:
    study = Study.objects.select_for_update().get(pk=by.study_id)
    taken = study.plans.filter(version=new.version).exists()
    if taken or study.amendments.filter(version=new.version).exclude(state=S.WITHDRAWN).exists():  # fmt: skip
        raise InvalidInput(
            f"There is a version {new.version} already. Give the amendment a new version in study.yaml, or withdraw the draft of that version."
        )
    made = Amendment.objects.create(
        study=study, base=version_in_force(study), version=new.version, hash=new.hash,
        files={name: as_text(content) for name, content in files.items()}, why=why, by=by, made_at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=study.slug, action="amendment.drafted", thing="amendment", thing_id=new.version,
           new={"version": new.version, "hash": new.hash, "from": made.base.version}, reason=why)  # fmt: skip
    return made


def _locked(amendment: Amendment, by: Membership) -> Amendment:
    return Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk, study=by.study_id)  # fmt: skip


def _move(row: Amendment, to: str) -> str:
    before, row.state = row.state, moved(row.state, to)
    return before


@transaction.atomic
def set_starts(
    *, amendment: Amendment, days: Mapping[str, date], by: Membership, clock: Clock
) -> None:
    """Say from which day the amendment holds at each site. Only in a draft: signatures cover the days.

    Raises:
        InvalidInput: a site without a day, one that the plan does not have, or a day that has passed.
        NotReady: it is no draft any more.
    """
    check(by, "draft", Thing.AMENDMENT)
    row = _locked(amendment, by)
    if row.state != S.DRAFT:
        raise NotReady(
            "The days are signed with the amendment. Send it back to draft to change them."
        )
    sites = set(loaded(row.files).require().sites.sites)
    missing, strange = sorted(sites - set(days)), sorted(set(days) - sites)
    if missing or strange:
        raise InvalidInput(f"Sites without a day: {', '.join(missing) or 'none'}; sites that the plan does not have: {', '.join(strange) or 'none'}.")  # fmt: skip
    if min(days.values()) < clock.now().date():
        raise InvalidInput("An amendment cannot hold from a day that has passed.")
    row.starts.all().delete()
    SiteStart.objects.bulk_create(SiteStart(amendment=row, site=s, on=d) for s, d in days.items())  # fmt: skip
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.dated", thing="amendment",
           thing_id=row.version, new=dict(days))  # fmt: skip


@transaction.atomic
def submit(*, amendment: Amendment, by: Membership, clock: Clock) -> None:
    """Give a draft to review.

    Raises:
        NotReady: it is no draft, its days are not set, or another version came into force meanwhile.
    """
    check(by, "draft", Thing.AMENDMENT)
    row = _locked(amendment, by)
    if not row.starts.exists():
        raise NotReady("Say first from which day it holds at each site.")
    _still_its_base(row)
    _move(row, S.REVIEW)
    row.save(update_fields=["state"])
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.submitted", thing="amendment",
           thing_id=row.version, new={"hash": row.hash})  # fmt: skip


def _still_its_base(row: Amendment) -> None:
    if version_in_force(row.study).pk != row.base_id:
        raise NotReady(
            f"It was drafted from {row.base.version}, and another version is in force meanwhile. Withdraw it, and draft it from that one."
        )


@transaction.atomic
def send_back(*, amendment: Amendment, why: str, by: Membership, clock: Clock) -> None:
    """Send an amendment back to draft: its signatures are void."""
    check(by, "draft", Thing.AMENDMENT)
    if not why.strip():
        raise InvalidInput("Say why it goes back.")
    row = _locked(amendment, by)
    _move(row, S.DRAFT)
    row.save(update_fields=["state"])
    void = row.approvals.filter(void=False).update(void=True)
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.sent_back", thing="amendment",
           thing_id=row.version, new={"void_signatures": void}, reason=why.strip())  # fmt: skip


@transaction.atomic
def remark(*, amendment: Amendment, text: str, by: Membership, clock: Clock) -> Comment:
    """Say something about an amendment."""
    check(by, "review", Thing.AMENDMENT)
    if not text.strip():
        raise InvalidInput("Write what you have to say.")
    made = Comment.objects.create(
        study=by.study,
        item=f"amendment:{amendment.pk}",
        by=by,
        at=clock.now(),
        text=text.strip(),
    )
    record(clock=clock, by=actor(by), study=by.study.slug, action="amendment.commented", thing="amendment",
           thing_id=amendment.version, new={"comment": made.text})  # fmt: skip
    return made


@transaction.atomic
def approve(
    *, amendment: Amendment, role: str, password: str, evidence: str = "", by: Membership, clock: Clock
) -> Approval:  # fmt: skip
    """Sign an amendment in a role that the plan in force names; the last signature approves it.

    Args:
        evidence: reference of the letter, where the role has no account of its own (the sponsor).

    Raises:
        Denied: the person does not hold the role, or a wrong password.
        InvalidInput: the letter is not named.
        NotReady: it is not in review, or the role has signed.
    """
    row = _locked(amendment, by)
    of = plan_of(row.base)
    _may_sign(row, role, evidence, by, of)
    starts = {s.site: s.on.isoformat() for s in row.starts.all()}
    signature = sign(
        membership=by, password=password, meaning=f"I approve this amendment as {role.replace('_', ' ')}",
        thing="amendment", thing_id=row.version, content={"hash": row.hash, "starts": starts, "evidence": evidence}, clock=clock,
    )  # fmt: skip
    made = Approval.objects.create(
        amendment=row,
        role=role,
        evidence=evidence.strip(),
        by=by,
        at=clock.now(),
        signature=signature,
    )
    signed = set(row.approvals.filter(void=False).values_list("role", flat=True))
    if set(approving_roles(of)) <= signed:
        _move(row, S.APPROVED)
        row.save(update_fields=["state"])
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.signed", thing="amendment", thing_id=row.version,
           new={"as": role, "evidence": made.evidence, "signature": signature.pk, "state": row.state})  # fmt: skip
    return made


def _may_sign(
    row: Amendment, role: str, evidence: str, by: Membership, of: plan.Plan
) -> None:
    check(by, "see", Thing.AMENDMENT)
    if row.state != S.REVIEW:
        raise NotReady("Only an amendment in review can be signed.")
    _still_its_base(row)
    if role not in approving_roles(of) or not signs_for(by, role, of):
        raise Denied(
            f"You do not hold the role {role.replace('_', ' ')} in which this would be signed."
        )
    if needs_evidence(role, of) and not evidence.strip():
        raise InvalidInput(
            f"Name the {role.replace('_', ' ')}'s letter: its reference and date."
        )
    if row.approvals.filter(role=role, void=False).exists():
        raise NotReady(f"The {role.replace('_', ' ')} has signed already.")


@transaction.atomic
def withdraw(*, amendment: Amendment, why: str, by: Membership, clock: Clock) -> None:
    """Withdraw an amendment that is not in force; it stays on record."""
    check(by, "draft", Thing.AMENDMENT)
    if not why.strip():
        raise InvalidInput("Say why it is withdrawn.")
    row = _locked(amendment, by)
    before = _move(row, S.WITHDRAWN)
    row.withdrawn_why = why.strip()
    row.save(update_fields=["state", "withdrawn_why"])
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.withdrawn", thing="amendment",
           thing_id=row.version, old={"state": before}, new={"state": row.state}, reason=why.strip())  # fmt: skip


@transaction.atomic
def put_in_force(*, amendment: Amendment, by: Membership, clock: Clock) -> Amendment:
    """Put an approved amendment in force, on or after its first day; what was judged before keeps its version.

    Raises:
        NotReady: it is not approved, its first day is not yet here, or another version is in force meanwhile.
    """
    check(by, "load", Thing.PLAN)
    row = _locked(amendment, by)
    first = min(row.starts.values_list("on", flat=True), default=None)
    if first is None or first > clock.now().date():
        raise NotReady(
            f"It holds from {first:%-d %B %Y}." if first else "It has no day yet."
        )
    _still_its_base(row)
    _move(row, S.IN_FORCE)
    files = {name: as_bytes(text) for name, text in row.files.items()}
    version = load_plan(files=files, by=actor(by), clock=clock, reason=row.why)
    take_sites(study=row.study, of=plan_of(version), by=actor(by), clock=clock)
    row.in_force = version
    row.save(update_fields=["state", "in_force"])
    record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.in_force", thing="amendment",
           thing_id=row.version, old={"version": row.base.version}, new={"version": row.version, "hash": row.hash})  # fmt: skip
    return row


@transaction.atomic
def acknowledge(*, amendment: Amendment, by: Membership, clock: Clock) -> None:
    """Say that one has read what an amendment changes for oneself. Twice is once.

    Raises:
        NotReady: it is not approved, so what it says may still change.
    """
    check(by, "acknowledge", Thing.AMENDMENT)
    row = _locked(amendment, by)
    if row.state not in (S.APPROVED, S.IN_FORCE):
        raise NotReady("It is not approved yet; what it says may still change.")
    _, new = Acknowledgement.objects.get_or_create(amendment=row, by=by, defaults={"at": clock.now()})  # fmt: skip
    if new:
        record(clock=clock, by=actor(by), study=row.study.slug, action="amendment.acknowledged", thing="amendment",
               thing_id=row.version, site=by.site, new={"acknowledged": True})  # fmt: skip
