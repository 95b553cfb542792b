"""A study with one open site and two participants, served for the journeys of the browser page; run as a program.

python -m tests.journeys.browser_send.serve 8000     serves a fresh study from PROVIDENT_DATA
python -m tests.journeys.browser_send.serve judge    judges what has arrived, as the worker would
"""

from __future__ import annotations

import socketserver
import sys
from datetime import date
from wsgiref.simple_server import WSGIServer, make_server

from tests.journeys.pages_seed import Quiet, Seed, setup


ANCHOR = date(2026, 3, 2)


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


def fill() -> None:
    """Two participants of Leeds and a radiographer there."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from provident.web.participants.actions import enrol
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role
    from provident.web.people.models import User
    from provident.web.studies.plans import plan_of

    seed = Seed()
    version = seed.study()
    site = version.study.sites.get(code="leeds")
    consent = dict.fromkeys(plan_of(version).consent.options, True)
    for _ in range(3):
        enrol(site=site, anchor_on=ANCHOR, consent=consent, by=seed.by, clock=seed.at(ANCHOR))  # fmt: skip
    rae = User.objects.get(username="rae")
    rae.memberships.all().delete()
    give_role(user=rae, study=version.study, role=Role.SITE, site="leeds", by=seed.by, clock=seed.at(ANCHOR),
              code="rae", plan_role="radiographer")  # fmt: skip


def judge() -> None:
    """What the worker does with an exam that has arrived."""
    from provident.web.exams.models import Exam
    from provident.web.exams.tasks import judge_exam

    for exam in Exam.objects.filter(state="complete"):
        judge_exam(str(exam.pk))


def serve(port: int) -> None:
    """Serve until the process is ended; threads, as the page sends two batches at a time."""
    from provident.web.config.wsgi import application

    with make_server("127.0.0.1", port, application, server_class=Threaded, handler_class=Quiet) as server:  # fmt: skip
        server.serve_forever()


if __name__ == "__main__":
    setup()
    if sys.argv[1] == "judge":
        judge()
    else:
        fill()
        serve(int(sys.argv[1]))
