"""The gateway's loop: index what landed, carry out decisions, prepare quiet exams, send, report, expire."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from provident.adapters.gateway import schedule as schedules
from provident.adapters.gateway.centre import Centre, CentreAway
from provident.adapters.gateway.holding import Decision, carry_out, erase
from provident.adapters.gateway.indexing import index_new
from provident.adapters.gateway.preparing import identify, prepare
from provident.adapters.gateway.reasons import reason
from provident.adapters.gateway.sending import send
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Hold
from provident.adapters.gateway.testing import transfer_test
from provident.adapters.gateway.workers import (
    HEAVY,
    Alone,
    Pool,
    Workers,
    cores,
    worth_it,
)
from provident.adapters.gateway.workers import MOST as MOST_WORKERS
from provident.kernel import Clock, NotReady, ProvidentError
from provident.plan.quantities import convert


log = logging.getLogger("provident.gateway")

QUIET = 60.0  # seconds, where neither the plan nor the command line says otherwise
PATIENCE = 600.0  # a sender that never closes its association is waited for so long
KEEP_DAYS = 30.0  # sent originals stay encrypted in the landing store for so long
ASK_IDLE = 15.0  # seconds between questions for the schedule
ASK_BUSY = 2.0  # and where images are held, and somebody may decide any moment
TELL_AWAY = 15.0  # seconds of silence before the log speaks of it
AWAY = 5.0  # seconds before a centre that did not answer is tried again


class GatewayWork:
    """The work of one gateway; one process does it at a time."""

    def __init__(
        self,
        gateway: SiteGateway,
        centre: Centre,
        clock: Clock,
        *,
        quiet: float | None = None,
        keep_days: float = KEEP_DAYS,
        now: Callable[[], float] = time.time,
        workers: Workers | None = None,
    ) -> None:
        """`now` measures quiet in real seconds, also where `clock` is a rehearsal's."""
        self._workers = workers or Alone()
        self._knocked = gateway.knocked()
        self.gateway = gateway
        self.centre = centre
        self.clock = clock
        self._quiet = quiet
        self._keep = keep_days * 86400
        self._now = now
        self._asked = self._expired = 0.0
        self._away_until = 0.0
        self._away_since: float | None = None
        self._told_away = False

    def begin(self) -> None:
        """Take up what a killed gateway left."""
        found = self.gateway.adopt()
        if found:
            log.info("%s: %d files found again", self.gateway.registration.site, found)
        known = self.gateway.spool.transfers()
        if self.gateway.outbox.is_dir():
            for path in self.gateway.outbox.iterdir():
                if path.name not in known:
                    shutil.rmtree(path, ignore_errors=True)

    def step(self) -> bool:
        """Do what there is to do; returns whether there was anything."""
        did = index_new(self.gateway, self.clock) > 0
        if did and worth_it(*self.gateway.spool.indexed(HEAVY)):
            self._workers.warm()
        if self._now() < self._away_until:
            return did
        try:
            did = self._with_centre() or did
        except CentreAway as error:
            self._wait_for_centre(error)
        else:
            self._away_since = None
        return did

    def _wait_for_centre(self, error: CentreAway) -> None:
        """Try again soon, and say so once it has lasted: both often start together, the centre more slowly."""
        if self._away_since is None:
            self._away_since, self._told_away = self._now(), False
        lasts = self._now() - self._away_since
        if lasts > TELL_AWAY and not self._told_away:
            log.warning("%s: %s Images wait here.", self.gateway.registration.site, error)  # fmt: skip
            self._told_away = True
        self._away_until = self._now() + (AWAY if lasts > TELL_AWAY else 1)

    def _with_centre(self) -> bool:
        did = False
        busy = bool(self.gateway.spool.holds())
        knocked = self.gateway.knocked()
        asks = knocked != self._knocked or self._now() - self._asked >= (ASK_BUSY if busy else ASK_IDLE)  # fmt: skip
        if asks:
            self._knocked = knocked
            self._fetch()
            did = self._decisions() or did
            did = self._resolved() or did
        if self.gateway.takes_up_test():
            result = transfer_test(self.gateway, self.centre, self.clock)
            log.info("%s: transfer test %s", self.gateway.registration.site, result["outcome"])  # fmt: skip
            did = True
        try:
            schedule = schedules.known_schedule(self.gateway.root)
        except NotReady:
            return did
        before = self._now() - self._quiet_seconds(schedule)
        exams = self.gateway.spool.quiet_exams(
            before, min(before, self._now() - PATIENCE)
        )
        if exams:
            # Somebody may have been enrolled while the images came.
            self._fetch()
            schedule = schedules.known_schedule(self.gateway.root)
        for exam in exams:
            prepare(
                self.gateway, self.clock, schedule, exam, self._now(), self._workers
            )
            did = True
        for transfer in self.gateway.spool.prepared():
            receipt = send(
                self.gateway, self.clock, self.centre, schedule, transfer, self._now()
            )
            if receipt:
                log.info(
                    "%s: transfer of %d images received by the centre",
                    self.gateway.registration.site,
                    len(receipt["instances"]),
                )
            did = True
        self._report()
        self._expire()
        return did

    def _fetch(self) -> None:
        schedules.fetch(self.centre, self.gateway.root)
        # Only an answer counts: a centre that starts beside us is asked again within a second.
        self._asked = self._now()

    def _quiet_seconds(self, schedule: schedules.Schedule) -> float:
        if self._quiet is not None:
            return self._quiet
        told = schedule.plan.quality.arrival.quiet
        return convert(told.value, told.unit, "s") if told else QUIET

    def _decisions(self) -> bool:
        told = self.centre.decisions()
        for row in told:
            decision = Decision(
                hold=row["reference"], act=row["act"], by=row["by"], reason=row["reason"], participant=row["participant"]
            )  # fmt: skip
            error = ""
            try:
                carry_out(self.gateway, self.clock, decision)
            except ProvidentError as refused:
                error = str(refused)
            self.centre.decision_done(decision.hold, error=error)
        return bool(told)

    def _resolved(self) -> bool:
        """Let go what was held for a reason that is gone: the participant is enrolled, the consent recorded."""
        schedule = schedules.known_schedule(self.gateway.root)
        did = False
        for hold in self.gateway.spool.holds():
            if self._solved(hold, schedule):
                self.gateway.spool.decide(hold.id, "resolved", "indexed")
                self.gateway.ledger.record(
                    self.clock,
                    "gateway",
                    "hold.resolved",
                    hold=hold.id,
                    code=hold.code,
                )
                self._tell(hold, resolved=True)
                did = True
        return did

    def _solved(self, hold: Hold, schedule: schedules.Schedule) -> bool:
        if hold.code in ("QUARANTINE.NO_CONSENT", "QUARANTINE.WITHDRAWN"):
            who = schedule.participants.get(hold.participant)
            return who is not None and who.active and not schedule.missing_consents(who)
        if hold.code != "QUARANTINE.UNKNOWN_PARTICIPANT":
            return False
        arrivals = self.gateway.spool.arrivals(
            "hold = ? AND state = 'held'", hold.id, limit=1
        )
        told = self.gateway.noted(arrivals[0]) if arrivals else {}
        number = told.get("issuer", ""), told.get("patient_id", "")
        return bool(number[1] and identify(self.gateway, schedule, *number))

    def _report(self) -> None:
        for hold in self.gateway.spool.holds("reported = 0"):
            self._tell(hold)
            self.gateway.spool.mark_reported(hold.id)

        for row in self.gateway.spool.untold():
            for hold in self.gateway.spool.holds("id = ?", row["hold"]):
                decided = {k: row[k] for k in ("act", "by", "reason", "participant")}
                self._tell(hold, decided=decided)
            self.gateway.spool.mark_told(row["hold"])

    def _tell(
        self,
        hold: Hold,
        *,
        resolved: bool = False,
        decided: dict[str, str] | None = None,
    ) -> None:
        files = sum(self.gateway.spool.counts("hold = ?", hold.id).values())
        told = reason(hold.code)
        self.centre.report_hold(
            {
                "reference": hold.id,
                "kind": told.kind,
                "code": hold.code,
                "files": files,
                "modality": hold.modality,
                "participant": (decided or {}).get("participant") or hold.participant,
                "received_at": hold.opened,
                "resolved": resolved,
                **({"decided": decided} if decided else {}),
            }
        )

    def _expire(self) -> None:
        if self._now() - self._expired < 3600:
            return
        self._expired = self._now()
        old = self.gateway.spool.arrivals(
            "state IN ('sent', 'duplicate') AND bytes_kept = 1 AND received < ?",
            self._now() - self._keep,
        )
        if old:
            erase(self.gateway, old)
            self.gateway.ledger.record(
                self.clock, "gateway", "landing.expired", files=len(old)
            )


def status(gateway: SiteGateway) -> dict[str, Any]:
    """Proof that nothing was dropped: every file that arrived is in exactly one state."""
    counts = gateway.spool.counts()
    received = len(gateway.spool.ids())
    held: Counter[str] = Counter()
    for hold in gateway.spool.holds():
        files = gateway.spool.counts("hold = ? AND state = 'held'", hold.id)
        held[hold.code] += sum(files.values())
    return {
        "study": gateway.registration.study,
        "site": gateway.registration.site,
        "received": received,
        "accounted": sum(counts.values()),
        "waiting": counts["landed"] + counts["indexed"] + counts["prepared"],
        "sent": counts["sent"],
        "quarantined": counts["held"],
        "duplicates": counts["duplicate"],
        "discarded": counts["discarded"],
        "reasons": dict(held),
        "in_landing_store": len(gateway.vault.names()),
        "linked_numbers": gateway.crosswalk.linked(),
        "ledger": gateway.ledger.faults() or "holds",
    }


def run(
    find: Callable[[], Iterable[SiteGateway]],
    connect: Callable[[SiteGateway], Centre],
    clock: Clock,
    stop: threading.Event,
    *,
    quiet: float | None = None,
    keep_days: float = KEEP_DAYS,
) -> None:
    """Work for all gateways, and those that are made meanwhile, until told to stop."""
    works: dict[Path, GatewayWork] = {}
    # With one core a second process would only take memory.
    pool = Pool(min(cores(), MOST_WORKERS)) if cores() > 1 else None
    while not stop.is_set():
        for gateway in find():
            if gateway.root not in works:
                works[gateway.root] = GatewayWork(
                    gateway, connect(gateway), clock, quiet=quiet, keep_days=keep_days, workers=pool or Alone()
                )  # fmt: skip
                works[gateway.root].begin()
        # Every gateway gets its turn, whatever the others have to do.
        did = [_guarded(work) for work in works.values()]
        if pool is not None:
            pool.rest()
        if not any(did):
            stop.wait(0.2)
    if pool is not None:
        pool.close()
    for work in works.values():
        work.centre.close()


def _guarded(work: GatewayWork) -> bool:
    try:
        return work.step()
    except Exception as error:  # noqa: BLE001  # one gateway's fault never stops the others
        log.error("%s: %s", work.gateway.registration.site, type(error).__name__)
        time.sleep(0.5)
        return False
