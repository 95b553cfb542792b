"""Addresses of the matrix, of slots and of participants."""

from __future__ import annotations

from django.urls import path

from provident.web.participants.views import matrix, people


app_name = "participants"
urlpatterns = [
    path("s/<slug:study>/matrix", matrix.matrix, name="matrix"),
    path("s/<slug:study>/matrix/ask", matrix.ask, name="ask"),
    path("s/<slug:study>/slots/<int:pk>", matrix.slot, name="slot"),
    path("s/<slug:study>/participants", people.listing, name="list"),
    path("s/<slug:study>/participants/enrol", people.enrol, name="enrol"),
    path(
        "s/<slug:study>/participants/<str:code>", people.participant, name="participant"
    ),
    path(
        "s/<slug:study>/participants/<str:code>/consent", people.consent, name="consent"
    ),
    path(
        "s/<slug:study>/participants/<str:code>/withdraw",
        people.withdraw,
        name="withdraw",
    ),
]
