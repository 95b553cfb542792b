"""Starting a plan from a shipped one: what is asked at the beginning, and the files with the answers in them.

`provident new` and the page of the web app ask the same. What only the team can know later is the
plan's own list, `to_settle:` in study.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ruamel.yaml import YAML

from provident.kernel import InvalidInput
from provident.plan.load import load_files
from provident.plan.models.study import OpenPoint
from provident.plan.nearest import did_you_mean
from provident.plan.places import Path
from provident.plan.templates import template_files


STUDY, SITES = "study.yaml", "sites.yaml"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked when a plan is started.

    Attributes:
        key: its name, as in `--answer KEY=VALUE`.
        ask: the question in a trial team's words.
        hint: what the answer is for, or how it is written.
        kind: `id`, `text`, `number` or `date`.
        file: the plan file in which the answer stands.
        path: where in it.
        given: what the template says.
    """

    key: str
    ask: str
    hint: str
    kind: str
    file: str
    path: Path
    given: str


_ASKED: tuple[tuple[str, Path, str, str, str], ...] = (
    ("id", ("id",), "Short name of the study", "It stands in every image as protocol id: letters, digits, hyphens, at most 32.", "id"),
    ("version", ("version",), "Version of the plan", "Each amendment is a new one.", "text"),
    ("title", ("title",), "Full title", "As in the protocol.", "text"),
    ("sponsor", ("sponsor",), "Sponsor", "The organisation that answers for the study.", "text"),
    ("participants", ("population", "participants"), "Number of participants", "From the sample size.", "number"),
    ("first_participant", ("milestones", "first_participant"), "First participant joins", "", "date"),
    ("last_participant", ("milestones", "last_participant"), "Last participant joins", "", "date"),
    ("first_read", ("milestones", "first_read"), "First read", "Agreements with readers are held against it.", "date"),
    ("last_visit", ("milestones", "last_visit"), "Last visit of the last participant", "", "date"),
    ("data_lock", ("milestones", "data_lock"), "Data are locked", "Reads must be final by then.", "date"),
    ("report", ("milestones", "report"), "Main report", "", "date"),
)  # fmt: skip


def about(template: str) -> str:
    """What a shipped plan is, from the words at the head of its study.yaml.

    Raises:
        NotFound: there is no such plan.
    """
    lines = template_files(template)[STUDY].decode().splitlines()
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line.lstrip("# "))
    words = " ".join(head)
    return re.split(r"(?<=[.])(?<!et al[.]) (?=[A-Z])", words, maxsplit=1)[0]


def questions(template: str) -> tuple[Question, ...]:
    """What is asked when a plan is started from a shipped one, with what that one says.

    Raises:
        NotFound: there is no such plan.
    """
    documents = load_files(template_files(template)).documents
    found = [
        Question(key=key, ask=ask, hint=hint, kind=kind, file=STUDY, path=path, given=str(value))
        for key, path, ask, hint, kind in _ASKED
        if (value := _at(documents[STUDY], path)) is not None
    ]  # fmt: skip
    sites = documents.get(SITES, {}).get("sites", {})
    for name, site in sites.items():
        if isinstance(site, dict) and site.get("name"):
            found.append(
                Question(key=f"site.{name}", ask=f"Hospital in the place of {site['name']}", hint="Its scanners and contacts are settled later.",
                         kind="text", file=SITES, path=("sites", name, "name"), given=str(site["name"]))
            )  # fmt: skip
    return tuple(found)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def _is_id(text: str) -> str | None:
    fits = _ID.fullmatch(text)
    return None if fits else "Write letters, digits, hyphens, dots and underscores, 32 at most."  # fmt: skip


def _is_text(text: str) -> str | None:
    if "\n" in text or not text.isprintable():
        return "Write it in one line."
    return None if len(text) <= 300 else "Write 300 characters at most."


def _is_number(text: str) -> str | None:
    fits = text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000
    return None if fits else "Write a whole number above 0, such as 120."


def _is_date(text: str) -> str | None:
    try:
        fits = date.fromisoformat(text).isoformat() == text
    except ValueError:
        fits = False
    return None if fits else "Write the day as year-month-day, such as 2027-03-01."


_FITS: Mapping[str, Callable[[str], str | None]] = {
    "id": _is_id, "text": _is_text, "number": _is_number, "date": _is_date,
}  # fmt: skip


def wrong_answers(template: str, answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with answers, by their key; empty where nothing is.

    Raises:
        NotFound: there is no such plan to start from.
    """
    asked = {q.key: q for q in questions(template)}
    wrong = {}
    for key, answer in answers.items():
        if key not in asked:
            wrong[key] = f'"{key}" is not asked{did_you_mean(key, asked)}'
        elif not answer.strip():
            wrong[key] = "Write an answer, or keep what stands there."
        elif words := _FITS[asked[key].kind](answer.strip()):
            wrong[key] = words
    return wrong


def started(template: str, answers: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a shipped plan with answers in the place of its own; comments stay.

    Raises:
        NotFound: there is no such plan to start from.
        InvalidInput: an answer does not fit its question.
    """
    wrong = wrong_answers(template, answers)
    if wrong:
        raise InvalidInput("; ".join(f"{key}: {words}" for key, words in wrong.items()))
    files = template_files(template)
    for question in questions(template):
        answer = answers.get(question.key, "").strip()
        if answer and answer != question.given:
            text = files[question.file].decode()
            new = answer if question.kind in ("number", "date") else json.dumps(answer, ensure_ascii=False)  # fmt: skip
            files[question.file] = _replaced(text, question.path, new).encode()
    return files


def _replaced(text: str, path: Path, new: str) -> str:
    """A YAML text in which the value at a path is another; all else stays, comments too."""
    node = YAML(typ="safe", pure=True).compose(text)
    for step in path:
        node = next(value for key, value in node.value if key.value == str(step))
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + new + text[end:]


def open_points(files: Mapping[str, bytes]) -> tuple[OpenPoint, ...]:
    """What the files list under `to_settle:`; nothing where the plan does not load."""
    loaded = load_files(files)
    return loaded.plan.study.to_settle if loaded.plan else ()


def answers_from(pairs: Iterable[str]) -> dict[str, str]:
    """Answers from `KEY=VALUE`.

    Raises:
        InvalidInput: one is not written so.
    """
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InvalidInput(f'"{pair}" is not written as KEY=VALUE, such as participants=120')  # fmt: skip
        found[key.strip()] = value
    return found
