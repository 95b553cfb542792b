"""The app participants."""

from __future__ import annotations

from django.apps import AppConfig


class Participants(AppConfig):
    """The app participants."""

    name = "provident.web.participants"
    label = "participants"
