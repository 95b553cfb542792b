"""What messages say. No participant, no date, no value of an image: a mail is read on any telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


OUTCOME_WORDS = {
    "pass": "as in the imaging manual",
    "warn": "nearly as in the imaging manual: look at it",
    "fail": "not as in the imaging manual",
    "not_assessable": "not assessable",
}
URGENT = frozenset({"fail", "not_assessable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One message before it is kept. `key` says what it is about: a person is told once."""

    kind: str
    key: str
    subject: str
    text: str
    digest: bool = False


def verdict(exam: int, outcome: str, received: int, study: str) -> Note:
    """An exam was judged; what is as in the manual waits for the day's collected message."""
    said = OUTCOME_WORDS.get(outcome, outcome)
    return Note(
        kind="verdict", key=f"verdict {exam} {received} {outcome}", subject=f"Exam {exam}: {said}",
        text=f"Exam {exam} has arrived whole and was judged: {said}.\nOpen /s/{study}/exams/{exam}",
        digest=outcome not in URGENT,
    )  # fmt: skip


def asked(query: int, due: str, study: str) -> Note:
    """A site is asked."""
    return Note(
        kind="query", key=f"query {query}", subject=f"Query {query}: please answer by {due}",
        text=f"There is a question about an exam of your site. Please answer by {due}.\nOpen /s/{study}/queries/{query}",
    )  # fmt: skip


def answered(query: int, message: int, study: str) -> Note:
    """A site has answered."""
    return Note(
        kind="answer", key=f"answer {message}", subject=f"Query {query} is answered", digest=True,
        text=f"A site has answered query {query}.\nOpen /s/{study}/queries/{query}",
    )  # fmt: skip


def reminder(query: int, due: str, today: str, study: str) -> Note:
    """A site is reminded."""
    return Note(
        kind="reminder", key=f"reminder {query} {today}", subject=f"Query {query} waits since {due}", digest=True,
        text=f"The answer to query {query} was due on {due}.\nOpen /s/{study}/queries/{query}",
    )  # fmt: skip


def escalated(query: int, site: str, study: str) -> Note:
    """The trial manager steps in."""
    return Note(
        kind="escalated", key=f"escalated {query}", subject=f"Query {query} to {site} is escalated",
        text=f"{site} has not answered query {query} in the time that the plan gives.\nOpen /s/{study}/queries/{query}",
    )  # fmt: skip


def action(pk: int, what: str, due: str, study: str) -> Note:
    """An action was given to somebody."""
    return Note(
        kind="action", key=f"action {pk} {due}", subject=f"Action {pk} is yours until {due}",
        text=f"{what} {pk} is to be done by {due}.\nOpen /s/{study}/quality/actions/{pk}",
    )  # fmt: skip


def together(notes: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Subject and text of one mail that holds one or several messages (subject, text)."""
    if len(notes) == 1:
        return notes[0]
    subject = f"{len(notes)} messages"
    return subject, "\n\n".join(f"{title}\n{text}" for title, text in notes)
