"""The app qc."""

from __future__ import annotations

from django.apps import AppConfig


class Qc(AppConfig):
    """The app qc."""

    name = "provident.web.qc"
    label = "qc"
