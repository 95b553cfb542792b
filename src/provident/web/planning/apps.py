"""The app planning."""

from __future__ import annotations

from django.apps import AppConfig


class Planning(AppConfig):
    """The app planning."""

    name = "provident.web.planning"
    label = "planning"
