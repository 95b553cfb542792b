"""Errors with an audience: each says what, where and what next, and never holds patient data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from provident.kernel.findings import Finding


class ProvidentError(Exception):
    """Anything Provident refuses or cannot do; `exit_code` follows the command line contract."""

    exit_code = 1
    http_status = 500


class InvalidInput(ProvidentError):
    """Input that cannot be read or does not fit; all problems at once in `findings`."""

    exit_code = 3
    http_status = 400

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class PlanError(InvalidInput):
    """A plan, or a piece of one, that says something impossible."""


class NotFound(ProvidentError):
    """What was named does not exist, or the person may not know that it does."""

    exit_code = 3
    http_status = 404


class Refused(ProvidentError):
    """A rule of the study refuses the action; the message says which and what would allow it."""

    exit_code = 4
    http_status = 409


class Denied(Refused):
    """This person's role may not do or see this."""

    http_status = 403


class NotReady(Refused):
    """The thing's state does not allow the action yet."""
