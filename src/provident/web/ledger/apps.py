"""The ledger's app: it puts the append-only triggers back after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from provident.web.ledger.triggers import install


def _reinstall(using: str, **_: Any) -> None:
    install(connections[using])


class Ledger(AppConfig):
    """The ledger."""

    name = "provident.web.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Listen for the end of each app's migration."""
        post_migrate.connect(_reinstall, dispatch_uid="provident.ledger.triggers")
