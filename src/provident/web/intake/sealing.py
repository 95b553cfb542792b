"""Sealing: which announced instances are stored, a new immutable manifest for each series, and the receipt.

Instances lie under `<study>/<exam UID>/<series UID>/<sha256>.dcm`; a manifest names what a series is at one version.
Everything here writes objects alone, so that it can run outside a transaction and be done again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provident.kernel import NotReady
from provident.kernel.ids import sha256
from provident.kernel.ports import ObjectStore
from provident.web.exams.arrivals import SealedSeries
from provident.web.exams.objects import object_store
from provident.web.intake import selectors
from provident.web.intake.manifest import Instance, Manifest
from provident.web.intake.models import Transfer


@dataclass(slots=True)
class Sealing:
    """What a transfer amounts to; the rows that name it are not written yet."""

    series: list[SealedSeries] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=dict)
    receipt_key: str = ""
    receipt_sha256: str = ""

    def counts(self) -> dict[str, int]:
        """How many instances are stored, duplicate, conflicting, refused."""
        found = Counter(row["state"] for row in self.receipt["instances"])
        return {state: found[state] for state in ("stored", "duplicate", "conflict", "refused")}  # fmt: skip


def exam_prefix(study: str, exam_uid: str) -> str:
    """Where the objects of an exam lie."""
    return f"{study}/{exam_uid}/"


def instance_key(study: str, manifest: Manifest, instance: Instance) -> str:
    """Where the bytes of an instance lie."""
    return f"{exam_prefix(study, manifest.exam_uid)}{instance.series_uid}/{instance.sha256}.dcm"


def stored_hashes(study: str, manifest: Manifest) -> set[str]:
    """The SHA-256 of every instance of the exam that is stored already."""
    keys = object_store().keys(exam_prefix(study, manifest.exam_uid))
    return {
        key.rpartition("/")[2].removesuffix(".dcm") for key in keys if key.endswith(".dcm")
    }  # fmt: skip


def seal(transfer: Transfer, manifest: Manifest, at: datetime) -> Sealing:
    """Write the new manifests of a transfer's series, and its receipt.

    Raises:
        NotReady: announced instances are neither stored nor refused.
    """
    study = transfer.study.slug
    refused = {row["sha256"]: row["code"] for row in transfer.problems}
    stored = stored_hashes(study, manifest)
    missing = [i for i in manifest.instances if i.sha256 not in stored and i.sha256 not in refused]  # fmt: skip
    if missing:
        raise NotReady(
            f"{len(missing)} of {len(manifest.instances)} announced images have not arrived."
        )
    before = selectors.sealed(manifest.exam_uid, transfer.study_id)
    sealing = Sealing()
    lines: list[dict[str, Any]] = []
    here = [i for i in manifest.instances if i.sha256 in stored]
    for uid in sorted({i.series_uid for i in here}):
        of_series = [i for i in here if i.series_uid == uid]
        version, old = before.get(uid, (0, {"instances": []}))
        rows, states = _union(study, manifest, old["instances"], of_series)
        lines += [_line(i, states[i.sha256]) for i in of_series]
        if "stored" in states.values():
            sealing.series.append(_sealed(study, manifest, uid, version, old, rows, of_series[0].modality))  # fmt: skip
    lines += [
        _line(i, "refused", refused[i.sha256]) for i in manifest.instances if i.sha256 not in stored
    ]  # fmt: skip
    sealing.receipt = _receipt(transfer, manifest, lines, at)
    content = json.dumps(sealing.receipt, sort_keys=True).encode()
    sealing.receipt_sha256 = sha256(content)
    sealing.receipt_key = f"{study}/transfers/{transfer.token}/receipt-{sealing.receipt_sha256[:16]}.json"  # fmt: skip
    _keep(object_store(), sealing.receipt_key, content)
    return sealing


def _union(
    study: str,
    manifest: Manifest,
    old: Iterable[Mapping[str, Any]],
    arrived: Iterable[Instance],
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows of the next manifest, and what became of each arrived instance.

    An instance that is there already under the same name keeps its first bytes for ever.
    """
    rows = {row["sop_uid"]: dict(row) for row in old}
    states = {}
    for instance in arrived:
        known = rows.get(instance.sop_uid)
        if known is None:
            rows[instance.sop_uid] = {
                "sop_uid": instance.sop_uid,
                "sha256": instance.sha256,
                "size": instance.size,
                "key": instance_key(study, manifest, instance),
            }
            states[instance.sha256] = "stored"
        else:
            same = known["sha256"] == instance.sha256
            states[instance.sha256] = "duplicate" if same else "conflict"
    return [rows[uid] for uid in sorted(rows)], states


def _sealed(
    study: str,
    manifest: Manifest,
    uid: str,
    version: int,
    old: Mapping[str, Any],
    rows: list[dict[str, Any]],
    modality: str,
) -> SealedSeries:
    document = {
        "exam_uid": manifest.exam_uid,
        "series_uid": uid,
        "version": version + 1,
        "previous": old.get("sha256"),
        "instances": rows,
    }
    content = json.dumps(document, sort_keys=True).encode()
    digest = sha256(content)
    key = f"{exam_prefix(study, manifest.exam_uid)}{uid}/manifest-{version + 1}-{digest[:16]}.json"
    _keep(object_store(), key, content)
    return SealedSeries(
        uid=uid,
        modality=modality,
        instances=len(rows),
        size=sum(int(row["size"]) for row in rows),
        before=version,
        manifest_key=key,
        manifest_sha256=digest,
    )


def _keep(store: ObjectStore, key: str, content: bytes) -> None:
    """Write an object whose name is its content's hash; the same one may be there from an earlier try."""
    try:
        store.create(key, content)
    except FileExistsError:
        return


def _line(instance: Instance, state: str, code: str = "") -> dict[str, Any]:
    line = {
        "sop_uid": instance.sop_uid,
        "sha256": instance.sha256,
        "size": instance.size,
        "state": state,
    }
    return {**line, "code": code} if code else line


def _receipt(
    transfer: Transfer, manifest: Manifest, lines: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    return {
        "transfer": transfer.token,
        "site": transfer.site.code,
        "participant": manifest.participant,
        "manifest": manifest.sha256,
        "at": at.isoformat(),
        "instances": sorted(lines, key=lambda row: row["sop_uid"]),
    }
