"""Addresses of the data pages."""

from __future__ import annotations

from django.urls import path

from provident.web.reports import views


app_name = "reports"
urlpatterns = [
    path("s/<slug:study>/data", views.data, name="data"),
    path("s/<slug:study>/data/export", views.make, name="make"),
    path("s/<slug:study>/data/export/<int:pk>/<str:name>", views.fetch, name="fetch"),
    path(
        "s/<slug:study>/data/agreement",
        views.statistics,
        {"kind": "agreement"},
        name="agreement",
    ),
    path(
        "s/<slug:study>/data/agreement.<slug:form>",
        views.statistics_file,
        {"kind": "agreement"},
        name="agreement_file",
    ),
    path(
        "s/<slug:study>/data/accuracy",
        views.statistics,
        {"kind": "accuracy"},
        name="accuracy",
    ),
    path(
        "s/<slug:study>/data/accuracy.<slug:form>",
        views.statistics_file,
        {"kind": "accuracy"},
        name="accuracy_file",
    ),
    path("s/<slug:study>/data/lock", views.lock, name="lock"),
    path("s/<slug:study>/data/unblind", views.unblind, name="unblind"),
    path("s/<slug:study>/plan/flow", views.flow, name="flow"),
    path("s/<slug:study>/plan/documents", views.documents, name="documents"),
    path(
        "s/<slug:study>/plan/documents/<slug:kind>.<slug:form>",
        views.document,
        name="document",
    ),
]
