"""What each event says, in words."""

from __future__ import annotations

import re
from typing import Any


CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")  # a code such as `not_done`
HASH = re.compile(r"[0-9a-f]{40,}|[0-9.]{30,}")
WORDS = {
    "account.created": "made the account",
    "account.login": "logged in",
    "account.login_refused": "refused a log-in (wrong password)",
    "account.password_changed": "changed the password",
    "role.given": "gave a role",
    "role.ended": "ended a role",
    "plan.loaded": "put a plan version in force",
    "plan.assigned": "gave a question of the plan to somebody:",
    "plan.finished": "ended a question of the plan:",
    "plan.commented": "said something about a question of the plan:",
    "plan.waived": "answered with a waiver for a question of the plan:",
    "plan.waiver_ended": "ended the waiver of a question of the plan:",
    "plan.domain_signed": "signed that the team has considered the domain",
    "amendment.drafted": "drafted the amendment to plan",
    "amendment.dated": "set the days of the amendment to plan",
    "amendment.submitted": "gave to review the amendment to plan",
    "amendment.sent_back": "sent back to draft the amendment to plan",
    "amendment.commented": "said something about the amendment to plan",
    "amendment.signed": "signed the amendment to plan",
    "amendment.withdrawn": "withdrew the amendment to plan",
    "amendment.in_force": "put in force the amendment to plan",
    "amendment.acknowledged": "acknowledged the amendment to plan",
    "flow.held": "held a transfer: closed is the flow",
    "flow.passed": "took in a transfer that had been held for the flow",
    "flow.let_pass": "let images pass over the closed flow",
    "flow.closed_again": "closed again the flow",
    "amendment.judged_ahead": "had the stored exams judged by the draft of",
    "amendment.rejudged": "had undecided exams judged again by",
    "site.registered": "registered the site",
    "site.activated": "opened the site",
    "site.pilot_released": "let the site go on from its pilot stage, signed",
    "scanner.changed": "saw a change of the scanner",
    "scanner.change_accepted": "released a change of the scanner",
    "scanner.evidence": "recorded evidence for the scanner",
    "scanner.accredited": "accredited the scanner",
    "scanner.suspended": "suspended the accreditation of the scanner",
    "scanner.withdrawn": "withdrew the accreditation of the scanner",
    "scanner.applied": "applied again for the accreditation of the scanner",
    "phantom.sent": "sent a phantom scan",
    "phantom.entered": "entered values of a phantom scan",
    "phantom.measured": "measured the phantom scan",
    "phantom.accepted": "accepted the phantom scan",
    "phantom.rejected": "rejected the phantom scan",
    "participant.enrolled": "enrolled the participant",
    "participant.withdrawn": "recorded a withdrawal",
    "participant.consent_changed": "changed the consent",
    "slot.asked_for": "asked the site for late exams",
    "slot.booked": "booked the exam",
    "slot.gate_overruled": "allowed a booking without an accredited scanner",
    "slot.not_done": "recorded that the exam was not done",
    "transfer.announced": "announced a transfer",
    "transfer.verified": "counted and verified the transfer",
    "transfer.instances_refused": "refused images of the transfer",
    "quarantine.opened": "held images back",
    "quarantine.rerun": "had held images run again",
    "participant.number_linked": "linked the hospital's number of",
    "participant.number_unlinked": "undid the link of the hospital's number of",
    "participant.numbers_looked_at": "looked at the hospital's numbers of",
    "site.transfer_tested": "tested the transfer of the site",
    "site.transfer_test_asked": "asked for a transfer test of the site",
    "site.key_make": "made the key of the site",
    "site.key_import": "imported the key of the site",
    "site.key_passphrase": "changed the passphrase of the site's key",
    "site.key_replace": "replaced the key of the site",
    "participant.person_noted": "noted by a keyed code whose images were sent for",
    "participant.second_number_noted": "noted a second hospital number of",
    "participant.person_forgotten": "undid whose images were noted for",
    "quarantine.looked_at": "looked at what is held back",
    "quarantine.reviewed": "reviewed what is taken out of held images",
    "quarantine.words_reviewed": "looked at the words that stay in images of the site",
    "transfer.reviewed": "reviewed what was taken out of sent images of the transfer",
    "gateway.runs": "told which software and profile it runs:",
    "quarantine.resolved": "decided about held images",
    "quarantine.link": "linked held images to a participant",
    "quarantine.carried_out": "carried out the decision about held images",
    "quarantine.not_carried_out": "could not carry out the decision about held images",
    "gateway.registered": "registered a gateway",
    "gateway.revoked": "revoked a gateway",
    "exam.facts_stored": "stored the facts of the exam's series",
    "exam.judged": "judged the exam against the manual",
    "exam.rule_waived": "let a rule go for the exam, signed",
    "exam.waiver_ended": "let a waived rule hold again",
    "exam.accepted": "accepted the exam",
    "exam.rejected": "rejected the exam",
    "query.opened": "asked the site",
    "query.answered": "answered the query",
    "query.closed": "closed the query",
    "query.reminded": "reminded the site of the query",
    "query.escalated": "told the trial manager that the site has not answered the query",
    "review.selected": "drew whether a person looks at the exam",
    "capa.opened": "opened an action",
    "capa.assigned": "gave the action to somebody",
    "capa.done": "said what was done about the action",
    "capa.closed": "found the action effective and closed it",
    "capa.reopened": "found the action without effect and opened it again",
    "message.sent": "sent messages by mail to",
    "dose.counted": "counted the dose of the exam",
    "dose.entered": "entered a dose that the console shows for the exam",
    "dose.signed": "signed for a higher dose of",
    "repeat.proposed": "proposed to repeat the exam",
    "repeat.moved": "moved the repeat of the exam on",
    "repeat.asked": "asked the site to repeat the exam",
    "repeat.done": "saw that the exam was repeated",
    "query.dose_known": "closed the query, since the dose is known now,",
    "alarm.charted": "drew the control charts on the readers of",
    "alarm.raised": "raised an alarm on a reader",
    "alarm.acknowledged": "took on the alarm on a reader",
    "alarm.acted": "wrote down what was done about the alarm",
    "alarm.closed": "closed the alarm on a reader",
    "case.prepared": "prepared a case for reading",
    "case.opened": "opened a case for reading",
    "reading.order_drawn": "drew the reading order",
    "reading.limit_fixed": "fixed a figure that the plan left open",
    "read.opened": "opened a case",
    "read.signed": "signed a read",
    "read.imported": "took an algorithm's read in",
    "reading.output_taken": "brought the output of an algorithm",
    "export.reports_fetched": "fetched reads as structured reports",
    "read.corrected": "corrected a read",
    "read.stage_locked": "locked a time point of a read",
    "reading.read_again": "had a case read again, its technical cause mended",
    "technical.asked": "asked quality control for a technical cause",
    "technical.answered": "answered whether there is a technical cause",
    "adjudication.chosen": "chose one of two reads",
    "side.asked": "asked for a look outside the blind at exam",
    "side.read": "looked outside the blind at exam",
    "side.told": "told a clinician of a finding in exam",
    "side.acknowledged": "recorded that a clinician acknowledged a finding in exam",
    "scan_read.clips_attached": "attached the clips to a score given at the scan",
    "scan_read.signed": "signed a score given at the scan",
    "adjudication.opened": "opened an adjudication",
    "adjudication.signed": "signed an adjudication",
    "final_value.derived": "derived the final value",
    "export.made": "made an export",
    "export.fetched": "downloaded an export",
    "report.fetched": "fetched the report on reads:",
    "report.seen": "looked at reads by arm:",
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


def short(text: str) -> str:
    """A hash or a UID by its beginning: nobody reads the rest."""
    return f"{text[:12]}…" if HASH.fullmatch(text) else text


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
            return named(given) if CODE.fullmatch(given) else short(given)
        case _:
            return str(given)
