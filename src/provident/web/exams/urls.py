"""Addresses of the exam page and its pictures."""

from __future__ import annotations

from django.urls import path

from provident.web.exams import views


app_name = "exams"
urlpatterns = [
    path("s/<slug:study>/exams/<int:pk>", views.exam, name="exam"),
    path(
        "s/<slug:study>/exams/<int:pk>/thumbnail/<int:series>",
        views.picture,
        name="thumbnail",
    ),
]
