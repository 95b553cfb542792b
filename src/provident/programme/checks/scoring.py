"""Checks that scores can be imported, told apart, and kept from those who must not see them."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.forms import Answerable
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


def _in_words(answer: Answerable) -> bool:
    """Whether an answer is a word, so that its words can say what is not known."""
    return any(isinstance(v, str) for v in answer.choices or ())


def _read_forms(c: PlanUnderCheck) -> list[str]:
    """The forms by which images are scored, by readers or at the scan."""
    at_scan = [m.read_at_scan.form for m in c.plan.imaging.values() if m.read_at_scan]
    used = [*(d.form for d in c.plan.reading.values()), *at_scan]
    return [k for k in dict.fromkeys(used) if k in c.plan.forms]


@check(
    code="FORM.ACCEPTED_BY_SOME",
    subdomain="data.storage",
    severity=Severity.WARNING,
    finds="A form whose acceptance test lacks those who fill it in, those who manage its data, or those who analyse it.",
    why="A score sheet that suited its author could be imported by no program (PROVIDENT, example A).",
    remedy="Name a role that fills it in, a data manager and a statistician under `accepted_by:`.",
)
def accepted_by_some(c: PlanUnderCheck) -> Iterator[Flag]:
    roles = c.plan.people.roles
    for key, form in c.plan.forms.items():
        if not form.accepted_by:
            continue  # FORM.NOT_ACCEPTED
        acts = {roles[r].on_platform(r) for r in form.accepted_by if r in roles}
        lacking = [
            words
            for words, there in (
                (
                    "nobody who fills it in",
                    set(form.accepted_by) & set(form.access.enter)
                    or not form.access.enter,
                ),
                ("no data manager", "trial_manager" in acts),
                ("no statistician", "statistician" in acts),
            )
            if not there
        ]
        if lacking:
            yield Flag(
                file=c.file("forms", key),
                path=("accepted_by",),
                key=True,
                message=f"{' and '.join(lacking)} accepts {key}",
                expected="who fills it in, who manages its data, who analyses it",
                found=", ".join(form.accepted_by),
            )


@check(
    code="FORM.NO_MISSING_CODE",
    subdomain="data.storage",
    severity=Severity.WARNING,
    finds="An item or a column of scores without a code for no value, where images can be unreadable.",
    why="A blank, a zero and `not visible` are then the same to whoever analyses.",
    remedy="Add `missing:` to the item or the column, with codes of the form.",
)
def no_missing_code(c: PlanUnderCheck) -> Iterator[Flag]:
    for key in _read_forms(c):
        form = c.plan.forms[key]
        asked = [
            (("items", i), i, item) for i, item in form.items.items() if not item.text
        ]
        columns = [
            (("grids", g, "columns", n), f"{g}.{n}", col)
            for g, grid in form.grids.items()
            for n, col in grid.columns.items()
        ]
        for path, name, answer in (*asked, *columns):
            if not answer.missing and not _in_words(answer):
                yield Flag(
                    file=c.file("forms", key),
                    path=path,
                    key=True,
                    message=f"{name} of {key} has no code for what cannot be scored",
                    expected="missing: codes of the form",
                    found=", ".join(form.missing) or "the form has none",
                )


@check(
    code="FORM.RECORD_NOT_UNIQUE",
    subdomain="data.storage",
    finds="A form for readers whose records do not tell participant, visit or reader apart.",
    why="Two readers' answers, or two visits, would overwrite each other in every table made of them.",
    remedy="Write `record: [participant, visit, reader]`.",
)
def record_not_unique(c: PlanUnderCheck) -> Iterator[Flag]:
    for key in _read_forms(c):
        form = c.plan.forms[key]
        lacking = [
            r for r in ("participant", "visit", "reader") if r not in form.record
        ]
        # Who scans and scores is the operator of the record.
        if "operator" in form.record and "reader" in lacking:
            lacking.remove("reader")
        if lacking:
            yield Flag(
                file=c.file("forms", key),
                path=("record",),
                message=f"a record of {key} does not say which {', '.join(lacking)} it is of",
                expected="participant, visit, reader",
                found=", ".join(form.record),
            )


@check(
    code="FORM.ANYONE_ENTERS",
    subdomain="data.storage",
    severity=Severity.WARNING,
    finds="A form that does not say who fills it in.",
    why="Access, training and the acceptance test all follow from who fills a form in.",
    remedy="Name the roles under `access.enter:`.",
)
def anyone_enters(c: PlanUnderCheck) -> Iterator[Flag]:
    for key, form in c.plan.forms.items():
        if not form.access.enter:
            yield Flag(
                file=c.file("forms", key),
                path=("form",),
                message=f"{key} does not say who fills it in",
                expected="access: {enter: [reader]}",
                found="not stated",
            )


@check(
    code="FORM.NOT_HIDDEN",
    subdomain="reading.methods",
    finds="Scores of a read design that are hidden by the study and not by the form, or by the form and not by the study.",
    why="Who is told both believes the one that suits; the score reaches a ward and changes care.",
    remedy="Name the same people under blinded_to.scores of the study and access.hidden_from of the form.",
)
def not_hidden(c: PlanUnderCheck) -> Iterator[Flag]:
    blind = set(c.plan.study.blinded_to.scores)
    for key in dict.fromkeys(d.form for d in c.plan.reading.values()):
        if key not in c.plan.forms:
            continue
        form = c.plan.forms[key]
        parties = {
            h for h in form.access.hidden_from if h in ("participant", "clinical_team")
        }
        differ = sorted((blind - set(form.access.hidden_from)) | (parties - blind))
        if differ:
            yield Flag(
                file=c.file("forms", key),
                path=("access",)
                if form.access.hidden_from or form.access.enter
                else ("form",),
                key=True,
                message=f"{', '.join(differ)} must not see scores by the {'study' if set(differ) & blind else 'form'}, and may by the {'form' if set(differ) & blind else 'study'}",
                expected=f"hidden_from: {', '.join(sorted(blind)) or 'nobody'}",
                found=", ".join(form.access.hidden_from) or "hidden from nobody",
            )


@check(
    code="FORM.ON_PAPER",
    subdomain="data.storage",
    finds="Scores that travel as a file or on paper instead of being entered where they are stored.",
    why="A score spreadsheet made for the study could be read by no program afterwards (PROVIDENT, example A).",
    remedy="Let readers enter on the platform: `by: web`.",
)
def on_paper(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        scores = [
            w
            for w in flow.what
            if w in flows.data and flows.data[w].kind in ("derived", "form")
        ]
        if (
            scores
            and flow.from_ in c.plan.people.roles
            and flow.by in ("upload", "sftp", "email", "courier", "paper")
        ):
            yield Flag(
                file="flows.yaml",
                path=("flows", name, "by"),
                message=f"{name} takes {', '.join(scores)} by {flow.by}",
                expected="web",
                found=flow.by,
            )
