"""The transfer test: the acceptance exam goes through this gateway's own path to a test intake that stores nothing.

The path is the real one (landing store, index, identity, de-identification, verification, outbox) in a scratch
directory with the site's key and the plan in force. Its result is a signed manifest that the centre checks.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from provident import programme
from provident.adapters import signatures
from provident.adapters.gateway import acceptance
from provident.adapters.gateway import schedule as schedules
from provident.adapters.gateway.centre import Centre
from provident.adapters.gateway.indexing import index_new
from provident.adapters.gateway.preparing import prepare
from provident.adapters.gateway.schedule import Enrolled, Schedule
from provident.adapters.gateway.site import Registration, SiteGateway
from provident.adapters.gateway.workers import Alone
from provident.adapters.signing import Signer
from provident.deid.identity import SiteKey
from provident.kernel import Clock
from provident.kernel.ids import sha256


PURPOSE = "transfer test"


class _Scratch(SiteGateway):
    """A directory that is thrown away, with the key of the site, so that the test hides as the gateway does."""

    _real: SiteGateway

    @cached_property
    def site_key(self) -> SiteKey:
        return self._real.site_key

    @classmethod
    def of(cls, real: SiteGateway, root: Path) -> _Scratch:
        told = real.registration
        SiteGateway.make(root, Registration(study=told.study, site=told.site, aet=told.aet, centre="", token=""))  # fmt: skip
        made = cls(root)
        made._real = real
        return made


def transfer_test(gateway: SiteGateway, centre: Centre, clock: Clock) -> dict[str, Any]:
    """Run the test; returns the centre's verdict: `{"outcome": "passed" | "failed", "findings": [words]}`.

    Raises:
        CentreAway: the centre does not answer.
        Refused: the centre does not take the result: another key signed than before.
    """
    schedules.fetch(centre, gateway.root)
    schedule = schedules.known_schedule(gateway.root)
    root = Path(tempfile.mkdtemp(prefix="test-", dir=gateway.root))
    try:
        told, sent = _run(_Scratch.of(gateway, root), schedule, clock)
        signer = Signer.kept(gateway.root / "signing-key")
        result = centre.transfer_test(
            {"told": told, "public_key": signer.public, "signature": signer.sign(PURPOSE, told)}, sent
        )  # fmt: skip
    finally:
        shutil.rmtree(root, ignore_errors=True)
    gateway.ledger.record(clock, "gateway", "transfer.tested", outcome=result["outcome"])  # fmt: skip
    return result


def _run(
    scratch: SiteGateway, schedule: Schedule, clock: Clock
) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """Put the files through; returns the manifest and the bytes of those that may leave."""
    somebody = Enrolled(
        code=acceptance.PARTICIPANT, anchor=acceptance.FIRST - timedelta(days=7), active=True,
        consent=dict.fromkeys(schedule.plan.consent.options, True) if schedule.plan.consent else {},
    )  # fmt: skip
    schedule = replace(schedule, participants={somebody.code: somebody})
    planted = acceptance.files()
    names = {scratch.receive(p.data, "", "test"): p.name for p in planted}
    scratch.crosswalk.link(acceptance.ISSUER, acceptance.NUMBER, somebody.code)
    index_new(scratch, clock)
    now = time.time() + 1
    for exam in scratch.spool.quiet_exams(now, now):
        prepare(scratch, clock, schedule, exam, now, Alone())
    codes = {hold.id: hold.code for hold in scratch.spool.holds()}
    rows, sent = [], []
    for arrival in scratch.spool.arrivals("1"):
        row = {"name": names[arrival.id], "original": arrival.sha256, "state": "held" if arrival.hold else "sent",
               "code": codes.get(arrival.hold or "", ""), "sha256": arrival.out_sha256}  # fmt: skip
        if arrival.transfer and not arrival.hold:
            data = (scratch.outbox / arrival.transfer / arrival.out_sha256).read_bytes()
            sent.append((sha256(data), data))
        rows.append(row)
    profile = programme.deid_profile(schedule.plan, scratch.registration.site)
    return {
        "study": scratch.registration.study,
        "site": scratch.registration.site,
        "at": clock.now().isoformat(),
        "software": version("provident"),
        # By it the centre checks every manifest that this site's key signs (`signatures.check`).
        "manifest_key": signatures.public_key(scratch.site_key),
        "plan": {"version": schedule.plan.version, "hash": schedule.plan.hash},
        "profile": {"id": profile.id, "version": profile.version, "hash": profile.hash},
        "files": sorted(rows, key=lambda row: row["name"]),
    }, sent
