"""The look of the platform: templates, components, static files."""

from __future__ import annotations

from django.apps import AppConfig


class Ui(AppConfig):
    """The look of the platform."""

    name = "provident.web.ui"
    label = "ui"
