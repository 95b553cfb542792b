"""Pages of the lead reader: readers and alarms, the charts of a design, one alarm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import ProvidentError
from provident.web.drift import actions, presenters, selectors
from provident.web.drift.forms import ActForm, CloseForm
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.requests import MemberRequest


@require_GET
def readers(request: MemberRequest, study: str) -> HttpResponse:
    """The readers of each design as their charts show them, and the alarms."""
    by = request.membership
    found = selectors.states(by)
    rows = selectors.alarms(by)
    known = selectors.codes(by.study, _numbers(found, rows))
    context = {
        "readers": presenters.summaries(found, known, may_chart=can(by, "chart", Thing.DRIFT)),
        "alarms": [presenters.alarm_line(row, known) for row in rows],
    }  # fmt: skip
    return render(request, "drift/readers.jinja", context)


def _numbers(found: dict[str, Any], rows: list[Any]) -> set[int]:
    lines = {int(line.reader) for _, boards in found.values() for b in boards for line in b.lines}  # fmt: skip
    return lines | {row.reader_id for row in rows}


@require_GET
def charts(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """The charts of one design's readers."""
    by = request.membership
    run, boards, hidden = selectors.charts(by, endpoint)
    known = selectors.codes(by.study, {int(ln.reader) for b in boards for ln in b.lines})  # fmt: skip
    context = {
        "cards": presenters.cards(boards, known),
        "design": endpoint.replace("_", " "),
        "reads": run.reads,
        "hidden": hidden,
    }
    return render(request, "drift/charts.jinja", context)


@require_http_methods(["GET", "POST"])
def alarm(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One alarm: what followed, and what people do about it."""
    by = request.membership
    verb = request.POST.get("act", "")
    row = selectors.alarm(by, pk, "act" if request.method == "POST" else "see")
    acting = ActForm(request.POST if verb == "act" else None)
    closing = CloseForm(request.POST if verb == "close" else None)
    done = _done(request, row, verb, acting, closing)
    if done is not None:
        return done
    known = selectors.codes(by.study, [row.reader_id])
    mine = can(by, "act", Thing.DRIFT) and row.reader.user_id != by.user_id
    context = {
        "alarm": presenters.alarm_line(row, known), "row": row, "steps": presenters.steps(row), "acting": acting,
        "closing": closing, "may_chart": can(by, "chart", Thing.DRIFT),
        "allowed": {
            "acknowledge": mine and row.state == "raised",
            "act": mine and row.state == "acknowledged",
            "close": mine and row.state in ("acknowledged", "acted"),
        },
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "drift/alarm.jinja", context, status=status)


SAID = {
    "acknowledge": "The alarm is yours.",
    "act": "It is written down.",
    "close": "The alarm is closed; the chart begins anew with the reader's next read.",
}


def _done(
    request: MemberRequest, row: Any, verb: str, acting: ActForm, closing: CloseForm
) -> HttpResponse | None:
    """Do what was asked; None where there is nothing to do, or where it was refused and the form says why."""
    by = request.membership
    doing: dict[str, tuple[Any, Callable[[], None]]] = {
        "acknowledge": (None, lambda: actions.acknowledge(alarm=row, by=by, clock=clock())),
        "act": (acting, lambda: actions.act(alarm=row, by=by, clock=clock(), **acting.cleaned_data)),
        "close": (closing, lambda: actions.close(alarm=row, by=by, clock=clock(), **_closing(closing))),
    }  # fmt: skip
    if verb not in doing:
        return None
    form, do = doing[verb]
    if form is None:
        do()
    elif not form.is_valid():
        return None
    else:
        try:
            do()
        except ProvidentError as error:
            form.add_error("password" if error.http_status == 403 and verb == "close" else None, str(error))  # fmt: skip
            return None
    messages.success(request, SAID[verb])
    return redirect("drift:alarm", study=by.study.slug, pk=row.pk)


def _closing(form: CloseForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["false_alarm"] = given["false_alarm"] == "yes"
    return given
