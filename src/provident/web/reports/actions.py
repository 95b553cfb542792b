"""The only writer of locks and exports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

import provident
from provident.kernel import Clock, InvalidInput, NotReady
from provident.kernel.ids import new_id, sha256
from provident.web.exams.objects import object_store
from provident.web.ledger.chain import canonical
from provident.web.ledger.record import record
from provident.web.ledger.selectors import head
from provident.web.participants.models import Participant
from provident.web.people.access import Field, Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.reports import content, structured
from provident.web.reports.models import Export, Lock
from provident.web.reports.selectors import fields, open_work
from provident.web.studies.actions import mark_locked, mark_unblinded
from provident.web.studies.models import Study
from provident.web.studies.plans import version_in_force


def _signed(
    kind: str, meaning: str, by: Membership, password: str, reason: str, clock: Clock
) -> Lock:
    at_head = head(by.study.slug)
    signature = sign(
        membership=by, password=password, meaning=meaning, thing="study", thing_id=by.study.slug,
        content={"kind": kind, "ledger": [at_head.number, at_head.hash], "reason": reason}, clock=clock,
    )  # fmt: skip
    return Lock.objects.create(
        study=by.study,
        kind=kind,
        by=by,
        at=clock.now(),
        reason=reason,
        signature=signature,
    )


@transaction.atomic
def lock(*, by: Membership, password: str, reason: str, clock: Clock) -> Lock:
    """Lock a study's imaging data: from now on no read, decision or final value changes.

    Raises:
        NotReady: reads, adjudications or queries are open; the message counts them.
        Denied: not this role's, or a wrong password.
    """
    check(by, "lock", Thing.LOCK)
    study = Study.objects.select_for_update().get(pk=by.study_id)
    if study.locked_at is not None:
        raise NotReady(f"The study was locked on {study.locked_at:%-d %B %Y}.")
    left = open_work(study)
    if left:
        raise NotReady(
            "Not yet: " + ", ".join(f"{o.count} {o.what}" for o in left) + "."
        )
    mark_locked(study=study, clock=clock)
    made = _signed(
        Lock.Kind.LOCK,
        "I lock the imaging data of this study",
        by,
        password,
        reason,
        clock,
    )
    record(clock=clock, by=actor(by), study=study.slug, action="study.locked", thing="study", thing_id=study.slug,
           new={"locked": True, "signature": made.signature_id}, reason=reason)  # fmt: skip
    return made


@transaction.atomic
def unblind(
    *,
    by: Membership,
    allocation: Mapping[str, str],
    password: str,
    reason: str,
    clock: Clock,
) -> Lock:
    """Unblind a locked study: take in the allocation, participant number to arm.

    Before this the platform does not hold any arm, so that nothing can leak it.

    Raises:
        NotReady: the study is not locked, so reads may still be open.
        InvalidInput: a number that there is not, or one that is missing.
    """
    check(by, "unblind", Thing.LOCK)
    study = Study.objects.select_for_update().get(pk=by.study_id)
    if study.locked_at is None:
        raise NotReady(
            "Unblinding waits for the lock: while reads are open, knowing the arm would break the blind."
        )
    if study.unblinded_at is not None:
        raise NotReady("The study is unblinded already.")
    rows = {p.code: p for p in Participant.objects.filter(study=study)}
    strange, absent = (
        sorted(set(allocation) - set(rows)),
        sorted(set(rows) - set(allocation)),
    )
    if strange or absent:
        raise InvalidInput(f"Numbers that the study does not have: {', '.join(strange) or 'none'}; "
                           f"participants without an arm: {', '.join(absent) or 'none'}.")  # fmt: skip
    for code, arm in allocation.items():
        rows[code].arm = arm
    Participant.objects.bulk_update(rows.values(), ["arm"])
    mark_unblinded(study=study, clock=clock)
    made = _signed(
        Lock.Kind.UNBLIND, "I unblind this study", by, password, reason, clock
    )
    record(clock=clock, by=actor(by), study=study.slug, action="study.unblinded", thing="study", thing_id=study.slug,
           new={"participants": len(allocation), "allocation_sha256": sha256(canonical(dict(allocation)))},
           reason=reason)  # fmt: skip
    return made


def make_export(*, by: Membership, clock: Clock) -> Export:
    """Write the study's data to the object store: long and wide CSV, codebook, manifest.

    What it holds follows the access table: scores and final values only once the study is locked,
    the arm only once it is unblinded. Participants who withdrew from use are left out.
    """
    check(by, "make", Thing.EXPORT)
    study = by.study
    version = version_in_force(study)
    at_head = head(study.slug)
    texts = content.files(study=study, seen=fields(by))
    folder = f"exports/{study.slug}/{new_id()}"
    files: dict[str, dict[str, Any]] = {
        name: {
            "key": f"{folder}/{name}",
            "sha256": sha256(made.text.encode()),
            "rows": made.rows,
        }
        for name, made in texts.items()
    }
    store = object_store()
    drawn = structured.archive(by) if Field.SCORE in fields(by) else b""
    if drawn:
        name = "structured_reports.zip"
        files[name] = {"key": f"{folder}/{name}", "sha256": sha256(drawn), "rows": 0}
        store.create(files[name]["key"], drawn)
    manifest = {
        "study": study.slug,
        "plan": {"version": version.version, "hash": version.hash},
        "made": {
            "at": clock.now().isoformat(),
            "by": by.user.username,
            "provident": provident.__version__,
        },
        "holds": sorted(fields(by)),
        "files": {
            name: {"sha256": f["sha256"], "rows": f["rows"]}
            for name, f in files.items()
        },
        "ledger": {"number": at_head.number, "hash": at_head.hash},
    }
    text = json.dumps(manifest, indent=2, sort_keys=True)
    for name, made in texts.items():
        store.create(files[name]["key"], made.text.encode())
    files["manifest.json"] = {
        "key": f"{folder}/manifest.json",
        "sha256": sha256(text.encode()),
        "rows": 0,
    }
    store.create(files["manifest.json"]["key"], text.encode())
    return _record_export(by, files, at_head.number, at_head.hash, clock)


@transaction.atomic
def _record_export(
    by: Membership, files: dict, number: int, hash_: str, clock: Clock
) -> Export:
    made = Export.objects.create(
        study=by.study, by=by, at=clock.now(), files=files, manifest_sha256=files["manifest.json"]["sha256"],
        ledger_number=number, ledger_hash=hash_,
    )  # fmt: skip
    new = {name: f["sha256"] for name, f in files.items()}
    record(clock=clock, by=actor(by), study=by.study.slug, action="export.made", thing="export",
           thing_id=str(made.pk), new=new)  # fmt: skip
    return made


@transaction.atomic
def note_fetched(*, export: Export, name: str, by: Membership, clock: Clock) -> None:
    """Record that somebody fetched a file of an export: a sight of data."""
    record(clock=clock, by=actor(by), study=by.study.slug, action="export.fetched", thing="export",
           thing_id=str(export.pk), new={"file": name})  # fmt: skip


@transaction.atomic
def note_reports(*, count: int, by: Membership, clock: Clock) -> None:
    """Record that somebody fetched reads as structured reports: a sight of data."""
    record(clock=clock, by=actor(by), study=by.study.slug, action="export.reports_fetched", thing="export",
           thing_id="structured reports", new={"reports": count})  # fmt: skip


@transaction.atomic
def note_report(
    *, kind: str, form: str, arm: str, by: Membership, clock: Clock
) -> None:
    """Record that somebody fetched a report of reads: a sight of data."""
    record(clock=clock, by=actor(by), study=by.study.slug, action="report.fetched", thing="report",
           thing_id=kind, new={"form": form, "of_one_arm": bool(arm)})  # fmt: skip


@transaction.atomic
def note_seen(*, kind: str, arm: str, by: Membership, clock: Clock) -> None:
    """Record that somebody looked at reads by arm: a sight of unblinding data."""
    record(clock=clock, by=actor(by), study=by.study.slug, action="report.seen", thing="report",
           thing_id=kind, new={"of_one_arm": bool(arm)})  # fmt: skip
