"""Pages of scanners, phantoms and accreditation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from provident.acquisition.phantoms import Value
from provident.kernel import NotFound, ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.scanners import (  # fmt: skip
    actions,
    charting,
    gates,
    presenters,
    selectors,
    standing,
    taking,
)
from provident.web.scanners.forms import (
    AccreditForm,
    DecideForm,
    EnterForm,
    EvidenceForm,
    OverruleForm,
    ReleaseForm,
    WhichForm,
)
from provident.web.studies.plans import plan_in_force


def _act(form: Form, act: Callable[[], Any]) -> Any:
    """The answer of an action; a refusal stands on the form, and the answer is None."""
    try:
        return act()
    except ProvidentError as error:
        field = "password" if error.http_status == 403 and "password" in str(error) else None  # fmt: skip
        form.add_error(field, str(error))
        return None


def _state(request: MemberRequest) -> dict[str, Any]:
    """The scanners of this person with what is known of them and what is due."""
    by, today = request.membership, clock().now().date()
    plan = plan_in_force(by.study)
    rows = list(selectors.scanners(by))
    known = selectors.known(rows)
    by_code = {row.code: row for row in rows}
    dues = presenters.due_lines(standing.due(plan, list(known.values()), today), by_code)  # fmt: skip
    return {"plan": plan, "rows": rows, "known": known, "dues": dues, "today": today,
            "expiries": standing.expiries(plan, list(known.values()), today)}  # fmt: skip


@require_GET
def register(request: MemberRequest, study: str) -> HttpResponse:
    """All scanners: planned and seen, changes, what is due, accreditation, end of life."""
    got = _state(request)
    lines = presenters.register(
        got["plan"], got["rows"], got["known"], selectors.seen(got["rows"]), got["dues"], got["expiries"], got["today"]
    )  # fmt: skip
    changes = [
        (line, c)
        for line in lines
        for c in presenters.change_lines(got["plan"], got["known"][line.pk])
        if c.open
    ]
    return render(request, "scanners/register.jinja", {
        "lines": lines, "changes": changes, "expiries": got["expiries"],
        "codes": {line.code: line.pk for line in lines}, "may_release": can(request.membership, "release", Thing.SCANNER),
    })  # fmt: skip


def _scanner_page(
    request: MemberRequest, pk: int, *, evidence: EvidenceForm | None = None, accredit: AccreditForm | None = None
) -> HttpResponse:  # fmt: skip
    by, today = request.membership, clock().now().date()
    row = selectors.scanner(by, pk)
    plan, known = plan_in_force(by.study), selectors.known_of(row)
    ends = standing.expiries(plan, [known], today)
    dues = presenters.due_lines(standing.due(plan, [known], today), {row.code: row})
    seen = selectors.seen([row]).get(pk, presenters.NOTHING)
    recordable = [n for n in standing.needs(plan, row.code) if n not in ("phantom", "transfer_test")]  # fmt: skip
    may_accredit = can(by, "accredit", Thing.SCANNER) and bool(standing.needs(plan, row.code))  # fmt: skip
    protocols = standing.protocols(plan, row.code)
    context = {
        "scanner": presenters.scanner_line(plan, row, known, seen, dues, ends, today),
        "facts": presenters.fact_lines(plan, row), "changes": presenters.change_lines(plan, known), "dues": dues,
        "expiries": ends, "evidence": selectors.grounds(row), "needs": standing.needs(plan, row.code),
        "may_release": can(by, "release", Thing.SCANNER), "may_accredit": may_accredit,
        "may_send": can(by, "send", Thing.PHANTOM),
        "evidence_form": evidence or EvidenceForm(choices=[(n, n.replace("_", " ")) for n in recordable]),
        "recordable": recordable,
        "accredit_form": accredit or AccreditForm(protocols=protocols), "several": len(protocols) > 1,
    }  # fmt: skip
    failed = any(f is not None and f.errors for f in (evidence, accredit))
    return render(request, "scanners/scanner.jinja", context, status=422 if failed else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def scanner(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One scanner; who accredits records evidence and signs steps here."""
    if request.method == "GET":
        return _scanner_page(request, pk)
    by = request.membership
    row = selectors.scanner(by, pk, "accredit")
    plan = plan_in_force(by.study)
    if request.POST.get("do") == "evidence":
        choices = [(n, n) for n in standing.needs(plan, row.code)]
        evidence = EvidenceForm(request.POST, choices=choices)
        if evidence.is_valid():
            _act(evidence, lambda: actions.record_evidence(scanner=row, by=by, clock=clock(), **evidence.cleaned_data))  # fmt: skip
        if evidence.errors:
            return _scanner_page(request, pk, evidence=evidence)
        messages.success(request, "The evidence is recorded.")
        return redirect("scanners:scanner", study=study, pk=pk)
    accredit = AccreditForm(request.POST, protocols=standing.protocols(plan, row.code))
    if accredit.is_valid():
        _act(accredit, lambda: actions.move_accreditation(scanner=row, by=by, clock=clock(), **accredit.cleaned_data))  # fmt: skip
    if accredit.errors:
        return _scanner_page(request, pk, accredit=accredit)
    messages.success(request, f"{row.code}: the step is signed.")
    return redirect("scanners:scanner", study=study, pk=pk)


@require_http_methods(["GET", "POST"])
def change(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Release what a change of a scanner holds, with what the bridging check showed."""
    by = request.membership
    changes = selectors.changes_of(by, pk, "release")
    row = changes[0].scanner
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        went_on = _act(form, lambda: actions.release(changes=changes, by=by, clock=clock(), **form.cleaned_data))  # fmt: skip
        if not form.errors:
            exams = f"{went_on} accepted exam{'s' if went_on != 1 else ''}"
            messages.success(request, f"{row.code} is released; the reads of {exams} are prepared now.")  # fmt: skip
            return redirect("scanners:scanner", study=study, pk=row.pk)
    plan = plan_in_force(by.study)
    known, pks = selectors.known_of(row), {c.pk for c in changes}
    lines = [c for c in presenters.change_lines(plan, known) if c.pk in pks]
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "scanner": row, "changes": lines, "exam": selectors.first_exam(changes[0])}  # fmt: skip
    return render(request, "scanners/change.jinja", context, status=status)


# -- phantoms


@require_http_methods(["GET", "POST"])
def phantoms(request: MemberRequest, study: str) -> HttpResponse:
    """What is due, what waits for a decision, what drifts, and all scans."""
    by = request.membership
    check(by, "accept" if request.method == "POST" else "see", Thing.PHANTOM)
    got, scans = _state(request), selectors.phantom_scans(by)
    form = DecideForm(request.POST or None)
    chosen = request.POST.getlist("scan")
    if request.method == "POST" and form.is_valid():
        picked = list(scans.filter(pk__in=[c for c in chosen if c.isdigit()]))
        done = _act(form, lambda: actions.decide(scans=picked, by=by, clock=clock(), **form.cleaned_data))  # fmt: skip
        if done is not None:
            messages.success(request, f"{len(done)} phantom scan{'s are' if len(done) != 1 else ' is'} {form.cleaned_data['decision']}.")  # fmt: skip
            return redirect("scanners:phantoms", study=study)
    asked = request.GET.get("scanner", "")
    rest = scans.filter(scanner__code=asked) if asked else scans
    page = Paginator(rest, 50).get_page(request.GET.get("page"))
    context = {
        "dues": got["dues"], "scanners": [("", "all scanners"), *((r.code, r.code) for r in got["rows"])], "asked": asked,
        "undecided": [presenters.scan_line(got["plan"], s) for s in scans.filter(state="measured")[:100]],
        "chosen": chosen, "alarms": presenters.alarms(selectors.flagged(by)),
        "page": page, "lines": [presenters.scan_line(got["plan"], s) for s in page],
        "charts": sorted({(s.scanner_id, s.scanner.code, s.phantom, s.protocol) for s in scans}),
        "form": form, "may_accept": can(by, "accept", Thing.PHANTOM), "may_send": can(by, "send", Thing.PHANTOM),
    }  # fmt: skip
    return render(request, "scanners/phantoms.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def phantom(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One phantom scan: each value against its limit, and the decision."""
    by = request.membership
    row = selectors.phantom_scan(by, pk, "accept" if request.method == "POST" else "see")  # fmt: skip
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _act(form, lambda: actions.decide(scans=[row], by=by, clock=clock(), **form.cleaned_data))  # fmt: skip
        if done is not None:
            messages.success(request, f"The scan is {form.cleaned_data['decision']}.")
            return redirect("scanners:phantom", study=study, pk=pk)
    plan = plan_in_force(by.study)
    context = {
        "scan": presenters.scan_line(plan, row), "measured": presenters.measurement_lines(plan, row), "row": row,
        "form": form, "may_accept": can(by, "accept", Thing.PHANTOM) and row.state == "measured",
    }  # fmt: skip
    return render(request, "scanners/phantom.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def send(request: MemberRequest, study: str) -> HttpResponse:
    """Send the images of a phantom."""
    by = request.membership
    check(by, "send", Thing.PHANTOM)
    rows = list(selectors.scanners(by))
    choices = presenters.which_choices(plan_in_force(by.study), rows)
    form = WhichForm(request.POST or None, choices=choices, initial={"which": request.GET.get("which")})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = _act(form, lambda: _taken(request, form))
        if made is not None:
            messages.success(request, f"{len(made)} scan{'s are' if len(made) != 1 else ' is'} taken and measured now.")  # fmt: skip
            return redirect("scanners:phantoms", study=study)
    context = {"form": form, "choices": choices, "most": taking.MOST_FILES, "size": taking.MOST_BYTES // 2**20}  # fmt: skip
    return render(request, "scanners/send.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


def _taken(request: MemberRequest, form: WhichForm) -> list:
    files = request.FILES.getlist("images")
    taking.check_size(len(files), sum(f.size or 0 for f in files))
    taken = taking.take([(f.name or "", f.read()) for f in files])
    pk, phantom, protocol = form.chosen()
    row = selectors.scanner(request.membership, pk)
    return actions.send(
        scanner=row, phantom=phantom, protocol=protocol, taken=taken, by=request.membership, clock=clock()
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def enter(request: MemberRequest, study: str) -> HttpResponse:
    """Enter values that a person measured."""
    by = request.membership
    check(by, "send", Thing.PHANTOM)
    plan, rows = plan_in_force(by.study), list(selectors.scanners(by))
    measures = presenters.measures_of(plan)
    form = EnterForm(request.POST or None, choices=presenters.which_choices(plan, rows), measures=measures)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        done = _act(form, lambda: _entered(request, form, dict(measures)))
        if done is not None:
            messages.success(request, "The values are kept.")
            return redirect("scanners:phantom", study=study, pk=done.pk)
    context = {"form": form, "measures": [f"value_{name}" for name, _ in measures]}
    return render(request, "scanners/enter.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


def _entered(request: MemberRequest, form: EnterForm, units: dict[str, str]) -> Any:
    pk, phantom, protocol = form.chosen()
    told = form.cleaned_data
    values = {n: Value(value=v, unit=units[n], method="by hand") for n, v in form.values().items()}  # fmt: skip
    return actions.enter_values(
        scanner=selectors.scanner(request.membership, pk), phantom=phantom, protocol=protocol,
        acquired_on=told["acquired_on"], version=told["version"], values=values, by=request.membership, clock=clock(),
    )  # fmt: skip


@require_GET
def charts(request: MemberRequest, study: str, pk: int, phantom: str) -> HttpResponse:
    """The control charts of one phantom on one scanner with one protocol."""
    by = request.membership
    check(by, "see", Thing.PHANTOM)
    row = selectors.scanner(by, pk)
    plan, protocol = plan_in_force(by.study), request.GET.get("protocol", "")
    if standing.rule_of(plan, phantom) is None:
        raise NotFound("There is no such phantom in the plan.")
    scans = [s for s in selectors.scans_of(pk, phantom, protocol) if s.state != "measuring"]  # fmt: skip
    lines = charting.of_scans(plan, scans, selectors.known_of(row))
    context = {"scanner": row, "phantom": phantom, "protocol": protocol, "scans": len(scans),
               "cards": presenters.chart_cards(lines, plan, phantom)}  # fmt: skip
    return render(request, "scanners/charts.jinja", context)


@require_http_methods(["GET", "POST"])
def overrule(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Let an exam be booked on a day although no scanner is accredited for it."""
    by = request.membership
    slot = selectors.slot_to_overrule(by, pk)
    form = OverruleForm(request.POST or None, initial={"on": slot.booked_on or slot.opens_on})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        _act(form, lambda: actions.overrule_booking(slot=slot, by=by, clock=clock(), **form.cleaned_data))  # fmt: skip
        if not form.errors:
            messages.success(request, "The exam may be booked on that day; the reason is on record.")  # fmt: skip
            return redirect(reverse("participants:slot", kwargs={"study": study, "pk": pk}))  # fmt: skip
    told = form.cleaned_data.get("on") if form.is_bound and form.is_valid() else None
    on = told or slot.booked_on or slot.opens_on
    context = {"form": form, "slot": slot, "said": gates.refusal(slot, on)}
    return render(request, "scanners/overrule.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip
