"""Addresses of the quality pages."""

from __future__ import annotations

from django.urls import path

from provident.web.qc import views


app_name = "qc"
urlpatterns = [
    path("s/<slug:study>/quality", views.worklist, name="worklist"),
    path("s/<slug:study>/quality/exam/<int:pk>", views.review, name="review"),
    path("s/<slug:study>/quality/exam/<int:pk>/ask", views.ask, name="ask"),
    path("s/<slug:study>/queries", views.queries, name="queries"),
    path("s/<slug:study>/queries/<int:pk>", views.query, name="query"),
]
