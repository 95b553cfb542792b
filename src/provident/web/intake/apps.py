"""The app intake."""

from __future__ import annotations

from django.apps import AppConfig


class Intake(AppConfig):
    """The app intake."""

    name = "provident.web.intake"
    label = "intake"
