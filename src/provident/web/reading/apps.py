"""The app reading."""

from __future__ import annotations

from django.apps import AppConfig


class Reading(AppConfig):
    """The app reading."""

    name = "provident.web.reading"
    label = "reading"
