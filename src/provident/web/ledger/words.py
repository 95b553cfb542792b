"""What each event says, in words."""

from __future__ import annotations

import re
from typing import Any


CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")  # a code such as `not_done`
WORDS = {
    "account.created": "made the account",
    "account.login": "logged in",
    "account.login_refused": "refused a log-in (wrong password)",
    "account.password_changed": "changed the password",
    "role.given": "gave a role",
    "role.ended": "ended a role",
    "plan.loaded": "put a plan version in force",
    "site.registered": "registered the site",
    "site.activated": "opened the site",
    "scanner.changed": "saw a change of the scanner",
    "scanner.change_accepted": "accepted a change of the scanner",
    "participant.enrolled": "enrolled the participant",
    "participant.withdrawn": "recorded a withdrawal",
    "participant.consent_changed": "changed the consent",
    "participant.linked": "linked the participant at the site's gateway",
    "slot.asked_for": "asked the site for late exams",
    "slot.booked": "booked the exam",
    "slot.not_done": "recorded that the exam was not done",
    "transfer.announced": "announced a transfer",
    "transfer.received": "received the images",
    "transfer.verified": "counted and verified the transfer",
    "transfer.refused": "refused the transfer",
    "quarantine.opened": "held images back",
    "quarantine.released": "released images from quarantine",
    "quarantine.discarded": "discarded images from quarantine",
    "exam.received": "received the exam",
    "exam.completed": "found the exam complete",
    "exam.judged": "judged the exam against the manual",
    "exam.reopened": "reopened the exam: more images came",
    "exam.accepted": "accepted the exam",
    "exam.rejected": "rejected the exam",
    "query.opened": "asked the site",
    "query.answered": "answered the query",
    "query.closed": "closed the query",
    "case.prepared": "prepared a case for reading",
    "case.assigned": "gave a case to a reader",
    "read.opened": "opened a case",
    "read.signed": "signed a read",
    "read.corrected": "corrected a read",
    "adjudication.opened": "opened an adjudication",
    "adjudication.signed": "signed an adjudication",
    "final_value.derived": "derived the final value",
    "export.made": "made an export",
    "export.fetched": "downloaded an export",
    "study.locked": "locked the study",
    "study.unblinded": "unblinded the study",
    "ledger.values_erased": "erased the values of an event",
}


def said(action: str) -> str:
    """An action in words; one without words of its own is read from its name."""
    if action in WORDS:
        return WORDS[action]
    thing, _, verb = action.partition(".")
    return f"{verb.replace('_', ' ')} the {thing.replace('_', ' ')}".strip()


def named(field: str) -> str:
    """A field's name in words."""
    return field.replace("_", " ")


def value(given: Any) -> str:
    """A value in words, short enough for a table."""
    if given is None or given in ("", [], {}):
        return "nothing"
    match given:
        case bool():
            return "yes" if given else "no"
        case dict():
            return ", ".join(f"{named(str(k))}: {value(v)}" for k, v in given.items())
        case list():
            return ", ".join(value(v) for v in given)
        case str():
            return named(given) if CODE.fullmatch(given) else given
        case _:
            return str(given)
