"""Pages of the dose ledger: all participants, one participant, one exam with its repeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import NotFound, ProvidentError
from provident.plan import Plan
from provident.plan.models.imaging_dose import DOSES
from provident.programme.exposures import exam_rules
from provident.web.dose import actions, book, presenters, repeat_pages, selectors
from provident.web.dose.forms import (
    EnterForm,
    GiveUpForm,
    MoveForm,
    ProposeForm,
    SignForm,
)
from provident.web.ledger.clock import clock
from provident.web.ledger.presenters import event_line
from provident.web.people.access import Thing, can
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.studies.plans import plan_in_force
from provident.web.studies.words import exam_name
from provident.web.ui.tables import Column, table, table_csv


COLUMNS = [
    Column(key="code", label="Participant", value=lambda r: r.code),
    Column(key="site", label="Site", value=lambda r: r.site),
    Column(key="level", label="Standing", value=lambda r: r.rank),
    Column(key="share", label="Used of the constraint", value=lambda r: r.share),
    Column(key="exams", label="Exams with dose", value=lambda r: r.exams, numeric=True),
    Column(key="unknown", label="Dose not known", value=lambda r: r.unknown, numeric=True),
]  # fmt: skip
IN_CSV = [
    Column(key=c.key, label=c.label, value=(lambda r: r.word) if c.key == "level" else c.value)
    for c in COLUMNS
] + [Column(key="used", label="Used", value=lambda r: r.used), Column(key="limit", label="Constraint", value=lambda r: r.limit)]  # fmt: skip


def _plan(request: MemberRequest) -> Plan:
    return plan_in_force(request.membership.study)


@require_GET
def listing(request: MemberRequest, study: str) -> HttpResponse:
    """All participants against the constraint, the one nearest to it first."""
    plan, asked = _plan(request), request.GET.dict()
    everybody = selectors.everybody(request.membership)
    lines = [presenters.participant_line(p, rows, plan) for p, rows in everybody]
    lines.sort(key=lambda r: (r.rank, -(r.share or 0), r.code))
    if asked.get("format") == "csv":
        return table_csv(f"{study}-dose", lines, IN_CSV, {**asked, "sort": ""})
    context = {
        "table": table(lines, COLUMNS, asked),
        "held": sum(r.level in ("held", "not_assessable") for r in lines),
        "near": sum(r.level == "near" for r in lines),
        "unknown": sum(r.unknown for r in lines),
        "rules": [_rule(plan, r) for r in book.rules_of(plan)],
        "reference": presenters.reference([rows for _, rows in everybody], plan),
        "repeats": _open_repeats(request, plan),
    }
    return render(request, "dose/list.jinja", context)


def _rule(plan: Plan, rules: Any) -> dict[str, Any]:
    limits = rules.constraint
    return {
        "title": exam_name(plan, rules.exam), "grounds": "research" if rules.research else "routine care",
        "exam": str(limits.exam or ""), "participant": str(limits.participant or ""),
        "expected": [presenters.amount(q, v) for q, v in rules.expected.items()], "warn_at": f"{limits.warn_at:.0%}".replace("%", " %"),
        "repeats": limits.repeats, "signers": presenters.roles_in_words(book.signers(rules)), "expert": rules.expert_words,
        "approval": rules.approval,
    }  # fmt: skip


def _open_repeats(request: MemberRequest, plan: Plan) -> list[Any]:
    return [_repeat_line(request, row, plan) for row in selectors.open_repeats(request.membership)]  # fmt: skip


def _repeat_line(request: MemberRequest, row: Any, plan: Plan) -> repeat_pages.RepeatLine:  # fmt: skip
    member = request.membership
    return repeat_pages.repeat_line(
        row, plan, clock().now().date(), actions.role_of(member),
        may_move=can(member, "move", Thing.REPEAT), may_propose=can(member, "propose", Thing.REPEAT),
    )  # fmt: skip


@require_GET
def ledger(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """One participant: standing, every exam, who signed, what happened."""
    member, plan = request.membership, _plan(request)
    row = selectors.participant(member, code)
    rows = selectors.rows_of(row)
    shown = shows(member)
    events = events_for(member).filter(participant=code, action__startswith="dose.")[:12]  # fmt: skip
    role = actions.role_of(member)
    lines = presenters.standings(rows, plan)
    context = {
        "p": row,
        "standings": lines,
        "worst": min(lines, key=lambda s: list(presenters.LEVELS).index(s.level), default=None),
        "doses": [presenters.dose_line(one, plan) for one in rows.doses],
        "repeats": [_repeat_line(request, one, plan) for one in rows.repeats],
        "may_sign": [s.exam for s in lines if can(member, "sign", Thing.DOSE) and role in s.signers],
        "events": [event_line(e, shown) for e in events],
        "in_words": presenters.roles_in_words,
    }  # fmt: skip
    return render(request, "dose/ledger.jinja", context)


def _done(form: Form, field: str | None, act: Callable[..., object]) -> bool:
    """Do it with what the form says; a refusal stands at the field, a wrong password at the password."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except ProvidentError as error:
        wrong = error.http_status == 403 and "password" in form.fields and "password" in str(error)  # fmt: skip
        form.add_error("password" if wrong else field, str(error))
        return False
    return True


def _by(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.membership, "clock": clock()}


@require_http_methods(["GET", "POST"])
def sign(request: MemberRequest, study: str, code: str, exam: str) -> HttpResponse:
    """Sign that a participant may receive up to a higher dose, seeing what is signed."""
    member, plan = request.membership, _plan(request)
    row = selectors.participant(member, code, "sign")
    rules = exam_rules(plan, exam)
    if rules.constraint.participant is None:
        raise NotFound("The plan has no constraint for a participant in this exam.")
    form = SignForm(request.POST if request.method == "POST" else None)

    def act(**told: Any) -> None:
        actions.sign_for(participant=row, rules=rules, **told, **_by(request))

    if request.method == "POST" and _done(form, None, act):
        messages.success(request, f"You have signed. Further exposures of {code} go on once all whom the plan names have.")  # fmt: skip
        return redirect("dose:ledger", study=study, code=code)
    context = {
        "form": form,
        "p": row,
        "standing": presenters.standing(selectors.rows_of(row), plan, rules),
        "unit": DOSES[rules.constraint.participant.quantity],
        "signs": actions.role_of(member) in book.signers(rules),
        "in_words": presenters.roles_in_words,
    }
    return render(request, "dose/sign.jinja", context, status=422 if form.errors else 200)  # fmt: skip


@require_GET
def exam(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One exam: what it gave, where that was read, and its repeats."""
    member, plan = request.membership, _plan(request)
    row = selectors.exam(member, pk)
    known = selectors.dose_of(row)
    repeats = [_repeat_line(request, one, plan) for one in selectors.repeats_of(row)]
    context = {
        "exam": row,
        "rules": _rule(plan, exam_rules(plan, row.kind)) if row.kind in plan.imaging else None,
        "ionising": exam_rules(plan, row.kind).ionising,
        "dose": presenters.dose_line(known, plan) if known else None,
        "events": known.events if known else [],
        "factors": known.factors if known else "",
        "source_words": presenters.SOURCE_WORDS,
        "entered": selectors.entered(row),
        "repeats": repeats,
        "may_enter": known is not None and can(member, "enter", Thing.DOSE),
        "may_propose": can(member, "propose", Thing.REPEAT) and bool(row.kind) and not any(r.state in book.OPEN for r in repeats),
    }  # fmt: skip
    return render(request, "dose/exam.jinja", context)


@require_http_methods(["GET", "POST"])
def enter(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Enter what a console or a paper shows."""
    plan = _plan(request)
    row = selectors.exam(request.membership, pk, "enter")
    known = selectors.dose_of(row)
    if known is None:
        raise NotFound("The dose of this exam has not been looked for yet, or it does not expose.")  # fmt: skip
    form = EnterForm(request.POST if request.method == "POST" else None, kinds=known.kinds)  # fmt: skip

    def act(**told: Any) -> None:
        actions.enter(exam=row, **told, **_by(request))

    if request.method == "POST" and _done(form, "value", act):
        messages.success(request, "The dose is entered; the ledger counts it in a moment.")  # fmt: skip
        return redirect("dose:exam", study=study, pk=pk)
    context = {"form": form, "exam": row, "dose": presenters.dose_line(known, plan)}
    return render(request, "dose/enter.jinja", context, status=422 if form.errors else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def propose(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Propose to have an exam again."""
    plan = _plan(request)
    row = selectors.exam(request.membership, pk, "propose", Thing.REPEAT)
    form = ProposeForm(request.POST if request.method == "POST" else None)
    made: list[Any] = []

    def act(**told: Any) -> None:
        made.append(actions.propose(exam=row, **told, **_by(request)))

    if request.method == "POST" and _done(form, "reason", act):
        messages.success(request, "The repeat is proposed. Nothing is asked of the site until it is decided.")  # fmt: skip
        return redirect("dose:repeat", study=study, pk=made[0].pk)
    context = {"form": form, "exam": row, "until": book.recall_until(row, plan)}
    return render(request, "dose/propose.jinja", context, status=422 if form.errors else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def repeat(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One repeat: what was said, and the next step for those whose it is."""
    plan, posted = _plan(request), request.POST if request.method == "POST" else None
    row = selectors.repeat(request.membership, pk)
    line = _repeat_line(request, row, plan)
    doing = posted.get("do", "") if posted else ""
    move = MoveForm(posted if doing == "move" else None, choices=line.choices)
    give_up = GiveUpForm(posted if doing == "give_up" else None)
    error = ""
    if posted is not None:
        error = _act(request, row, doing, move, give_up)
        if not error and not move.errors and not give_up.errors:
            return redirect("dose:repeat", study=study, pk=pk)
    context = {"repeat": line, "move_form": move, "give_up_form": give_up, "error": error}  # fmt: skip
    return render(request, "dose/repeat.jinja", context, status=422 if posted is not None else 200)  # fmt: skip


def _act(request: MemberRequest, row: Any, doing: str, move: MoveForm, give_up: GiveUpForm) -> str:  # fmt: skip
    """One step of a repeat; what stands against asking the site is told at the top of the page."""
    verb = "propose" if doing == "ask" else "move"
    row = selectors.repeat(request.membership, row.pk, verb)
    if doing == "move":
        if _done(move, None, lambda **told: actions.move(repeat=row, **told, **_by(request))):  # fmt: skip
            messages.success(request, "It is recorded.")
    elif doing == "give_up":
        if _done(give_up, "note", lambda **told: actions.give_up(repeat=row, **told, **_by(request))):  # fmt: skip
            messages.success(request, "It is recorded; the expected dose is taken off again.")  # fmt: skip
    elif doing == "ask":
        try:
            actions.ask(repeat=row, **_by(request))
        except ProvidentError as refused:
            return str(refused)
        messages.success(request, "The site is asked; the expected dose is counted.")
    else:
        return "Choose what to do."
    return ""
