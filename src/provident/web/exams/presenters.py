"""The exam page's values: verdict, series with measures, facts, the scanner's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from provident import plan
from provident.kernel import Finding
from provident.web.exams.pages import Exam, Membership, Series
from provident.web.people.access import Field, Thing, visible
from provident.web.studies.words import exam_name, role_name, visit_name
from provident.web.ui import charts
from provident.web.ui.numbers import plain


LABEL_WORDS = {
    "out_of_window": "outside the visit's window",
    "off_protocol": "not of the protocol",
    "unregistered_scanner": "scanner not registered",
    "unscheduled": "unscheduled",
    "repeat": "a repeat",
    "tag_gone": "an attribute that used to come is gone",
    "new_private_creator": "new private elements",
    "another_anonymiser": "changed by another anonymiser before",
    "identifier_pattern": "text that looks like an identifier",
}
OUTCOME_COLOUR = {"pass": "green", "warn": "amber", "fail": "red", "not_assessable": "grey"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """One rule with what was found, for a bar."""

    label: str
    value: float | None
    expected: str
    found: str
    low: float | None
    high: float | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One fact of a series with its source."""

    name: str
    value: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """One series: its role, what arrived, the verdict and the measures that matter."""

    pk: int
    role: str
    needed: str
    arrived: str
    outcome: str
    tags: tuple[tuple[str, str], ...]  # colour, words
    measures: tuple[MeasureLine, ...]
    met: int
    remarks: tuple[str, ...]
    facts: tuple[FactLine, ...]
    picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One fact of one scanner over its last exams."""

    chart: Markup
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPage:
    """One exam on one screen."""

    pk: int
    participant: str
    site: str
    visit: str
    kind: str
    state: str
    outcome: str
    labels: tuple[str, ...]
    sentence: str
    detail: str
    colour: str
    acquired_on: date | None
    scanner: str
    first_received_at: datetime
    complete_at: datetime | None
    judged_at: datetime | None
    judged_in: int | None  # seconds
    manual: str
    received: int
    announced: int
    slot: int | None
    closes_on: date | None
    series: tuple[SeriesLine, ...]
    findings: tuple[Finding, ...]
    drift: tuple[Finding, ...]
    sees_quality: bool
    sees_images: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    """A rule that was let go for an exam."""

    pk: int
    words: str
    reason: str
    by: str
    at: datetime
    until: date | None
    ended: bool
    end_reason: str


def waiver_lines(rows: Sequence[Any]) -> tuple[WaiverLine, ...]:
    """Waivers as they are shown."""
    return tuple(
        WaiverLine(
            pk=w.pk, words=w.words, reason=w.reason, by=w.by.user.name or w.by.user.username, at=w.at, until=w.until,
            ended=w.ended_at is not None, end_reason=w.end_reason,
        )
        for w in rows
    )  # fmt: skip


def _measures(verdict: Mapping[str, Any]) -> list[MeasureLine]:
    return [
        MeasureLine(
            label=m["label"], value=m["value"], expected=m["expected"], found=m["found"], low=m["low"], high=m["high"],
            outcome=m["outcome"],
        )
        for m in verdict.get("measures", ())
    ]  # fmt: skip


def _tags(outcome: str, measures: Sequence[MeasureLine]) -> tuple[tuple[str, str], ...]:
    """The verdict as tags: what is wrong by its name, else the outcome's word."""
    wrong = [(OUTCOME_COLOUR[m.outcome], m.label) for m in measures if m.outcome in {"warn", "fail"}]  # fmt: skip
    if wrong and outcome in {"warn", "fail"}:
        return tuple(wrong)
    return ()


def _facts(series: Series) -> tuple[FactLine, ...]:
    facts = series.facts.get("facts", {}) if isinstance(series.facts, dict) else {}
    return tuple(
        FactLine(
            name=name.replace("_", " "),
            value=_value(fact.get("value")),
            unit=fact.get("unit") or "",
            source=fact.get("source") or "",
        )
        for name, fact in sorted(facts.items())
    )


def _value(value: Any) -> str:
    if isinstance(value, list):
        shown = ", ".join(plain(v) for v in value[:8])
        return f"{shown}, …" if len(value) > 8 else shown
    if isinstance(value, dict):
        return ", ".join(f"{k} {plain(v)}" for k, v in value.items())
    return plain(value)


def _series_line(series: Series, verdict: Mapping[str, Any], exam: Exam, of: plan.Plan) -> SeriesLine:  # fmt: skip
    measures = _measures(verdict)
    outcome = verdict.get("outcome") or series.outcome
    manual = of.imaging.get(exam.kind)
    role = manual.series.get(series.role) if manual else None
    needed = ("optional" if role.optional else "required") if role else "extra"
    number = f", series {series.number}" if series.number is not None else ""
    return SeriesLine(
        pk=series.pk,
        role=role_name(of, exam.kind, series.role),
        needed=needed,
        arrived=f"{series.instances} {'image' if series.instances == 1 else 'images'}{number}",
        outcome=outcome,
        tags=_tags(outcome, measures),
        measures=tuple(m for m in measures if m.outcome != "pass"),
        met=sum(m.outcome == "pass" for m in measures),
        remarks=tuple(
            f["message"] for f in verdict.get("findings", ()) if f.get("message")
        ),
        facts=_facts(series),
        picture=bool(series.thumbnail_key),
    )


def _colour(exam: Exam) -> str:
    if exam.state == Exam.State.ACCEPTED:
        return "green"
    if exam.state == Exam.State.REJECTED:
        return "red"
    return OUTCOME_COLOUR.get(exam.outcome, "blue")


def _sentence(exam: Exam, said: str) -> str:
    """The verdict in one line; what is to be said while nothing is judged."""
    if exam.state == Exam.State.RECEIVING:
        return f"Images are still arriving: {exam.received} of {exam.announced or 'an unknown number'} so far."
    if exam.state == Exam.State.COMPLETE:
        return "All images are here; they are being judged against the manual."
    return said or "Judged; nothing was said about it."


def _detail(exam: Exam, remedies: Sequence[str]) -> str:
    if exam.state == Exam.State.ACCEPTED:
        return "Accepted for reading."
    if exam.state == Exam.State.REJECTED:
        return "Rejected; the reason is among what happened below."
    return " ".join(dict.fromkeys(remedies))


def exam_page(exam: Exam, of: plan.Plan, member: Membership) -> ExamPage:
    """An exam as this person may see it."""
    seen = visible(member, Thing.EXAM)
    quality = Field.QUALITY in seen
    verdict: Mapping[str, Any] = exam.verdict if quality else {}
    by_uid = {s["uid"]: s for s in verdict.get("series", ())}
    general = tuple(Finding.from_json(f) for f in verdict.get("findings", ()))
    remedies = [f["remedy"] for s in by_uid.values() for f in s.get("findings", ()) if f.get("remedy")]  # fmt: skip
    judged_in = None
    if exam.judged_at and exam.complete_at:
        judged_in = max(0, round((exam.judged_at - exam.complete_at).total_seconds()))
    return ExamPage(
        pk=exam.pk, participant=exam.participant.code, site=exam.participant.site.name,
        visit=visit_name(of, exam.visit), kind=exam_name(of, exam.kind), state=exam.state,
        outcome=exam.outcome if quality else "",
        labels=tuple(LABEL_WORDS.get(name, name.replace("_", " ")) for name in exam.labels),
        sentence=_sentence(exam, verdict.get("sentence", "")), detail=_detail(exam, [*(f.remedy for f in general), *remedies]),
        colour=_colour(exam) if quality else "blue",
        acquired_on=exam.acquired_on if Field.DATE in seen else None,
        scanner=_scanner(exam), first_received_at=exam.first_received_at, complete_at=exam.complete_at,
        judged_at=exam.judged_at, judged_in=judged_in, manual=verdict.get("manual", ""), received=exam.received,
        announced=exam.announced, slot=exam.slot_id, closes_on=exam.slot.closes_on if exam.slot else None,
        series=tuple(_series_line(s, by_uid.get(s.uid, {}), exam, of) for s in exam.series.all()),
        findings=general, drift=tuple(Finding.from_json(f) for f in verdict.get("drift", ())), sees_quality=quality, sees_images=Field.IMAGE in seen,
    )  # fmt: skip


def _scanner(exam: Exam) -> str:
    if exam.scanner is None:
        return "a scanner that is not registered"
    s = exam.scanner
    seen = s.observed if isinstance(s.observed, dict) else {}
    parts = [s.make, s.model, str(seen.get("software", ""))[:20]]
    words = " ".join(p for p in parts if p)
    return f"{s.code} ({words})" if words else s.code


def _worst_measure(exam: Exam) -> tuple[str, Mapping[str, Any]] | None:
    """The measure that the history is drawn of: the worst of this exam, else the first with a number."""
    order = ["fail", "warn", "not_assessable", "pass"]
    found = [
        (s["role"], m)
        for s in exam.verdict.get("series", ())
        for m in s.get("measures", ())
        if m.get("value") is not None and s.get("role")
    ]
    return min(found, key=lambda rm: order.index(rm[1]["outcome"]), default=None)


def _measured(exam: Exam, role: str, rule: str) -> float | None:
    for series in exam.verdict.get("series", ()):
        for m in series.get("measures", ()):
            if (
                series.get("role") == role
                and m["rule"] == rule
                and m["value"] is not None
            ):
                return float(m["value"])
    return None


def history(exam: Exam, exams: Sequence[Exam], changes: Sequence[Any], of: plan.Plan) -> History | None:  # fmt: skip
    """The scanner's last exams as a line of the measure that matters most now; None with fewer than two."""
    chosen = _worst_measure(exam)
    if chosen is None:
        return None
    role, measure = chosen
    values = [_measured(e, role, measure["rule"]) for e in exams]
    if sum(v is not None for v in values) < 2:
        return None
    days = [e.acquired_on for e in exams]
    marks = [
        charts.Mark(index=i - 0.5, words=f"{c.fact.replace('_', ' ')} {c.old} → {c.new}"[:48])
        for c in changes
        for i, day in enumerate(days)
        if day and day >= c.seen_at.date() and (i == 0 or (days[i - 1] or day) < c.seen_at.date())
    ][:2]  # fmt: skip
    label = f"{measure['label']} of {role_name(of, exam.kind, role)}"
    chart = charts.history(
        values, title=f"{label}, last {len(values)} exams of this scanner", unit=measure["unit"],
        low=measure["low"], high=measure["high"], marks=marks,
    )  # fmt: skip
    after = " It changed with the scanner: check the stored protocol." if marks else ""
    return History(
        chart=chart, words=f"{label}, in {measure['unit'] or 'counts'}.{after}"
    )
