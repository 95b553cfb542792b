"""The app studies."""

from __future__ import annotations

from django.apps import AppConfig


class Studies(AppConfig):
    """The app studies."""

    name = "provident.web.studies"
    label = "studies"
