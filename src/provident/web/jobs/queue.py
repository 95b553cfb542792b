"""Background jobs: named functions with ids as their only payload.

The engine is django-q2 with its ORM broker (ADR 3). A job is idempotent: it may run again after a crash.
A failure is kept by code, never with a traceback, and the engine tries the job again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django_q.models import OrmQ
from django_q.tasks import async_task

from provident.kernel import SystemClock
from provident.web.jobs.models import Failure


log = logging.getLogger("provident.jobs")


class JobFailed(Exception):
    """Raised in place of the real error, so that neither values nor traceback reach the queue's tables."""


def job(function: Callable[[str], None]) -> Callable[[str], None]:
    """Mark a function of one id as a job."""

    @wraps(function)
    def run(thing_id: str) -> None:
        code = ""
        try:
            function(thing_id)
        except Exception as error:  # noqa: BLE001  # whatever it was, only its class is kept
            code = type(error).__name__
            log.error("job %s failed on %s: %s", function.__name__, thing_id, code)
        if code:
            Failure.objects.create(
                job=function.__name__,
                thing_id=thing_id,
                code=code,
                at=SystemClock().now(),
            )
            raise JobFailed(code)

    return run


def take_back() -> int:
    """Give back what a killed worker had taken; call only where no other worker is at work on the database.

    Returns how many jobs. Without it they come back by themselves after the engine's retry time (Q_CLUSTER).
    """
    now = SystemClock().now()
    return int(OrmQ.objects.filter(lock__gt=now).update(lock=now))


def enqueue(path: str, thing_id: str | int) -> None:
    """Run a job once the current transaction has committed: `provident.web.exams.tasks.judge_exam`, id.

    The queue is a table of the same database, so the job is written in the transaction itself: a crash between the
    change and its job cannot lose the job, and a change that is rolled back leaves none.
    """
    async_task(path, str(thing_id), task_name=f"{path.rsplit('.', 1)[1]} {thing_id}")
