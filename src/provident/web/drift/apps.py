"""The app drift."""

from __future__ import annotations

from django.apps import AppConfig


class Drift(AppConfig):
    """The app drift."""

    name = "provident.web.drift"
    label = "drift"
