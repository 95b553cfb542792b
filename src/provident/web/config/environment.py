"""What the platform is told from outside: environment variables, and nothing else.

PROVIDENT_DATA      the data directory (database, objects, keys); made by `provident serve`
PROVIDENT_DATABASE  postgresql://user:password@host:port/name; SQLite in the data directory when absent
PROVIDENT_STORE     s3://bucket/prefix; the data directory's `objects` when absent
PROVIDENT_HOSTS     host names served, by comma; 127.0.0.1 and localhost when absent
PROVIDENT_CLOCK     a file that holds the time of a rehearsal; the machine's clock when absent
PROVIDENT_SECURE    1 behind HTTPS: cookies are secure, HSTS is sent
PROVIDENT_HAZEN     the Python of an environment with hazen; phantoms are not measured by hazen when absent
PROVIDENT_PYLINAC   the Python of an environment with pylinac; phantoms are not measured by pylinac when absent
PROVIDENT_MAIL      smtp://user:password@host:port (smtps:// for TLS from the start; smtp:// asks for STARTTLS on port
                    587), or console; no mail is sent when absent, messages are kept
PROVIDENT_MAIL_FROM the sender's address of those mails; provident@localhost when absent
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from provident.kernel.ids import new_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The settings that differ between installations."""

    data: Path
    database: str
    store: str
    hosts: tuple[str, ...]
    clock: Path | None
    secure: bool
    mail: str = ""
    mail_from: str = "provident@localhost"

    def django_mail(self) -> dict[str, Any]:
        """Django's settings of outgoing mail; without PROVIDENT_MAIL nothing is ever sent."""
        backends = "django.core.mail.backends"
        found: dict[str, Any] = {"backend": f"{backends}.dummy.EmailBackend", "host": "", "port": 25, "user": "", "password": "", "ssl": False, "tls": False}  # fmt: skip
        if self.mail == "console":
            return {**found, "backend": f"{backends}.console.EmailBackend"}
        if not self.mail:
            return found
        parts = urlsplit(self.mail)
        ssl = parts.scheme == "smtps"
        port = parts.port or (465 if ssl else 25)
        return {
            "backend": f"{backends}.smtp.EmailBackend", "host": parts.hostname or "localhost", "port": port,
            "user": unquote(parts.username or ""), "password": unquote(parts.password or ""), "ssl": ssl,
            "tls": not ssl and port == 587,
        }  # fmt: skip

    def django_database(self) -> dict[str, Any]:
        """Django's DATABASES entry."""
        if not self.database:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.data / "provident.sqlite3"),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 30,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
                },
                "CONN_MAX_AGE": None,
            }
        parts = urlsplit(self.database)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or 5432),
            "CONN_MAX_AGE": 60,
        }

    def secret(self, name: str) -> str:
        """A secret kept in the data directory, made when first asked for."""
        path = self.data / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = path.with_suffix(f".{new_token(6)}")
            temporary.touch(mode=0o600)
            temporary.write_text(new_token(48))
            try:
                os.link(
                    temporary, path
                )  # the first process wins; the others read what it wrote
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
        return path.read_text()


def environment() -> Environment:
    """Read the environment variables."""
    get = os.environ.get
    clock = get("PROVIDENT_CLOCK", "")
    return Environment(
        data=Path(get("PROVIDENT_DATA", "provident-data")).absolute(),
        database=get("PROVIDENT_DATABASE", ""),
        store=get("PROVIDENT_STORE", ""),
        hosts=tuple(
            h for h in get("PROVIDENT_HOSTS", "127.0.0.1,localhost").split(",") if h
        ),
        clock=Path(clock) if clock else None,
        secure=get("PROVIDENT_SECURE", "") == "1",
        mail=get("PROVIDENT_MAIL", ""),
        mail_from=get("PROVIDENT_MAIL_FROM", "provident@localhost"),
    )
