"""The app reports."""

from __future__ import annotations

from django.apps import AppConfig


class Reports(AppConfig):
    """The app reports."""

    name = "provident.web.reports"
    label = "reports"
