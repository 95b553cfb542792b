"""Addresses of the pages of readers."""

from __future__ import annotations

from django.urls import path

from provident.web.readers import views


app_name = "readers"
S = "s/<slug:study>"
urlpatterns = [
    path(f"{S}/readers/standing", views.table, name="table"),
    path(f"{S}/readers/standing/elsewhere", views.elsewhere, name="elsewhere"),
    path(f"{S}/readers/standing/<int:pk>/<slug:endpoint>", views.reader, name="reader"),
    path(f"{S}/readers/holds/<int:pk>/lift", views.lift, name="lift"),
    path(f"{S}/reading/standing", views.mine, name="mine"),
]
