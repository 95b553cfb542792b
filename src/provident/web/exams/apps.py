"""The app exams."""

from __future__ import annotations

from django.apps import AppConfig


class Exams(AppConfig):
    """The app exams."""

    name = "provident.web.exams"
    label = "exams"
