"""The app sites."""

from __future__ import annotations

from django.apps import AppConfig


class Sites(AppConfig):
    """The app sites."""

    name = "provident.web.sites"
    label = "sites"
