"""The app people."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """The app people."""

    name = "provident.web.people"
    label = "people"
