"""The app dose."""

from __future__ import annotations

from django.apps import AppConfig


class Dose(AppConfig):
    """The app dose."""

    name = "provident.web.dose"
    label = "dose"
