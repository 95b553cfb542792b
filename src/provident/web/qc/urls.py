"""Addresses of the quality pages."""

from __future__ import annotations

from django.urls import path

from provident.web.qc.views import programme, queries, reviews


app_name = "qc"
urlpatterns = [
    path("s/<slug:study>/quality", reviews.worklist, name="worklist"),
    path("s/<slug:study>/quality/undrawn", reviews.accept_undrawn, name="undrawn"),
    path("s/<slug:study>/quality/exam/<int:pk>", reviews.review, name="review"),
    path("s/<slug:study>/quality/exam/<int:pk>/ask", reviews.ask, name="ask"),
    path(
        "s/<slug:study>/quality/exam/<int:pk>/series/<int:series>/<int:number>.png",
        reviews.image,
        name="image",
    ),
    path("s/<slug:study>/quality/indicators", programme.indicators, name="indicators"),
    path("s/<slug:study>/quality/pilot/<int:site>", programme.release, name="release"),
    path("s/<slug:study>/quality/actions", programme.actions_page, name="actions"),
    path("s/<slug:study>/quality/actions/new", programme.new_action, name="new_action"),
    path("s/<slug:study>/quality/actions/<int:pk>", programme.action, name="action"),
    path("s/<slug:study>/queries", queries.queries, name="queries"),
    path("s/<slug:study>/queries/<int:pk>", queries.query, name="query"),
]
