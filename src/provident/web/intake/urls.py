"""Addresses of the intake: pages under /s/<study>/, and the gateways' interface under /intake/api/."""

from __future__ import annotations

from django.urls import path

from provident.web.intake import api, views


app_name = "intake"
urlpatterns = [
    path("s/<slug:study>/transfers", views.transfers, name="transfers"),
    path("s/<slug:study>/transfers/<int:pk>", views.transfer, name="transfer"),
    path("s/<slug:study>/transfers/new", views.new_upload, name="new_upload"),
    path("s/<slug:study>/transfers/api/uploads", views.start_upload, name="start_upload"),
    path("s/<slug:study>/transfers/uploads/<str:upload>", views.upload, name="upload"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/file", views.upload_file, name="upload_file"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/finish", views.finish_upload, name="finish_upload"),
    path("s/<slug:study>/quarantine", views.quarantine, name="quarantine"),
    path("s/<slug:study>/quarantine/<int:pk>/decide", views.decide, name="decide"),
    path("s/<slug:study>/quarantine/<int:pk>/look", views.look, name="look"),
    path("s/<slug:study>/quarantine/<int:pk>/pictures/<int:number>", views.picture, name="picture"),
    path("intake/api/schedule", api.schedule, name="schedule"),
    path("intake/api/plan/<str:digest>", api.plan, name="gateway_plan"),
    path("intake/api/transfers", api.announce, name="announce"),
    path("intake/api/transfers/<str:token>/instances", api.instances, name="instances"),
    path("intake/api/transfers/<str:token>/complete", api.complete, name="complete"),
    path("intake/api/quarantine", api.held, name="held"),
    path("intake/api/decisions", api.decisions, name="decisions"),
    path("intake/api/decisions/<str:reference>/done", api.decision_done, name="decision_done"),
]  # fmt: skip
