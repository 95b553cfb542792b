"""Addresses of the work on the plan."""

from __future__ import annotations

from django.urls import path

from provident.web.planning.views import amendments as a
from provident.web.planning.views import flows, start, work


app_name = "planning"
PLAN = "s/<slug:study>/plan"
ONE = f"{PLAN}/amendments/<int:pk>"
urlpatterns = [
    path(f"{PLAN}/work", work.work, name="work"),
    path(f"{PLAN}/work/<str:key>", work.item, name="item"),
    path(f"{PLAN}/domains/<str:domain>/sign", work.sign, name="sign"),
    path(f"{PLAN}/amendments", a.amendments, name="amendments"),
    path(f"{PLAN}/amendments/new", a.draft, name="draft"),
    path(f"{PLAN}/start", start.templates, name="start"),
    path(f"{PLAN}/start/<slug:like>", start.questions, name="questions"),
    path(f"{PLAN}/start/<slug:like>/check", start.checked, name="start_check"),
    path(ONE, a.amendment, name="amendment"),
    path(f"{ONE}/days", a.starts, name="starts"),
    path(f"{ONE}/submit", a.move, {"to": "submit"}, name="submit"),
    path(f"{ONE}/in-force", a.move, {"to": "force"}, name="force"),
    path(f"{ONE}/acknowledge", a.move, {"to": "acknowledge"}, name="acknowledge"),
    path(f"{ONE}/approve", a.approve, name="approve"),
    path(f"{ONE}/send-back", a.send_back, name="send_back"),
    path(f"{ONE}/withdraw", a.withdraw, name="withdraw"),
    path(f"{PLAN}/flow/closed", flows.flows, name="flows"),
    path(f"{PLAN}/flow/closed/<int:pk>/end", flows.close, name="close"),
]
