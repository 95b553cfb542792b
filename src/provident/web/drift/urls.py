"""Addresses of the control charts on readers."""

from __future__ import annotations

from django.urls import path

from provident.web.drift import views


app_name = "drift"
urlpatterns = [
    path("s/<slug:study>/readers/watch", views.readers, name="readers"),
    path("s/<slug:study>/readers/watch/<slug:endpoint>", views.charts, name="charts"),
    path("s/<slug:study>/readers/alarms/<int:pk>", views.alarm, name="alarm"),
]
