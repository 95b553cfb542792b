"""Addresses of the intake: pages under /s/<study>/, and the gateways' interface under /intake/api/."""

from __future__ import annotations

from django.urls import path

from provident.web.intake import api
from provident.web.intake.views import (
    drift,
    linking,
    quarantine,
    review,
    tests,
    transfers,
    uploads,
)


app_name = "intake"
urlpatterns = [
    path("s/<slug:study>/transfers", transfers.transfers, name="transfers"),
    path("s/<slug:study>/transfers/<int:pk>", transfers.transfer, name="transfer"),
    path("s/<slug:study>/transfers/new", uploads.new_upload, name="new_upload"),
    path("s/<slug:study>/transfers/drift", drift.drift, name="drift"),
    path("s/<slug:study>/transfers/tests", tests.tests, name="tests"),
    path("s/<slug:study>/transfers/tests/ask", tests.ask, name="ask_test"),
    path("s/<slug:study>/transfers/api/uploads", uploads.start_upload, name="start_upload"),
    path("s/<slug:study>/transfers/uploads/<str:upload>", uploads.upload, name="upload"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/file", uploads.upload_file, name="upload_file"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/finish", uploads.finish_upload, name="finish_upload"),
    path("s/<slug:study>/quarantine", quarantine.quarantine, name="quarantine"),
    path("s/<slug:study>/quarantine/<int:pk>/decide", quarantine.decide, name="decide"),
    path("s/<slug:study>/quarantine/<int:pk>/look", quarantine.look, name="look"),
    path("s/<slug:study>/quarantine/<int:pk>/pictures/<int:number>", quarantine.picture, name="picture"),
    path("s/<slug:study>/quarantine/<int:pk>/review", review.review, name="review"),
    path("s/<slug:study>/quarantine/<int:pk>/propose", review.propose, name="propose"),
    path("s/<slug:study>/quarantine/<int:pk>/painted/<int:number>", review.painted, name="painted"),
    path("s/<slug:study>/participants/<str:code>/link", linking.numbers, name="link"),
    path("s/<slug:study>/participants/<str:code>/link/look", linking.look, name="link_look"),
    path("s/<slug:study>/participants/<str:code>/link/undo", linking.undo, name="link_undo"),
    path("intake/api/schedule", api.schedule, name="schedule"),
    path("intake/api/plan/<str:digest>", api.plan, name="gateway_plan"),
    path("intake/api/transfers", api.announce, name="announce"),
    path("intake/api/transfers/<str:token>/instances", api.instances, name="instances"),
    path("intake/api/transfers/<str:token>/complete", api.complete, name="complete"),
    path("intake/api/bundle", api.bundle, name="bundle"),
    path("intake/api/tests", api.tests, name="judge_test"),
    path("intake/api/quarantine", api.held, name="held"),
    path("intake/api/decisions", api.decisions, name="decisions"),
    path("intake/api/decisions/<str:reference>/done", api.decision_done, name="decision_done"),
]  # fmt: skip
