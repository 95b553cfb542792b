"""Addresses of the exam page and its pictures."""

from __future__ import annotations

from django.urls import path

from provident.web.exams import rejudging, views, waiving


app_name = "exams"
REJUDGING = "s/<slug:study>/plan/rejudging"
urlpatterns = [
    path(REJUDGING, rejudging.rejudging, name="rejudging"),
    path(f"{REJUDGING}/undecided", rejudging.rejudge, name="rejudge"),
    path(f"{REJUDGING}/<int:pk>", rejudging.preview, name="preview"),
    path(f"{REJUDGING}/by/<int:pk>", rejudging.ask, name="ask_preview"),
    path("s/<slug:study>/exams/<int:pk>", views.exam, name="exam"),
    path("s/<slug:study>/exams/<int:pk>/waive", waiving.waive, name="waive"),
    path(
        "s/<slug:study>/exams/<int:pk>/waivers/<int:waiver>/end",
        waiving.end,
        name="end_waiver",
    ),
    path(
        "s/<slug:study>/exams/<int:pk>/thumbnail/<int:series>",
        views.picture,
        name="thumbnail",
    ),
]
