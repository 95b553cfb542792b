"""One-time links: who may open the screen, for how long, and under which name decisions are recorded."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from provident.kernel import Clock, InvalidInput
from provident.kernel.ids import new_token, sha256


GOOD_FOR = timedelta(minutes=15)
LONGEST = 80  # characters of a name


def make_link(data: Path, name: str, clock: Clock) -> str:
    """A token for a person; good once and for a quarter of an hour. Only its hash is on the disk.

    Raises:
        InvalidInput: no name, which would leave decisions without somebody who made them.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise InvalidInput(f"Say who looks: --name with up to {LONGEST} characters. It stands in the gateway's ledger beside each look and decision.")  # fmt: skip
    token = new_token(32)
    path = _path(data, token)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"name": name, "until": (clock.now() + GOOD_FOR).isoformat()}))  # fmt: skip
    return token


def take_link(data: Path, token: str, clock: Clock) -> str | None:
    """Whose link it is; None where it was used, is too old or never was one. It is used up by this."""
    path = _path(data, token)
    try:
        told = json.loads(path.read_text())
        path.unlink()  # of two at once, one alone gets past this
    except (FileNotFoundError, ValueError):
        return None
    return str(told["name"]) if clock.now() <= datetime.fromisoformat(told["until"]) else None  # fmt: skip


def _path(data: Path, token: str) -> Path:
    return data / "review-links" / f"{sha256(token.encode())}.json"
