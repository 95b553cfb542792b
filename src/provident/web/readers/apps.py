"""The app readers."""

from __future__ import annotations

from django.apps import AppConfig


class Readers(AppConfig):
    """The app readers."""

    name = "provident.web.readers"
    label = "readers"
