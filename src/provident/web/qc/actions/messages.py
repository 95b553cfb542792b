"""The only writer of messages: kept with the change they tell of, sent by a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from provident.kernel import Clock
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.models import Membership
from provident.web.qc.models import Message
from provident.web.qc.outbox import Note, together
from provident.web.qc.selectors import people_of
from provident.web.sites.models import Site
from provident.web.studies.models import Study


def tell(*, note: Note, to: Iterable[Membership], clock: Clock) -> None:
    """Keep a message to each of some people, inside the action that records what it tells of.

    Who has no address gets none: the home page says the same. What has been told is not told again.
    """
    urgent: set[int] = set()
    for member in to:
        if not member.user.email:
            continue
        _, new = Message.objects.get_or_create(
            to=member, key=note.key[:80],
            defaults={
                "study": member.study, "kind": note.kind, "subject": note.subject[:120], "text": note.text,
                "digest": note.digest, "made_at": clock.now(),
            },
        )  # fmt: skip
        if new and not note.digest:
            urgent.add(member.study_id)
    for study in urgent:
        enqueue("provident.web.qc.tasks.send_messages", study)


def send(*, to: Membership, messages: Sequence[Message], clock: Clock) -> bool:
    """Send some messages to one person as one mail; what fails is tried again later.

    The mail goes out before it is noted as sent: a crash between the two repeats it, and loses none.
    """
    study = to.study
    subject, text = together([(m.subject, m.text) for m in messages])
    mail = EmailMessage(
        subject=f"[{study.slug}] {subject}",
        body=f"{text}\n\nThis message names no participant; log in to see more.\n",
        to=[to.user.email],
    )
    try:
        mail.send()
    except OSError:  # smtplib's errors are among them
        Message.objects.filter(pk__in=[m.pk for m in messages]).update(
            failures=max(m.failures for m in messages) + 1
        )
        return False
    _note_sent(study, to, messages, clock)
    return True


@transaction.atomic
def _note_sent(
    study: Study, to: Membership, messages: Sequence[Message], clock: Clock
) -> None:
    numbers = [m.pk for m in messages]
    Message.objects.filter(pk__in=numbers).update(sent_at=clock.now())
    record(
        clock=clock, by=SYSTEM, study=study.slug, action="message.sent", thing="account", thing_id=to.user.username,
        site=to.site, new={"messages": numbers, "kinds": sorted({m.kind for m in messages})},
    )  # fmt: skip


@transaction.atomic
def tell_verdict(*, note: Note, site: Site, clock: Clock) -> None:
    """Keep the message of a verdict to the people of the exam's site; the verdict itself is in the ledger already."""
    tell(note=note, to=people_of(site.study, "site", site.code), clock=clock)


def mail_is_set_up() -> bool:
    """Whether the installation says how mail is sent."""
    return bool(getattr(settings, "MAIL", ""))
