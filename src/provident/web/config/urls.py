"""Addresses. Each app gives its own, whole; a study's begin with /s/<study>/."""

from __future__ import annotations

from django.urls import include, path

from provident.web.people import urls as people


APPS = (
    "participants",
    "exams",
    "scanners",
    "dose",
    "qc",
    "readers",
    "reading",
    "drift",
    "intake",
    "reports",
    "sites",
    "planning",
)

urlpatterns = [
    path("", include((people.entrance, "people"))),
    path("", include((people.study, "studies"))),
    path("", include((people.ledger, "ledger"))),
    *(path("", include(f"provident.web.{app}.urls")) for app in APPS),
]
handler400 = "provident.web.ui.views.bad_request"
handler403 = "provident.web.ui.views.denied"
handler404 = "provident.web.ui.views.not_found"
handler500 = "provident.web.ui.views.failed"
