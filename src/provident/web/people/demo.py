"""The demo's accounts on the log-in page: only with PROVIDENT_DEMO=1, never on a platform that is in use.

`demo-accounts.json` in the data directory: `[{"username", "password", "name", "role", "try"}, ...]`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """One account that visitors of the demo may use, and what is worth trying with it."""

    username: str
    password: str
    name: str
    role: str
    hint: str


def demo_accounts() -> list[DemoAccount]:
    """The accounts to offer; none outside a demo."""
    path = settings.DATA_DIRECTORY / "demo-accounts.json"
    if os.environ.get("PROVIDENT_DEMO") != "1" or not path.exists():
        return []
    return [
        DemoAccount(
            username=a["username"],
            password=a["password"],
            name=a.get("name", a["username"]),
            role=a.get("role", ""),
            hint=a.get("try", ""),
        )
        for a in json.loads(path.read_text())
    ]
