"""The app scanners."""

from __future__ import annotations

from django.apps import AppConfig


class Scanners(AppConfig):
    """The app scanners."""

    name = "provident.web.scanners"
    label = "scanners"
