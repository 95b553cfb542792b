"""A study in the middle of its life for the pages' journeys: run as a program over a fresh data directory.

    python -m tests.journeys.pages_seed      makes and fills the database under PROVIDENT_DATA
    python -m tests.journeys.pages_seed 8000 serves it

Participants, bookings, withdrawals, queries and decisions are made by the actions; exams are rows, since
their way through intake has journeys of its own.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import numpy as np


ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
ROLES = (
    ("mary", "Mary Trent", "trial_manager", "", "Trial manager", "See what is late, and open the matrix."),
    ("rae", "Rae Hill", "site", "bradford", "Radiographer, Bradford", "Answer a query and enrol a participant."),
    ("quinn", "Quinn Ade", "qc", "", "Physicist, quality control", "Review an exam with a wrong echo time."),
    ("ana", "Ana Reyes", "reader", "", "Reader", "Read the next case, blind."),
    ("ben", "Ben Osei", "adjudicator", "", "Adjudicator", "Settle a case on which two readers differ."),
    ("stella", "Stella Moss", "statistician", "", "Statistician", "Export the data with its codebook."),
    ("mo", "Mo Nair", "monitor", "", "Monitor", "Follow one scan through the ledger."),
)  # fmt: skip
STIR = {"label": "echo time", "rule": "TE", "unit": "ms", "low": 60.0, "high": 80.0, "expected": "70 ± 5 ms"}  # fmt: skip


def setup() -> None:
    """Django over the data directory, its tables made without migrations."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provident.web.config.settings")
    import django
    from django.conf import settings

    ours = ("ledger", "jobs", "studies", "people", "sites", "participants", "exams", "dose", "qc", "reading", "intake", "reports", "planning", "scanners", "readers", "drift", "ui")  # fmt: skip
    settings.MIGRATION_MODULES = dict.fromkeys(ours)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    clock_file = os.environ.get("PROVIDENT_CLOCK")
    if clock_file:
        Path(clock_file).write_text(NOW.isoformat())


class Seed:
    """Fills the study step by step; `at` is the clock of each step."""

    def __init__(self) -> None:
        from provident.kernel import FixedClock
        from provident.web.ledger.record import Actor

        self.by, self.Clock = Actor(name="setup", role="system"), FixedClock

    def at(self, day: date, hour: int = 9, minute: int = 0):
        """A clock that stands at an hour of a day."""
        return self.Clock(datetime.combine(day, time(hour, minute), UTC))

    def study(self):
        """The demo plan, its sites open, a person in each role."""
        from provident.web.people.access import Role
        from provident.web.people.actions import create_account, give_role
        from provident.web.sites.actions import activate, take_sites
        from provident.web.studies.actions import load_plan
        from provident.web.studies.plans import plan_of

        folder, clock = ROOT / "plans/arthritis-demo", self.at(date(2026, 1, 12))
        files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip
        version = load_plan(files=files, by=self.by, clock=clock)
        for site in take_sites(study=version.study, of=plan_of(version), by=self.by, clock=clock):  # fmt: skip
            activate(site=site, by=self.by, clock=clock, reason="survey accepted", waiver="made up for looking at pages")  # fmt: skip
        for username, name, role, site, _, _ in ROLES:
            user = create_account(username=username, name=name, password=PASSWORD, by=self.by, clock=clock)  # fmt: skip
            give_role(user=user, study=version.study, role=Role(role), site=site, by=self.by, clock=clock,
                      code=username, plan_role="radiographer" if role == "site" else "")  # fmt: skip
        return version

    def phantoms(self, version) -> None:
        """Every scanner accredited; the phantom of three scanners every fortnight, one of which drifts and one is late."""
        from provident.web.people.models import Signature, User
        from provident.web.scanners.actions import _flag
        from provident.web.scanners.models import (
            Accreditation,
            Measurement,
            PhantomScan,
        )
        from provident.web.sites.models import Scanner
        from provident.web.studies.plans import plan_of

        rng, evidence = np.random.default_rng(3), [{"need": n, "id": "1", "day": "2026-01-20"} for n in ("phantom", "volunteer_scan")]  # fmt: skip
        step = {"state": "accredited", "day": "2026-01-21", "by": "quinn", "note": "", "evidence": evidence}  # fmt: skip
        for scanner in Scanner.objects.filter(site__study=version.study):
            Accreditation.objects.create(scanner=scanner, steps=[step], changed_at=self.at(date(2026, 1, 21)).now())  # fmt: skip
        quinn = User.objects.get(username="quinn")
        signature = Signature.objects.create(
            user=quinn, study=version.study, role="qc", at=self.at(date(2026, 11, 3)).now(), meaning="I accept these phantom scans",
            thing="phantom", thing_id="1", content_hash="0" * 64,
        )  # fmt: skip
        for code, count, lost, left in (("mr_l1", 21, 0.0, 8), ("mr_y1", 21, 2.5, 8), ("mr_b1", 18, 0.0, 50)):  # fmt: skip
            scanner = Scanner.objects.get(code=code)
            for n in range(count):
                day = NOW.date() - timedelta(days=left + 14 * (count - 1 - n))
                scan = PhantomScan.objects.create(
                    study=version.study, scanner=scanner, phantom="acr_mri", acquired_on=day, content=f"{code}{n}",
                    **({"state": "measured"} if n == count - 1 else {"state": "accepted", "signature": signature, "decided_by": "quinn",
                                                                     "decided_at": self.at(day).now()}), sent_at=self.at(day).now(), sent_by="rae", seen={"software": "XA60"},
                )  # fmt: skip
                values = {"uniformity": (93 - lost * (n > 13) + rng.normal(0, 0.5), "%"), "ghosting": (0.8 + rng.normal(0, 0.1), "%"),
                          "geometry": (0.2 + rng.normal(0, 0.2), "mm"), "snr": (90 + rng.normal(0, 3), "")}  # fmt: skip
                Measurement.objects.create(
                    scan=scan, engine="provident", version="1", outcome="pass", at=self.at(day).now(), by="system",
                    values={k: {"value": v, "unit": u, "method": "ACR"} for k, (v, u) in values.items()},
                )  # fmt: skip
            _flag(scan, plan_of(version))

    def change(self) -> None:
        """The scanner of Bradford got new software last week."""
        from provident.web.sites.actions import observe_scanner
        from provident.web.sites.models import Scanner

        changed = Scanner.objects.get(code="mr_b1")
        for uid, software in (("1.2.3", "XA50"), ("1.2.4", "XA50A SP01")):
            observe_scanner(scanner=changed, observed={"software": software, "serial": "142093", "coil": "HandWrist_16"},
                            exam_uid=uid, by=self.by, clock=self.at(NOW.date() - timedelta(days=6)))  # fmt: skip

    def participants(self, version, count: int) -> list:
        """Enrolments one after another at the three sites."""
        from provident.web.participants.actions import enrol
        from provident.web.studies.plans import plan_of

        options = plan_of(version).consent.options
        made = []
        for i in range(count):
            site = list(version.study.sites.all())[i % 3]
            day = date(2026, 2, 2) + timedelta(days=int(i * 250 / count))
            consent = {name: bool(o.required) or (i + k) % 4 > 0 for k, (name, o) in enumerate(options.items())}  # fmt: skip
            made.append(
                enrol(
                    site=site,
                    anchor_on=day,
                    consent=consent,
                    by=self.by,
                    clock=self.at(day),
                )
            )
        return made

    def exam(self, slot, version, number: int):
        """An exam that came in the middle of its window, judged, with three series."""
        from provident.web.exams.models import Exam, Series

        day = slot.opens_on + (slot.closes_on - slot.opens_on) / 2
        bad = number % 9 == 4
        arrived = self.at(day + timedelta(days=1 + number % 4), 10, 42).now()
        scanner = slot.participant.site.scanners.filter(modality="MR").first() if slot.exam_kind == "hands_mri" else None  # fmt: skip
        exam = Exam.objects.create(
            study=version.study, participant=slot.participant, slot=slot, uid=f"2.25.{1000 + number}",
            kind=slot.exam_kind, visit=slot.visit, acquired_on=day, day=(day - slot.participant.anchor_on).days,
            state="judged", announced=138, received=138, size=70_000_000, scanner=scanner, plan=version,
            outcome="fail" if bad else "pass", verdict=verdict(slot.exam_kind, bad, number), first_received_at=arrived,
            complete_at=arrived + timedelta(minutes=1), judged_at=arrived + timedelta(minutes=1, seconds=9),
        )  # fmt: skip
        for i, s in enumerate(exam.verdict["series"]):
            Series.objects.create(
                exam=exam, uid=s["uid"], number=3 + i, modality="MR", role=s["role"] or "", outcome=s["outcome"],
                instances=24 + 36 * (i == 2), size=20_000_000, thumbnail_key=picture(i),
                facts={"facts": {"TE": {"value": 95.0 if bad else 70.0, "unit": "ms", "source": "(0018,0081)", "derivation": ""},
                                 "TR": {"value": 4200, "unit": "ms", "source": "(0018,0080)", "derivation": ""},
                                 "slice_thickness": {"value": 3.0, "unit": "mm", "source": "(0018,0050)", "derivation": ""}}},
            )  # fmt: skip
        return exam


def picture(number: int) -> str:
    """A small grey picture in the object store."""
    import io

    import numpy as np
    from PIL import Image

    from provident.web.exams.objects import object_store

    key, store = f"pictures/{number}.png", object_store()
    if not store.exists(key):
        y, x = np.mgrid[-1:1:160j, -1:1:160j]
        shape = np.clip(1.2 - np.hypot(x * (1 + number / 9), y) * 1.6, 0, 1) * (0.7 + 0.3 * np.cos(9 * x * y + number))  # fmt: skip
        out = io.BytesIO()
        Image.fromarray((255 * shape).astype("uint8")).save(out, "PNG")
        store.create(key, out.getvalue())
    return key


def verdict(kind: str, bad: bool, number: int) -> dict:
    """What judging says of an exam; the shape of `acquisition.ExamVerdict.as_json`."""
    te = 95.0 if bad else 69.0 + number % 3
    finding = {
        "code": "ACQ.TE", "severity": "error", "where": {"uid": f"2.25.{1000 + number}.2"},
        "message": "The coronal STIR was taken with an echo time of 95 ms.", "expected": "70 ± 5 ms",
        "found": "95 ms", "remedy": "Ask the investigator for a repeat while the participant is in the window.",
        "subdomain": "acquisition.manual",
    }  # fmt: skip
    stir = [{**STIR, "value": te, "found": f"{te:g} ms", "outcome": "fail" if bad else "pass"},
            {"label": "coverage", "rule": "coverage", "unit": "mm", "low": 48.0, "high": None, "expected": "at least 48 mm",
             "value": 47.0 if bad else 52.0, "found": "47 mm" if bad else "52 mm", "outcome": "warn" if bad else "pass"}]  # fmt: skip
    met = {"label": "TR", "rule": "TR", "unit": "ms", "low": 400.0, "high": 700.0, "expected": "400 to 700 ms",
           "value": 560.0, "found": "560 ms", "outcome": "pass"}  # fmt: skip
    series = [
        {"uid": f"2.25.{1000 + number}.1", "role": "cor_t1", "outcome": "pass", "findings": [], "measures": [met] * 6},
        {"uid": f"2.25.{1000 + number}.2", "role": "cor_stir", "outcome": "fail" if bad else "pass",
         "findings": [finding] if bad else [], "measures": stir},
        {"uid": f"2.25.{1000 + number}.3", "role": "ax_t1_post", "outcome": "not_assessable", "findings": [],
         "measures": []},
    ] if kind == "hands_mri" else [
        {"uid": f"2.25.{1000 + number}.1", "role": "", "outcome": "pass", "findings": [], "measures": [met] * 4},
    ]  # fmt: skip
    said = "One series has to be repeated while the participant is still in the window: the echo time of the coronal STIR is 95 ms, the manual asks for 70 ± 5 ms."  # fmt: skip
    return {"uid": f"2.25.{1000 + number}", "exam": kind, "manual": "3.1", "visit": None, "outcome": "fail" if bad else "pass",
            "sentence": said if bad else "Everything is as in the manual.", "findings": [], "series": series}  # fmt: skip


def fill(count: int = 24) -> None:
    """The whole history."""
    from provident.web.participants.actions import book, not_done, withdraw
    from provident.web.participants.models import Slot
    from provident.web.qc.models import Query, QueryMessage
    from tests.journeys.quality_seed import programme

    seed = Seed()
    version = seed.study()
    seed.phantoms(version)
    people = seed.participants(version, count)
    number = 0
    for i, slot in enumerate(
        Slot.objects.select_related("participant__site").order_by("opens_on", "pk")
    ):
        if slot.closes_on >= NOW.date() - timedelta(days=4):
            if slot.opens_on <= NOW.date() and i % 3 == 0:
                book(slot=slot, on=slot.closes_on, by=seed.by, clock=seed.at(NOW.date() - timedelta(days=2)))  # fmt: skip
            continue
        if i % 17 == 3:
            continue  # late: nobody has said why
        if i % 23 == 5:
            not_done(
                slot=slot, reason="unwell", by=seed.by, clock=seed.at(slot.closes_on)
            )
            continue
        number += 1
        exam = seed.exam(slot, version, number)
        old = (NOW - exam.first_received_at).days
        state = (
            "final"
            if old > 150
            else "read"
            if old > 110
            else "accepted"
            if old > 20
            else "checked"
        )
        if exam.outcome == "fail":
            state = "checked" if old < 120 else state
        Slot.objects.filter(pk=slot.pk).update(
            state=state, changed_at=exam.first_received_at
        )
        if state != "checked":
            exam.state, exam.decided_at = "accepted", exam.judged_at
            exam.save()
        elif exam.outcome == "fail":
            query = Query.objects.create(exam=exam, opened_at=exam.judged_at, due_on=exam.judged_at.date() + timedelta(days=7), finding="ACQ.TE", series_role="cor_stir")  # fmt: skip
            QueryMessage.objects.create(query=query, at=exam.judged_at, kind="ask", text="The coronal STIR was taken with an echo time of 95 ms; the manual asks for 70 ± 5 ms. Can it be repeated?")  # fmt: skip
    seed.change()
    withdraw(participant=people[7], kind="stop_visits", on=date(2026, 9, 14), by=seed.by, clock=seed.at(date(2026, 9, 15)))  # fmt: skip
    amendment(seed, version)
    programme(version, NOW)
    accounts = [{"username": u, "password": PASSWORD, "name": n, "role": r, "try": t} for u, n, _, _, r, t in ROLES]  # fmt: skip
    (Path(os.environ["PROVIDENT_DATA"]) / "demo-accounts.json").write_text(
        json.dumps(accounts)
    )


def amendment(seed: Seed, version) -> None:
    """An amendment in review, with a remark; it changes the manual and the form."""
    from provident.web.people.models import Membership
    from provident.web.planning import actions
    from provident.web.studies.plans import as_bytes

    changes = {"study.yaml": ('version: "1.4"', 'version: "2.0"'), "imaging/hands-mri.yaml": ("TR: 400..700 ms", "TR: 450..650 ms"),
               "forms/ramris.yaml": ("title:", "title: Revised;")}  # fmt: skip
    files = dict(version.files)
    for name, (old, new) in changes.items():
        files[name] = files[name].replace(old, new, 1)
    mary, clock = Membership.objects.get(user__username="mary"), seed.at(NOW.date())
    step = {"by": mary, "clock": clock}
    row = actions.draft(files={n: as_bytes(t) for n, t in files.items()}, why="The repetition time of the manual is too wide for the new coil", **step)  # fmt: skip
    actions.set_starts(amendment=row, days=dict.fromkeys(("leeds", "bradford", "york"), NOW.date() + timedelta(days=14)), **step)  # fmt: skip
    actions.submit(amendment=row, **step)
    actions.remark(amendment=row, text="Physicists of all three sites agreed on 20 November.", **step)  # fmt: skip


class Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(port: int) -> None:
    """Serve until the process is ended."""
    from provident.web.config.wsgi import application

    with make_server("127.0.0.1", port, application, handler_class=Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    setup()
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
    else:
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)
        fill(int(os.environ.get("PAGES_SEED_COUNT", "24")))
