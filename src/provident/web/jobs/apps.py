"""The app jobs."""

from __future__ import annotations

from django.apps import AppConfig


class Jobs(AppConfig):
    """The app jobs."""

    name = "provident.web.jobs"
    label = "jobs"
