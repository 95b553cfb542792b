"""Two readers with signed reads of the synovitis design, under a plan that charts every four reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest


DESIGN = "synovitis_change"
MONITOR = """monitor:
  every: 25 reads
  charts:
    - {of: adjudicated_against, kind: cusum, in_control: 18 %, detect: doubling}
    - {of: bias, kind: ewma}
    - {of: minutes, kind: ewma}
  on_alarm: [hold, retrain, requalify]
"""
QUICK = """monitor:
  every: 4 reads
  baseline: 4
  charts:
    - {of: adjudicated_against, kind: cusum, in_control: 18 %, detect: doubling, limit: 3}
    - {of: bias, kind: ewma, sd: 1.0}
    - {of: minutes, kind: ewma}
    - {of: not_evaluable, kind: p, in_control: 10 %}
    - {of: discordant, kind: p, in_control: 20 %}
  on_alarm: [hold, retrain]
"""


class MovingClock:
    """A clock that tests move."""

    def __init__(self):
        self.at = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)

    def now(self):
        return self.at

    def advance(self, by):
        self.at += by


@pytest.fixture
def clock():
    return MovingClock()


@pytest.fixture
def load_monitor(study, clock, by):
    """A function (the monitor part of the synovitis design) -> the study on a plan with it."""
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import version_in_force

    def load(text: str):
        files = {k: v.encode() for k, v in version_in_force(study).files.items()}
        old = files["reading/synovitis.yaml"].decode()
        start, end = old.index("monitor:"), old.index("minutes:")
        files["reading/synovitis.yaml"] = (old[:start] + text + old[end:]).encode()
        told = files["study.yaml"].decode()
        version = version_in_force(study).version
        files["study.yaml"] = re.sub(r"version: [^\s#]+", 'version: "9.1"', told, count=1).encode()  # fmt: skip
        clock.advance(timedelta(minutes=1))
        assert load_plan(files=files, by=by, clock=clock).version != version
        return study

    return load


@pytest.fixture
def quick(load_monitor):
    """The study on a plan that charts early."""
    return load_monitor(QUICK)


@pytest.fixture
def people(make_member):
    """Two readers, an adjudicator, a lead reader, a trial manager."""
    return {
        "ana": make_member("reader", username="ana"),
        "ben": make_member("reader", username="ben"),
        "ada": make_member("adjudicator", username="ada"),
        "lena": make_member("reading_lead", username="lena"),
        "tm": make_member("trial_manager", username="tm"),
    }


@pytest.fixture
def signed(study, site, clock, people):
    """A function (number, {reader: score or None}, minutes={}, against=None) -> the case, read and final.

    `against` names the reader whose score an adjudication left out.
    """
    from provident.kernel.ids import new_token
    from provident.web.participants.models import Participant
    from provident.web.people.models import Signature
    from provident.web.reading.models import Assignment, Case, FinalValue, Read

    def one_read(case, name, seat, score, minutes, role="primary"):
        clock.advance(timedelta(minutes=30))
        reader = people[name]
        assignment = Assignment.objects.create(
            case=case, design=DESIGN, reader=reader, role=role, seat=seat, position=case.pk, labels=[["A", "baseline"], ["B", "week24"]],
            token=new_token(), state="submitted", opened_at=clock.now(), submitted_at=clock.now(),
        )  # fmt: skip
        sign = Signature.objects.create(
            user=reader.user, study=study, role="reader", at=clock.now(), meaning="read", thing="read", thing_id="1",
            content_hash="0",
        )  # fmt: skip
        value = "not evaluable" if score is None else score
        return Read.objects.create(
            assignment=assignment, version=1, answers={"baseline": {}, "week24": {}},
            derived={"baseline": {}, "week24": {"synovitis_change": value}}, form="ramris@2", plan_version="1",
            active_seconds=round(minutes * 60), signature=sign, at=clock.now(),
        )  # fmt: skip

    def make(number, scores, minutes=None, against=None, final=True):
        who = Participant.objects.create(
            study=study, site=site, code=f"L-{900 + number}", anchor_on=clock.now().date(), enrolled_at=clock.now()
        )  # fmt: skip
        case = Case.objects.create(
            study=study, design=DESIGN, plan_version="1", participant=who, key=who.code, visits=["baseline", "week24"],
            state="final" if final else "reading", reasons=["change"] if against else [], created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        reads = {
            name: one_read(case, name, seat, score, (minutes or {}).get(name, 10))
            for seat, (name, score) in enumerate(scores.items(), 1)
        }
        used = [r for name, r in reads.items() if name != against]
        if against:
            left = next(s for n, s in scores.items() if n != against)
            used.append(one_read(case, "ada", 0, left, 8, role="adjudicator"))
        values = [s for n, s in scores.items() if n != against and s is not None]
        if final:
            FinalValue.objects.create(
                case=case, visit="week24", variable="synovitis_change", value=sum(values) / len(values) if values else None,
                missing="" if values else "not evaluable", rule="test", reads=[r.pk for r in used], at=clock.now(),
            )  # fmt: skip
        return reads

    return make


@pytest.fixture
def chart(clock):
    """A function: run the job of a read, and return the newest run of its design."""
    from provident.web.drift import selectors, tasks

    def run(read):
        tasks.read_signed(str(read.pk))
        return selectors.latest(read.assignment.case.study).get(DESIGN)

    return run
