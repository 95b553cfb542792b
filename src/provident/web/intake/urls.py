"""Addresses of the intake: pages under /s/<study>/, and the gateways' interface under /intake/api/."""

from __future__ import annotations

from django.urls import path

from provident.web.intake import api


app_name = "intake"
urlpatterns = [
    path("intake/api/schedule", api.schedule, name="schedule"),
    path("intake/api/plan/<str:digest>", api.plan, name="gateway_plan"),
    path("intake/api/transfers", api.announce, name="announce"),
    path("intake/api/transfers/<str:token>/instances", api.instances, name="instances"),
    path("intake/api/transfers/<str:token>/complete", api.complete, name="complete"),
    path("intake/api/quarantine", api.held, name="held"),
    path("intake/api/decisions", api.decisions, name="decisions"),
    path("intake/api/decisions/<str:reference>/done", api.decision_done, name="decision_done"),
]  # fmt: skip
