"""What an export's files say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provident import forms
from provident.web.participants.models import Participant
from provident.web.people.access import Field
from provident.web.reports import tables
from provident.web.reports.selectors import final_values, latest_reads, participants
from provident.web.studies.models import Study
from provident.web.studies.plans import consent_options, plan_in_force, withdrawals


@dataclass(frozen=True, slots=True)
class File:
    """One file's text and its number of rows."""

    text: str
    rows: int


LONG = ("study", "participant", "site", "endpoint", "visit", "form", "reader", "reader_role", "version",
        "variable", "value", "missing", "implied", "kind", "signed_at")  # fmt: skip
MEASURED = ("study", "participant", "site", "endpoint", "visit", "reader", "version", "measurement", "kind", "series",
            "sop_uid", "frame", "points", "part", "value", "unit", "check", "fills")  # fmt: skip
FINAL = (
    "study",
    "participant",
    "site",
    "endpoint",
    "visit",
    "variable",
    "value",
    "missing",
    "rule",
)
SCANS = (
    "study",
    "participant",
    "site",
    "visit",
    "exam",
    "state",
    "reason",
    "opens_on",
    "closes_on",
    "outcome",
)
CODEBOOK = (
    "file",
    "column",
    "form",
    "label",
    "type",
    "unit",
    "low",
    "high",
    "values",
    "missing_codes",
    "derivation",
)


def may_be_used(participant: Participant) -> bool:
    """Whether the participant's current consent and kind of withdrawal let the data be used."""
    plan = plan_in_force(participant.study)
    required = [
        name for name, option in consent_options(plan).items() if option.required
    ]
    if any(participant.consent.get(name) is False for name in required):
        return False
    withdrawal = withdrawals(plan).get(participant.withdrawal)
    return withdrawal is None or str(withdrawal.derived).startswith("keep")


def files(*, study: Study, seen: frozenset[Field]) -> dict[str, File]:
    """All files of an export, but for the manifest, by name."""
    used = {p.pk: p for p in participants(study) if may_be_used(p)}
    made = {"scans.csv": _file(SCANS, list(_scans(study, used)))}
    if Field.ARM in seen:
        rows = [
            {"study": study.slug, "participant": p.code, "arm": p.arm}
            for p in used.values()
        ]
        made["allocation.csv"] = _file(("study", "participant", "arm"), rows)
    if Field.SCORE in seen:
        made["reads_long.csv"] = _file(LONG, list(_reads(study, used)))
        made["measurements.csv"] = _file(MEASURED, list(_measured(study, used)))
    if Field.FINAL in seen:
        finals = list(_finals(study, used))
        made["final_long.csv"] = _file(FINAL, finals)
        columns, rows = tables.widened(
            finals, ("study", "participant", "site"), ("endpoint", "visit", "variable")
        )
        made["final_wide.csv"] = _file(columns or list(FINAL[:3]), rows)
    made["codebook.csv"] = _file(CODEBOOK, list(_codebook(study, sorted(made))))
    return made


def _file(columns: list[str] | tuple[str, ...], rows: list[dict[str, Any]]) -> File:
    return File(tables.csv_text(columns, rows), len(rows))


def _who(study: Study, participant: Participant) -> dict[str, str]:
    return {
        "study": study.slug,
        "participant": participant.code,
        "site": participant.site.code,
    }


def _scans(study: Study, used: dict[int, Participant]) -> Iterator[dict[str, Any]]:
    for participant in used.values():
        for slot in participant.slots.order_by("opens_on", "exam_kind"):
            exam = slot.exams.order_by("-first_received_at").first()
            yield {
                **_who(study, participant), "visit": slot.visit, "exam": slot.exam_kind, "state": slot.state,
                "reason": slot.reason, "opens_on": slot.opens_on.isoformat(), "closes_on": slot.closes_on.isoformat(),
                "outcome": exam.outcome if exam else "",
            }  # fmt: skip


def _split(value: Any, missing_codes: set[str]) -> tuple[Any, str]:
    """A stored answer as value and reason why it is missing; never both."""
    if value is None or value == "not evaluable":
        return None, "not evaluable"
    if isinstance(value, str) and value in missing_codes:
        return None, value
    return value, ""


def _reads(study: Study, used: dict[int, Participant]) -> Iterator[dict[str, Any]]:
    plan = plan_in_force(study)
    for read in latest_reads(study):
        case = read.assignment.case
        if case.participant_id not in used:
            continue
        codes = set(plan.forms[read.form].missing) if read.form in plan.forms else set()
        common = {
            **_who(study, used[case.participant_id]), "endpoint": case.design, "form": read.form,
            "reader": read.assignment.reader.code, "reader_role": read.assignment.role, "version": read.version,
            "signed_at": read.at.isoformat(),
        }  # fmt: skip
        for kind, by_visit in (("entered", read.answers), ("derived", read.derived)):
            for visit, values in by_visit.items():
                implied = set(read.implied.get(visit, ()))
                for variable, stored in values.items():
                    value, missing = _split(stored, codes)
                    yield {**common, "visit": visit, "variable": variable, "value": value, "missing": missing,
                           "implied": int(kind == "entered" and variable in implied), "kind": kind}  # fmt: skip


def _measured(study: Study, used: dict[int, Participant]) -> Iterator[dict[str, Any]]:
    """One row for each value of each measurement."""
    for read in latest_reads(study):
        case = read.assignment.case
        if case.participant is None or case.participant_id not in used:
            continue
        common = {**_who(study, case.participant), "endpoint": case.design, "reader": read.assignment.reader.code,
                  "version": read.version}  # fmt: skip
        for one in read.measurements:
            if "schema" not in one:
                continue
            points = " ".join(f"{x},{y}" for x, y in one["points"])
            fills = {f["part"]: f["key"] for f in one["fills"]}
            for part, value in one["values"].items():
                yield {
                    **common, "visit": one["visit"], "measurement": one["id"], "kind": one["kind"],
                    "series": one["role"], "sop_uid": one["image"]["sop_uid"], "frame": one["image"]["frame"],
                    "points": points, "part": part, "value": value["value"], "unit": value["unit"],
                    "check": one["check"], "fills": fills.get(part, ""),
                }  # fmt: skip


def _finals(study: Study, used: dict[int, Participant]) -> Iterator[dict[str, Any]]:
    for final in final_values(study):
        case = final.case
        if case.participant_id in used:
            yield {
                **_who(study, used[case.participant_id]), "endpoint": case.design, "visit": final.visit,
                "variable": final.variable, "value": final.value, "missing": final.missing, "rule": final.rule,
            }  # fmt: skip


_COLUMNS = {
    "scans.csv": SCANS, "allocation.csv": ("study", "participant", "arm"), "reads_long.csv": LONG,
    "final_long.csv": FINAL, "measurements.csv": MEASURED,
}  # fmt: skip
_MEANING = {
    "study": "the study's short name", "participant": "the trial number", "site": "the site's id in the plan",
    "endpoint": "the read design (reading/*.yaml)", "visit": "the visit's id in the plan", "arm": "the allocation",
    "form": "form id @ version", "reader": "the reader's code", "reader_role": "primary or adjudicator",
    "version": "version of the signed read", "variable": "item of the form, or derived variable",
    "value": "the value; empty where it is missing", "missing": "why there is no value: a code of the form",
    "implied": "1: not typed, implied by the gate question", "kind": "entered or derived",
    "signed_at": "when the read was signed, UTC", "rule": "the rule of the plan that gave the final value",
    "exam": "the kind of exam", "state": "how far the exam has come", "reason": "why it was not done",
    "opens_on": "first day of the window", "closes_on": "last day of the window",
    "outcome": "verdict against the imaging manual",
    "measurement": "its name within the read", "series": "the series role in the plan",
    "sop_uid": "SOP Instance UID of the stored image", "frame": "frame of that image, from 1",
    "points": "x,y in pixels of the image, (0, 0) its outer corner", "part": "which value of the measurement",
    "unit": "unit of the value", "check": "whether it is what the reader was shown",
    "fills": "the answer of the form that it gives",
}  # fmt: skip


def _codebook(study: Study, names: list[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        for column in _COLUMNS.get(name, ()):
            yield {
                "file": name,
                "column": column,
                "label": _MEANING[column],
                "type": "text",
            }
    if "reads_long.csv" not in names and "final_long.csv" not in names:
        return
    for form_id, model in plan_in_force(study).forms.items():
        for answer in forms.columns(forms.compile_form(model)):
            yield {
                "file": "variable",
                "column": answer.key,
                "form": form_id,
                "label": answer.label,
                "type": answer.type,
                "unit": answer.unit,
                "low": answer.low,
                "high": answer.high,
                "values": "; ".join(f"{c.value} = {c.label}" for c in answer.choices),
                "missing_codes": "; ".join(
                    f"{code} = {words}" for code, words in answer.missing
                ),
                "derivation": answer.formula,
            }
